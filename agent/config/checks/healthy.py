"""Thresholds by which a healthy lamp at nominal values would raise an alarm or never end it, and those that are crossed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Path, warning
from agent.config.wording import plain
from agent.settings.alarm_names import THRESHOLDS
from agent.settings.model import Luminaire, Settings
from agent.settings.supply import supply_of

HOT_C, FIRE_C = 85.0, 110.0  # where neither alarm's threshold is written, nor a derating
ENDS_LOST = 5.0  # a supply is back from five times the voltage that is none
ENDS_LOW = {"ac": 0.89 / 0.86, "dc": 0.83 / 0.80}
ENDS_HIGH = {"ac": 1.065 / 1.10, "dc": 1.17 / 1.20}
ENDS_TOO_MUCH, ENDS_TOO_LITTLE = 0.95, 1.05  # of a current

_ROUNDING = 1e-9  # of a sum of floats
_PAIRS = (
    ("supplyVoltageTooLow", "supplyVoltageTooHigh"),
    ("currentTooLow", "currentTooHigh"),
    ("absoluteLampPowerTooLow", "absoluteLampPowerTooHigh"),
    ("temperatureTooLow", "temperatureTooHigh"),
)


@dataclass(frozen=True, slots=True)
class Healthy:
    """What a healthy lamp shows, in the threshold's unit, and at which share of the threshold the alarm ends."""

    alarm: str
    value: float
    words: str
    ends: float = 1.0


def threshold_of(settings: Settings, alarm: str) -> float | None:
    """The one that is written and used, in the unit of THRESHOLDS; None where there is none."""
    rule = settings.alarms.get(alarm)
    if rule is None:
        return None
    return rule.above if THRESHOLDS[alarm].key == "above" else rule.below


def power_w(luminaire: Luminaire, level: float) -> float | None:
    """What the lamp should draw at a level in percent; None where the config does not say."""
    points = luminaire.power_curve
    if not points:
        if luminaire.nominal_power_w is None:
            return None
        points = ((0.0, luminaire.standby_power_w), (100.0, luminaire.nominal_power_w))
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 < x1 and level <= x1:
            return y0 + (y1 - y0) * (max(level, x0) - x0) / (x1 - x0)
    return points[-1][1]


def healthy(settings: Settings) -> Iterator[Healthy]:
    meter, supply = settings.sensors.power, supply_of(settings)
    if meter is None:
        return
    if supply is not None:
        words = f"the supply has {plain(supply.nominal_v)} V"
        yield Healthy("supplyLoss", supply.nominal_v, words, ENDS_LOST)
        yield Healthy("supplyVoltageTooLow", supply.nominal_v, words, ENDS_LOW[supply.kind])
        yield Healthy("supplyVoltageTooHigh", supply.nominal_v, words, ENDS_HIGH[supply.kind])
    least = max(settings.luminaire.minimum_level, settings.floor) or 100.0  # where it may be anything, full light is certain
    full_w, least_w = power_w(settings.luminaire, 100), power_w(settings.luminaire, least)
    if full_w is None or least_w is None:
        return
    if supply is not None:
        full_a = full_w / supply.nominal_v
        yield Healthy("currentTooHigh", full_a, f"the lamp takes {short(full_a)} A at full light", ENDS_TOO_MUCH)
    if meter.measures == "pole":  # what else hangs there draws too
        return
    if supply is not None:
        at = 100.0 if supply.kind == "ac" else least  # dimmed on the mains it also takes a current that is no power
        lit_a = (full_w if supply.kind == "ac" else least_w) / supply.nominal_v
        yield Healthy("currentTooLow", lit_a, f"the lamp takes {short(lit_a)} A at {plain(at)} %", ENDS_TOO_LITTLE)
    yield Healthy("absoluteLampPowerTooHigh", full_w, f"the lamp draws {short(full_w)} W at full light")
    yield Healthy("absoluteLampPowerTooLow", least_w, f"the lamp draws {short(least_w)} W at its least, {plain(least)} %")


def raised_by_a_healthy_lamp(settings: Settings, _: Written) -> Iterator[Finding]:
    for lamp in healthy(settings):
        threshold, limit = THRESHOLDS[lamp.alarm], threshold_of(settings, lamp.alarm)
        if limit is None or not threshold.is_possible(limit):
            continue
        side = 1 if threshold.key == "above" else -1
        if side * (lamp.value - limit * lamp.ends) <= _ROUNDING * lamp.value:
            continue
        ends = f" {'above' if side < 0 else 'below'} {short(limit * lamp.ends)} {threshold.unit}"
        what = (
            "is raised by a healthy lamp" if side * (lamp.value - limit) > 0 else f"ends only{ends}, so never once it is raised"
        )
        hint = f"write {outward(lamp.value / lamp.ends, side)} or {'more' if side > 0 else 'less'}"
        yield warning(("alarms", lamp.alarm, threshold.key), f"{plain(limit)} {threshold.unit} {what}: {lamp.words}", hint)


def crossed(settings: Settings, _: Written) -> Iterator[Finding]:
    for low, high in _PAIRS:
        below, above = threshold_of(settings, low), threshold_of(settings, high)
        if below is not None and above is not None and below >= above:
            unit = THRESHOLDS[low].unit
            message = f"{plain(below)} {unit} is not below {high} ({plain(above)} {unit}), and one of them would always be raised"
            yield Finding(("alarms", low, "below"), message, f"write less than {plain(above)}")


def fire_that_is_no_fire(settings: Settings, _: Written) -> Iterator[Finding]:
    """Both alarms are of one thermometer, and a luminaire that is too hot does not burn yet."""
    derating = settings.limits.derating
    fire, hot = threshold_of(settings, "fireDetected"), threshold_of(settings, "temperatureTooHigh")
    hot_c = hot if hot is not None else HOT_C if derating is None else derating.to_c
    fire_c = FIRE_C if fire is None else fire
    if settings.sensors.temperature is None or fire_c > hot_c or not THRESHOLDS["fireDetected"].is_possible(fire_c):
        return
    if fire is not None:
        message = f"{plain(fire_c)} °C is not above that of temperatureTooHigh ({plain(hot_c)} °C)"
        yield warning(("alarms", "fireDetected", "above"), message, f"write more than {plain(hot_c)}")
        return
    path: Path = ("limits", "derating", "to_c") if hot is None else ("alarms", "temperatureTooHigh", "above")
    message = f"{plain(hot_c)} °C is not below that of fireDetected ({plain(fire_c)} °C by default)"
    yield warning(path, message, f"write less than {plain(fire_c)}, or a higher alarms.fireDetected.above too")


def short(value: float) -> str:
    """To four digits, as messages name what was calculated."""
    return plain(float(f"{value:.4g}"))


def outward(value: float, side: int) -> str:
    """To three digits, on the side on which it is right."""
    if value <= 0:
        return "0"
    value = float(f"{value:.9g}")
    digits = 2 - floor(log10(value))
    step = float(f"1e{digits}")
    return plain(round((ceil if side > 0 else floor)(value * step) / step, max(digits, 0)))


CHECKS = (
    Check(raised_by_a_healthy_lamp, needs=(("luminaire",), ("sensors", "power"))),
    Check(crossed),
    Check(fire_that_is_no_fire, needs=(("limits",), ("sensors", "temperature"))),
)
