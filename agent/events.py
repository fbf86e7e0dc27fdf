"""Everything that can happen to the core. Each event carries its own moment where that may lie before its turn in the inbox."""

from dataclasses import dataclass
from typing import TypeAlias

from agent.commands import Command, Envelope, Refusal
from agent.ledger import Memory
from agent.records import Fault, OutputFailed, OutputWorks, Part, Reading
from agent.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer of a driver; its readings share their moment."""

    part: Part
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class ReadFailed:
    part: Part
    fault: Fault
    at_s: float
    bus: int | None = None


@dataclass(frozen=True, slots=True)
class MotionEdge:
    """A motion sensor's line, debounced; at start one is told for each line as it is found."""

    sensor: int  # its place in the config's list, from 0
    active: bool
    at_s: float


@dataclass(frozen=True, slots=True)
class CommandArrived:
    envelope: Envelope
    command: Command


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """A command that could not be understood; the core answers it."""

    envelope: Envelope
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class TechnicianSet:
    level: float  # percent
    duration_s: float


@dataclass(frozen=True, slots=True)
class TechnicianRelease:
    pass


@dataclass(frozen=True, slots=True)
class LinkChanged:
    connected: bool


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    pending: int  # records that the broker has not acknowledged
    dropped: int  # lost to the cap, in this boot
    degraded: bool  # the disk cannot be written, and what is pending is in RAM alone; or a damaged file was just moved aside


@dataclass(frozen=True, slots=True)
class Stored:
    """A promise is on disk; ``durable`` is False where the disk failed, and the lamp obeys all the same."""

    promise: int
    durable: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """The ledger has been read; ``durable`` is False where it could not be."""

    memory: Memory
    durable: bool


@dataclass(frozen=True, slots=True)
class Reconfigured:
    settings: Settings
    version: str


@dataclass(frozen=True, slots=True)
class ConfigInvalid:
    """The file does not compile; what runs is the last good config, or what could be saved of the file."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Woken:
    """Nothing but the time: a deadline that the core itself named, or a look at the clock."""


Event: TypeAlias = (
    Measured
    | ReadFailed
    | MotionEdge
    | CommandArrived
    | CommandRefused
    | TechnicianSet
    | TechnicianRelease
    | LinkChanged
    | OutboxChanged
    | Stored
    | Restored
    | Reconfigured
    | ConfigInvalid
    | OutputFailed
    | OutputWorks
    | Woken
)
