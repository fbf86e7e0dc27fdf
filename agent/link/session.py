"""What is said on one connection: subscribe, birth, present state, records, commands, goodbye; told the time, no sockets."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from structlog.typing import FilteringBoundLogger

from agent.events import LinkChanged
from agent.link import wire
from agent.link.commands import Incoming, understand
from agent.link.courier import Courier
from agent.link.mailbox import Post
from agent.link.pacing import Bucket
from agent.link.ports import Birth, Inbox, Outbox
from agent.link.presenter import Presenter
from agent.link.signals import Accepted, Acknowledged, Arrived, Closed, Publication, Rejected, Signal, Subscribed, Wire
from agent.link.topics import CommandTopic, Retained, Topics
from agent.link.window import Window
from agent.messages import Presence

ANSWER_S = 10.0  # for CONNACK and SUBACK
STALL_LEAST_S = 10.0  # without any acknowledgement although some are awaited
GOODBYE_S = 2.0
DRAIN_WITHIN_S = 4.0  # of the 5 s in which buffered records must begin
COMMANDS_PER_S, COMMANDS_BURST = 500.0, 500  # faster ones wait in the socket, which makes the broker wait


class Phase(Enum):
    GREETING = auto()  # CONNECT is sent
    SUBSCRIBING = auto()
    UP = auto()
    LEAVING = auto()  # the goodbye is said, and its acknowledgement awaited
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is the same on every connection of a lamp."""

    topics: Topics
    birth: Birth
    latest: Mapping[Retained, bytes]  # of the retained topics but status
    outbox: Outbox
    inbox: Inbox
    rng: random.Random
    log: FilteringBoundLogger
    stall_s: float = STALL_LEAST_S


