"""The book of alarms: what has been true for long enough is raised, what flaps is told once, and nothing is told twice."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from agent.core.alarms import Alarm
from agent.core.alarmtable import KINDS
from agent.ledger import ActiveAlarms
from agent.messages import Edge, Severity
from agent.settings.model import AlarmRule

FLAPS, FLAP_S = 4, 3600.0  # raised so often within that time it flaps: the last of them stays up until it has been quiet as long


class Transition(Struct, frozen=True, gc=False):
    """``flaps``: it was raised so often of late that it now stays up until it is quiet."""

    alarm: Alarm
    edge: Edge
    severity: Severity
    flaps: bool = False


@dataclass(slots=True)
class _Watch:
    """``pending_since_s``: since when the condition has been other than what was told."""

    active: bool = False
    since_utc_s: float = 0.0
    pending_since_s: float | None = None
    flaps: bool = False
    raised_s: deque[float] = field(default_factory=lambda: deque(maxlen=FLAPS))  # the last times

    def begin(self, now_s: float, utc_s: float) -> None:
        self.active, self.since_utc_s, self.pending_since_s = True, utc_s, None
        self.raised_s.append(now_s)
        self.flaps = len(self.raised_s) == FLAPS and now_s - self.raised_s[0] <= FLAP_S

    def end(self, utc_s: float) -> None:
        self.active, self.since_utc_s, self.pending_since_s, self.flaps = False, utc_s, None, False


class AlarmBook:
    """Told what is true at each step, it says what to raise and clear, and when it wants to look again. Monotonic seconds."""

    def __init__(self, rules: Mapping[str, AlarmRule]) -> None:
        self._rules = rules
        self._watches = {alarm: _Watch() for alarm in Alarm}
        self._pending: list[Alarm] = []  # true or untrue for not long enough yet
        self._settled: Mapping[Alarm, bool] | None = None  # what was told last, where nothing is left to come of it
        self.names: tuple[str, ...] = ()  # of those that are up, in the order of ``Alarm``

    def configure(self, rules: Mapping[str, AlarmRule]) -> None:
        """Other delays from now on; what is up stays up."""
        self._rules = rules

    def update(self, truths: Mapping[Alarm, bool], now_s: float, utc_s: float) -> list[Transition]:
        """An alarm that is not named cannot be judged now: it stays as it is, and what was about to come begins anew."""
        found: list[Transition] = []
        if truths == self._settled:
            return found
        for alarm in self._pending:
            if alarm not in truths:
                self._watches[alarm].pending_since_s = None
        for alarm, truth in truths.items():
            watch = self._watches[alarm]
            if truth is watch.active:
                watch.pending_since_s = None
                continue
            if watch.pending_since_s is None:
                watch.pending_since_s = now_s
            if now_s >= watch.pending_since_s + self._delay_s(alarm, watch):  # the sum, as in next_s
                if truth:
                    watch.begin(now_s, utc_s)
                else:
                    watch.end(utc_s)
                edge = Edge.RAISED if truth else Edge.CLEARED
                found.append(Transition(alarm, edge, KINDS[alarm].severity, watch.flaps))
        self._pending = [alarm for alarm, watch in self._watches.items() if watch.pending_since_s is not None]
        self._settled = None if self._pending else truths
        if found:
            self._note_names()
        return found

    def _note_names(self) -> None:
        self.names = tuple(alarm.value for alarm, watch in self._watches.items() if watch.active)

    def _delay_s(self, alarm: Alarm, watch: _Watch) -> float:
        """From what was told to the opposite."""
        kind, rule = KINDS[alarm], self._rules.get(alarm, AlarmRule())
        if not watch.active:
            return kind.after_s if rule.after_s is None else rule.after_s
        clear_after_s = kind.clear_after_s if rule.clear_after_s is None else rule.clear_after_s
        return max(clear_after_s, FLAP_S) if watch.flaps else clear_after_s

    def next_s(self) -> float | None:
        """The next moment at which an alarm would be raised or cleared, if nothing else happens."""
        watches = [(alarm, self._watches[alarm]) for alarm in self._pending]
        moments = [
            watch.pending_since_s + self._delay_s(alarm, watch) for alarm, watch in watches if watch.pending_since_s is not None
        ]
        return min(moments, default=None)

    def is_up(self, alarm: Alarm) -> bool:
        return self._watches[alarm].active

    def seems_up(self, alarm: Alarm) -> bool:
        """As ``is_up``; one that flaps, and only waits to have been quiet for long enough, seems to be over."""
        watch = self._watches[alarm]
        return watch.active and not (watch.flaps and watch.pending_since_s is not None)

    def active(self) -> list[tuple[Alarm, float]]:
        """Those that are up, and since when (POSIX seconds), in the order of ``Alarm``."""
        return [(alarm, watch.since_utc_s) for alarm, watch in self._watches.items() if watch.active]

    def memory(self) -> ActiveAlarms:
        return ActiveAlarms(tuple((alarm.value, since_utc_s) for alarm, since_utc_s in self.active()))

    def restore(self, memory: ActiveAlarms) -> None:
        """Alarms that were up before a restart are up: not told again, and cleared when they are found untrue."""
        names = {alarm.value: alarm for alarm in Alarm}
        for name, since_utc_s in memory.active:
            if name in names and not self._watches[names[name]].active:
                self._watches[names[name]] = _Watch(active=True, since_utc_s=since_utc_s)
        self._settled = None
        self._note_names()
