"""The standing: what a published state or list of alarms says, as data; whoever carries it out has the words made."""

from dataclasses import dataclass
from datetime import tzinfo

from msgspec import Struct, UnsetType

from agent.core.alarms import Alarm
from agent.core.alarmtable import KINDS
from agent.core.limits import Decision
from agent.core.meter import level_from_power
from agent.core.nightwatch import Night
from agent.core.overrides import Held
from agent.core.programme import Switch
from agent.core.timekeeping import Time
from agent.core.words import clock_words, reason
from agent.curve import electrical_percent
from agent.messages import Alarms, AlarmView, Measured, NextView, NightView, OutboxView, OverrideView, State, rfc3339
from agent.records import Instant, Ramp
from agent.settings.model import Settings


class Standing(Struct, frozen=True, gc=False):
    """Of one moment. ``version`` counts what is published; 0: it is not. ``metered_w``: by a meter at the lamp that is good."""

    version: int
    now: Instant
    time: Time
    zone: tzinfo | None
    settings: Settings
    night: Night
    decision: Decision
    ramp: Ramp
    programme: str | None
    next: Switch | None
    presence: bool | None | UnsetType
    light_level_lx: Measured
    metered_w: float | None
    override: Held | None
    alarms: tuple[str, ...]
    outbox: OutboxView

    def message(self) -> State:
        demand, utc_s, now_s = self.decision.demand, self.time.utc_s, self.now.mono_s
        actual_level = round(self.ramp.level_at(now_s), 1)
        output = self.settings.output
        return State(
            at=rfc3339(utc_s),
            version=self.version,
            slot=demand.slot,
            cause=demand.cause,
            reason=reason(demand, clock_words(self.now, self.time, self.zone)),
            programme=self.programme,
            target_level=round(demand.level, 1),
            feedback_level=round(self.decision.feedback_level, 1),
            actual_level=actual_level,
            output_level=round(electrical_percent(actual_level, "linear" if output is None else output.curve), 1),
            measured_level=None if self.metered_w is None else level_from_power(self.settings.luminaire, self.metered_w),
            night=NightView(self.night.is_night, self.night.by, rfc3339(utc_s + self.night.since_s - now_s)),
            light_level_lx=rounded(self.light_level_lx, 2),
            presence=self.presence,
            override=self._override(),
            alarms=self.alarms,
            next=None if self.next is None else NextView(rfc3339(self.next.at_utc_s), round(self.next.level, 1)),
            time_quality=self.time.quality,
            outbox=self.outbox,
        )

    def _override(self) -> OverrideView | None:
        if self.override is None:
            return None
        stored = self.override.stored  # its end is the very moment that was acknowledged
        until = rfc3339(stored.ends_utc_s) if stored.ends_utc_s is not None and self.time.trusted else None
        return OverrideView(stored.command_id, round(stored.level, 1), until, stored.issuer)


@dataclass(frozen=True, slots=True)
class Raised:
    """The alarms that are up, each with the moment since when it is (POSIX seconds)."""

    utc_s: float
    active: tuple[tuple[Alarm, float], ...]

    def message(self) -> Alarms:
        return Alarms(
            rfc3339(self.utc_s),
            tuple(AlarmView(alarm, KINDS[alarm].severity, rfc3339(since_utc_s)) for alarm, since_utc_s in self.active),
        )


def rounded(value: Measured, digits: int) -> Measured:
    return round(value, digits) if isinstance(value, float) else value
