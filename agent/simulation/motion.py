"""Motion sensors' lines, raised and lowered as people and cars come and go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf
from typing import Protocol

from agent.simulation.traffic import Pass

_EDGES_KEPT = 1000  # a mock pin remembers every edge it has seen, which would fill the memory in a simulated year


class InputLine(Protocol):
    """An input of the board, driven from outside, as gpiozero's mock pins have it: they call their watchers at once."""

    states: list[object]

    def drive_high(self) -> None: ...

    def drive_low(self) -> None: ...

    def clear_states(self) -> None: ...


@dataclass(frozen=True, slots=True)
class MotionLine:
    line: InputLine
    active_high: bool

    def show(self, *, presence: bool) -> None:
        if len(self.line.states) > _EDGES_KEPT:
            self.line.clear_states()
        if presence == self.active_high:
            self.line.drive_high()
        else:
            self.line.drive_low()


class Passage:
    """Everyone in the field of the sensors. One thread advances it; the counts may be read from any."""

    def __init__(self, lines: Sequence[MotionLine], passes: Iterator[Pass]) -> None:
        self.present = 0
        self.arrived = 0  # since the beginning
        self._held: bool | None = None
        self._lines = lines
        self._passes = passes
        self._next = next(passes, None)
        self._ends_s: list[float] = []
        self._next_s = self._soonest_s()

    def next_change_s(self) -> float:
        """When someone next comes or goes; infinite: never."""
        return self._next_s

    def _soonest_s(self) -> float:
        start_s = self._next.start_s if self._next else inf
        return min(start_s, self._ends_s[0] if self._ends_s else inf)

    def advance(self, utc_s: float) -> None:
        """Let everything happen up to that moment, each edge in its turn, and hold the lines there.

        The lines are driven again even where nothing happened: a pin that was opened with a pull in between lost its level.
        """
        if self._next_s > utc_s:
            self._show()
        while self._next_s <= utc_s:
            self._change(self._next_s)
            self._show()

    def hold(self, presence: bool | None) -> None:
        """Let the sensors show this, whoever passes; None: what is there."""
        self._held = presence
        self._show()

    def _change(self, at_s: float) -> None:
        if self._ends_s and self._ends_s[0] <= at_s:
            heappop(self._ends_s)
        elif self._next:
            heappush(self._ends_s, self._next.end_s)
            self.arrived += 1
            self._next = next(self._passes, None)
        self.present = len(self._ends_s)
        self._next_s = self._soonest_s()

    def _show(self) -> None:
        presence = self.present > 0 if self._held is None else self._held
        for line in self._lines:
            line.show(presence=presence)
