"""A timeline as lines that can be drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from agent.settings.model import Settings
from agent.simulation.preview.report import Row

Line = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """``at_s`` are the moments of the rows and, last, the end: POSIX seconds."""

    rows: Sequence[Row]
    at_s: Line
    zone: ZoneInfo
    settings: Settings

    def line(self, field: str) -> Line:
        """A field over ``at_s``, gaps where it is not known; the last row holds to the end."""
        values = [getattr(row, field) for row in self.rows]
        return np.array([np.nan if value is None else value for value in [*values, values[-1]]], dtype=float)

    def stretches(self, field: str) -> Iterator[tuple[object, int, int]]:
        """Each value that a field holds, with the places in ``at_s`` from which and to which it holds it."""
        for value, places in groupby(range(len(self.rows)), lambda place: getattr(self.rows[place], field)):
            held = list(places)
            yield value, held[0], held[-1] + 1
