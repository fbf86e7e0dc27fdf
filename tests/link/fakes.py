"""Hand-written stand-ins for what the link touches: a wire that notes what is sent, an outbox, an inbox, a birth."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.delivery import Channel, Priority, Record, ReplyTo
from agent.events import BrokerRefused, CertificateRead, CommandArrived, CommandRefused, LinkChanged
from agent.link.ports import Queued
from agent.link.signals import Publication
from agent.link.wire import encode, encode_body
from agent.messages import Ack, AckStatus, Edge, Event, NightView, OutboxView, Presence, Severity, State, Status
from agent.records import BootReason, TimeQuality

WITHIN_S = 8.0


def birth(presence: Presence, session: int) -> Status:
    return Status(
        presence, "boot-1", session, "2026-01-01T00:00:00.000Z", True, "0.1.0", "c", BootReason.RESTART, TimeQuality.NTP
    )


def state(version: int) -> bytes:
    """A state as it is published, of so many."""
    at = "2026-01-01T00:00:00.000Z"
    levels = dict.fromkeys(("target_level", "feedback_level", "actual_level", "output_level", "measured_level"), 60.0)
    night, outbox = NightView(is_night=True, by="sun", since=at), OutboxView(0, 0)
    rest = {"slot": "programme", "cause": "programme", "reason": "programme even", "programme": "even", **levels}
    return encode(
        State(at, version, **rest, night=night, override=None, alarms=(), next=None, time_quality=TimeQuality.NTP, outbox=outbox)
    )


@dataclass(frozen=True)
class Handed:
    key: int
    record: Record
    historical: bool = False


def handed(key: int, reply_to: ReplyTo | None = None) -> Handed:
    if reply_to is None:
        event = encode_body(Event("overrideStarted", Edge.OCCURRED, Severity.INFO, {"id": f"c-{key}", "verb": "dim"}))
        return Handed(key, Record(Channel.EVENT, Priority.ALARM, "boot-1", key, 1.0, 0.0, TimeQuality.NTP, event))
    ack = encode_body(Ack(f"c-{key}", "l", "dim", AckStatus.ACCEPTED, durable=True, level=40.0, until=None))
    return Handed(key, Record(Channel.ACK, Priority.ALARM, "boot-1", None, 1.0, 0.0, TimeQuality.NTP, ack, reply_to))


@dataclass
class FakeWire:
    """Gives numbers (mid) from 1; nothing is answered by itself."""

    published: list[Publication] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    unsubscribed: list[str] = field(default_factory=list)
    subscribed: tuple[tuple[str, ...], str] | None = None
    disconnected: bool = False

    def subscribe(self, commands: tuple[str, ...], status: str) -> None:
        self.subscribed = commands, status

    def unsubscribe(self, topic: str) -> None:
        self.unsubscribed.append(topic)

    def publish(self, publication: Publication) -> int:
        if "+" in publication.topic:
            raise ValueError("wildcard")
        self.published.append(publication)
        return len(self.published)

    def confirm(self, mid: int) -> None:
        self.confirmed.append(mid)

    def disconnect(self) -> None:
        self.disconnected = True


@dataclass
class FakeOutbox:
    """Only notes what it is told."""

    granted: int = 0
    arrived: list[int] = field(default_factory=list)
    up: list[bool] = field(default_factory=list)

    def grant(self, credit: int) -> None:
        self.granted += credit

    def acked(self, keys: Sequence[int]) -> None:
        self.arrived += keys

    def link(self, up: bool) -> None:
        self.up.append(up)


class BufferingOutbox:
    """Behaves as the port demands: hands over what there is credit for, and again what was not acknowledged."""

    def __init__(self, records: Sequence[Queued]) -> None:
        self.deliver: Callable[[Sequence[Queued]], None] = lambda _: None
        self.arrived: list[int] = []
        self._kept = {queued.key: queued for queued in records}
        self._handed: set[int] = set()

    def grant(self, credit: int) -> None:
        batch = [queued for key, queued in self._kept.items() if key not in self._handed][:credit]
        self._handed.update(queued.key for queued in batch)
        self.deliver(batch)

    def acked(self, keys: Sequence[int]) -> None:
        self.arrived += keys
        for key in keys:
            self._kept.pop(key, None)

    def link(self, up: bool) -> None:
        self._handed.clear()


class FakeInbox:
    """Notes every event; ``wait`` blocks for those of a kind."""

    def __init__(self) -> None:
        self.events: list[LinkChanged | BrokerRefused | CertificateRead | CommandArrived | CommandRefused] = []
        self._news = threading.Condition()

    def __call__(self, event: LinkChanged | BrokerRefused | CertificateRead | CommandArrived | CommandRefused) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def commands(self) -> list[CommandArrived]:
        return [event for event in self.events if isinstance(event, CommandArrived)]

    def refusals(self) -> list[CommandRefused]:
        return [event for event in self.events if isinstance(event, CommandRefused)]

    def ups(self) -> int:
        return self.events.count(LinkChanged(connected=True))

    def wait(self, is_enough: Callable[["FakeInbox"], bool], within_s: float = WITHIN_S) -> None:
        with self._news:
            assert self._news.wait_for(lambda: is_enough(self), within_s), self.events[-20:]


def eventually(holds: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    until_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until_s, "it did not come to hold in time"
        time.sleep(0.01)
