"""Carries records from the outbox to the broker, and tells the outbox of each that has arrived."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from agent.link.pacing import Bucket
from agent.link.ports import Outbox, Queued
from agent.link.signals import Acknowledged, Publication
from agent.link.topics import Topics
from agent.link.window import Window
from agent.link.wire import encode_record

PER_S = 200.0  # the contract wants 50; without a bound a city that comes back would storm the broker
BURST = 32
REFUSED_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class _Letter:
    """One publication: a record to the lamp's own topic, or the same to where the reply was asked for."""

    key: int
    publication: Publication
    is_reply: bool


class Courier:
    """For one connection. Records go out in the order in which they were handed over, as far as window and pace allow.

    A record has arrived when all its letters are acknowledged. One that the broker refuses (not authorised, over quota) is kept
    and tried again after a pause, for the data are worth more than the wait; a reply that it refuses is the asker's loss.
    """

    def __init__(
        self, window: Window, topics: Topics, outbox: Outbox, log: FilteringBoundLogger, start_at_s: float, now_s: float
    ) -> None:
        self._window = window
        self._topics = topics
        self._outbox = outbox
        self._log = log
        self._pace = Bucket(PER_S, BURST, now_s)
        self._not_before_s = start_at_s
        self._has_begun = False
        self._queue: deque[_Letter] = deque()
        self._refused: list[_Letter] = []  # in their order, until the pause is over
        self._under_way: dict[int, _Letter] = {}  # by mid
        self._letters_left: dict[int, int] = {}  # by key
        self._arrived: list[int] = []
        self.refused: str | None = (
            None  # the topic of the record that the broker would not take last, and why; until it takes one
        )

    def accept(self, records: Sequence[Queued]) -> None:
        """Before credit was given they are left-overs of an earlier connection, and the outbox has them still."""
        if self._has_begun:
            for queued in records:
                letters = self._letters(queued)
                self._letters_left[queued.key] = len(letters)
                self._queue.extend(letters)

    def advance(self, now_s: float) -> None:
        if now_s < self._not_before_s:
            return
        if not self._has_begun:
            self._has_begun = True
            self._outbox.grant(self._window.size)
        self._queue.extendleft(reversed(self._refused))
        self._refused.clear()
        while self._queue and self._window.free > 0 and self._pace.take(now_s):
            self._send(self._queue.popleft(), now_s)
        self._settle()

    def wake_at_s(self, now_s: float) -> float | None:
        """When more may go out, if it is not the broker or the outbox that is waited for."""
        if now_s < self._not_before_s:
            return self._not_before_s
        return self._pace.ready_at_s(now_s) if self._queue and self._window.free > 0 else None

    def acknowledged(self, answer: Acknowledged, now_s: float) -> None:
        letter = self._under_way.pop(answer.mid)
        if answer.refusal is None:
            self.refused = self.refused if letter.is_reply else None
            self._done(letter)
        elif letter.is_reply:
            self._reply_lost(letter, answer.refusal)
        else:
            hint = "check what the broker permits this lamp; the record is kept"
            self._log.error("the broker refuses a record", topic=letter.publication.topic, reason=answer.refusal, hint=hint)
            self.refused = f"{letter.publication.topic}: {answer.refusal}"
            self._not_before_s = now_s + REFUSED_PAUSE_S
            self._refused.append(letter)
        self._settle()

    def _letters(self, queued: Queued) -> list[_Letter]:
        record, payload = queued.record, encode_record(queued.record, queued.historical)
        letters = [_Letter(queued.key, Publication(self._topics.own(record.channel), payload), is_reply=False)]
        if record.reply_to is not None:
            reply = Publication(record.reply_to.topic, payload, correlation=record.reply_to.correlation)
            letters.append(_Letter(queued.key, reply, is_reply=True))
        return letters

    def _send(self, letter: _Letter, now_s: float) -> None:
        try:
            self._under_way[self._window.publish(letter.publication, self, now_s)] = letter
        except ValueError as error:  # the topic: our own are sound
            self._reply_lost(letter, str(error))

    def _reply_lost(self, letter: _Letter, reason: str) -> None:
        self._log.warning("a reply could not be published", topic=letter.publication.topic, reason=reason)
        self._done(letter)

    def _done(self, letter: _Letter) -> None:
        self._letters_left[letter.key] -= 1
        if not self._letters_left[letter.key]:
            del self._letters_left[letter.key]
            self._arrived.append(letter.key)

    def _settle(self) -> None:
        """Tell the outbox of all that have arrived, and give it as much credit again."""
        if self._arrived:
            arrived, self._arrived = self._arrived, []
            self._outbox.acked(arrived)
            self._outbox.grant(len(arrived))
