"""The command desk: takes commands in, has them judged, promises what is obeyed, and follows each to its last acknowledgement."""

from dataclasses import dataclass, field
from typing import Protocol

from msgspec import UNSET

from agent.commands import Command, Dim, EmergencyLight, Envelope, Refusal, Resume, Sync
from agent.core.alarms import OCCURRENCES, Occurrence
from agent.core.answers import Answers
from agent.core.basket import Basket
from agent.core.commands import CommandJudge, Expired, Obeyed, Rejected, TooOld
from agent.core.demand import Cause, Demand, Slot
from agent.core.overrides import BrokerSlot, Change, Held
from agent.core.timekeeping import Time
from agent.effects import Confirm
from agent.ledger import Emergency, Entry, Memory, Override, StoredDemand
from agent.messages import Ack, AckStatus, Edge, ReplyTo, Severity, rfc3339
from agent.records import Instant

VERBS = ("dim", "emergency", "resume", "sync")


class Forecast(Protocol):
    def what_if(self, override: Held | None, emergency: Held | None) -> float: ...

    def undertaken(self, level: float) -> float: ...


@dataclass(slots=True)
class _Case:
    """A command that was obeyed and has not had its last acknowledgement."""

    id: str
    verb: str
    reply_to: ReplyTo | None
    to_many: bool
    stored: StoredDemand | None = None  # what it put into a slot
    durable: bool = False
    on_disk: bool = False
    told: AckStatus | None = None
    deliveries: list[int | None] = field(default_factory=list)  # that MQTT wants acknowledged
    last: AckStatus | None = None  # how it ended, before it could be told that it was accepted


