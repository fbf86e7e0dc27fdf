"""From level to electrical output and back: linear, or DALI's logarithmic dimming curve."""

from math import log10
from typing import Literal

Curve = Literal["linear", "logarithmic"]
_STEPS_A_DECADE = 253 / 3  # IEC 62386-102: percent = 10 ** ((n - 1) / (253 / 3) - 1) for n = 1 to 254
_MOST = 254
LEAST_PERCENT = 0.1


def output_percent(level: float, curve: Curve) -> float:
    """The electrical output in percent that gives a level of light in percent; 0 stays 0."""
    if level <= 0:
        return 0.0
    if curve == "linear":
        return min(level, 100.0)
    arc = 1 + _STEPS_A_DECADE * (log10(min(max(level, LEAST_PERCENT), 100.0)) + 1)
    return arc / _MOST * 100


def light_percent(output: float, curve: Curve) -> float:
    """The level of light in percent that an electrical output in percent gives."""
    if output <= 0:
        return 0.0
    if curve == "linear":
        return min(output, 100.0)
    arc = min(max(output / 100 * _MOST, 1.0), _MOST)
    return float(10 ** ((arc - 1) / _STEPS_A_DECADE - 1))
