"""The ledger in virtual time: what was promised is kept at once, what is to be remembered when its time has come."""

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from agent.ledger import (
    ActiveAlarms,
    Counters,
    Course,
    Emergency,
    Entry,
    LearntPower,
    Maintenance,
    MaintenanceEnded,
    Memory,
    Override,
    SeenCommand,
    Watermark,
)

RETRY_S = 60.0  # a disk that failed is tried again so often
TOLD_S = 1.0  # so long a damaged file is told of, though the new one in its place works


class VirtualLedger:
    """``writable``, ``readable``: what the disk allows, to be changed at any time. The death of the process, and a power cut,
    take what was not yet written; while the disk fails, that is everything new.
    """

    def __init__(self) -> None:
        self._memory = Memory()
        self._pending: list[tuple[float, tuple[Entry, ...]]] = []
        self._retry_at_s = -inf
        self.writable = True
        self.readable = True
        self.degraded = False  # the disk has failed, or a damaged file was found, and no write has succeeded since
        self._damaged = False  # what is on disk is nonsense, and nobody has seen it yet

    def promise(self, entries: Iterable[Entry], now_s: float) -> bool:
        """Whether they are on disk now."""
        self._pending.append((now_s, tuple(entries)))
        return self._write(now_s)

    def remember(self, entries: tuple[Entry, ...], by_s: float) -> None:
        self._pending.append((by_s, entries))

    def due_s(self) -> float:
        """When something must be written; infinite: nothing waits."""
        if self.degraded:
            return self._retry_at_s
        return min([by_s for by_s, _ in self._pending]) if self._pending else inf

    def write_due(self, now_s: float) -> None:
        if now_s >= self.due_s():
            self._write(now_s)

    def cut(self, now_s: float) -> None:
        """The process died: only what was due is on disk."""
        self.write_due(now_s)
        self._pending.clear()

    def load(self) -> tuple[Memory, bool]:
        """What is on disk, and whether it could be read; nothing where it could not. A damaged file is moved aside."""
        if self.readable and not self._damaged:
            return self._memory, True
        self.degraded, self._damaged = True, self._damaged and not self.readable
        return Memory(), False

    def damage(self) -> None:
        """What is on disk is gone, which is found by whoever reads or writes it next."""
        self._memory, self._damaged = Memory(), True

    def _write(self, now_s: float) -> bool:
        """Everything that waits goes to the disk in one commit, in its order; where the file is damaged, to a new one."""
        self.degraded = self._damaged or not self.writable
        if not self.writable:
            self._retry_at_s = now_s + RETRY_S
            return False
        self._damaged, self._retry_at_s = False, now_s + TOLD_S
        for _, entries in self._pending:
            for entry in entries:
                self._memory = with_entry(self._memory, entry)
        self._pending.clear()
        return True


def with_entry(memory: Memory, entry: Entry) -> Memory:
    """What the ledger holds once this is written."""
    match entry:
        case Override(slot):
            return replace(memory, override=slot)
        case Emergency(slot):
            return replace(memory, emergency=slot)
        case Maintenance():
            return replace(memory, maintenance=entry)
        case MaintenanceEnded():
            return replace(memory, maintenance=None)
        case SeenCommand():
            return replace(memory, seen=(*memory.seen, entry))
        case Counters():
            return replace(memory, counters=entry)
        case Watermark():
            return replace(memory, watermark=entry)
        case ActiveAlarms():
            return replace(memory, alarms=entry)
        case Course():
            return replace(memory, course=entry)
        case LearntPower():
            return replace(memory, learnt=entry)
