"""The course of a self-test: which level comes next, and which readings of the meter count."""

from dataclasses import dataclass
from statistics import median

from agent.core.demand import Cause, Demand, Limit, Slot
from agent.core.light import Light
from agent.records import Ramp
from agent.settings.model import Settings

MIDDLE = (70.0, 40.0)  # between full light and the lowest, where they are clearly apart from it
APART = 10.0
LOWEST = 10.0  # where no minimum level is configured: what nearly every driver still does
FADE_S = 1.0
SETTLE_S = 5.0  # after a fade: soft start, a relay's minimum off time, and a driver that runs on
WINDOW = 5  # readings whose median counts
STEADY_SHARE, STEADY_W = 0.005, 0.1  # two windows that differ by no more are the same power
WARM_UP_S = 60.0  # the first level at most: a cold lamp draws more, and falls fastest at first; what is left is in the tolerance
STEP_S = 30.0  # any other level at most
SHOWN_S = 6.0  # without a meter a level is there to be seen


def levels_to_try(settings: Settings, *, is_night: bool) -> tuple[float, ...]:
    """From full light down, in percent. At night nothing below the floor, and never off; by day off comes last.

    So a lamp that was off by day ends as it was, and its relay opens once.
    """
    low = lowest_lit(settings, is_night=is_night)
    lit = (100.0, *(level for level in MIDDLE if level >= low + APART), low)
    return tuple(dict.fromkeys((*lit, *(() if is_night else (0.0,)))))


def lowest_lit(settings: Settings, *, is_night: bool) -> float:
    """The lowest level above 0, in percent, to which the lamp may be brought without anybody's having asked for it."""
    low = settings.luminaire.minimum_level or LOWEST
    return max(low, settings.floor) if is_night else low


@dataclass(frozen=True, slots=True)
class Sample:
    """One level as it was tried. ``level`` is the light after all limits; ``power_w`` is None where nothing could be read."""

    asked: float
    level: float
    power_w: float | None


class SelfTest:
    """Full light comes first and is held until it is steady, for at most a minute, so that the lower levels find a warm lamp.

    At each level the readings from ``SETTLE_S`` after the end of the fade on are taken, until the medians of two windows of
    ``WINDOW`` agree; a level at which they never do counts with its last window. Where the first level brought no reading, the
    others are only shown. Monotonic seconds, watts, percent.
    """

    def __init__(
        self, levels: tuple[float, ...], now_s: float, *, metered: bool, name: str | None = None, issuer: str | None = None
    ) -> None:
        self.levels = levels
        self._metered = metered
        self._name, self._issuer = name, issuer
        self._began_s = now_s
        self.ends_by_s = now_s + FADE_S + (WARM_UP_S if metered else SHOWN_S)
        self.ends_by_s += (len(levels) - 1) * (FADE_S + (STEP_S if metered else SHOWN_S))
        self.samples: tuple[Sample, ...] = ()
        self._ramp: Ramp | None = None  # under which the readings were taken
        self._watts: list[float] = []
        self.derated = False  # a hot luminaire has held the light down: what was measured is no curve of the lamp
        self._begin(now_s)

    @property
    def demand(self) -> Demand | None:
        """What it asks for; None once all levels have been tried."""
        return self._demand

    def next_s(self) -> float:
        """When the present level is over at the latest."""
        return self._step_ends_s

    def metered(self, watts: float, at_s: float, light: Light) -> bool:
        """Take a good reading of the meter; whether the present level is done with that."""
        if self._demand is None or light.decision.demand is not self._demand:
            return False
        if light.ramp is not self._ramp:  # new, or a limit has moved the light
            self._ramp, self._watts = light.ramp, []
        if at_s >= max(light.ramp.end_s, self._since_s) + SETTLE_S:
            self._watts.append(watts)
        return self._steady()

    def advance(self, now_s: float, light: Light) -> None:
        """Go on to the next level, if it is time."""
        if self._demand is None or (now_s < self._step_ends_s and not self._steady()):
            return
        power_w = median(self._watts[-WINDOW:]) if self._watts else None
        self.derated |= Limit.DERATING in light.decision.limits
        if not self.samples and power_w is None:
            self._metered = False
        self.samples = (*self.samples, Sample(self._demand.level, light.ramp.end_level, power_w))
        self._begin(now_s)

    def _begin(self, now_s: float) -> None:
        place = len(self.samples)
        self._since_s, self._ramp, self._watts = now_s, None, []
        longest_s = (STEP_S if place else WARM_UP_S) if self._metered else SHOWN_S
        self._step_ends_s = now_s + FADE_S + longest_s
        self._demand: Demand | None = None
        if place < len(self.levels):
            self._demand = Demand(
                Slot.MAINTENANCE,
                self.levels[place],
                Cause.SELF_TEST,
                self._began_s,
                self.ends_by_s,
                self._name,
                self._issuer,
                fade_s=FADE_S,
            )

    def _steady(self) -> bool:
        if len(self._watts) < 2 * WINDOW:
            return False
        now_w, before_w = median(self._watts[-WINDOW:]), median(self._watts[-2 * WINDOW : -WINDOW])
        return abs(now_w - before_w) <= max(STEADY_W, STEADY_SHARE * now_w)
