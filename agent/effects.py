"""All that the core can ask for; whoever owns the control thread (daemon, event loop in virtual time) carries it out."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from agent.delivery import Priority, ReplyTo
from agent.ledger import Entry
from agent.messages import Ack, Alarms, Event, State, Telemetry
from agent.records import Part, Ramp, TimeQuality


@dataclass(frozen=True, slots=True)
class Drive:
    """Bring the lamp along this ramp, from now; a newer one replaces it."""

    ramp: Ramp


@dataclass(frozen=True, slots=True)
class Sample:
    """Read a part this often from now on."""

    part: Part
    every_s: float


@dataclass(frozen=True, slots=True)
class Stamp:
    uptime_s: float
    utc_s: float
    time_quality: TimeQuality


@dataclass(frozen=True, slots=True)
class Send:
    """Into the outbox. ``seq`` counts telemetry and events together; an acknowledgement has none."""

    message: Telemetry | Event | Ack
    priority: Priority
    seq: int | None
    stamp: Stamp
    reply_to: ReplyTo | None = None


@dataclass(frozen=True, slots=True)
class Restamp:
    """The clock is trusted now: what waits in the outbox has the wall-clock time ``uptime_s + offset_s``."""

    offset_s: float
    time_quality: TimeQuality


class Presentable(Protocol):
    """What a message says, as data."""

    def message(self) -> State | Alarms:
        """The message itself, with its words."""


@dataclass(frozen=True, slots=True)
class Present:
    """Publish what is retained; only the newest matters. Its words are made where it is carried out, not in the step."""

    what: Presentable

    @property
    def message(self) -> State | Alarms:
        return self.what.message()


@dataclass(frozen=True, slots=True)
class PresentAll:
    """Publish status and info again; state and alarms follow as effects of their own."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Put these on disk, then answer with ``Stored(number)``."""

    number: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Remember:
    """Put this on disk within ``within_s``; nobody waits."""

    entries: tuple[Entry, ...]
    within_s: float


@dataclass(frozen=True, slots=True)
class Confirm:
    """The command is taken: the broker may forget it (PUBACK)."""

    delivery: int


Effect: TypeAlias = Drive | Sample | Send | Restamp | Present | PresentAll | Promise | Remember | Confirm


@dataclass(frozen=True, slots=True)
class Step:
    """The answer of the core to one event: what to do, and when (monotonic) it wants to be woken at the latest."""

    effects: tuple[Effect, ...]
    wake_at_s: float
