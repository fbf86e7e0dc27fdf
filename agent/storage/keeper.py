"""What the storage thread does: takes requests in, commits what is due, hands out what the link has credit for."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from agent.events import Event, OutboxChanged, Restored, Stored
from agent.ledger import Entry
from agent.settings.model import Storage
from agent.storage.database import Report
from agent.storage.ledger import Ledger
from agent.storage.outbox import NEVER_S, Outbox, Queued
from agent.storage.requests import Acked, Grant, Link, Promise, Put, Remember, Request, Restamp, Restore, Stop

TELL_EVERY_S = 1.0  # how full the outbox is; that it is empty, or the disk failed, is told at once
AFTER_A_FAULT_S = 1.0


class Keeper:
    """Owned by one thread, told the time (host seconds). Nothing raises: a fault costs durability, never the thread."""

    def __init__(
        self,
        settings: Storage,
        boot_id: str,
        now_s: float,
        on_event: Callable[[Event], None],
        on_records: Callable[[list[Queued]], None],
        report: Report,
    ) -> None:
        self._ledger = Ledger(Path(settings.directory), report)
        self._outbox = Outbox(settings, boot_id, now_s, report)
        self._on_event = on_event
        self._on_records = on_records
        self._report = report
        self._entries: list[Entry] = []  # not yet given to the ledger, in order
        self._entries_by_s = NEVER_S
        self._promises: list[int] = []
        self._credit = 0
        self._is_restoring = self._is_open = False
        self._told: OutboxChanged | None = None
        self._told_s = -NEVER_S
        self._told_damaged = 0
        self._not_before_s = -NEVER_S

    def serve(self, requests: Sequence[Request], now_s: float) -> None:
        """Takes all requests in, then commits once for all promises among them, then does what is due."""
        for request in requests:
            self._guarded(partial(self._take_in, request), now_s)
        for step in (self._keep_promises, self._open_outbox, self._hand_out, self._flush_outbox, self._tell):
            self._guarded(step, now_s)

    def wake_at_s(self) -> float:
        """When ``serve`` is to be called next, requests or not."""
        is_told = not self._is_open or self._told == self._outbox_now()
        tell_at_s = NEVER_S if is_told else self._told_s + TELL_EVERY_S
        due_s = min(self._entries_by_s, self._ledger.due_at_s(), self._outbox.due_at_s(), tell_at_s)
        return max(due_s, self._not_before_s)

    def close(self, now_s: float) -> None:
        """Writes everything."""
        self._entries_by_s = now_s
        for step in (self._keep_promises, self._flush_all, self._tell):
            self._guarded(step, now_s)
        self._ledger.close()
        self._outbox.close()

    def _guarded(self, step: Callable[[float], None], now_s: float) -> None:
        try:
            step(now_s)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next promise must still be kept
            self._report(f"storage: unexpected {error!r}; carried on")
            self._not_before_s = now_s + AFTER_A_FAULT_S

    def _take_in(self, request: Request, now_s: float) -> None:
        match request:
            case Restore():
                memory, readable = self._ledger.load(now_s)
                self._on_event(Restored(memory, durable=readable))
                self._is_restoring = True
            case Put(record):
                self._outbox.put(record, now_s)
            case Promise(number, entries):
                self._promises.append(number)
                self._entries += entries
            case Remember(entries, by_s):
                self._entries += entries
                self._entries_by_s = min(self._entries_by_s, by_s)
            case Grant(credit):
                self._credit += credit
            case Acked(keys):
                self._outbox.acked(keys, now_s)
            case Link(up):
                self._credit = 0
                self._outbox.link(up)
            case Restamp(offset_s, time_quality):
                self._outbox.restamp(offset_s, time_quality, now_s)
            case Stop():
                pass  # the thread's own business

    def _keep_promises(self, now_s: float) -> None:
        """One commit for all that wait; each is answered, whatever happens. What was to be remembered goes along, in order."""
        if not self._promises and now_s < min(self._entries_by_s, self._ledger.due_at_s()):
            return
        promises, self._promises = self._promises, []
        entries, self._entries = self._entries, []
        self._entries_by_s = NEVER_S
        durable = False
        try:
            durable = self._ledger.commit(entries, now_s)
        finally:
            for number in promises:
                self._on_event(Stored(number, durable))

    def _open_outbox(self, now_s: float) -> None:
        """After the ledger, for what was promised is waited for, and a large outbox takes seconds to check."""
        if self._is_restoring:
            self._is_restoring, self._is_open = False, True
            self._outbox.open(now_s)

    def _hand_out(self, now_s: float) -> None:
        if self._credit > 0:
            queued = self._outbox.take(self._credit, now_s)
            self._credit -= len(queued)
            if queued:
                self._on_records(queued)

    def _flush_outbox(self, now_s: float) -> None:
        if now_s >= self._outbox.due_at_s():
            self._outbox.flush(now_s)

    def _flush_all(self, now_s: float) -> None:
        self._outbox.flush(now_s)

    @property
    def _damaged(self) -> int:
        return self._outbox.damaged + self._ledger.damaged

    def _outbox_now(self) -> OutboxChanged:
        """A file that was damaged is told of once: the next one works, but what was in it is lost, and the card may be dying."""
        degraded = self._outbox.degraded or self._ledger.degraded or self._damaged > self._told_damaged
        return OutboxChanged(self._outbox.pending, self._outbox.dropped, degraded, self._outbox.full_percent)

    def _tell(self, now_s: float) -> None:
        told, new = self._told, self._outbox_now()
        if new == told or not self._is_open:
            return
        at_once = told is None or new.pending == 0 or new.degraded != told.degraded
        if at_once or now_s >= self._told_s + TELL_EVERY_S:
            self._told, self._told_s, self._told_damaged = new, now_s, self._damaged
            self._on_event(new)
