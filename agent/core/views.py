"""Views: the core's present state as the messages that operators and technicians read. Pure readers, nothing is decided here."""

from datetime import tzinfo

from msgspec import UNSET, Struct, UnsetType

from agent.core.demand import Demand
from agent.core.limits import Decision
from agent.core.load import Load
from agent.core.nightwatch import Night
from agent.core.overrides import Held
from agent.core.programme import Plan, Switch
from agent.core.sources import Sources
from agent.core.standing import Standing, rounded
from agent.core.timekeeping import Time
from agent.ledger import Counters
from agent.messages import Measured, OutboxView, Telemetry
from agent.records import Instant, Part, Quantity, Ramp
from agent.settings.model import Settings

EXACT_SHARE = 0.05  # while a level changes nobody knows the power for a second or two, and that is no estimate yet


class Sight(Struct, frozen=True, gc=False):
    """All that the views need of one moment."""

    now: Instant
    time: Time
    zone: tzinfo | None
    settings: Settings
    night: Night
    demands: tuple[Demand | None, ...]
    decision: Decision
    ramp: Ramp
    plan: Plan | None
    next: Switch | None
    presence: bool | None | UnsetType
    light_level_lx: Measured
    sources: Sources
    load: Load
    override: Held | None
    alarms: tuple[str, ...]
    outbox: OutboxView

    @property
    def actual_level(self) -> float:
        return round(self.ramp.level_at(self.now.mono_s), 1)

    def measured(self, part: Part, quantity: Quantity, digits: int) -> Measured:
        """The last believable value, rounded; UNSET without the part."""
        if part not in self.sources:
            return UNSET
        return rounded(self.sources.value(part, quantity, self.now.mono_s), digits)


def standing(sight: Sight, version: int = 0) -> Standing:
    """What a state of that moment says. ``version`` counts what is published; 0: it is not."""
    plan = sight.plan
    return Standing(
        version,
        sight.now,
        sight.time,
        sight.zone,
        sight.settings,
        sight.night,
        sight.decision,
        sight.ramp,
        None if plan is None else plan.programme,
        sight.next,
        sight.presence,
        sight.light_level_lx,
        None if sight.load.whole_pole else sight.sources.value(Part.POWER, Quantity.ACTIVE_POWER_W, sight.now.mono_s),
        sight.override,
        sight.alarms,
        sight.outbox,
    )


def telemetry(sight: Sight, counters: Counters | None, before: Counters | None = None) -> Telemetry:
    """One sample; counters are cut, not rounded, so that what is published is never above what is kept. None: not known.

    ``before``: as the last sample told them.
    """
    power_w = sight.measured(Part.POWER, Quantity.ACTIVE_POWER_W, 2)
    estimated_w = None if isinstance(power_w, float) else _estimated_w(sight)
    return Telemetry(
        feedback_level=round(sight.decision.feedback_level, 1),
        actual_level=sight.actual_level,
        light_level_lx=rounded(sight.light_level_lx, 2),
        temperature_c=sight.measured(Part.TEMPERATURE, Quantity.TEMPERATURE_C, 1),
        soc_temperature_c=sight.measured(Part.SOC, Quantity.SOC_TEMPERATURE_C, 1),
        supply_voltage_v=sight.measured(Part.POWER, Quantity.SUPPLY_VOLTAGE_V, 2),
        supply_current_a=sight.measured(Part.POWER, Quantity.SUPPLY_CURRENT_A, 3),
        active_power_w=power_w if estimated_w is None else estimated_w,
        power_factor=_of_the_mains(sight, Quantity.POWER_FACTOR, 3),
        frequency_hz=_of_the_mains(sight, Quantity.FREQUENCY_HZ, 2),
        active_energy_wh=None if counters is None else _cut(counters.active_energy_wh),
        operating_hours=None if counters is None else _cut(counters.operating_s / 3600),
        switch_on_count=None if counters is None else counters.switch_on_count,
        presence_count=_presence_count(sight, counters),
        supply_loss_count=None if counters is None else counters.supply_loss_count,
        quality=_quality(counters, before, measured=isinstance(power_w, float), shown=estimated_w is not None),
    )


def _quality(counters: Counters | None, before: Counters | None, *, measured: bool, shown: bool) -> dict[str, str] | UnsetType:
    """What of the sample is estimated: the power that is shown, and the energy since the last sample but for a twentieth."""
    estimated = {"active_power_w": "estimated"} if shown else {}
    if counters is not None:
        last = counters if before is None else before
        since_wh, guessed_wh = counters.active_energy_wh - last.active_energy_wh, counters.estimated_wh - last.estimated_wh
        if not measured or guessed_wh > EXACT_SHARE * since_wh:
            estimated["active_energy_wh"] = "estimated"
    return estimated or UNSET


def _cut(value: float) -> float:
    """To three decimals, downwards."""
    return int(value * 1000) / 1000


def _presence_count(sight: Sight, counters: Counters | None) -> int | None | UnsetType:
    if not sight.settings.sensors.motion:
        return UNSET
    return None if counters is None else counters.presence_count


def _of_the_mains(sight: Sight, quantity: Quantity, digits: int) -> Measured:
    """UNSET without a meter of the mains: a direct current has neither power factor nor frequency."""
    meter = sight.settings.sensors.power
    return sight.measured(Part.POWER, quantity, digits) if meter is not None and meter.mains else UNSET


def _estimated_w(sight: Sight) -> float | None:
    """What the meter should see now, without a meter that can be believed; None where the config does not say what that is."""
    return round(sight.load.power_w(sight.actual_level), 2) if sight.load.is_known else None
