"""Repeatable chance: numbers that depend on a seed and a place alone, so that the simulated world is a function of time."""

from math import floor

_MASK = 0xFFFF_FFFF_FFFF_FFFF


def unit(seed: int, place: int) -> float:
    """Between 0 and 1, the same each time; the finaliser of SplitMix64 (Steele, Lea and Flood, 2014) as a hash."""
    x = (place * 0x9E37_79B9_7F4A_7C15 + seed * 0xD1B5_4A32_D192_ED03) & _MASK
    x = (x ^ x >> 30) * 0xBF58_476D_1CE4_E5B9 & _MASK
    x = (x ^ x >> 27) * 0x94D0_49BB_1331_11EB & _MASK
    return ((x ^ x >> 31) >> 11) / (1 << 53)


class SmoothNoise:
    """Wanders between 0 and 1 without corners: a chance value every ``knot_s``, and smoothstep between them."""

    def __init__(self, seed: int, knot_s: float) -> None:
        self._seed = seed
        self._knot_s = knot_s
        self._span: tuple[int, float, float] = (0, unit(seed, 0), unit(seed, 1))  # one reference: replaced as a whole

    def at(self, t_s: float) -> float:
        place = t_s / self._knot_s
        knot = floor(place)
        span = self._span
        if span[0] != knot:
            self._span = span = (knot, unit(self._seed, knot), unit(self._seed, knot + 1))
        part = place - knot
        return span[1] + (span[2] - span[1]) * part * part * (3 - 2 * part)
