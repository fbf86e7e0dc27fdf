"""The way of the light to the photocell: daylight, the lamp's own, and whatever spoils what the sensor gets to see."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.simulation.noise import unit


@dataclass(slots=True)
class LightPath:
    """The fields may be changed at any time; lux, by lamp time. ``emitted_percent`` is the lamp's own light now."""

    daylight_lx: Callable[[float], float]
    emitted_percent: Callable[[], float]
    own_lx_at_full: float  # what the sensor sees of its lamp at 100 %
    seed: int = 1
    let_through: float = 1.0  # the share that a cover lets through
    floodlight_lx: float = 0.0
    noise_lx: float = 0.0  # either way
    stuck_lx: float | None = None  # the sensor shows this, whatever falls on it

    def lux(self, at_s: float) -> float:
        """What the sensor shows."""
        if self.stuck_lx is not None:
            return self.stuck_lx
        own_lx = self.own_lx_at_full * self.emitted_percent() / 100
        lux = (self.daylight_lx(at_s) + own_lx + self.floodlight_lx) * self.let_through
        return max(0.0, lux + self._noise(at_s)) if self.noise_lx else lux

    def _noise(self, at_s: float) -> float:
        return self.noise_lx * (2 * unit(self.seed, round(at_s * 1000)) - 1)
