"""What one step gathers: its effects, the numbering of what goes into the outbox, and the stamp that all of them carry."""

from agent.core.alarms import OCCURRENCES, Occurrence
from agent.core.timekeeping import Time
from agent.delivery import Priority, ReplyTo
from agent.effects import Effect, Promise, Remember, Send, Stamp
from agent.ledger import Entry
from agent.messages import Ack, Edge, Event, Severity, Telemetry


class Basket:
    """Lives as long as the core; ``take`` empties it at the end of each step."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._seq = 0
        self._promises = 0
        self._uptime_s = 0.0  # of the step that is running, as is the time
        self._time: Time | None = None

    def begin(self, uptime_s: float, time: Time) -> None:
        """A step begins; what is sent in it carries this."""
        self._uptime_s, self._time = uptime_s, time

    @property
    def is_empty(self) -> bool:
        return not self._effects

    def take(self) -> tuple[Effect, ...]:
        effects, self._effects = tuple(self._effects), []
        return effects

    def add(self, effect: Effect) -> None:
        self._effects.append(effect)

    def ack(self, ack: Ack, reply_to: ReplyTo | None) -> None:
        self._send(ack, Priority.ALARM, None, reply_to)

    def telemetry(self, sample: Telemetry) -> None:
        self._send(sample, Priority.TELEMETRY, self._next_seq(), None)

    def event(self, name: str, edge: Edge, severity: Severity, attributes: dict[str, str | float | bool | None]) -> None:
        priority = Priority.INFORMATION if severity is Severity.INFO else Priority.ALARM
        self._send(Event(name, edge, severity, attributes), priority, self._next_seq(), None)

    def occurred(self, what: Occurrence, attributes: dict[str, str | float | bool | None]) -> None:
        self.event(what, Edge.OCCURRED, OCCURRENCES[what], attributes)

    def promise(self, entries: tuple[Entry, ...]) -> int:
        self._promises += 1
        self._effects.append(Promise(self._promises, entries))
        return self._promises

    def remember(self, entries: tuple[Entry, ...], within_s: float) -> None:
        self._effects.append(Remember(entries, within_s))

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _send(self, message: Telemetry | Event | Ack, priority: Priority, seq: int | None, reply_to: ReplyTo | None) -> None:
        if self._time is None:
            raise RuntimeError("nothing may be sent outside a step")
        stamp = Stamp(self._uptime_s, self._time.utc_s, self._time.quality)
        self._effects.append(Send(message, priority, seq, stamp, reply_to))
