"""The colours of the pictures, and how the sky looks at an elevation of the sun."""

import numpy as np
from numpy.typing import NDArray

INK = "#23272f"
FAINT = "#8b919c"
GRID = "#d9dce1"
DAYLIGHT = "#3a7ca5"
SUN = "#e0a100"
WATTS = "#3f7d4e"
PEOPLE = "#3d405b"
ALARM = "#c1121f"
LIGHT = "#ffd24d"

SLOTS = {
    "maintenance": "#a4036f",
    "emergency": "#d7263d",
    "override": "#7b5ea7",
    "motion": "#f07d1a",
    "programme": "#ffc93c",
    "default": "#9aa5b1",
}
NOBODY = "#5c6470"  # light that no agent decides

Colours = NDArray[np.float64]

_SKY_DEG = (-90.0, -18.0, -12.0, -6.0, -0.833, 5.0, 90.0)
_SKY = ("#0d1230", "#0d1230", "#151c44", "#34437a", "#b4c3de", "#e9eff6", "#f1f5fa")
_PALE_SKY = ("#b9c2e3", "#b9c2e3", "#c2cbe8", "#d0d8ee", "#ebeff8", "#f8fafd", "#f8fafd")


def sky(elevation_deg: Colours, *, pale: bool) -> Colours:
    """RGB, 0 to 1, for each elevation; pale where something is drawn upon it."""
    table = np.array([rgb(colour) for colour in (_PALE_SKY if pale else _SKY)])
    return np.stack([np.interp(elevation_deg, _SKY_DEG, table[:, channel]) for channel in range(3)], axis=-1)


def rgb(colour: str) -> tuple[float, ...]:
    """Of ``#rrggbb``, 0 to 1."""
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
