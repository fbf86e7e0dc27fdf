"""Every MQTT message as a type: the one source of what is on the wire, of its schema, and of what the core reports.

Names, units and meaning are those of the contract, section 3. A field whose part the lamp lacks is ``UNSET`` and left out;
what is configured but not believable now is ``None``, JSON's null. Levels are percent, to one decimal.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from agent.forms import Count, Level, Moment, Name, Natural, Ordinal, doc
from agent.records import BootReason, TimeQuality

Measured: TypeAlias = float | None | UnsetType  # a number, not believable now, or no such part


def rfc3339(utc_s: float) -> str:
    """RFC 3339, UTC, milliseconds, ``Z``; a clock gone mad is brought back into the years that can be written."""
    bounded = min(max(utc_s, 0.0), 253_402_300_799.0)
    return datetime.fromtimestamp(round(bounded, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Severity(StrEnum):
    """How soon somebody should look."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Edge(StrEnum):
    """``occurred``: it only happens, and is neither raised nor cleared."""

    RAISED = "raised"
    CLEARED = "cleared"
    OCCURRED = "occurred"


class AckStatus(StrEnum):
    """``accepted`` and ``applied`` promise that it survives a power cut, if ``durable``; ``ended``: it ran out or was resumed."""

    ACCEPTED = "accepted"  # taken, on disk; waiting, fading or masked
    APPLIED = "applied"  # the output has it
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class Presence(StrEnum):
    """The retained birth (``ready``), goodbye (``disconnected``) and will (``lost``)."""

    READY = "ready"
    DISCONNECTED = "disconnected"
    LOST = "lost"


# --- retained: the latest counts


@dataclass(frozen=True, slots=True)
class Status:
    """Whether the lamp is connected, and which run of its agent this is."""

    status: Presence
    boot_id: Annotated[str, doc("New at each start of the agent.", "9d1c7c0e")]
    session: Annotated[Ordinal, doc("Counts the connections of this boot_id.")]
    at: Annotated[Moment, doc("When it was said; of lost, when that connection began.")]
    simulated: Annotated[bool, doc("true: virtual hardware, whose clock may run faster than yours.")]
    agent_version: Annotated[str, doc("Version of the software.", "0.1.0")]
    config_version: Annotated[str, doc("Changes with the config.", "3f8a2c11")]
    boot_reason: BootReason
    time_quality: TimeQuality


@dataclass(frozen=True, slots=True)
class InfoPart:
    """One chip, pin or output of this lamp."""

    name: Annotated[str, doc("What it is for.", "light")]
    driver: Annotated[str, doc("The chip, or what drives it.", "veml7700")]
    identity: Annotated[str | None, doc("What the chip says of itself; null where it says nothing.")] = None


@dataclass(frozen=True, slots=True)
class InfoLocation:
    """Where the lamp stands, WGS 84."""

    latitude: Annotated[float, doc("Degrees, north is positive.", 51.4344)]
    longitude: Annotated[float, doc("Degrees, east is positive.", 6.7623)]
    time_zone: Annotated[str, doc("Name in the IANA database.", "Europe/Berlin")]


@dataclass(frozen=True, slots=True)
class InfoLuminaire:
    """All heads of the lamp together."""

    nominal_power_w: Annotated[Natural | None, doc("At full light, in W; null where the config does not say.", 42)]
    standby_power_w: Annotated[Natural, doc("At level 0, in W.", 0.6)]
    minimum_level: Annotated[Level, doc("Lowest level above 0 that the driver can give, in percent.", 10)]
    virtual_light_output: Annotated[Level, doc("What 100 % means for this lamp, in percent of what it could give.", 100)]


@dataclass(frozen=True, slots=True)
class Info:
    """What is there: board, software, place, parts, and the commands that are understood."""

    at: Moment
    simulated: Annotated[bool, doc("true: virtual hardware.")]
    model: Annotated[str | None, doc("The board.", "Raspberry Pi 4 Model B Rev 1.4")]
    serial: Annotated[str | None, doc("Serial number of the board.")]
    os: Annotated[str | None, doc("The operating system.", "Debian GNU/Linux 12 (bookworm)")]
    agent_version: Annotated[str, doc("Version of the software.", "0.1.0")]
    config_version: Annotated[str, doc("Changes with the config.", "3f8a2c11")]
    location: Annotated[InfoLocation | None, doc("null where the config does not say.")]
    groups: Annotated[tuple[Name, ...], doc("The groups whose commands the lamp obeys.")]
    luminaire: InfoLuminaire
    parts: Annotated[tuple[InfoPart, ...], doc("Output, relay and sensors, as the config has them.")]
    verbs: Annotated[tuple[str, ...], doc("The commands that this version understands.")]


class NightView(Struct, frozen=True, rename={"is_night": "is"}):  # ``is`` cannot be the name of a dataclass field
    """Whether it is night, and who says so."""

    is_night: Annotated[bool, doc("true: it is night.")]
    by: Annotated[str, doc("The witness; mode: the config fixes it.")]
    since: Moment


@dataclass(frozen=True, slots=True)
class OverrideView:
    """The dim command that is in force."""

    id: Annotated[str, doc("Of the command.", "c-1")]
    level: Annotated[Level, doc("Percent, as asked.", 40)]
    until: Annotated[Moment | None, doc("null while the clock is not trusted.")]
    issuer: Annotated[str | None, doc("As the command named it.", "control room")]


@dataclass(frozen=True, slots=True)
class NextView:
    """The next entry of the programme."""

    at: Moment
    level: Annotated[Level, doc("Percent, from then on.", 30)]


