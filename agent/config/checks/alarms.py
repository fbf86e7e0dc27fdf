"""Alarms: rules for events that exist, that this agent can tell, and that have the threshold that is set."""

from collections.abc import Iterator

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, warning
from agent.config.problems import quoted
from agent.config.shapes import Bounds
from agent.config.wording import beyond, nearest, plain
from agent.settings.alarm_names import ALARM_NAMES, NEVER, THRESHOLDS
from agent.settings.model import Settings


def unknown_alarm(settings: Settings, _: Written) -> Iterator[Finding]:
    for name in settings.alarms:
        if name not in ALARM_NAMES:
            likely = nearest(name, ALARM_NAMES)
            hint = f"write {likely}" if likely else "write the name of an alarm, such as lampFailure"
            yield Finding(("alarms", name), f"there is no alarm {quoted(name)}", hint)


def idle_rule(settings: Settings, written: Written) -> Iterator[Finding]:
    """What is written and changes nothing."""
    for name in settings.alarms:
        if name in NEVER:
            yield warning(("alarms", name), f"is never raised: {NEVER[name]}", "remove it")
            continue
        threshold = THRESHOLDS.get(name)
        used = threshold.key if threshold else None
        for key in ("above", "below"):
            if name in ALARM_NAMES and key != used and written(("alarms", name, key)):
                hint = f"write {used}" if used else "remove it"
                yield warning(("alarms", name, key), f"{name} has no such threshold, so it changes nothing", hint)


def impossible_threshold(settings: Settings, _: Written) -> Iterator[Finding]:
    for name, threshold in THRESHOLDS.items():
        rule = settings.alarms.get(name)
        value = None if rule is None else rule.above if threshold.key == "above" else rule.below
        missed = None if value is None else beyond(Bounds(threshold.least, threshold.most), value)
        if value is not None and missed is not None:
            unit = f" {threshold.unit}".rstrip()
            message = f"{plain(value)} is {missed[0]} {plain(missed[1])}{unit}"
            hint = f"write {plain(threshold.least)} to {plain(threshold.most)}{unit}"
            yield Finding(("alarms", name, threshold.key), message, hint)


CHECKS = (Check(unknown_alarm), Check(idle_rule), Check(impossible_threshold))
