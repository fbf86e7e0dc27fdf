"""Metering: energy, hours and counts, integrated over real gaps of the monotonic clock and never falling."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from agent.ledger import Counters
from agent.records import Ramp, Reading
from agent.settings.model import Luminaire

NOMINAL_W = 40.0  # where the config does not say; telemetry marks the energy as estimated anyway


def interpolate(points: Sequence[tuple[float, float]], x: float) -> float:
    """Straight lines between ascending points, level beyond the ends."""
    place = bisect_right(points, x, key=lambda point: point[0])
    if place == 0:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[place - 1], points[place]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def expected_power_w(luminaire: Luminaire, level: float) -> float:
    """What the lamp should draw at a level of light, by its power curve or straight from standby to nominal."""
    if luminaire.power_curve:
        return interpolate(luminaire.power_curve, level)
    full_w = NOMINAL_W if luminaire.nominal_power_w is None else luminaire.nominal_power_w
    return luminaire.standby_power_w + (full_w - luminaire.standby_power_w) * level / 100


def is_power_known(luminaire: Luminaire) -> bool:
    """Whether the config says what the lamp should draw; else it is a guess, by which no lamp is judged."""
    return luminaire.nominal_power_w is not None or bool(luminaire.power_curve)


def level_from_power(luminaire: Luminaire, power_w: float) -> float:
    """The level that a power means: the curve read backwards, to one decimal, 0 at standby."""
    low, high = 0.0, 100.0
    if power_w <= expected_power_w(luminaire, 0.0):
        return 0.0
    while high - low > 0.05:
        middle = (low + high) / 2
        if expected_power_w(luminaire, middle) < power_w:
            low = middle
        else:
            high = middle
    return round(high, 1)


class Expected(Protocol):
    def power_w(self, level: float) -> float:
        """What the meter should see at a level of light in percent."""
        ...


class Meter:
    """Integrates power over the moments it is told of: monotonic seconds, whatever the wall clock does.

    A reading counts until the next, as long as the lamp is at the level at which it was taken. All else is estimated from the
    level, and counted as estimated too.
    """

    def __init__(self, counters: Counters, now_s: float) -> None:
        self._energy_wh = counters.active_energy_wh
        self._estimated_wh = counters.estimated_wh
        self._operating_s = counters.operating_s
        self._switch_on_count = counters.switch_on_count
        self.counted_to_s = now_s
        self._lit: bool | None = None

    def add(self, earlier: Counters) -> None:
        """What the ledger knew, read after the first light: it comes on top of what was counted since."""
        self._energy_wh += earlier.active_energy_wh
        self._estimated_wh += earlier.estimated_wh
        self._operating_s += earlier.operating_s
        self._switch_on_count += earlier.switch_on_count

    def advance(self, now_s: float, ramp: Ramp, load: Expected, metered: Reading | None) -> None:
        """Count the time since the last call, under the ramp that ran in it. ``metered``: the meter's last good reading."""
        since_s = self.counted_to_s
        if now_s <= since_s:
            return
        self.counted_to_s = now_s
        if since_s >= ramp.end_s:  # as most often
            self._stretch(since_s, now_s, ramp, load, metered)
            return
        bounds = [since_s, *(at_s for at_s in (ramp.start_s, ramp.end_s) if since_s < at_s < now_s), now_s]
        for begin_s, end_s in pairwise(bounds):
            self._stretch(begin_s, end_s, ramp, load, metered)

    def _stretch(self, begin_s: float, end_s: float, ramp: Ramp, load: Expected, metered: Reading | None) -> None:
        """Count a time in which the level went in a straight line: its mean is that of the middle."""
        level = ramp.level_at((begin_s + end_s) / 2)
        if metered is not None and _speaks_for(metered, ramp, end_s):
            self._count(end_s - begin_s, level, metered.value, estimated=False)
        else:
            self._count(end_s - begin_s, level, load.power_w(level), estimated=True)

    def bridge(self, gap_s: float, level: float, load: Expected) -> None:
        """Count a time in which no agent ran and the lamp kept a level."""
        self._count(gap_s, level, load.power_w(level), estimated=True)

    def _count(self, span_s: float, level: float, power_w: float, *, estimated: bool) -> None:
        energy_wh = max(0.0, power_w) * span_s / 3600
        self._energy_wh += energy_wh
        if estimated:
            self._estimated_wh += energy_wh
        if level > 0:
            self._operating_s += span_s

    def lights(self, lit: bool) -> None:
        """The light goes on or off; the state found at start counts as no switching."""
        if lit and self._lit is False:
            self._switch_on_count += 1
        self._lit = lit

    @property
    def operating_s(self) -> float:
        return self._operating_s

    def counters(self, presence_count: int, supply_loss_count: int = 0) -> Counters:
        return Counters(
            self._energy_wh, self._operating_s, self._switch_on_count, presence_count, supply_loss_count, self._estimated_wh
        )


def _speaks_for(reading: Reading, ramp: Ramp, until_s: float) -> bool:
    """Whether the lamp was still as the meter saw it: settled then, or in the same fade."""
    return reading.at_s >= ramp.end_s or (reading.at_s >= ramp.start_s and until_s <= ramp.end_s)
