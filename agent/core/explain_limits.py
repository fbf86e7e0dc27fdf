"""Explain, the limits: each with the level that it stands for now, whether it bites, and why it does or does not."""

from dataclasses import dataclass

from agent.core.demand import Cause, Limit
from agent.core.limits import constant_light_percent, derated_cap
from agent.core.views import Sight

NOTHING_LEFT = "nothing is left to reduce"


@dataclass(frozen=True, slots=True)
class LimitLine:
    """``level`` is what the limit raises to, reduces to or allows, in percent; None where it is not configured."""

    limit: str  # its key in the config
    level: float | None
    bites: bool
    words: str


def limit_lines(sight: Sight, operating_h: float, temperature_c: float | None) -> tuple[LimitLine, ...]:
    """In the order in which they are applied. The lamp's age in hours, and its temperature, None while nobody can tell."""
    return (
        _floor(sight),
        _virtual_light_output(sight),
        _constant_light_output(sight, operating_h),
        _derating(sight, temperature_c),
        _minimum_level(sight),
    )


def _floor(sight: Sight) -> LimitLine:
    floor, demand = sight.settings.floor, sight.decision.demand
    bites = Limit.FLOOR in sight.decision.limits
    if bites:
        words = f"raises the {demand.level:.4g} % asked for"
    elif floor == 0:
        words = "the lamp may be switched off at night"
    elif not sight.night.is_night:
        words = "holds at night only"
    elif demand.cause is Cause.SET_AT_POLE:
        words = "does not hold against the technician's hand"
    else:
        words = "nothing below it is asked for"
    return LimitLine("floor", floor, bites, words)


def _virtual_light_output(sight: Sight) -> LimitLine:
    level = sight.settings.luminaire.virtual_light_output
    bites = Limit.VIRTUAL_LIGHT_OUTPUT in sight.decision.limits
    if bites:
        words = "is what counts as full light here: all levels are reduced in proportion"
    else:
        words = "reduces nothing" if level == 100 else NOTHING_LEFT
    return LimitLine("virtual_light_output", level, bites, words)


def _constant_light_output(sight: Sight, operating_h: float) -> LimitLine:
    luminaire = sight.settings.luminaire
    bites = Limit.CONSTANT_LIGHT_OUTPUT in sight.decision.limits
    if not luminaire.constant_light_output:
        return LimitLine("constant_light_output", None, bites, "not configured")
    level = constant_light_percent(luminaire, operating_h)
    if bites:
        words = f"after {operating_h:.0f} h the lamp is still new: all levels are reduced in proportion"
    else:
        words = f"after {operating_h:.0f} h it reduces nothing" if level == 100 else NOTHING_LEFT
    return LimitLine("constant_light_output", level, bites, words)


def _derating(sight: Sight, temperature_c: float | None) -> LimitLine:
    rule = sight.settings.limits.derating
    bites = Limit.DERATING in sight.decision.limits
    if rule is None:
        return LimitLine("derating", None, bites, "not configured")
    if temperature_c is None:
        unknown = "is not known" if sight.settings.sensors.temperature is not None else "is not measured: no sensor is configured"
        words = f"begins at {rule.from_c:g} °C; the luminaire's temperature {unknown}"
    elif temperature_c <= rule.from_c:
        words = f"begins at {rule.from_c:g} °C; the luminaire is at {temperature_c:.1f} °C"
    else:
        words = f"at {temperature_c:.1f} °C, between {rule.from_c:g} °C with 100 % and {rule.to_c:g} °C with {rule.level:g} %"
        if not bites:
            words += "; no more is asked for"
    return LimitLine("derating", derated_cap(rule, temperature_c), bites, words)


def _minimum_level(sight: Sight) -> LimitLine:
    bites = Limit.MINIMUM_LEVEL in sight.decision.limits
    words = (
        "is the driver's lowest: what is left above 0 is raised to it" if bites else "is the driver's lowest; only 0 is below it"
    )
    return LimitLine("minimum_level", sight.settings.luminaire.minimum_level, bites, words)
