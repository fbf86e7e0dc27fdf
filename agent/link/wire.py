"""The bytes on the wire: retained messages as they are, and records with the stamps that are put on as they leave."""

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from agent.delivery import Channel, Record
from agent.messages import Ack, Alarms, Event, Info, Presence, State, Status, Telemetry, rfc3339
from agent.records import TimeQuality


def encode(message: Status | Info | State | Alarms) -> bytes:
    """A retained message as JSON; a number that is none (NaN) becomes null."""
    return msgspec.json.encode(message)


def encode_body(message: Telemetry | Event | Ack) -> bytes:
    """What the outbox keeps of a message: JSON without its stamps (see ``agent.delivery.Record``)."""
    return msgspec.json.encode(message)


def encode_record(record: Record, historical: bool) -> bytes:
    """A record as it is published. ``historical``: it was buffered while the link was down.

    An acknowledgement has no place in the numbering, and so neither ``seq``, ``boot_id`` nor ``historical``.
    """
    at, uptime_s = rfc3339(record.utc_s), round(record.uptime_s, 3)
    stamps: _Stamps
    if record.channel is Channel.ACK:
        stamps = _AckStamps(at, uptime_s, record.time_quality)
    else:
        stamps = _SampleStamps(at, uptime_s, record.time_quality, record.seq, record.boot_id, historical)
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


@dataclass(frozen=True, slots=True)
class _AckStamps:
    at: str
    uptime_s: float
    time_quality: TimeQuality


@dataclass(frozen=True, slots=True)
class _SampleStamps:
    at: str
    uptime_s: float
    time_quality: TimeQuality
    seq: int | None
    boot_id: str
    historical: bool


_Stamps: TypeAlias = _AckStamps | _SampleStamps


def _joined(first: bytes, second: bytes) -> bytes:
    """Two JSON objects as one; spliced rather than decoded, for a body may be thousands in a row after an outage."""
    inner = second.strip()[1:-1].strip()
    return first[:-1] + b"," + inner + b"}" if inner else first
