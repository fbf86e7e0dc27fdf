"""The rows of a timeline: when one is due, and that their moments ascend."""

from dataclasses import dataclass, field

from agent.messages import rfc3339
from agent.settings.model import Settings
from agent.simulation.loop import VirtualLamp
from agent.simulation.preview.report import Row
from agent.simulation.preview.tally import DARK_PERCENT
from agent.simulation.preview.view import row as row_of


@dataclass(frozen=True, slots=True)
class _Mark:
    """What makes a new row when it changes."""

    slot: str | None
    target_level: float | None
    night: bool | None
    alarms: tuple[str, ...] | None
    faded_s: float | None  # the end of the last fade that has ended, lamp time
    dark: bool
    lit: bool


@dataclass(slots=True)
class Timeline:
    """``rows`` ascend in time, one a millisecond at most: of several the last counts."""

    lamp: VirtualLamp
    settings: Settings
    rows: list[Row] = field(default_factory=list)
    _mark: _Mark | None = None

    def look(self, emitted_percent: float) -> None:
        """Asked after each turn: a row, if anything has changed that makes one."""
        mark = self._marked(emitted_percent)
        if mark != self._mark:
            self._mark = mark
            self.add()

    def add(self) -> None:
        """A row of this moment."""
        new = row_of(self.lamp, self.settings)
        if self.rows and self.rows[-1].at == new.at:
            self.rows.pop()
        self.rows.append(new)

    def before(self, end_utc_s: float) -> tuple[Row, ...]:
        end = rfc3339(end_utc_s)
        return tuple(row for row in self.rows if row.at < end)

    def _marked(self, emitted_percent: float) -> _Mark:
        dark, lit = emitted_percent < DARK_PERCENT, emitted_percent > 0
        controller = None if self.lamp.process is None else self.lamp.process.controller
        if controller is None or controller.outline is None:
            return _Mark(None, None, None, None, None, dark, lit)
        seen, ends_s = controller.outline, controller.ramp.end_s
        faded_s = ends_s if ends_s <= self.lamp.now_s else self._mark.faded_s if self._mark is not None else None
        return _Mark(seen.slot, seen.target_level, seen.is_night, seen.alarms, faded_s, dark, lit)
