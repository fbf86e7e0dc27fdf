"""All that the core can ask for; whoever owns the control thread (daemon, event loop in virtual time) carries it out."""

from typing import Protocol, TypeAlias

from msgspec import Struct

from agent.delivery import Priority, ReplyTo
from agent.ledger import Entry
from agent.messages import Ack, Alarms, Event, State, Telemetry
from agent.records import Part, Ramp, TimeQuality


class Drive(Struct, frozen=True, gc=False):
    """Bring the lamp along this ramp, from now; a newer one replaces it."""

    ramp: Ramp


class Sample(Struct, frozen=True, gc=False):
    """Read a part this often from now on."""

    part: Part
    every_s: float


class Stamp(Struct, frozen=True, gc=False):
    uptime_s: float
    utc_s: float
    time_quality: TimeQuality


class Send(Struct, frozen=True, gc=False):
    """Into the outbox. ``seq`` counts telemetry and events together; an acknowledgement has none."""

    message: Telemetry | Event | Ack
    priority: Priority
    seq: int | None
    stamp: Stamp
    reply_to: ReplyTo | None = None


class Restamp(Struct, frozen=True, gc=False):
    """The clock is trusted now: what waits in the outbox has the wall-clock time ``uptime_s + offset_s``."""

    offset_s: float
    time_quality: TimeQuality


class Presentable(Protocol):
    """What a message says, as data."""

    def message(self) -> State | Alarms:
        """The message itself, with its words."""


class Present(Struct, frozen=True, gc=False):
    """Publish what is retained; only the newest matters. Its words are made where it is carried out, not in the step."""

    what: Presentable

    @property
    def message(self) -> State | Alarms:
        return self.what.message()


class PresentAll(Struct, frozen=True, gc=False):
    """Publish status and info again; state and alarms follow as effects of their own."""


class Promise(Struct, frozen=True, gc=False):
    """Put these on disk, then answer with ``Stored(number)``."""

    number: int
    entries: tuple[Entry, ...]


class Remember(Struct, frozen=True, gc=False):
    """Put this on disk within ``within_s``; nobody waits."""

    entries: tuple[Entry, ...]
    within_s: float


class Confirm(Struct, frozen=True, gc=False):
    """The command is taken: the broker may forget it (PUBACK)."""

    delivery: int


Effect: TypeAlias = Drive | Sample | Send | Restamp | Present | PresentAll | Promise | Remember | Confirm


class Step(Struct, frozen=True, gc=False):
    """The answer of the core to one event: what to do, and when (monotonic) it wants to be woken at the latest."""

    effects: tuple[Effect, ...]
    wake_at_s: float
