"""Limits: what comes between a demand and the light, in a fixed order, each named when it bites."""

from dataclasses import dataclass

from msgspec import Struct

from agent.core.demand import Cause, Demand, Limit
from agent.core.meter import interpolate
from agent.settings.model import Derating, Luminaire, Settings


class Decision(Struct, frozen=True, gc=False):
    """The one decision. Levels in percent of full light."""

    demand: Demand
    feedback_level: float  # what is undertaken: after floor and minimum level
    light_level: float  # what the lamp will give: after all limits
    limits: tuple[Limit, ...]  # those that changed something, in order


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the limits depend on. ``temperature_c``: the luminaire's, None while nobody can tell."""

    is_night: bool
    operating_h: float = 0.0
    temperature_c: float | None = None


def limited(demand: Demand, settings: Settings, conditions: Conditions) -> Decision:
    """Apply the limits to the winner. The floor holds at night and never against a level that the technician has set."""
    luminaire = settings.luminaire
    bites: list[Limit] = []
    level = demand.level
    if conditions.is_night and demand.cause is not Cause.SET_AT_POLE and level < settings.floor:
        level = settings.floor
        bites.append(Limit.FLOOR)
    feedback_level = _at_least_minimum(level, luminaire.minimum_level)
    for limit, factor in _factors(luminaire, conditions.operating_h):
        if level > 0 and factor < 1:
            level *= factor
            bites.append(limit)
    cap = derated_cap(settings.limits.derating, conditions.temperature_c)
    if level > cap:
        level = cap
        bites.append(Limit.DERATING)
    light_level = _at_least_minimum(level, luminaire.minimum_level)
    if light_level > level:
        bites.append(Limit.MINIMUM_LEVEL)
    return Decision(demand, feedback_level, light_level, tuple(bites))


def _factors(luminaire: Luminaire, operating_h: float) -> tuple[tuple[Limit, float], ...]:
    return (
        (Limit.VIRTUAL_LIGHT_OUTPUT, luminaire.virtual_light_output / 100),
        (Limit.CONSTANT_LIGHT_OUTPUT, constant_light_percent(luminaire, operating_h) / 100),
    )


def constant_light_percent(luminaire: Luminaire, operating_h: float) -> float:
    """What the lamp's age allows, in steps of 0.1 %: the light must not be written anew for each hour that it grows older."""
    points = luminaire.constant_light_output
    return round(interpolate(points, operating_h), 1) if points else 100.0


def derated_cap(rule: Derating | None, temperature_c: float | None) -> float:
    """The most light that the temperature allows, in whole percent: from 100 % at ``from_c`` to ``level`` at ``to_c``."""
    if rule is None or temperature_c is None or temperature_c <= rule.from_c:
        return 100.0
    hot = min(1.0, (temperature_c - rule.from_c) / (rule.to_c - rule.from_c))
    return max(1.0, round(100 - (100 - rule.level) * hot))


def _at_least_minimum(level: float, minimum: float) -> float:
    return max(level, minimum) if level > 0 else 0.0
