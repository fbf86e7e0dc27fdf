"""A ledger for the tests of the core: what is on disk when all that was promised and remembered has been written."""

from collections.abc import Iterable
from dataclasses import replace

from agent.effects import Promise, Remember
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


def on_disk(effects: Iterable[Promise | Remember]) -> Memory:
    """The memory that the next run reads."""
    memory, seen = Memory(), dict[str, SeenCommand]()
    for effect in effects:
        for entry in effect.entries:
            if isinstance(entry, SeenCommand):
                seen[entry.id] = entry
            else:
                memory = _kept(memory, entry)
    return replace(memory, seen=tuple(seen.values()))


def _kept(memory: Memory, entry: Entry) -> Memory:
    match entry:
        case Override(kept):
            return replace(memory, override=kept)
        case Emergency(kept):
            return replace(memory, emergency=kept)
        case Maintenance():
            return replace(memory, maintenance=entry)
        case MaintenanceEnded():
            return replace(memory, maintenance=None)
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
    raise AssertionError(f"a test that keeps {entry} must say where")
