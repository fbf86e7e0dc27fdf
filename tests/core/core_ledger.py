"""A ledger for the tests of the core: what is on disk when all that was promised and remembered has been written."""

from collections.abc import Iterable
from dataclasses import replace

from agent.effects import Promise, Remember
from agent.ledger import (
    ActiveAlarms,
    Counters,
    Emergency,
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
            match entry:
                case SeenCommand():
                    seen[entry.id] = entry
                case Override(kept):
                    memory = replace(memory, override=kept)
                case Emergency(kept):
                    memory = replace(memory, emergency=kept)
                case Maintenance():
                    memory = replace(memory, maintenance=entry)
                case MaintenanceEnded():
                    memory = replace(memory, maintenance=None)
                case Counters():
                    memory = replace(memory, counters=entry)
                case Watermark():
                    memory = replace(memory, watermark=entry)
                case ActiveAlarms():
                    memory = replace(memory, alarms=entry)
    return replace(memory, seen=tuple(seen.values()))
