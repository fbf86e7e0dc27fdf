"""What the other threads ask of the storage thread."""

from dataclasses import dataclass
from typing import TypeAlias

from agent.delivery import Record
from agent.ledger import Entry
from agent.records import TimeQuality


@dataclass(frozen=True, slots=True)
class Restore:
    pass


@dataclass(frozen=True, slots=True)
class Put:
    record: Record


@dataclass(frozen=True, slots=True)
class Promise:
    number: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Remember:
    entries: tuple[Entry, ...]
    by_s: float  # host time


@dataclass(frozen=True, slots=True)
class Grant:
    credit: int


@dataclass(frozen=True, slots=True)
class Acked:
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Link:
    up: bool


@dataclass(frozen=True, slots=True)
class Restamp:
    offset_s: float
    time_quality: TimeQuality


@dataclass(frozen=True, slots=True)
class Stop:
    pass


Request: TypeAlias = Restore | Put | Promise | Remember | Grant | Acked | Link | Restamp | Stop
