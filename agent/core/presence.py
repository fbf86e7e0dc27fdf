"""Presence: motion raises the programme's level and holds it for a while after the last pass."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from math import inf

from agent.core.demand import Cause, Demand, Slot
from agent.settings.model import Motion

STUCK_S = 1800.0  # a line active for longer is not somebody standing there
CHATTER = 20  # activations in a minute that no street can make
CALM_S = 600.0  # a line that chattered counts again after so long a calm
SILENT_S = 7 * 86400.0  # nobody for so long: the sensor, or its cable, is gone


class LineState(Enum):
    """How the line of one sensor does."""

    QUIET = "quiet"  # nobody since
    ACTIVE = "active"  # somebody since
    STUCK = "stuck"  # active since, for too long
    CHATTERS = "chatters"  # not counted until, if it is calm
    SILENT = "silent"  # not an edge since, for too long


@dataclass(frozen=True, slots=True)
class LineReport:
    """``moment_s`` is monotonic, and means what the state says; -inf: never in this run."""

    state: LineState
    moment_s: float


@dataclass(slots=True)
class _Line:
    heard_s: float  # the last edge, counted or not; at first, the start
    active_since_s: float | None = None
    last_seen_s: float = float("-inf")
    ignored_until_s: float = float("-inf")
    proven: bool = False  # somebody has come and gone
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=CHATTER))

    def is_stuck(self, now_s: float) -> bool:
        return self.active_since_s is not None and now_s - self.active_since_s >= STUCK_S

    def report(self, now_s: float) -> LineReport:
        if now_s < self.ignored_until_s:
            return LineReport(LineState.CHATTERS, self.ignored_until_s)
        if self.active_since_s is not None:
            return LineReport(LineState.STUCK if self.is_stuck(now_s) else LineState.ACTIVE, self.active_since_s)
        if now_s - self.heard_s >= SILENT_S:
            return LineReport(LineState.SILENT, self.heard_s)
        return LineReport(LineState.QUIET, self.last_seen_s)

    def chatters(self, at_s: float) -> bool:
        """Take one activation into account."""
        self.recent.append(at_s)
        if len(self.recent) == CHATTER and at_s - self.recent[0] < 60:
            self.ignored_until_s = at_s + CALM_S
        return at_s < self.ignored_until_s


class Presence:
    """Follows the sensors' lines; all times monotonic. One street: any sensor counts."""

    def __init__(self, sensors: int, now_s: float) -> None:
        self._lines: tuple[_Line, ...] = ()
        self.count = 0
        self.since_s: float | None = None  # the last time that somebody came
        self.configure(sensors, now_s)

    def configure(self, sensors: int, now_s: float) -> None:
        """So many sensors from now on; who is there stays there."""
        self._proven = False
        self._lines = self._lines[:sensors] + tuple(_Line(now_s) for _ in range(sensors - len(self._lines)))

    def edge(self, sensor: int, active: bool, at_s: float) -> bool:
        """One debounced edge; whether more comes of it than that somebody who is there will be for a while yet.

        An edge of a sensor that the config does not have (any more) is nobody's.
        """
        if sensor >= len(self._lines):
            return False
        line = self._lines[sensor]
        line.heard_s = at_s
        if active and line.chatters(at_s):
            return True
        if active and line.active_since_s is None:
            self.count += 1
            self.since_s = line.active_since_s = line.last_seen_s = at_s
        elif not active and line.active_since_s is not None:
            line.last_seen_s = min(at_s, line.active_since_s + STUCK_S)
            line.active_since_s, line.proven = None, True
            return False
        return True

    def is_faulty(self, now_s: float) -> bool:
        """Whether a line is stuck, chatters, or has said nothing for a week."""
        for line in self._lines:
            if line.is_stuck(now_s) or now_s < line.ignored_until_s or now_s - line.heard_s >= SILENT_S:
                return True
        return False

    def is_proven(self) -> bool:
        """Whether somebody has come and gone at each sensor since the start: before that, no fault is not yet a good sensor."""
        self._proven = self._proven or all(line.proven for line in self._lines)
        return self._proven

    def lines(self, now_s: float) -> tuple[LineReport, ...]:
        """Each sensor's line, in the order of the config."""
        return tuple(line.report(now_s) for line in self._lines)

    def until_s(self, now_s: float, hold_s: float) -> float:
        """When presence ends, as far as is known now; in the past when nobody is there."""
        return max([self._last_seen_s(line, now_s) for line in self._lines], default=-inf) + hold_s

    def ends_s(self, hold_s: float) -> float:
        """When presence ends if no line is heard any more; in the past when nobody is there."""
        last_s = [line.last_seen_s if line.active_since_s is None else line.active_since_s + STUCK_S for line in self._lines]
        return max(last_s, default=-inf) + hold_s

    @staticmethod
    def _last_seen_s(line: _Line, now_s: float) -> float:
        if line.active_since_s is None:
            return line.last_seen_s
        return min(now_s, line.active_since_s + STUCK_S)

    def is_present(self, now_s: float, hold_s: float) -> bool:
        return now_s < self.until_s(now_s, hold_s)

    def demand(self, rule: Motion, programme_level: float, now_s: float) -> Demand | None:
        """The demand of the motion slot, or None when nobody is there or the programme already asks for as much."""
        until_s = self.until_s(now_s, rule.hold_s)
        if now_s >= until_s or self.since_s is None:
            return None
        level = min(100.0, programme_level + rule.raise_by) if rule.raise_by is not None else _raise_to(rule)
        if programme_level >= level:
            return None
        return Demand(Slot.MOTION, level, Cause.PRESENCE, self.since_s, until_s)


def _raise_to(rule: Motion) -> float:
    return 100.0 if rule.raise_to is None else rule.raise_to
