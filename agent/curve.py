"""The output curve: which electrical drive gives which level of light, linear or as DALI dims."""

import math
from typing import Literal, TypeAlias

Curve: TypeAlias = Literal["linear", "logarithmic"]

ARC_LEVELS = 254  # DALI's direct arc power levels run from 1 to 254
STEPS_PER_DECADE = 253 / 3  # 253 steps span 0.1 % to 100 %


def electrical_percent(level: float, curve: Curve) -> float:
    """The drive, in percent, at which a driver with that curve gives ``level`` percent of full light; 0 for 0."""
    if level <= 0:
        return 0.0
    return min(level, 100.0) if curve == "linear" else arc_level(level) / ARC_LEVELS * 100


def level_percent(electrical: float, curve: Curve) -> float:
    """The level of light, in percent, that a driver with that curve gives at that drive: the inverse."""
    if electrical <= 0:
        return 0.0
    return min(electrical, 100.0) if curve == "linear" else light_percent(electrical / 100 * ARC_LEVELS)


def arc_level(light: float) -> float:
    """DALI's arc level, 1 to 254 and not rounded, for light in percent (IEC 62386-102, standard dimming curve)."""
    return min(ARC_LEVELS, max(1.0, 1 + STEPS_PER_DECADE * (math.log10(light) + 1)))


def light_percent(arc: float) -> float:
    """Light in percent, 0.1 to 100, at an arc level: 10^((n - 1) / (253 / 3) - 1) (IEC 62386-102)."""
    decades = (min(float(ARC_LEVELS), max(1.0, arc)) - 1) / STEPS_PER_DECADE - 1
    return math.pow(10, decades)
