"""Dusks and dawns as the photocell sees them: slow falls and rises of the light. Leaps are neither."""

from dataclasses import dataclass
from enum import Enum
from math import inf

BRIGHT_LX = 1000.0
LEAST_S = 300.0
MOST_S = 3 * 3600.0
LEAP, LEAP_S = 5.0, 120.0  # more than so many times as much or as little light in so long: no cloud does that near the threshold
SINKS, SINKS_S = 3.0, 300.0  # and in a longer time so many times more, so often: the sun alone, on the equator
SHAKEN_S = 300.0  # so long after a leap nothing begins: a sensor whose readings leap all the time dates no dusk and no dawn
SILENT_S = 900.0  # nobody knows when in such a gap it became dark or bright


class Twilight(Enum):
    DUSK = "dusk"
    DAWN = "dawn"


@dataclass(frozen=True, slots=True)
class Seen:
    """One dusk or dawn; ``at_s`` is the monotonic moment at which the light passed ``on_below_lx``."""

    kind: Twilight
    at_s: float


class TwilightWatch:
    """Told every reading (own light taken off), it says when a dusk or dawn has just been completed."""

    def __init__(self, on_below_lx: float) -> None:
        self._dark_lx = on_below_lx
        self._bright_at_s: float | None = None  # last seen at 1,000 lx or more
        self._dark_at_s: float | None = None  # last seen below on_below_lx
        self._last: tuple[float, float] | None = None  # lux and moment of the last reading
        self._shaken_until_s = -inf

    def saw(self, lx: float, at_s: float) -> Seen | None:
        if self._leapt(lx, at_s):
            self._bright_at_s = self._dark_at_s = None
            self._shaken_until_s = at_s + SHAKEN_S
        if at_s < self._shaken_until_s:
            return None
        if lx >= BRIGHT_LX:
            dark_s, self._dark_at_s, self._bright_at_s = self._dark_at_s, None, at_s
            if dark_s is not None and LEAST_S <= at_s - dark_s <= MOST_S:
                return Seen(Twilight.DAWN, dark_s)
        elif lx < self._dark_lx:
            bright_s, self._bright_at_s, self._dark_at_s = self._bright_at_s, None, at_s
            if bright_s is not None and LEAST_S <= at_s - bright_s <= MOST_S:
                return Seen(Twilight.DUSK, at_s)
        return None

    def _leapt(self, lx: float, at_s: float) -> bool:
        """Whether the light has gone from one reading to the next as a cover, a hand or a lamp makes it go, or nobody looked."""
        last, self._last = self._last, (lx, at_s)
        if last is None:
            return False
        passed_s = at_s - last[1]
        less, more = sorted((max(last[0], self._dark_lx), max(lx, self._dark_lx)))
        return passed_s > SILENT_S or more > less * LEAP * SINKS ** max(0.0, (passed_s - LEAP_S) / SINKS_S)


class LearntNight:
    """A night learnt from a dusk and the next dawn seen in this boot, carried on by CLOCK_BOOTTIME without a clock."""

    _LEAST_S = 3 * 3600.0
    _WIDEN_S = 300.0  # at each end, for each day carried
    _DAY_S = 86400.0

    def __init__(self) -> None:
        self._dusk_s: float | None = None
        self._night: tuple[float, float] | None = None  # monotonic moments of its dusk and its dawn

    def saw(self, seen: Seen) -> None:
        if seen.kind is Twilight.DUSK:
            self._dusk_s = seen.at_s
        elif self._dusk_s is not None:
            if self._LEAST_S <= seen.at_s - self._dusk_s < self._DAY_S:
                self._night = self._dusk_s, seen.at_s
            self._dusk_s = None

    def is_night(self, now_s: float) -> bool | None:
        """None until a night has been learnt."""
        if self._night is None:
            return None
        dusk_s, dawn_s = self._night
        days, since_dusk_s = divmod(now_s - dusk_s, self._DAY_S)
        widened_s = self._WIDEN_S * (days + 1)
        return since_dusk_s < dawn_s - dusk_s + widened_s or since_dusk_s > self._DAY_S - widened_s

    def next_change_s(self, now_s: float) -> float | None:
        """When ``is_night`` changes at the latest (monotonic)."""
        if self._night is None:
            return None
        dusk_s, dawn_s = self._night
        days, since_dusk_s = divmod(now_s - dusk_s, self._DAY_S)
        start_s, lasts_s = now_s - since_dusk_s, dawn_s - dusk_s
        widened_s = self._WIDEN_S * (days + 1)
        ends = (start_s + lasts_s + widened_s, start_s + self._DAY_S - widened_s, start_s + self._DAY_S)
        tomorrow_s = start_s + self._DAY_S + lasts_s + widened_s + self._WIDEN_S  # where rounding has made now the end of the day
        return next((at_s for at_s in ends if at_s > now_s), tomorrow_s)
