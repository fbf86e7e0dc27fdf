"""Waking: when the core wants to be woken, and whether what it is woken for calls for a decision."""

from agent.core.demand import Demand
from agent.core.desk import CommandDesk
from agent.core.instruments import Instruments
from agent.core.light import Light
from agent.core.nightwatch import NightWatch
from agent.core.sampling import next_s as next_period_s
from agent.core.start import Start
from agent.core.telling import Teller
from agent.core.timekeeping import Time
from agent.records import Instant

LOOK_S = 60.0  # so often at least the wall clock is looked at while the lamp is lit
DECIDE_S = 300.0  # and so often everything is gone through, whether there is a reason or not


class Waking:
    """Looks at the parts of the core and changes none. Monotonic seconds."""

    def __init__(
        self, start: Start, light: Light, watch: NightWatch, desk: CommandDesk, teller: Teller, instruments: Instruments
    ) -> None:
        self._start = start
        self._light = light
        self._watch = watch
        self._desk = desk
        self._teller = teller
        self._instruments = instruments
        self._decided_by: Time | None = None  # the time that was believed
        self._decide_s = self._period_s = start.at_s
        self.due_s = start.at_s  # when to be woken at the latest

    def decides(self, now_s: float, time: Time) -> bool:
        """Whether a decision is due though nothing has happened."""
        if now_s >= self._decide_s or self._believes_otherwise(time):
            return True
        return now_s >= self.due_s and now_s >= self._instruments.sources.stale_s()

    def _believes_otherwise(self, time: Time) -> bool:
        """Whether the clock is taken for another than at the last decision."""
        decided_by = self._decided_by
        return decided_by is None or time.quality is not decided_by.quality or time.usable is not decided_by.usable

    def decided(self, now: Instant, time: Time, demands: tuple[Demand | None, ...]) -> None:
        """Note a decision, and the next moment at which something to be decided or told changes by itself."""
        now_s = now.mono_s
        moments = (
            (now_s // LOOK_S) * LOOK_S + DECIDE_S,
            self._watch.next_s(),
            self._desk.next_s(now, time),
            self._teller.next_s(now_s),
            self._light.next_s(),
            self._instruments.presence_ends_s(),
            *self._start.moments(),
            *[demand.until_s for demand in demands if demand is not None],
        )
        self._decide_s = min([at_s for at_s in moments if at_s is not None and at_s > now_s])
        self._decided_by = time

    def passed(self) -> None:
        """A pass is over, and nothing else comes of it than that whoever is there now will be gone by another moment."""
        self._decide_s = min(self._decide_s, self._instruments.presence_ends_s())
        self.due_s = min(self.due_s, self._decide_s)

    def settles_periods(self, now_s: float) -> bool:
        """Whether what is read how often is to be settled anew, though nothing was decided."""
        return now_s >= self._period_s

    def settled(self, now_s: float) -> None:
        """What is read how often has been settled anew."""
        self._period_s = next_period_s(self._light, now_s)
        self.plan(now_s)

    def plan(self, now_s: float) -> None:
        """Look again when something may change, or at the clock."""
        every_s = LOOK_S if self._light.lit else DECIDE_S
        look_s = (now_s // every_s + 1) * every_s  # as sources are read: a pole that has nothing to do wakes for all together
        self.due_s = min(self._decide_s, look_s, self._teller.mark_s(), self._period_s)
