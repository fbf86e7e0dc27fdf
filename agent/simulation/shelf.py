"""The ledger in virtual time: what was promised is kept at once, what is to be remembered when its time has come."""

from collections.abc import Iterable
from dataclasses import replace

from agent.ledger import (
    ActiveAlarms,
    Counters,
    Emergency,
    Entry,
    Maintenance,
    MaintenanceEnded,
    Memory,
    Override,
    SeenCommand,
    Watermark,
)


class VirtualLedger:
    """``broken``: the disk refuses; what is on it can still be read. A power cut takes what was not yet written."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._pending: list[tuple[float, tuple[Entry, ...]]] = []
        self.broken = False

    def promise(self, entries: Iterable[Entry], now_s: float) -> bool:
        """Whether they are on disk now."""
        self._write(now_s)
        return self._keep(entries)

    def remember(self, entries: tuple[Entry, ...], by_s: float) -> None:
        self._pending.append((by_s, entries))

    def cut(self, now_s: float) -> None:
        """The process died: only what was due is on disk."""
        self._write(now_s)
        self._pending.clear()

    def load(self) -> Memory:
        return self._memory

    def _write(self, now_s: float) -> None:
        due = [entries for by_s, entries in self._pending if by_s <= now_s]
        self._pending = [one for one in self._pending if one[0] > now_s]
        for entries in due:
            self._keep(entries)

    def _keep(self, entries: Iterable[Entry]) -> bool:
        if not self.broken:
            for entry in entries:
                self._memory = with_entry(self._memory, entry)
        return not self.broken


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
