"""What clouds leave of the light, and what lightning adds, as functions of time."""

from dataclasses import dataclass
from math import floor
from typing import Literal

from agent.simulation.noise import SmoothNoise, unit

Weather = Literal["clear", "overcast", "storm"]

_BOLT_SLOT_S = 20.0  # at most one flash in each
_BOLT_FARTHEST_LX, _BOLT_RANGE = 20.0, 100.0  # from sheet lightning to a near strike
_BOLT_SHORTEST_S, _BOLT_SPREAD_S = 0.1, 0.5  # a flash is several strokes


@dataclass(frozen=True, slots=True)
class _Sky:
    thin: float  # what is left of the light under the thinnest and the thickest cloud
    thick: float
    drift_s: float  # how slowly the weather changes
    ripple: float  # how much the single cloud adds
    ripple_s: float
    bolts: float = 0.0  # chance of a flash in a slot, under the thickest cloud


_SKIES: dict[Weather, _Sky] = {
    "clear": _Sky(thin=1.0, thick=0.85, drift_s=7200, ripple=0.04, ripple_s=600),
    "overcast": _Sky(thin=0.4, thick=0.1, drift_s=5400, ripple=0.25, ripple_s=240),
    "storm": _Sky(thin=0.4, thick=0.015, drift_s=1500, ripple=0.35, ripple_s=120, bolts=0.5),
}


class Clouds:
    """One sky, the same for the same seed."""

    def __init__(self, weather: Weather, seed: int) -> None:
        self._sky = _SKIES[weather]
        self._drift = SmoothNoise(seed, self._sky.drift_s)
        self._ripple = SmoothNoise(seed + 1, self._sky.ripple_s)
        self._seed = seed + 2

    def transmittance(self, utc_s: float) -> float:
        """The share of a clear sky's light that reaches the ground, 0 to 1."""
        sky = self._sky
        cover = self._drift.at(utc_s)
        left: float = sky.thin * (sky.thick / sky.thin) ** cover
        return left * (1 - sky.ripple * self._ripple.at(utc_s))

    def lightning_lx(self, utc_s: float) -> float:
        sky = self._sky
        if not sky.bolts:
            return 0.0
        slot = floor(utc_s / _BOLT_SLOT_S)
        if unit(self._seed, slot) >= sky.bolts * self._drift.at(slot * _BOLT_SLOT_S) ** 2:
            return 0.0
        start, length, strength = (unit(self._seed + draw, slot) for draw in (1, 2, 3))
        start_s = slot * _BOLT_SLOT_S + start * (_BOLT_SLOT_S - 1)
        if not start_s <= utc_s < start_s + _BOLT_SHORTEST_S + _BOLT_SPREAD_S * length:
            return 0.0
        return float(_BOLT_FARTHEST_LX * _BOLT_RANGE**strength)