class Session:
    """``number`` counts the sessions of this boot, as ``status`` tells; ``connection`` counts what was opened, and is in every
    delivery's handle, so that a confirmation for an earlier connection is never taken for one of this."""

    def __init__(self, around: Surroundings, link: Wire, number: int, connection: int, now_s: float) -> None:
        self._around = around
        self._wire = link
        self._number = number
        self._connection = connection
        self._unconfirmed: set[int] = set()
        self._commands = Bucket(COMMANDS_PER_S, COMMANDS_BURST, now_s)
        self._window = Window(link, 1)
        self._presenter: Presenter | None = None
        self._courier: Courier | None = None
        self._born: wire.Standing | None = None  # what status must say while we live
        self._goodbye_mid: int | None = None
        self._phase_since_s = now_s
        self.phase = Phase.GREETING
        self._unheard: str | None = None  # why the broker has refused a subscription
        self.rejected: Rejected | None = None
        self.closed: Closed | None = None
        self.accepted_s: float | None = None

    # --- what happens

    def handle(self, signal: Signal, now_s: float) -> None:
        match signal:
            case Accepted():
                self._accepted(signal, now_s)
            case Rejected():
                self.rejected = signal
            case Subscribed():
                self._subscribed(signal, now_s)
            case Arrived():
                self._arrived(signal, now_s)
            case Acknowledged():
                self._window.acknowledged(signal, now_s)
            case Closed():
                self._over(signal)

    def take(self, post: Post) -> None:
        """What other threads have left. The latest values of the retained topics are already among the surroundings."""
        for delivery in post.confirmed:
            connection, mid = delivery >> 16, delivery & 0xFFFF
            if connection == self._connection and mid in self._unconfirmed:
                self._unconfirmed.discard(mid)
                self._wire.confirm(mid)
        if self._presenter is not None:
            self._presenter.changed([*post.present, *([Retained.STATUS] if post.announce else [])])
        if self._courier is not None:
            self._courier.accept(post.records)

    def advance(self, now_s: float) -> None:
        """Publish what may be published now."""
        if self.phase is Phase.UP and self._presenter is not None and self._courier is not None:
            self._presenter.advance(now_s)
            self._courier.advance(now_s)
        elif self.phase is Phase.LEAVING and self._goodbye_mid is None and self._window.free > 0:
            self._say_goodbye(now_s)

    def leave(self, now_s: float) -> None:
        """Say goodbye, and hang up as soon as the broker has it; before the birth there is nothing to say."""
        if self.phase is Phase.UP:
            self._enter(Phase.LEAVING, now_s)
        elif self.phase is not Phase.LEAVING:
            self._wire.disconnect()

    def acknowledged(self, answer: Acknowledged, _now_s: float) -> None:
        """The goodbye has arrived; with DISCONNECT the broker forgets the will."""
        if answer.mid == self._goodbye_mid:
            self._wire.disconnect()

    @property
    def forbidden(self) -> str | None:
        """Of what a lamp must be able to do, something that the broker does not let it, and its reason."""
        told = (one.refused for one in (self._presenter, self._courier) if one is not None)
        return next((refused for refused in (self._unheard, *told) if refused is not None), None)

    # --- deadlines

    def overdue(self, now_s: float) -> str | None:
        """What the broker has failed to do in time; the connection is then worth nothing."""
        in_phase_s = now_s - self._phase_since_s
        if self.phase in (Phase.GREETING, Phase.SUBSCRIBING) and in_phase_s >= ANSWER_S:
            return f"the broker has not answered for {ANSWER_S:g} s"
        if self.phase is Phase.LEAVING and in_phase_s >= GOODBYE_S:
            return f"the broker has not acknowledged the goodbye within {GOODBYE_S:g} s"
        idle_since_s = self._window.idle_since_s()
        if idle_since_s is not None and now_s - idle_since_s >= self._around.stall_s:
            return f"the broker has acknowledged nothing for {self._around.stall_s:g} s"
        return None

    def wake_at_s(self, now_s: float) -> float:
        """When ``advance`` has something to do, if nothing happens before."""
        moments = [now_s + 1.0]  # the deadlines need not be met more closely
        if self.phase is Phase.UP and self._presenter is not None and self._courier is not None:
            moments += [at for at in (self._presenter.wake_at_s(now_s), self._courier.wake_at_s(now_s)) if at is not None]
        return min(moments)

    def may_read_at_s(self, now_s: float) -> float:
        """Reading earlier could bring more commands than the core should be troubled with."""
        return self._commands.ready_at_s(now_s)

    # --- one by one

    def _accepted(self, signal: Accepted, now_s: float) -> None:
        self.accepted_s = now_s
        self._window = Window(self._wire, signal.receive_maximum)
        self._enter(Phase.SUBSCRIBING, now_s)
        topics = self._around.topics
        self._wire.subscribe(topics.command_filters(), topics.own(Retained.STATUS))

    def _subscribed(self, signal: Subscribed, now_s: float) -> None:
        """The birth waits for this: whoever reads ``ready`` may send a command at once, and it must be heard."""
        if self.phase is not Phase.SUBSCRIBING:
            return
        around = self._around
        if signal.refused:
            self._unheard = f"the subscription to commands: {signal.refused[0]}"
            hint = "check what the broker permits this lamp"
            around.log.error(
                "the broker refuses subscriptions: some commands will not be heard", reasons=signal.refused, hint=hint
            )
        self._enter(Phase.UP, now_s)
        self._presenter = Presenter(self._window, around.topics, around.latest, self._birth, around.log)
        start_at_s = now_s + around.rng.uniform(0, DRAIN_WITHIN_S)
        self._courier = Courier(self._window, around.topics, around.outbox, around.log, start_at_s, now_s)
        around.outbox.link(True)
        around.inbox(LinkChanged(connected=True))

    def _arrived(self, signal: Arrived, now_s: float) -> None:
        self._commands.take(now_s)
        if signal.topic == self._around.topics.own(Retained.STATUS):
            self._watch_status(signal.payload)
            return
        topic = self._around.topics.command(signal.topic)
        if topic is None:  # for a group that the lamp has left, but the broker's session remembers
            self._wire.unsubscribe(signal.topic.rpartition("/")[0] + "/+")
        event = None if topic is None else understand(self._incoming(topic, signal))
        if event is not None:
            if signal.mid is not None:
                self._unconfirmed.add(signal.mid)
            self._around.inbox(event)
        elif signal.mid is not None:
            self._wire.confirm(signal.mid)

    def _incoming(self, topic: CommandTopic, signal: Arrived) -> Incoming:
        delivery = None if signal.mid is None else self._connection << 16 | signal.mid
        return Incoming(topic, signal.payload, delivery, signal.retained, signal.message_expiry, signal.reply_to)

    def _watch_status(self, payload: bytes) -> None:
        """An old connection's will can come after our birth; then the birth is published again."""
        if self._presenter is not None and self._born is not None and wire.Standing.read(payload) != self._born:
            self._presenter.changed([Retained.STATUS])

    def _birth(self) -> bytes:
        status = self._around.birth(Presence.READY, self._number)
        self._born = wire.Standing.of(status)
        return wire.encode(status)

    def _say_goodbye(self, now_s: float) -> None:
        payload = wire.encode(self._around.birth(Presence.DISCONNECTED, self._number))
        goodbye = Publication(self._around.topics.own(Retained.STATUS), payload, retain=True)
        self._goodbye_mid = self._window.publish(goodbye, self, now_s)

    def _enter(self, phase: Phase, now_s: float) -> None:
        self.phase = phase
        self._phase_since_s = now_s

    def _over(self, signal: Closed) -> None:
        was_up = self.phase in (Phase.UP, Phase.LEAVING)
        self.phase = Phase.OVER
        self.closed = signal
        if was_up:
            self._around.outbox.link(False)
            self._around.inbox(LinkChanged(connected=False))
