"""A ledger for the tests of the core: what is on disk when all that was promised and remembered has been written."""

from collections.abc import Iterable
from dataclasses import replace

from agent.effects import Promise, Remember
from agent.ledger import Memory, SeenCommand
from agent.simulation.shelf import with_entry


def on_disk(effects: Iterable[Promise | Remember]) -> Memory:
    """The memory that the next run reads."""
    memory, seen = Memory(), dict[str, SeenCommand]()
    for effect in effects:
        for entry in effect.entries:
            if isinstance(entry, SeenCommand):
                seen[entry.id] = entry
            else:
                memory = with_entry(memory, entry)
    return replace(memory, seen=tuple(seen.values()))
