"""The one place that decides the level: every slot is asked, the first that holds a demand wins, the limits come after."""

from dataclasses import dataclass
from math import inf

from agent.core.demand import Cause, Demand, Slot, choose
from agent.core.limits import Conditions, Decision, limited
from agent.core.maintenance import MaintenanceSlot
from agent.core.nightwatch import Night, NightWatch
from agent.core.overrides import BrokerSlot, Held
from agent.core.presence import Presence
from agent.core.programme import Plan
from agent.core.timekeeping import Time
from agent.records import Instant
from agent.settings.model import Settings

MOVED_S = 0.001  # the clock's believed time against the monotonic: less is what arithmetic leaves


@dataclass(frozen=True, slots=True)
class _Base:
    """The programme's demand, and what it holds for."""

    demand: Demand
    night: Night
    plan: Plan | None
    offset_s: float  # the monotonic clock less the believed time
    from_utc_s: float
    until_utc_s: float

    def holds(self, night: Night, plan: Plan | None, offset_s: float, utc_s: float) -> bool:
        same = night is self.night and plan is self.plan and abs(offset_s - self.offset_s) < MOVED_S
        return same and self.from_utc_s <= utc_s < self.until_utc_s


class Decider:
    """Asks; owns nothing but its last answers, which stay the same objects while nothing changes.

    ``look`` must come first in each step.
    """

    def __init__(self, maintenance: MaintenanceSlot, emergency: BrokerSlot, override: BrokerSlot) -> None:
        self._maintenance = maintenance
        self._emergency = emergency
        self._override = override

    def configure(self, settings: Settings, watch: NightWatch, presence: Presence) -> None:
        self._settings = settings
        self._watch = watch
        self._presence = presence
        self._last_base: _Base | None = None
        self._conditions = Conditions(is_night=True)
        self._decided: Decision | None = None
        self._decided_under = self._conditions

    def look(self, now: Instant, time: Time, operating_h: float, temperature_c: float | None) -> Night:
        """Take the moment that the next questions are about, and the lamp's age and temperature."""
        self._now, self._time = now, time
        self._night = self._watch.look(now, time)
        if not self._settings.luminaire.constant_light_output:
            operating_h = 0.0
        if self._settings.limits.derating is None:
            temperature_c = None
        was = self._conditions
        if (was.is_night, was.operating_h, was.temperature_c) != (self._night.is_night, operating_h, temperature_c):
            self._conditions = Conditions(self._night.is_night, operating_h, temperature_c)
        return self._night

    def demands(self) -> tuple[Demand | None, ...]:
        """What each slot asks for now."""
        return self._demands(self._override.held, self._emergency.held)

    def decide(self, demands: tuple[Demand | None, ...]) -> Decision:
        winner, decided = choose(demands), self._decided
        if decided is None or winner is not decided.demand or self._conditions is not self._decided_under:
            self._decided = decided = limited(winner, self._settings, self._conditions)
            self._decided_under = self._conditions
        return decided

    def what_if(self, override: Held | None, emergency: Held | None) -> float:
        """The level (percent) that would be undertaken with these in the broker's slots, and nobody's hand on the pole."""
        _, *demands = self._demands(override, emergency)
        return self.decide(tuple(demands)).feedback_level

    def undertaken(self, level: float) -> float:
        """What a command for this level comes out at, after floor and minimum level."""
        wish = Demand(Slot.OVERRIDE, level, Cause.DIM, self._now.mono_s)
        return limited(wish, self._settings, self._conditions).feedback_level

    def _demands(self, override: Held | None, emergency: Held | None) -> tuple[Demand | None, ...]:
        is_night = self._night.is_night
        base = self._base()
        return (
            self._maintenance.demand,
            self._emergency.demand(emergency, is_night=is_night),
            self._override.demand(override, is_night=is_night),
            self._presence.demand(self._settings.motion, base.level, self._now.mono_s) if is_night else None,
            base,
        )

    def _base(self) -> Demand:
        """The programme's demand; the default's where it is night and no programme can be evaluated."""
        night, utc_s = self._night, self._time.utc_s
        plan = self._watch.plan(self._time) if night.is_night else None
        offset_s = self._now.mono_s - utc_s
        base = self._last_base
        if base is None or not base.holds(night, plan, offset_s, utc_s):
            following = None if plan is None else plan.next_switch(utc_s)
            until_utc_s = inf if following is None else following.at_utc_s
            demand = self._programme(plan, None if following is None else offset_s + until_utc_s)
            self._last_base = base = _Base(demand, night, plan, offset_s, utc_s, until_utc_s)
        return base.demand

    def _programme(self, plan: Plan | None, until_s: float | None) -> Demand:
        since_s = self._night.since_s
        if not self._night.is_night:
            return Demand(Slot.PROGRAMME, 0.0, Cause.DAYLIGHT, since_s)
        level = None if plan is None else plan.level_at(self._time.utc_s)
        if plan is None or level is None:
            no_clock = plan is None and bool(self._settings.programmes)
            return Demand(Slot.DEFAULT, 100.0, Cause.NO_CLOCK if no_clock else Cause.NO_PROGRAMME, since_s)
        return Demand(Slot.PROGRAMME, level, Cause.PROGRAMME, since_s, until_s, plan.programme)
