"""The one place that decides the level: every slot is asked, the first that holds a demand wins, the limits come after."""

from agent.core.demand import Cause, Demand, Slot, choose
from agent.core.limits import Conditions, Decision, limited
from agent.core.maintenance import MaintenanceSlot
from agent.core.nightwatch import Night, NightWatch
from agent.core.overrides import BrokerSlot, Held
from agent.core.presence import Presence
from agent.core.timekeeping import Time
from agent.records import Instant
from agent.settings.model import Settings


class Decider:
    """Asks; owns nothing. ``look`` must come first in each step."""

    def __init__(self, maintenance: MaintenanceSlot, emergency: BrokerSlot, override: BrokerSlot) -> None:
        self._maintenance = maintenance
        self._emergency = emergency
        self._override = override

    def configure(self, settings: Settings, watch: NightWatch, presence: Presence) -> None:
        self._settings = settings
        self._watch = watch
        self._presence = presence

    def look(self, now: Instant, time: Time, operating_h: float, temperature_c: float | None) -> Night:
        """Take the moment that the next questions are about, and the lamp's age and temperature."""
        self._now, self._time = now, time
        self._night = self._watch.look(now, time)
        self._conditions = Conditions(self._night.is_night, operating_h, temperature_c)
        return self._night

    def demands(self) -> tuple[Demand | None, ...]:
        """What each slot asks for now."""
        return self._demands(self._override.held, self._emergency.held)

    def decide(self, demands: tuple[Demand | None, ...]) -> Decision:
        return limited(choose(demands), self._settings, self._conditions)

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
        since_s = self._night.since_s
        if not self._night.is_night:
            return Demand(Slot.PROGRAMME, 0.0, Cause.DAYLIGHT, since_s)
        plan = self._watch.plan(self._time)
        level = None if plan is None else plan.level_at(self._time.utc_s)
        if plan is None or level is None:
            no_clock = plan is None and bool(self._settings.programmes)
            return Demand(Slot.DEFAULT, 100.0, Cause.NO_CLOCK if no_clock else Cause.NO_PROGRAMME, since_s)
        following = plan.next_switch(self._time.utc_s)
        until_s = None if following is None else self._now.mono_s + following.at_utc_s - self._time.utc_s
        return Demand(Slot.PROGRAMME, level, Cause.PROGRAMME, since_s, until_s, plan.programme)