class CommandDesk:
    """Its two slots are asked by the decider; the judge asks the decider what would be."""

    def __init__(self, lamp_id: str) -> None:
        self.override = BrokerSlot(Slot.OVERRIDE, Cause.DIM)
        self.emergency = BrokerSlot(Slot.EMERGENCY, Cause.EMERGENCY)
        self._answers = Answers(lamp_id)
        self._cases: dict[str, _Case] = {}
        self._promised: dict[int, _Case] = {}
        self._early: list[tuple[Envelope, Command | Refusal]] | None = []  # None: open
        self.wants_sync = False  # a sync was taken in this step
        self.maintained = False  # the technician's slot holds, and masks both

    def asks(self, decider: Forecast) -> None:
        """Whom to ask what a command would come to."""
        self._forecast = decider
        self._judge = CommandJudge(self.override, self.emergency, decider.what_if)

    def rename(self, lamp_id: str) -> None:
        self._answers.lamp_id = lamp_id

    # --- what comes in

    def open(self, now: Instant, time: Time, basket: Basket) -> None:
        """The ledger has spoken, or will not: what came in before, and may be a repeat of what it knows, is judged now."""
        early, self._early = self._early or [], None
        for envelope, command in early:
            if isinstance(command, Refusal):
                self.refused(envelope, command, now, time, basket)
            else:
                self.arrived(envelope, command, now, time, basket)

    @property
    def is_open(self) -> bool:
        return self._early is None

    def arrived(self, envelope: Envelope, command: Command, now: Instant, time: Time, basket: Basket) -> None:
        if self._early is not None:
            self._early.append((envelope, command))
            return
        if self._repeated(envelope, now, basket):
            return
        match command:
            case Dim() | EmergencyLight() | Resume():
                outcome = self._judge.judge(envelope, command, now, time)
            case Sync():
                outcome, self.wants_sync = Obeyed(Change()), True
            case _:
                outcome = Rejected("notSupported", f"{envelope.verb}: this agent cannot do that yet; info lists its verbs")
        match outcome:
            case Obeyed():
                self._obeyed(envelope, outcome, now, time, basket)
            case Rejected(code, message, remember):
                self._reject(envelope, Refusal(code, message), now, time, basket, remember=remember)
            case Expired():
                self._finish(envelope, AckStatus.EXPIRED, now, time, basket)
            case TooOld():
                self._finish(envelope, AckStatus.SUPERSEDED, now, time, basket)

    def refused(self, envelope: Envelope, refusal: Refusal, now: Instant, time: Time, basket: Basket) -> None:
        """A command that the link could not make sense of."""
        if self._early is not None and envelope.id is not None:
            self._early.append((envelope, refusal))
        elif not self._repeated(envelope, now, basket):
            self._reject(envelope, refusal, now, time, basket, remember=envelope.id is not None)

    def _repeated(self, envelope: Envelope, now: Instant, basket: Basket) -> bool:
        answer = self._answers.seen(envelope.id)
        if answer is None:
            return False
        case = self._cases.get(answer.id or "")
        if case is not None and not case.on_disk:
            case.deliveries.append(envelope.delivery)  # confirmed, like the first, when it is on disk
        else:
            self._answers.answer(answer, envelope.reply_to, now.mono_s, to_many=envelope.to_many)
            _confirm(envelope.delivery, basket)
        return True

    def _obeyed(self, envelope: Envelope, outcome: Obeyed, now: Instant, time: Time, basket: Basket) -> None:
        case = _Case(envelope.id or "", envelope.verb, envelope.reply_to, envelope.to_many, outcome.stored)
        case.deliveries.append(envelope.delivery)
        self._cases[case.id] = case
        ack = self._ack(case, AckStatus.ACCEPTED, time)
        seen = self._answers.remember(ack, time.utc_s)
        entries = (*self.memory(now), *(() if seen is None else (seen,)))
        self._promised[basket.promise(entries)] = case
        if outcome.stored is not None and not outcome.waits:
            self._occurred(Occurrence.OVERRIDE_STARTED, case, basket)
        self._changed(outcome.change, now, time, basket)

    def _reject(self, envelope: Envelope, refusal: Refusal, now: Instant, time: Time, basket: Basket, *, remember: bool) -> None:
        if self._answers.may_reject(now.mono_s):
            ack = self._answers.rejected(envelope, refusal.code, refusal.message)
            self._answers.answer(ack, envelope.reply_to, now.mono_s, to_many=envelope.to_many)
            if remember:
                self._keep(ack, time, basket)
        _confirm(envelope.delivery, basket)

    def _finish(self, envelope: Envelope, status: AckStatus, now: Instant, time: Time, basket: Basket) -> None:
        """Answer for good a command that changes nothing."""
        ack = Ack(envelope.id, self._answers.lamp_id, envelope.verb, status, durable=False)
        self._answers.answer(ack, envelope.reply_to, now.mono_s, to_many=envelope.to_many)
        self._keep(ack, time, basket)
        _confirm(envelope.delivery, basket)

    def _keep(self, ack: Ack, time: Time, basket: Basket) -> None:
        entry = self._answers.remember(ack, time.utc_s)
        if entry is not None:
            basket.remember((entry,), within_s=5)

    # --- what becomes of it

    def on_disk(self, promise: int, now: Instant, time: Time, basket: Basket, *, durable: bool) -> None:
        """The storage has kept (or, not durable, failed) a promise: now the command may be acknowledged."""
        case = self._promised.pop(promise, None)
        if case is None:
            return
        case.on_disk, case.durable = True, durable
        self._tell(case, AckStatus.ACCEPTED, now, time)
        if case.last is not None:
            self._tell(case, case.last, now, time)
        for delivery in case.deliveries:
            _confirm(delivery, basket)

    def advance(self, now: Instant, time: Time, basket: Basket) -> None:
        """Let commands begin and end with the time."""
        for slot in (self.override, self.emergency):
            change = slot.advance(now, time)
            if change:
                self._changed(change, now, time, basket)
                basket.remember(self.memory(now), within_s=1)

    def settled(self, winner: Demand, now: Instant, time: Time, basket: Basket) -> None:
        """The light is where it must be: what asked for it, or stepped aside for it, is applied."""
        for case in list(self._cases.values()):
            if not case.on_disk or case.told is not AckStatus.ACCEPTED:
                continue
            if case.stored is None or winner.name == case.id:
                self._tell(case, AckStatus.APPLIED, now, time)
                self._keep(self._ack(case, AckStatus.APPLIED, time), time, basket)
                if case.stored is None:
                    del self._cases[case.id]

    def _changed(self, change: Change, now: Instant, time: Time, basket: Basket) -> None:
        for command_id in change.started:
            self._occurred(Occurrence.OVERRIDE_STARTED, self._case(command_id), basket)
        for ids, status in ((change.superseded, AckStatus.SUPERSEDED), (change.ended, AckStatus.ENDED)):
            for command_id in ids:
                self._over(self._case(command_id), status, now, time, basket)

    def _over(self, case: _Case, status: AckStatus, now: Instant, time: Time, basket: Basket) -> None:
        self._occurred(Occurrence.OVERRIDE_ENDED, case, basket, how=status.value)
        self._cases.pop(case.id, None)
        case.last = status
        if case.on_disk:
            self._tell(case, status, now, time)
            self._keep(self._ack(case, status, time), time, basket)

    def _case(self, command_id: str) -> _Case:
        """The open case of an id; one that an earlier run left open is known from its answer alone."""
        if command_id in self._cases:
            return self._cases[command_id]
        answer = self._answers.seen(command_id)
        verb = "dim" if answer is None else answer.verb
        return _Case(command_id, verb, None, to_many=False, durable=True, on_disk=True)

    # --- what goes out

    def _tell(self, case: _Case, status: AckStatus, now: Instant, time: Time) -> None:
        case.told = status
        self._answers.answer(self._ack(case, status, time), case.reply_to, now.mono_s, to_many=case.to_many)

    def _ack(self, case: _Case, status: AckStatus, time: Time) -> Ack:
        masked = status is AckStatus.ACCEPTED and self._in_force(case) and self.is_masked(case.verb)
        ends_utc_s = None if case.stored is None else case.stored.ends_utc_s
        return Ack(
            case.id,
            self._answers.lamp_id,
            case.verb,
            status,
            durable=case.durable or not case.on_disk,  # as it will be sent: the answer is kept by what it promises
            code="masked" if masked else UNSET,
            level=UNSET if case.stored is None else self._forecast.undertaken(case.stored.level),
            until=UNSET if case.stored is None else (rfc3339(ends_utc_s) if ends_utc_s is not None and time.trusted else None),
        )

    def _in_force(self, case: _Case) -> bool:
        """Whether it asks for a level, and does not wait for its start."""
        return case.stored is not None and case.stored not in self.override.waiting

    def is_masked(self, verb: str) -> bool:
        """Whether a higher slot hides what the verb asks for."""
        return self.maintained or (verb == "dim" and self.emergency.held is not None)

    def flush(self, now: Instant, basket: Basket) -> None:
        """Send the acknowledgements that are due, and the count of rejections that were not answered."""
        for answer in self._answers.due(now.mono_s):
            basket.ack(answer.ack, answer.reply_to)
        count = self._answers.take_report(now.mono_s)
        if count is not None:
            basket.event(Occurrence.COMMAND_REJECTED, Edge.OCCURRED, OCCURRENCES[Occurrence.COMMAND_REJECTED], {"count": count})

    def _occurred(self, what: Occurrence, case: _Case, basket: Basket, **more: str) -> None:
        if case.stored is None and what is Occurrence.OVERRIDE_STARTED:
            return
        basket.event(what, Edge.OCCURRED, Severity(OCCURRENCES[what]), {"id": case.id, "verb": case.verb, **more})

    def next_s(self, now: Instant, time: Time) -> float | None:
        moments = (self._answers.next_s(), self.override.next_s(now, time), self.emergency.next_s(now, time))
        return min((at_s for at_s in moments if at_s is not None), default=None)

    # --- disk

    def memory(self, now: Instant) -> tuple[Entry, ...]:
        """The slots, with what is left of what holds them."""
        return Override(self.override.memory(now.mono_s)), Emergency(self.emergency.memory(now.mono_s))

    def restore(self, memory: Memory, now: Instant) -> None:
        self._answers.restore(memory.seen)
        self.override.restore(memory.override, now.mono_s)
        self.emergency.restore(memory.emergency, now.mono_s)


def _confirm(delivery: int | None, basket: Basket) -> None:
    if delivery is not None:
        basket.add(Confirm(delivery))
