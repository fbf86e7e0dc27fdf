"""What passes between a session and its connection: what is sent, and what comes back."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from agent.delivery import ReplyTo


class Version(Enum):
    """Which MQTT is spoken."""

    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True)
class Publication:
    """Always with QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False
    correlation: bytes | None = None  # MQTT 5 alone can carry it


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker took us on (CONNACK)."""

    session_present: bool
    receive_maximum: int  # publications that it lets us leave unacknowledged


@dataclass(frozen=True, slots=True)
class Rejected:
    """The broker would not have us (CONNACK)."""

    reason: str
    unsupported_version: bool


@dataclass(frozen=True, slots=True)
class Subscribed:
    refused: tuple[str, ...]  # reasons, of the filters that the broker would not have


@dataclass(frozen=True, slots=True)
class Arrived:
    topic: str
    payload: bytes
    mid: int | None  # None for QoS 0, which wants no acknowledgement
    retained: bool
    message_expiry: bool
    reply_to: ReplyTo | None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker answered a publication (PUBACK); ``refusal`` says why it would not have it."""

    mid: int
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is over, whoever ended it."""

    reason: str
    oversized: bool = False  # by a packet that no lamp takes, and that would come again with the session


Signal: TypeAlias = Accepted | Rejected | Subscribed | Arrived | Acknowledged | Closed


class Wire(Protocol):
    """One connection as a session sees it. None of these waits; what comes of them arrives as a signal."""

    def subscribe(self, commands: tuple[str, ...], status: str) -> None: ...

    def unsubscribe(self, topic: str) -> None: ...

    def publish(self, publication: Publication) -> int:
        """The number (mid) by which its Acknowledged will name it. Raises ValueError for an impossible topic."""
        ...

    def confirm(self, mid: int) -> None: ...

    def disconnect(self) -> None: ...
