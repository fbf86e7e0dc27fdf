"""Thresholds, curves and limits that must stand in an order."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Path, warning
from agent.config.wording import plain
from agent.settings.model import Settings


def crossed_thresholds(settings: Settings, written: Written) -> Iterator[Finding]:
    night = settings.night
    if night.on_below_lx < night.off_above_lx:
        return
    below, above = plain(night.on_below_lx), plain(night.off_above_lx)
    if written(("night", "off_above_lx")):
        message = f"{above} lx is not above on_below_lx ({below} lx), and the lamp would switch for ever"
        yield Finding(
            ("night", "off_above_lx"), message, f"write more than {below}, such as {plain(round(night.on_below_lx * 1.6))}"
        )
    else:
        message = f"{below} lx is not below off_above_lx ({above} lx by default)"
        yield Finding(
            ("night", "on_below_lx"), message, f"write off_above_lx too, such as {plain(round(night.on_below_lx * 1.6))}"
        )


def twilight(settings: Settings, _: Written) -> Iterator[Finding]:
    lower, upper = settings.night.twilight_deg
    if lower >= upper:
        yield Finding(("night", "twilight_deg"), "leaves no twilight for the photocell", "write [-6, 5]")


def derating(settings: Settings, _: Written) -> Iterator[Finding]:
    rule = settings.limits.derating
    if rule is not None and rule.from_c >= rule.to_c:
        message = f"{plain(rule.to_c)} °C is not above from_c ({plain(rule.from_c)} °C)"
        yield Finding(("limits", "derating", "to_c"), message, f"write more than {plain(rule.from_c)}")


def curves(settings: Settings, _: Written) -> Iterator[Finding]:
    luminaire = settings.luminaire
    power, ageing = ("luminaire", "power_curve"), ("luminaire", "constant_light_output")
    yield from _ascending(power, luminaire.power_curve, "level")
    yield from _ascending(ageing, luminaire.constant_light_output, "hours")
    yield from _percent((*power,), [point[0] for point in luminaire.power_curve], 0)
    yield from _percent((*ageing,), [point[1] for point in luminaire.constant_light_output], 1)


def _ascending(path: Path, points: Sequence[tuple[float, float]], what: str) -> Iterator[Finding]:
    if len(points) == 1:
        yield Finding(path, "one point makes no curve", "write two or more")
    for index, (before, after) in enumerate(pairwise(points), 1):
        if after[0] <= before[0]:
            message = f"{what} {plain(after[0])} does not follow {plain(before[0])}"
            yield Finding((*path, index, 0), message, "put the points in ascending order")
        if after[1] < before[1]:
            yield Finding((*path, index, 1), f"{plain(after[1])} is less than {plain(before[1])} before it", "let the curve rise")


def _percent(path: Path, values: Sequence[float], column: int) -> Iterator[Finding]:
    for index, value in enumerate(values):
        if value > 100:
            yield Finding((*path, index, column), f"{plain(value)} is more than 100 %", "write 0 to 100 %")


def standby(settings: Settings, _: Written) -> Iterator[Finding]:
    luminaire = settings.luminaire
    if luminaire.nominal_power_w is not None and luminaire.standby_power_w >= luminaire.nominal_power_w:
        message = f"{plain(luminaire.standby_power_w)} W is not below nominal_power_w ({plain(luminaire.nominal_power_w)} W)"
        yield Finding(("luminaire", "standby_power_w"), message, "write what the driver takes at level 0, often 0.3 to 1 W")


def dark_floor(settings: Settings, _: Written) -> Iterator[Finding]:
    if settings.floor > 0:
        return
    path = ("luminaire", "minimum_level") if settings.limits.floor is None else ("limits", "floor")
    yield warning(path, "a programme or a dim may switch the lamp off at night", "write a floor above 0 unless that is meant")


def raise_to_or_by(settings: Settings, _: Written) -> Iterator[Finding]:
    if settings.motion.raise_to is not None and settings.motion.raise_by is not None:
        yield Finding(("motion", "raise_by"), "raise_to is written too", "keep one of them")


CHECKS = (
    Check(crossed_thresholds),
    Check(twilight),
    Check(derating),
    Check(curves),
    Check(standby),
    Check(dark_floor, needs=(("luminaire",), ("limits",))),
    Check(raise_to_or_by),
)
