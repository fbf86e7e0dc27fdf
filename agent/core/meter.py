"""Metering: energy, hours and counts, integrated over real gaps of the monotonic clock and never falling."""

from bisect import bisect_right
from collections.abc import Sequence

from agent.ledger import Counters
from agent.records import Ramp
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


class Meter:
    """Integrates between the moments it is told of; ``measured_w`` is the last good reading of a meter at the lamp, or None."""

    def __init__(self, counters: Counters, now_s: float) -> None:
        self._energy_wh = counters.active_energy_wh
        self._operating_s = counters.operating_s
        self._switch_on_count = counters.switch_on_count
        self.counted_to_s = now_s
        self._lit: bool | None = None

    def add(self, earlier: Counters) -> None:
        """What the ledger knew, read after the first light: it comes on top of what was counted since."""
        self._energy_wh += earlier.active_energy_wh
        self._operating_s += earlier.operating_s
        self._switch_on_count += earlier.switch_on_count

    def advance(self, now_s: float, ramp: Ramp, luminaire: Luminaire, measured_w: float | None) -> None:
        """Count the time since the last call, under the ramp that ran in it."""
        elapsed_s, start_s, self.counted_to_s = now_s - self.counted_to_s, self.counted_to_s, now_s
        if elapsed_s <= 0:
            return
        power_w = measured_w
        if power_w is None:
            power_w = (self._estimate_w(ramp, luminaire, start_s) + self._estimate_w(ramp, luminaire, now_s)) / 2
        self._energy_wh += max(0.0, power_w) * elapsed_s / 3600
        if ramp.level_at(start_s) > 0:
            self._operating_s += elapsed_s

    @staticmethod
    def _estimate_w(ramp: Ramp, luminaire: Luminaire, at_s: float) -> float:
        return expected_power_w(luminaire, ramp.level_at(at_s))

    def lights(self, lit: bool) -> None:
        """The light goes on or off; the state found at start counts as no switching."""
        if lit and self._lit is False:
            self._switch_on_count += 1
        self._lit = lit

    @property
    def operating_s(self) -> float:
        return self._operating_s

    def counters(self, presence_count: int) -> Counters:
        return Counters(self._energy_wh, self._operating_s, self._switch_on_count, presence_count)
