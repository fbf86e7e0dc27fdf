"""Every MQTT message as a type: the one source of what is on the wire, of its schema, and of what the core reports.

Names, units and meaning are those of the contract, section 3. A field whose part the lamp lacks is ``UNSET`` and left out;
what is configured but not believable now is ``None``, JSON's null. Levels are percent, to one decimal.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType

from agent.records import BootReason, TimeQuality

Measured: TypeAlias = float | None | UnsetType  # a number, not believable now, or no such part


def rfc3339(utc_s: float) -> str:
    """RFC 3339, UTC, milliseconds, ``Z``; a clock gone mad is brought back into the years that can be written."""
    bounded = min(max(utc_s, 0.0), 253_402_300_799.0)
    return datetime.fromtimestamp(round(bounded, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Severity(StrEnum):
    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Edge(StrEnum):
    RAISED = "raised"
    CLEARED = "cleared"
    OCCURRED = "occurred"


class AckStatus(StrEnum):
    ACCEPTED = "accepted"  # taken, on disk; waiting, fading or masked
    APPLIED = "applied"  # the output has it
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENDED = "ended"  # ran out, or resumed


class Presence(StrEnum):
    """``status``: the retained birth, goodbye and will."""

    READY = "ready"
    DISCONNECTED = "disconnected"
    LOST = "lost"


# --- retained: the latest counts


@dataclass(frozen=True, slots=True)
class Status:
    status: Presence
    boot_id: str
    session: int  # counts the connections of this boot_id, from 1
    at: str
    simulated: bool
    agent_version: str
    config_version: str
    boot_reason: BootReason
    time_quality: TimeQuality


@dataclass(frozen=True, slots=True)
class InfoPart:
    name: str
    driver: str
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class InfoLocation:
    latitude: float
    longitude: float
    time_zone: str


@dataclass(frozen=True, slots=True)
class InfoLuminaire:
    nominal_power_w: float | None
    standby_power_w: float
    minimum_level: float
    virtual_light_output: float


@dataclass(frozen=True, slots=True)
class Info:
    at: str
    simulated: bool
    model: str | None
    serial: str | None
    os: str | None
    agent_version: str
    config_version: str
    location: InfoLocation | None
    groups: tuple[str, ...]
    luminaire: InfoLuminaire
    parts: tuple[InfoPart, ...]
    verbs: tuple[str, ...]


class NightView(Struct, frozen=True, rename={"is_night": "is"}):
    """A Struct, for ``is`` cannot be the name of a dataclass field."""

    is_night: bool
    by: str  # photocell | sun | learnt | unknown | mode
    since: str


@dataclass(frozen=True, slots=True)
class OverrideView:
    id: str
    level: float
    until: str | None  # null while the clock is not trusted
    issuer: str | None


@dataclass(frozen=True, slots=True)
class NextView:
    at: str
    level: float


@dataclass(frozen=True, slots=True)
class OutboxView:
    pending: int
    dropped: int


@dataclass(frozen=True, slots=True)
class State:
    """``version`` counts the states of one ``boot_id``, so that a reader of two knows which is newer."""

    at: str
    version: int
    slot: str
    cause: str
    reason: str
    programme: str | None
    target_level: float
    feedback_level: float
    actual_level: float
    output_level: float
    measured_level: Measured
    night: NightView
    light_level_lx: Measured = field(default=UNSET, kw_only=True)
    presence: bool | None | UnsetType = field(default=UNSET, kw_only=True)
    override: OverrideView | None
    alarms: tuple[str, ...]
    next: NextView | None
    time_quality: TimeQuality
    outbox: OutboxView


@dataclass(frozen=True, slots=True)
class AlarmView:
    event: str
    severity: Severity
    since: str


@dataclass(frozen=True, slots=True)
class Alarms:
    at: str
    active: tuple[AlarmView, ...]


# --- through the outbox: every one counts
# Their stamps (at, uptime_s, time_quality, seq, boot_id, historical) are put on as they leave: see agent.delivery.


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The counters are as of the last mark that is on disk, and so never fall; null until the ledger has been read."""

    feedback_level: float
    actual_level: float
    light_level_lx: Measured = UNSET
    temperature_c: Measured = UNSET
    soc_temperature_c: Measured = UNSET
    supply_voltage_v: Measured = UNSET
    supply_current_a: Measured = UNSET
    active_power_w: Measured = UNSET
    power_factor: Measured = UNSET
    frequency_hz: Measured = UNSET
    active_energy_wh: float | None = 0.0
    operating_hours: float | None = 0.0
    switch_on_count: int | None = 0
    presence_count: int | None | UnsetType = UNSET
    supply_loss_count: int | None = 0
    quality: dict[str, str] | UnsetType = UNSET  # {"active_power_w": "estimated", "active_energy_wh": "estimated"}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, an alarm raised or cleared; names as in ``agent.core.alarms``."""

    event: str
    edge: Edge
    severity: Severity
    attributes: dict[str, str | float | bool | None]


@dataclass(frozen=True, slots=True)
class Ack:
    """What became of one command. ``level``: what the lamp really does; ``until``: when it ends, null with an untrusted clock."""

    id: str | None
    lamp: str
    verb: str
    status: AckStatus
    durable: bool
    code: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    level: float | UnsetType = UNSET
    until: str | None | UnsetType = UNSET
