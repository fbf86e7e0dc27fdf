"""Cases: commands that were obeyed, each followed from its promise on disk to its last acknowledgement."""

from dataclasses import dataclass, field
from typing import Protocol

from msgspec import UNSET, UnsetType

from agent.commands import Envelope
from agent.core.alarms import Occurrence
from agent.core.answers import Answers
from agent.core.basket import Basket
from agent.core.demand import Demand
from agent.core.overrides import BrokerSlot, Change
from agent.core.timekeeping import Time
from agent.delivery import ReplyTo
from agent.effects import Confirm
from agent.ledger import Entry, StoredDemand
from agent.messages import Ack, AckStatus, rfc3339
from agent.records import Instant


class Undertaken(Protocol):
    def __call__(self, level: float) -> float:
        """What a command for this level (percent) comes out at, after floor and minimum level."""
        ...


@dataclass(slots=True)
class _Case:
    """A command that was obeyed and has not had its last acknowledgement."""

    id: str
    verb: str
    reply_to: ReplyTo | None
    to_many: bool
    stored: StoredDemand | None  # what it put into a slot
    durable: bool = False
    on_disk: bool = False
    told: AckStatus | None = None
    deliveries: list[int | None] = field(default_factory=list)  # that MQTT wants acknowledged
    last: AckStatus | None = None  # how it ended, before it could be told that it was accepted
    course_ends_utc_s: float | None = None  # of identify and self-test, at the latest
    is_course: bool = False
    code: str | UnsetType = UNSET  # what has come of it
    message: str | UnsetType = UNSET


