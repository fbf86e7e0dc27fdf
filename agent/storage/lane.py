"""One class of the outbox: what of it is in RAM, what is on disk alone, and how far it has been handed out."""

from dataclasses import dataclass, field, replace

from agent.delivery import Priority, Record
from agent.storage.rows import Stamp, Tally

NOTHING = -(2**62)  # below every key


@dataclass(frozen=True, slots=True)
class Held:
    """A record in RAM; it may be on disk too."""

    record: Record
    put_s: float  # host time
    size: int


@dataclass(slots=True)
class Lane:
    """Keys rise in the order of putting. Those on disk alone come before all that are in RAM."""

    priority: Priority
    ram: dict[int, Held] = field(default_factory=dict)
    ram_size: int = 0
    shelved: Tally = field(default_factory=Tally)  # pending, on disk alone
    shelved_through: int = NOTHING  # keys up to here are not in RAM
    handed_through: int = NOTHING  # keys up to here are in flight, or need not be looked at
    spent_through: int = NOTHING  # ditto, for giving up the oldest
    gone: set[int] = field(default_factory=set)  # no longer pending, but still on disk

    @property
    def pending(self) -> int:
        return len(self.ram) + self.shelved.count

    @property
    def size(self) -> int:
        return self.ram_size + self.shelved.size

    def add(self, key: int, held: Held) -> None:
        self.ram[key] = held
        self.ram_size += held.size

    def remove(self, key: int, size: int, on_disk: bool) -> None:
        """The record is pending no more: acknowledged, or given up."""
        if key in self.ram:
            self.ram_size -= self.ram.pop(key).size
        else:
            self.shelved = Tally(self.shelved.count - 1, self.shelved.size - size)
        if on_disk:
            self.gone.add(key)

    def evict(self, key: int) -> None:
        """Leave to the disk a record that is there too, the oldest in RAM."""
        held = self.ram.pop(key)
        self.ram_size -= held.size
        self.shelved = Tally(self.shelved.count + 1, self.shelved.size + held.size)
        self.shelved_through = key

    def look_again(self) -> None:
        self.handed_through = self.spent_through = NOTHING

    def restamp(self, stamp: Stamp) -> None:
        self.ram = {key: replace(held, record=stamp.on(held.record)) for key, held in self.ram.items()}
