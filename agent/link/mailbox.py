"""What other threads hand to the link: they leave it here and go on; the link's thread is woken and takes it all."""

import os
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from agent.link.ports import Queued
from agent.link.topics import Retained

MOST_RECORDS = 1_000  # far above any credit: what comes beyond it stays in the outbox, unacknowledged
MOST_CONFIRMATIONS = 10_000  # far above what a broker may leave unacknowledged


@dataclass(slots=True)
class Post:
    """All that was left since the last look."""

    present: dict[Retained, bytes] = field(default_factory=dict)
    records: list[Queued] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)
    announce: bool = False
    lost: int = 0  # records and confirmations that found no room: a fault of whoever sent them


class Mailbox:
    """Bounded: of each retained topic the newest alone, records by credit, confirmations by the broker's window."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._post = Post()
        self._stopping = False
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        weakref.finalize(self, os.close, self._bell)  # not earlier: whoever still holds the mailbox may ring

    @property
    def stopping(self) -> bool:
        return self._stopping

    def fileno(self) -> int:
        """Readable when there is something to take."""
        return self._bell

    def present(self, topic: Retained, payload: bytes) -> None:
        with self._lock:
            self._post.present[topic] = payload
        self._ring()

    def deliver(self, records: Sequence[Queued]) -> None:
        with self._lock:
            room = max(0, MOST_RECORDS - len(self._post.records))
            self._post.records += records[:room]
            self._post.lost += max(0, len(records) - room)
        self._ring()

    def confirm(self, delivery: int) -> None:
        with self._lock:
            if len(self._post.confirmed) < MOST_CONFIRMATIONS:
                self._post.confirmed.append(delivery)
            else:
                self._post.lost += 1
        self._ring()

    def announce(self) -> None:
        with self._lock:
            self._post.announce = True
        self._ring()

    def stop(self) -> None:
        self._stopping = True
        self._ring()

    def take(self) -> Post:
        """Everything, and the bell is silent until more comes."""
        with suppress(BlockingIOError):  # nobody has rung
            os.eventfd_read(self._bell)
        with self._lock:
            post, self._post = self._post, Post()
        return post

    def _ring(self) -> None:
        os.eventfd_write(self._bell, 1)
