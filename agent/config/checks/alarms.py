"""Alarms: rules for events that exist."""

from collections.abc import Iterator

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding
from agent.config.problems import quoted
from agent.config.wording import nearest
from agent.settings.alarm_names import ALARM_NAMES
from agent.settings.model import Settings


def unknown_alarm(settings: Settings, _: Written) -> Iterator[Finding]:
    for name in settings.alarms:
        if name not in ALARM_NAMES:
            likely = nearest(name, ALARM_NAMES)
            hint = f"write {likely}" if likely else "write the name of an alarm, such as lampFailure"
            yield Finding(("alarms", name), f"there is no alarm {quoted(name)}", hint)


CHECKS = (Check(unknown_alarm),)
