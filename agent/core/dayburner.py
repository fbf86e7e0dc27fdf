"""The day burner: a lamp that is lit by its own command although it is day."""

from math import inf

BY_DAY_S = 240.0  # then it is true; with the alarm's own minute it is told after five


class DayBurner:
    """Told at each decision what the lamp does. Monotonic seconds."""

    def __init__(self) -> None:
        self._since_s: float | None = None  # lit by day

    def burns(self, now_s: float, *, lit: bool, is_night: bool) -> bool | None:
        """Whether it burns by day; None while it has not for long enough to say."""
        if not lit or is_night:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = now_s
        return True if now_s >= self._since_s + BY_DAY_S else None

    def next_s(self, now_s: float) -> float:
        """When the answer becomes another by itself."""
        if self._since_s is None or now_s >= self._since_s + BY_DAY_S:
            return inf
        return self._since_s + BY_DAY_S
