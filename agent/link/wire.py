"""The bytes on the wire: retained messages as they are, and records with the stamps that are put on as they leave."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

import msgspec

from agent.delivery import Record
from agent.forms import Moment, Natural, Ordinal, doc
from agent.messages import Ack, Alarms, Event, Info, Presence, State, Status, Telemetry, rfc3339
from agent.records import TimeQuality


def encode(message: Status | Info | State | Alarms) -> bytes:
    """A retained message as JSON; a number that is none (NaN) becomes null."""
    return msgspec.json.encode(message)


def encode_body(message: Telemetry | Event | Ack) -> bytes:
    """What the outbox keeps of a message: JSON without its stamps (see ``agent.delivery.Record``)."""
    return msgspec.json.encode(message)


@dataclass(frozen=True, slots=True)
class AckStamps:
    """What an acknowledgement carries beside its body: it has no place in the numbering."""

    at: Annotated[Moment, doc("When it happened.")]
    uptime_s: Annotated[Natural, doc("The same moment in seconds since this boot of the agent.", 5021.332)]
    time_quality: TimeQuality


@dataclass(frozen=True, slots=True)
class SampleStamps:
    """What telemetry and events carry beside their body; ``(boot_id, seq)`` is the key by which duplicates are dropped."""

    at: Annotated[Moment, doc("When it happened; made again from uptime_s if the clock becomes trusted before it is sent.")]
    uptime_s: Annotated[Natural, doc("The same moment in seconds since this boot of the agent.", 5021.332)]
    time_quality: TimeQuality
    seq: Annotated[Ordinal, doc("Counts telemetry and events of one boot_id together, from 1: a gap is a loss.", 17)]
    boot_id: Annotated[str, doc("The run of the agent that recorded it; not always the one that sends it.", "9d1c7c0e")]
    historical: Annotated[bool, doc("true: buffered while the link was down.")]


def encode_record(record: Record, historical: bool) -> bytes:
    """A record as it is published. ``historical``: it was buffered while the link was down."""
    at, uptime_s = rfc3339(record.utc_s), round(record.uptime_s, 3)
    stamps: _Stamps
    if record.seq is None:
        stamps = AckStamps(at, uptime_s, record.time_quality)
    else:
        stamps = SampleStamps(at, uptime_s, record.time_quality, record.seq, record.boot_id, historical)
    return _joined(msgspec.json.encode(stamps), record.body)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the retained ``status`` says, as far as the lamp must know it to see whether it is its own."""

    status: Presence
    boot_id: str
    session: int

    @classmethod
    def of(cls, status: Status) -> "Standing":
        return cls(status.status, status.boot_id, status.session)

    @classmethod
    def read(cls, payload: bytes) -> "Standing | None":
        """None for what no lamp has written."""
        try:
            return msgspec.json.decode(payload, type=cls)
        except (ValueError, RecursionError):  # msgspec's errors and UnicodeDecodeError are ValueErrors
            return None


_Stamps: TypeAlias = AckStamps | SampleStamps


def _joined(first: bytes, second: bytes) -> bytes:
    """Two JSON objects as one; spliced rather than decoded, for a body may be thousands in a row after an outage."""
    inner = second.strip()[1:-1].strip()
    return first[:-1] + b"," + inner + b"}" if inner else first