@dataclass(frozen=True, slots=True)
class OutboxView:
    """Records that wait for the broker."""

    pending: Annotated[Count, doc("How many.")]
    dropped: Annotated[Count, doc("Lost because the buffer was full or they were too old.")]


@dataclass(frozen=True, slots=True)
class State:
    """What the lamp does now, and why; published when it changes, at most once a second, and every 15 minutes."""

    at: Moment
    version: Annotated[Count, doc("Counts the states of one boot_id, so that a reader of two knows which is newer.")]
    slot: Annotated[str, doc("Which slot decides; the first of the list that asks for a level wins.")]
    cause: Annotated[str, doc("Why that slot asks for its level: docs/codes.md.", "presence")]
    reason: Annotated[str, doc("The cause as a sentence.", "presence since 23:04:10")]
    programme: Annotated[str | None, doc("The programme of this night; null: none can be evaluated.", "residential")]
    target_level: Annotated[Level, doc("What the winning slot asks for, in percent.", 100)]
    feedback_level: Annotated[Level, doc("What the lamp has undertaken, in percent, at once: compare it with your command.", 100)]
    actual_level: Annotated[Level, doc("The light now, in percent, after all limits and in mid-fade.", 82.5)]
    output_level: Annotated[Level, doc("Electrical output, in percent, after the curve.", 82.5)]
    measured_level: Annotated[Measured, doc("From the measured power, in percent; null without a good meter.", 82)]
    night: NightView
    light_level_lx: Annotated[Measured, doc("Illuminance at the sensor, in lx.", 0.4)] = field(default=UNSET, kw_only=True)
    presence: Annotated[bool | None | UnsetType, doc("Whether somebody is there.")] = field(default=UNSET, kw_only=True)
    override: Annotated[OverrideView | None, doc("null: no dim command is in force.")]
    alarms: Annotated[tuple[str, ...], doc("Names of the alarms that are up: docs/alarms.md.")]
    next: Annotated[NextView | None, doc("null: none is known.")]
    time_quality: TimeQuality
    outbox: OutboxView


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm that is up."""

    event: Annotated[str, doc("Its name: docs/alarms.md.", "lampFailure")]
    severity: Severity
    since: Moment


@dataclass(frozen=True, slots=True)
class Alarms:
    """All alarms that are up."""

    at: Moment
    active: Annotated[tuple[AlarmView, ...], doc("None twice.")]


# --- through the outbox: every one counts
# Their stamps (at, uptime_s, time_quality, seq, boot_id, historical) are put on as they leave: see agent.delivery.


@dataclass(frozen=True, slots=True)
class Telemetry:
    """One sample. The counters are as of the last mark on disk, and so never fall; null until the ledger has been read."""

    feedback_level: Annotated[Level, doc("What the lamp has undertaken, in percent.", 60)]
    actual_level: Annotated[Level, doc("The light now, in percent.", 60)]
    light_level_lx: Annotated[Measured, doc("Illuminance at the sensor, in lx.", 0.4)] = UNSET
    temperature_c: Annotated[Measured, doc("In the luminaire, in degrees Celsius.", 31.5)] = UNSET
    soc_temperature_c: Annotated[Measured, doc("Of the processor, in degrees Celsius.", 48.3)] = UNSET
    supply_voltage_v: Annotated[Measured, doc("In V; RMS on the mains.", 229.8)] = UNSET
    supply_current_a: Annotated[Measured, doc("In A; RMS on the mains.", 0.115)] = UNSET
    active_power_w: Annotated[Measured, doc("In W.", 25.2)] = UNSET
    power_factor: Annotated[Measured, doc("Of the mains.", 0.953)] = UNSET
    frequency_hz: Annotated[Measured, doc("Of the mains, in Hz.", 50.01)] = UNSET
    active_energy_wh: Annotated[Natural | None, doc("Counter, in Wh.", 18250.417)] = 0.0
    operating_hours: Annotated[Natural | None, doc("Counter of the hours with light.", 731.25)] = 0.0
    switch_on_count: Annotated[Count | None, doc("Counter of changes from 0 to light.", 402)] = 0
    presence_count: Annotated[Count | None | UnsetType, doc("Counter of presences.", 5120)] = UNSET
    supply_loss_count: Annotated[Count | None, doc("Counter of losses of the supply.", 3)] = 0
    quality: Annotated[dict[str, str] | UnsetType, doc("estimated: of the field of that name, which was not measured.")] = UNSET


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, an alarm raised or cleared."""

    event: Annotated[str, doc("Its name: docs/alarms.md, docs/codes.md.", "lampFailure")]
    edge: Edge
    severity: Severity
    attributes: Annotated[dict[str, str | float | bool | None], doc("What there was to see at that moment, as far as known.")]


@dataclass(frozen=True, slots=True)
class Ack:
    """What became of one command."""

    id: Annotated[str | None, doc("Of the command; null where it could not be read.", "c-1")]
    lamp: Annotated[Name, doc("Who answers.", "lamp-0042")]
    verb: Annotated[str, doc("Of the command, known or not.", "dim")]
    status: AckStatus
    durable: Annotated[bool, doc("false: obeyed, but the disk failed, so a power cut would end it.")]
    code: Annotated[str | UnsetType, doc("Why, for programs: docs/codes.md.", "masked")] = UNSET
    message: Annotated[str | UnsetType, doc("Why, for people; names the field and what to write instead.")] = UNSET
    level: Annotated[Level | UnsetType, doc("What the lamp really does, in percent: the floor may be higher.", 40)] = UNSET
    until: Annotated[Moment | None | UnsetType, doc("When it ends; null while the clock is not trusted.")] = UNSET
