"""What the outbox keeps and the link delivers: a message with its place in the order, and what its stamps are made from."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from agent.records import TimeQuality


class Priority(IntEnum):
    """The order in which the outbox sends, and the reverse of that in which it gives up."""

    ALARM = 0  # alarms raised and cleared, acknowledgements
    TELEMETRY = 1
    INFORMATION = 2


class Channel(StrEnum):
    """The last part of the topic that a record is published to."""

    TELEMETRY = "telemetry"
    EVENT = "event"
    ACK = "ack"


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where MQTT 5 asked for the answer."""

    topic: str
    correlation: bytes | None


@dataclass(frozen=True, slots=True)
class Record:
    """One message as the outbox keeps it: the body without its stamps, and what they are made from.

    The key by which a consumer drops duplicates is ``(boot_id, seq)``; an acknowledgement has no ``seq`` and its key is the
    command's id with the status. ``utc_s`` is made again from ``uptime_s`` when the clock becomes trusted while it waits.
    """

    channel: Channel
    priority: Priority
    boot_id: str
    seq: int | None
    uptime_s: float  # monotonic seconds since the agent started
    utc_s: float
    time_quality: TimeQuality
    body: bytes  # a JSON object
    reply_to: ReplyTo | None = None
