"""Commands as the link has understood them: typed, in range, not yet judged."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from agent.delivery import ReplyTo


class BrokerSlot(StrEnum):
    """The slots that commands from the broker hold."""

    OVERRIDE = "override"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Dim:
    level: float  # percent, 0 to 100
    duration_s: float | None = None
    until_utc_s: float | None = None
    start_utc_s: float | None = None
    fade_s: float | None = None
    nights_only: bool = False


@dataclass(frozen=True, slots=True)
class EmergencyLight:
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    slot: BrokerSlot | None = None  # None: both


@dataclass(frozen=True, slots=True)
class Identify:
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class SelfTest:
    """``afresh``: held against the config alone, whatever was learnt before, for the lamp has been exchanged."""

    afresh: bool = False


@dataclass(frozen=True, slots=True)
class Sync:
    pass


Command: TypeAlias = Dim | EmergencyLight | Resume | Identify | SelfTest | Sync


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came with a command whatever its verb. Times are POSIX seconds of the sender's clock."""

    id: str | None  # None only where it could not be read; such a command is always refused
    verb: str
    delivery: int | None  # the link's handle for the acknowledgement that MQTT wants (PUBACK)
    issued_utc_s: float | None = None
    expires_utc_s: float | None = None
    ttl_s: float | None = None
    issuer: str | None = None
    retained: bool = False
    to_many: bool = False  # for a group or all
    message_expiry: bool = False  # the broker counted an MQTT 5 message expiry down
    reply_to: ReplyTo | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command was not understood; ``message`` names the field."""

    code: str
    message: str
