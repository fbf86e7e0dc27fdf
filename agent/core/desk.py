"""The command desk: takes commands in, knows their repeats, has them judged, and answers those that are not obeyed."""

from typing import Protocol

from agent.commands import Command, Dim, EmergencyLight, Envelope, Identify, Refusal, Resume, SelfTest, Sync
from agent.core.alarms import Occurrence
from agent.core.answers import Answers
from agent.core.basket import Basket
from agent.core.cases import Cases, confirm
from agent.core.commands import CommandJudge, Expired, Obeyed, Outcome, Rejected, TooOld
from agent.core.demand import Cause, Demand, Slot
from agent.core.overrides import BrokerSlot, Change, Held
from agent.core.timekeeping import Time
from agent.ledger import Course, Emergency, Entry, Memory, Override
from agent.messages import Ack, AckStatus
from agent.records import Instant

VERBS = ("dim", "emergency", "resume", "identify", "self-test", "sync")


class Forecast(Protocol):
    def what_if(self, override: Held | None, emergency: Held | None) -> float: ...

    def undertaken(self, level: float) -> float: ...


class Runner(Protocol):
    """Who runs identify and self-test."""

    def refusal(self, command: Identify | SelfTest) -> Refusal | None: ...

    def lowest(self, command: Identify | SelfTest) -> float: ...

    def begin(self, command: Identify | SelfTest, now_s: float, envelope: Envelope | None = None) -> float: ...

    def next_s(self, now_s: float) -> float | None: ...


class CommandDesk:
    """Its two slots are asked by the decider; the judge asks the decider what would be."""

    def __init__(self, lamp_id: str) -> None:
        self.override = BrokerSlot(Slot.OVERRIDE, Cause.DIM)
        self.emergency = BrokerSlot(Slot.EMERGENCY, Cause.EMERGENCY)
        self._answers = Answers(lamp_id)
        self._cases = Cases(self._answers, self.override, self.emergency)
        self._early: list[tuple[Envelope, Command | Refusal]] | None = []  # None: open
        self.wants_sync = False  # a sync was taken in this step

    def asks(self, decider: Forecast) -> None:
        """Whom to ask what a command would come to."""
        self._judge = CommandJudge(self.override, self.emergency, decider.what_if)
        self._cases.asks(decider.undertaken)

    def hands_to(self, runner: Runner) -> None:
        """To whom identify and self-test are handed."""
        self._runner = runner

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
            case Identify() | SelfTest():
                self._course(envelope, command, now, time, basket)
                return
        self._concluded(envelope, outcome, now, time, basket)

    def _concluded(self, envelope: Envelope, outcome: Outcome, now: Instant, time: Time, basket: Basket) -> None:
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
        if answer.status is AckStatus.REJECTED and not self._answers.may_reject(now.mono_s):
            confirm(envelope.delivery, basket)  # a flood under one id is a flood
        elif not self._cases.awaits_disk(envelope):
            self._answers.answer(answer, envelope.reply_to, now.mono_s, to_many=envelope.to_many)
            confirm(envelope.delivery, basket)
        return True

    def _obeyed(self, envelope: Envelope, outcome: Obeyed, now: Instant, time: Time, basket: Basket) -> None:
        self._cases.take(envelope, outcome.stored, self.memory(now), time, basket)
        self._cases.changed(outcome.change, now, time, basket)

    def _course(self, envelope: Envelope, command: Identify | SelfTest, now: Instant, time: Time, basket: Basket) -> None:
        refusal = self._runner.refusal(command)
        if refusal is not None:
            self._reject(envelope, refusal, now, time, basket, remember=True)
            return
        unfit = self._judge.judge_course(envelope, self._runner.lowest(command), time)
        if unfit is not None:
            self._concluded(envelope, unfit, now, time, basket)
            return
        ends_s = self._runner.begin(command, now.mono_s, envelope)
        ends_utc_s, entries = time.utc_s + ends_s - now.mono_s, (Course(envelope.id, envelope.verb),)
        self._cases.take_course(envelope, ends_utc_s, entries, time, basket)

    def course_ended(
        self, command_id: str, code: str | None, words: str | None, now: Instant, time: Time, basket: Basket
    ) -> None:
        """What the runner has to say of a course that it was handed."""
        self._cases.course_ended(command_id, code, words, now, time, basket)

    def _reject(self, envelope: Envelope, refusal: Refusal, now: Instant, time: Time, basket: Basket, *, remember: bool) -> None:
        if self._answers.may_reject(now.mono_s):
            ack = self._answers.rejected(envelope, refusal.code, refusal.message)
            self._answers.answer(ack, envelope.reply_to, now.mono_s, to_many=envelope.to_many)
            if remember:
                self._answers.keep(ack, time.utc_s, basket)
        confirm(envelope.delivery, basket)

    def _finish(self, envelope: Envelope, status: AckStatus, now: Instant, time: Time, basket: Basket) -> None:
        """Answer for good a command that changes nothing."""
        ack = Ack(envelope.id, self._answers.lamp_id, envelope.verb, status, durable=False)
        self._answers.answer(ack, envelope.reply_to, now.mono_s, to_many=envelope.to_many)
        self._answers.keep(ack, time.utc_s, basket)
        confirm(envelope.delivery, basket)

    # --- what becomes of it

    def on_disk(self, promise: int, now: Instant, time: Time, basket: Basket, *, durable: bool) -> None:
        """The storage has kept (or, not durable, failed) a promise."""
        self._cases.on_disk(promise, now, time, basket, durable=durable)

    def advance(self, now: Instant, time: Time, basket: Basket) -> None:
        """Let commands begin and end with the time."""
        for slot in (self.override, self.emergency):
            change = slot.advance(now, time)
            if change:
                self._cases.changed(change, now, time, basket)
                basket.remember(self.memory(now), within_s=1)

    def maintained(self, *, by_hand: bool, by_course: bool) -> None:
        """Whether the technician holds the slot, or a course, and masks what the broker asks for."""
        self._cases.by_hand, self._cases.by_course = by_hand, by_course

    def settled(self, winner: Demand, now: Instant, time: Time, basket: Basket) -> None:
        """The light is where it must be."""
        self._cases.settled(winner, now, time, basket)

    def flush(self, now: Instant, basket: Basket) -> None:
        """Send the acknowledgements that are due, and the count of rejections that were not answered."""
        for answer in self._answers.due(now.mono_s):
            basket.ack(answer.ack, answer.reply_to)
        count = self._answers.take_report(now.mono_s)
        if count is not None:
            basket.occurred(Occurrence.COMMAND_REJECTED, {"count": count})

    def next_s(self, now: Instant, time: Time) -> float | None:
        of_slots = self.override.next_s(now, time), self.emergency.next_s(now, time)
        moments = (self._answers.next_s(), *of_slots, self._runner.next_s(now.mono_s))
        return min([at_s for at_s in moments if at_s is not None], default=None)

    @property
    def holds(self) -> bool:
        """Whether a command is in force."""
        return self.override.held is not None or self.emergency.held is not None

    # --- disk

    def memory(self, now: Instant) -> tuple[Entry, ...]:
        """The slots, with what is left of what holds them."""
        return Override(self.override.memory(now.mono_s)), Emergency(self.emergency.memory(now.mono_s))

    def restore(self, memory: Memory, now: Instant) -> None:
        self._answers.restore(memory.seen)
        self.override.restore(memory.override, now.mono_s)
        self.emergency.restore(memory.emergency, now.mono_s)
        self._cases.restore()
