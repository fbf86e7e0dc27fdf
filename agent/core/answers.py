"""Acknowledgements: who has been answered what, repeats answered alike, groups spread in time, floods of nonsense counted."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

from agent.commands import Envelope
from agent.core.basket import Basket
from agent.delivery import ReplyTo
from agent.ledger import SeenCommand
from agent.messages import Ack, AckStatus

KEEP_S = 8 * 86400.0
KEEP_LEAST = 1000
SPREAD_S = 5.0
REJECTIONS_A_SECOND = 10
REPORT_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An acknowledgement on its way out, at the earliest at ``due_s`` (monotonic)."""

    ack: Ack
    reply_to: ReplyTo | None
    due_s: float


class Answers:
    """Times are monotonic, but for the age of ids, which is what the wall clock said of them."""

    def __init__(self, lamp_id: str) -> None:
        self.lamp_id = lamp_id
        self._seen: OrderedDict[str, SeenCommand] = OrderedDict()
        self._queue: list[Answer] = []
        self._rejected_in: float = float("-inf")  # the second in which the rejections below were answered
        self._rejected = 0
        self.unanswered = 0  # rejections beyond the rate, since the last report
        self.report_due_s: float | None = None

    # --- ids

    def seen(self, command_id: str | None) -> Ack | None:
        """What an id was answered before."""
        found = None if command_id is None else self._seen.get(command_id)
        return None if found is None else found.answer

    def remember(self, ack: Ack, utc_s: float) -> SeenCommand | None:
        """Keep the answer for repeats; the entry is for the ledger."""
        if ack.id is None:
            return None
        entry = SeenCommand(ack.id, utc_s, ack)
        self._seen[ack.id] = entry
        oldest = next(iter(self._seen.values()))
        while len(self._seen) > KEEP_LEAST and utc_s - oldest.seen_utc_s > KEEP_S:
            del self._seen[oldest.id]
            oldest = next(iter(self._seen.values()))
        return entry

    def keep(self, ack: Ack, utc_s: float, basket: Basket) -> None:
        """Keep the answer for repeats, here and on disk; nobody waits for that."""
        entry = self.remember(ack, utc_s)
        if entry is not None:
            basket.remember((entry,), within_s=5)

    def restore(self, entries: Iterable[SeenCommand]) -> None:
        fresh, self._seen = self._seen, OrderedDict((entry.id, entry) for entry in entries)
        self._seen.update(fresh)

    # --- sending

    def answer(self, ack: Ack, reply_to: ReplyTo | None, now_s: float, *, to_many: bool) -> None:
        """Queue an acknowledgement; those to groups are spread over 5 s, each lamp and command at a moment of its own."""
        delay_s = SPREAD_S * crc32(f"{self.lamp_id} {ack.id}".encode()) / 2**32 if to_many else 0.0
        self._queue.append(Answer(ack, reply_to, now_s + delay_s))

    def due(self, now_s: float) -> list[Answer]:
        ready = [one for one in self._queue if one.due_s <= now_s]
        if ready:
            self._queue = [one for one in self._queue if one.due_s > now_s]
        return ready

    def next_s(self) -> float | None:
        moments = [one.due_s for one in self._queue]
        if self.report_due_s is not None:
            moments.append(self.report_due_s)
        return min(moments, default=None)

    # --- rejections

    def may_reject(self, now_s: float) -> bool:
        """Whether one more rejection is answered; beyond ten a second they are counted and told together."""
        if now_s - self._rejected_in >= 1:
            self._rejected_in, self._rejected = now_s, 0
        self._rejected += 1
        if self._rejected <= REJECTIONS_A_SECOND:
            return True
        self.unanswered += 1
        if self.report_due_s is None:
            self.report_due_s = now_s + REPORT_EVERY_S
        return False

    def take_report(self, now_s: float) -> int | None:
        """The number of rejections left unanswered, when their report is due."""
        if self.report_due_s is None or now_s < self.report_due_s:
            return None
        count, self.unanswered, self.report_due_s = self.unanswered, 0, None
        return count

    def rejected(self, envelope: Envelope, code: str, message: str) -> Ack:
        return Ack(envelope.id, self.lamp_id, envelope.verb, AckStatus.REJECTED, durable=False, code=code, message=message)
