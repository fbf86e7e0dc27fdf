"""The lamp's own light on its photocell: learnt from what the lamp itself adds, and taken off before anything is compared."""

from collections import deque
from statistics import median

from agent.records import Reading

STEP = 20.0  # percent: smaller changes of level say too little
PAIR_S = 30.0  # daylight may change in a longer time
LEARN_BELOW_LX = 60.0  # above, what daylight does in that time is more than what the lamp adds
MOST_LX = 1000.0  # at 100 %: more than this is the day's, never the lamp's
REMEMBERED = 5


class OwnLight:
    """Learns lux at 100 %: two readings shortly before and after a step of the lamp make a sample; their median counts."""

    def __init__(self) -> None:
        self._samples: deque[float] = deque(maxlen=REMEMBERED)
        self._at_full_lx = 0.0  # their median
        self._last: tuple[Reading, float] | None = None  # the last reading under a steady lamp, and its level

    @property
    def at_full_lx(self) -> float:
        return self._at_full_lx

    @property
    def learnt(self) -> bool:
        return bool(self._samples)

    def take_off(self, reading: Reading, level: float, *, steady: bool) -> float:
        """The light of the sky and the street alone, in lux. ``level`` is the lamp's when it was read, percent."""
        if steady:
            self._learn(reading, level)
        return max(0.0, reading.value - self.at_full_lx * level / 100)

    def _learn(self, reading: Reading, level: float) -> None:
        last, self._last = self._last, (reading, level)
        if last is None:
            return
        before, before_level = last
        near = reading.at_s - before.at_s <= PAIR_S and min(reading.value, before.value) <= LEARN_BELOW_LX
        if near and abs(level - before_level) >= STEP:
            at_full_lx = (reading.value - before.value) / (level - before_level) * 100
            if at_full_lx <= MOST_LX:
                self._samples.append(max(0.0, at_full_lx))
                self._at_full_lx = median(self._samples)
