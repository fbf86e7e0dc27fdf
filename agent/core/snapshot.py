"""The snapshot that goes with an alarm: what there was to see at the moment at which it was raised or cleared."""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import UnsetType

from agent.core.alarmbook import Transition
from agent.core.alarmtable import KINDS
from agent.core.standing import rounded
from agent.core.views import Sight
from agent.messages import Measured
from agent.records import Part, Quantity

Attributes: TypeAlias = Mapping[str, Measured | str | bool]

QUANTITIES = (  # as telemetry rounds them
    (Part.POWER, Quantity.SUPPLY_VOLTAGE_V, 2),
    (Part.POWER, Quantity.SUPPLY_CURRENT_A, 3),
    (Part.POWER, Quantity.ACTIVE_POWER_W, 2),
    (Part.POWER, Quantity.POWER_FACTOR, 3),
    (Part.TEMPERATURE, Quantity.TEMPERATURE_C, 1),
    (Part.SOC, Quantity.SOC_TEMPERATURE_C, 1),
)


def attributes(sight: Sight) -> Attributes:
    """All that an alarm may show. UNSET for what the lamp has no part for, None for what cannot be believed now."""
    demand, now_s = sight.decision.demand, sight.now.mono_s
    seen: dict[str, Measured | str | bool] = {
        "slot": demand.slot,
        "cause": demand.cause,
        "feedback_level": round(sight.decision.feedback_level, 1),
        "actual_level": sight.actual_level,
        "night": sight.night.is_night,
        "light_level_lx": rounded(sight.light_level_lx, 2),
        "time_quality": sight.time.quality,
        "outbox_pending": sight.outbox.pending,
        "outbox_dropped": sight.outbox.dropped,
    }
    for part, quantity, digits in QUANTITIES:
        seen[quantity] = sight.measured(part, quantity, digits)
    for part in (Part.LIGHT, Part.POWER, Part.TEMPERATURE):
        if part in sight.sources and (fault := sight.sources.health(part, now_s).fault) is not None:
            seen[f"{part}_fault"] = fault.value
    if sight.load.is_known:
        seen["expected_power_w"] = round(sight.load.power_w(sight.actual_level), 2)
    return seen


def snapshot(transition: Transition, seen: Attributes) -> dict[str, str | float | bool | None]:
    """Those of them that its kind of alarm shows."""
    shown: dict[str, str | float | bool | None] = {"flapping": True} if transition.flaps else {}
    for name in KINDS[transition.alarm].family.attributes:
        value = seen.get(name)
        if name in seen and not isinstance(value, UnsetType):
            shown[name] = value
    return shown
