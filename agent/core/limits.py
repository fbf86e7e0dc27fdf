"""Limits: what comes between a demand and the light, in a fixed order, each named when it bites."""

from dataclasses import dataclass

from agent.core.demand import Demand, Limit, Slot
from agent.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Decision:
    """The one decision. Levels in percent of full light."""

    demand: Demand
    feedback_level: float  # what is undertaken: after floor and minimum level
    light_level: float  # what the lamp will give: after all limits
    limits: tuple[Limit, ...]  # those that changed something, in order


def limited(demand: Demand, settings: Settings, *, is_night: bool) -> Decision:
    """Apply the limits to the winner. The floor holds at night and never against the technician's own hand."""
    luminaire = settings.luminaire
    bites: list[Limit] = []
    level = demand.level
    if is_night and demand.slot is not Slot.MAINTENANCE and level < settings.floor:
        level = settings.floor
        bites.append(Limit.FLOOR)
    feedback_level = _at_least_minimum(level, luminaire.minimum_level)
    if luminaire.virtual_light_output < 100 and level > 0:
        level *= luminaire.virtual_light_output / 100
        bites.append(Limit.VIRTUAL_LIGHT_OUTPUT)
    light_level = _at_least_minimum(level, luminaire.minimum_level)
    if light_level > level:
        bites.append(Limit.MINIMUM_LEVEL)
    return Decision(demand, feedback_level, light_level, tuple(bites))


def _at_least_minimum(level: float, minimum: float) -> float:
    return max(level, minimum) if level > 0 else 0.0