class Cases:
    """Looks at the broker's two slots and changes nothing in them."""

    def __init__(self, answers: Answers, override: BrokerSlot, emergency: BrokerSlot) -> None:
        self._answers = answers
        self._override = override
        self._emergency = emergency
        self._open: dict[str, _Case] = {}
        self._promised: dict[int, _Case] = {}
        self.by_hand = False  # the technician's slot holds, and masks both
        self.by_course = False  # it is lent, and masks a dim

    def asks(self, undertaken: Undertaken) -> None:
        self._undertaken = undertaken

    # --- from the promise

    def take(self, envelope: Envelope, stored: StoredDemand | None, slots: tuple[Entry, ...], time: Time, basket: Basket) -> None:
        """Promise a command that was obeyed, with the slots as it has left them."""
        case = _Case(envelope.id or "", envelope.verb, envelope.reply_to, envelope.to_many, stored)
        self._promise(case, envelope.delivery, slots, time, basket)
        if self._in_force(case):
            _occurred(Occurrence.OVERRIDE_STARTED, case, basket)

    def _promise(self, case: _Case, delivery: int | None, entries: tuple[Entry, ...], time: Time, basket: Basket) -> None:
        case.deliveries.append(delivery)
        self._open[case.id] = case
        seen = self._answers.remember(self._ack(case, AckStatus.ACCEPTED, time), time.utc_s)
        self._promised[basket.promise((*entries, *(() if seen is None else (seen,))))] = case

    def take_course(self, envelope: Envelope, ends_utc_s: float, entries: tuple[Entry, ...], time: Time, basket: Basket) -> None:
        """As ``take``; it is followed to ``course_ended``."""
        case = _Case(envelope.id or "", envelope.verb, envelope.reply_to, envelope.to_many, None)
        case.is_course, case.course_ends_utc_s = True, ends_utc_s
        self._promise(case, envelope.delivery, entries, time, basket)

    def awaits_disk(self, envelope: Envelope) -> bool:
        """Whether a repeat has come ahead of the disk; it is then confirmed, like the first, with the promise."""
        for case in self._promised.values():
            if case.id == envelope.id:
                case.deliveries.append(envelope.delivery)
                return True
        return False

    def on_disk(self, promise: int, now: Instant, time: Time, basket: Basket, *, durable: bool) -> None:
        """The storage has kept (or, not durable, failed) a promise: now the command may be acknowledged."""
        case = self._promised.pop(promise, None)
        if case is None:
            return
        case.on_disk, case.durable = True, durable
        self._tell(case, AckStatus.ACCEPTED, now, time)
        if case.last is not None:
            self._tell(case, case.last, now, time)
        if case.last is not None or not durable:
            self._answers.keep(self._ack(case, case.last or AckStatus.ACCEPTED, time), time.utc_s, basket)
        for delivery in case.deliveries:
            confirm(delivery, basket)

    def restore(self) -> None:
        """What an earlier run promised goes on from its last answer; spread in time, for nobody kept whether it was for many."""
        for slot, verb in ((self._override, "dim"), (self._emergency, "emergency")):
            held = () if slot.held is None else (slot.held.stored,)
            for stored in (*held, *slot.waiting):
                answer = self._answers.seen(stored.command_id)
                told = AckStatus.ACCEPTED if answer is None else answer.status
                case = _Case(stored.command_id, verb, None, to_many=True, stored=stored, durable=True, on_disk=True, told=told)
                self._open.setdefault(case.id, case)

    # --- to the last acknowledgement

    def settled(self, winner: Demand, now: Instant, time: Time, basket: Basket) -> None:
        """The light is where it must be: what asked for it, or stepped aside for it, is applied."""
        if not self._open:
            return
        for case in list(self._open.values()):
            if not case.on_disk or case.told is not AckStatus.ACCEPTED:
                continue
            if case.stored is None or winner.name == case.id:
                self._conclude(case, AckStatus.APPLIED, now, time, basket)
                if case.stored is None and not case.is_course:
                    del self._open[case.id]

    def changed(self, change: Change, now: Instant, time: Time, basket: Basket) -> None:
        """What a command, or the time, has done to those in the slots."""
        for command_id in change.started:
            if command_id in self._open:
                _occurred(Occurrence.OVERRIDE_STARTED, self._open[command_id], basket)
        for ids, status in ((change.superseded, AckStatus.SUPERSEDED), (change.ended, AckStatus.ENDED)):
            for command_id in ids:
                case = self._open.pop(command_id, None)
                if case is not None:
                    _occurred(Occurrence.OVERRIDE_ENDED, case, basket, how=status.value)
                    self._conclude(case, status, now, time, basket)

    def course_ended(
        self, command_id: str, code: str | None, words: str | None, now: Instant, time: Time, basket: Basket
    ) -> None:
        """Its last acknowledgement, with what has come of it. One that an earlier run began was accepted there."""
        answer = self._answers.seen(command_id)
        verb = "" if answer is None else answer.verb
        earlier = _Case(command_id, verb, None, to_many=False, stored=None, durable=True, on_disk=True, is_course=True)
        case = self._open.pop(command_id, earlier)
        case.code, case.message = code or UNSET, words or UNSET
        self._conclude(case, AckStatus.ENDED, now, time, basket)

    def _conclude(self, case: _Case, status: AckStatus, now: Instant, time: Time, basket: Basket) -> None:
        """Tell and keep a status; before the promise is on disk only take note of it."""
        case.last = status
        if case.on_disk:
            self._tell(case, status, now, time)
            self._answers.keep(self._ack(case, status, time), time.utc_s, basket)

    def _tell(self, case: _Case, status: AckStatus, now: Instant, time: Time) -> None:
        case.told = status
        self._answers.answer(self._ack(case, status, time), case.reply_to, now.mono_s, to_many=case.to_many)

    def _ack(self, case: _Case, status: AckStatus, time: Time) -> Ack:
        masked = status is AckStatus.ACCEPTED and self._in_force(case) and self._is_masked(case.verb)
        stored = self._stored(case)
        return Ack(
            case.id,
            self._answers.lamp_id,
            case.verb,
            status,
            durable=case.durable or not case.on_disk,  # as it will be sent: the answer is kept by what it promises
            code="masked" if masked else case.code,
            message=case.message,
            level=UNSET if stored is None else self._undertaken(stored.level),
            until=self._until(case, stored, time),
        )

    @staticmethod
    def _until(case: _Case, stored: StoredDemand | None, time: Time) -> str | None | UnsetType:
        if stored is None and case.course_ends_utc_s is None:
            return UNSET
        ends_utc_s = case.course_ends_utc_s if stored is None else stored.ends_utc_s
        return None if ends_utc_s is None or not time.trusted else rfc3339(ends_utc_s)

    def _stored(self, case: _Case) -> StoredDemand | None:
        """As its slot has it now: one taken without a clock has an end once there is one."""
        for slot in (self._override, self._emergency):
            if slot.held is not None and slot.held.stored.command_id == case.id:
                return slot.held.stored
        return case.stored

    def _in_force(self, case: _Case) -> bool:
        """Whether it asks for a level, and does not wait for its start."""
        return case.stored is not None and case.stored not in self._override.waiting

    def _is_masked(self, verb: str) -> bool:
        """Whether a higher slot hides what the verb asks for."""
        return self.by_hand or (verb == "dim" and (self.by_course or self._emergency.held is not None))


def confirm(delivery: int | None, basket: Basket) -> None:
    if delivery is not None:
        basket.add(Confirm(delivery))


def _occurred(what: Occurrence, case: _Case, basket: Basket, **more: str) -> None:
    basket.occurred(what, {"id": case.id, "verb": case.verb, **more})
