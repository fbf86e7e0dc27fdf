"""Everything that can happen to the core. Each event carries its own moment where that may lie before its turn in the inbox."""

from typing import TypeAlias

from msgspec import Struct

from agent.commands import Command, Envelope, Identify, Refusal, SelfTest
from agent.ledger import Memory
from agent.records import Fault, OutputFailed, OutputWorks, Part, Reading
from agent.settings.model import Settings


class Measured(Struct, frozen=True, gc=False):
    """One answer of a driver; its readings share their moment."""

    part: Part
    readings: tuple[Reading, ...]


class ReadFailed(Struct, frozen=True, gc=False):
    part: Part
    fault: Fault
    at_s: float
    bus: int | None = None


class MotionEdge(Struct, frozen=True, gc=False):
    """A motion sensor's line, debounced; at start one is told for each line as it is found."""

    sensor: int  # its place in the config's list, from 0
    active: bool
    at_s: float


class CommandArrived(Struct, frozen=True, gc=False):
    envelope: Envelope
    command: Command


class CommandRefused(Struct, frozen=True, gc=False):
    """A command that could not be understood; the core answers it."""

    envelope: Envelope
    refusal: Refusal


class TechnicianSet(Struct, frozen=True, gc=False):
    level: float  # percent
    duration_s: float


class TechnicianRelease(Struct, frozen=True, gc=False):
    pass


class TechnicianRuns(Struct, frozen=True, gc=False):
    """Somebody at the pole asks for a course; one that the core refuses does nothing."""

    course: Identify | SelfTest


class LinkChanged(Struct, frozen=True, gc=False):
    connected: bool


class BrokerRefused(Struct, frozen=True, gc=False):
    """The broker answers, and will not have the lamp: its name, password or certificate are not what it wants."""


class CertificateRead(Struct, frozen=True, gc=False):
    """Of the certificates that the link was set up with, the first to expire does so then."""

    ends_utc_s: float


class OutboxChanged(Struct, frozen=True, gc=False):
    pending: int  # records that the broker has not acknowledged
    dropped: int  # lost to the cap, in this boot
    degraded: bool  # the disk cannot be written, and what is pending is in RAM alone; or a damaged file was just moved aside
    full_percent: float = 0.0  # of the cap


class Stored(Struct, frozen=True, gc=False):
    """A promise is on disk; ``durable`` is False where the disk failed, and the lamp obeys all the same."""

    promise: int
    durable: bool


class Restored(Struct, frozen=True, gc=False):
    """The ledger has been read; ``durable`` is False where it could not be."""

    memory: Memory
    durable: bool


class Reconfigured(Struct, frozen=True, gc=False):
    settings: Settings
    version: str


class ConfigInvalid(Struct, frozen=True, gc=False):
    """The file does not compile; what runs is the last good config, or what could be saved of the file."""

    problems: tuple[str, ...]


class Woken(Struct, frozen=True, gc=False):
    """Nothing but the time: a deadline that the core itself named, or a look at the clock."""


Event: TypeAlias = (
    Measured
    | ReadFailed
    | MotionEdge
    | CommandArrived
    | CommandRefused
    | TechnicianSet
    | TechnicianRelease
    | TechnicianRuns
    | LinkChanged
    | BrokerRefused
    | CertificateRead
    | OutboxChanged
    | Stored
    | Restored
    | Reconfigured
    | ConfigInvalid
    | OutputFailed
    | OutputWorks
    | Woken
)
