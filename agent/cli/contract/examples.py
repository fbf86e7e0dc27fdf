"""Messages of one lamp in one night, made of the types and encoded as the agent encodes them: the examples of the contract."""

from collections.abc import Mapping

import msgspec

from agent.cli.contract.payloads import (
    AnyCommand,
    DimCommand,
    EmergencyCommand,
    IdentifyCommand,
    ResumeCommand,
    SelfTestCommand,
    SyncCommand,
)
from agent.core.alarms import Alarm, Occurrence
from agent.core.alarmtable import KINDS
from agent.core.demand import Cause, Slot
from agent.core.night import By
from agent.core.verdict import Verdict
from agent.delivery import Channel, Priority, Record
from agent.link.commands import Verb
from agent.link.refusals import RefusalCode
from agent.link.topics import Retained
from agent.link.wire import encode, encode_body, encode_record
from agent.messages import (
    Ack,
    AckStatus,
    Alarms,
    AlarmView,
    Edge,
    Event,
    Info,
    InfoLocation,
    InfoLuminaire,
    InfoPart,
    NextView,
    NightView,
    OutboxView,
    OverrideView,
    Presence,
    Severity,
    State,
    Status,
    Telemetry,
)
from agent.records import BootReason, Part, TimeQuality

AT, AT_S = "2026-12-21T22:04:10.000Z", 1_797_890_650.0
DUSK, MIDNIGHT, END = "2026-12-21T15:41:37.000Z", "2026-12-21T23:30:00.000Z", "2026-12-21T23:04:10.000Z"
LAMP, BOOT_ID, CONFIG = "lamp-0042", "9d1c7c0e", "3f8a2c11"
VERSION = "0.1.0"
NIGHT, QUIET = NightView(is_night=True, by=By.PHOTOCELL, since=DUSK), OutboxView(pending=0, dropped=0)

PASSER_BY = State(
    AT, 27, Slot.MOTION, Cause.PRESENCE, "presence since 23:04:10", "residential", 100.0, 100.0, 82.5, 82.5, 82.0, NIGHT,
    None, (), NextView(MIDNIGHT, 30.0), TimeQuality.NTP, QUIET, light_level_lx=0.4, presence=True,
)  # fmt: skip
DIMMED = State(
    AT, 31, Slot.OVERRIDE, Cause.DIM, "dim command c-1 from control room since 23:04:10 until 00:04:10", "residential",
    40.0, 40.0, 40.0, 40.0, None, NIGHT,
    OverrideView("c-1", 40.0, END, "control room"), (Alarm.METER_FAULT,), NextView(MIDNIGHT, 30.0), TimeQuality.NTP, QUIET,
)  # fmt: skip


def _status(presence: Presence) -> bytes:
    return encode(Status(presence, BOOT_ID, 1, AT, False, VERSION, CONFIG, BootReason.POWER_ON, TimeQuality.NTP))


def _info() -> bytes:
    place = InfoLocation(51.4344, 6.7623, "Europe/Berlin")
    parts = (InfoPart(Part.OUTPUT, "pwm"), InfoPart(Part.LIGHT, "veml7700"), InfoPart(Part.POWER, "ade7953"))
    model, serial, system = "Raspberry Pi 4 Model B Rev 1.4", "10000000f00dcafe", "Debian GNU/Linux 12 (bookworm)"
    luminaire = InfoLuminaire(42.0, 0.6, 10.0, 100.0)
    groups = ("koenigstrasse",)
    return encode(Info(AT, False, model, serial, system, VERSION, CONFIG, place, groups, luminaire, parts, tuple(Verb)))


def _sent(channel: Channel, message: Telemetry | Event | Ack, *, historical: bool = False) -> bytes:
    seq = None if channel is Channel.ACK else 17
    body = encode_body(message)
    return encode_record(Record(channel, Priority.ALARM, BOOT_ID, seq, 5021.332, AT_S, TimeQuality.NTP, body), historical)


def published() -> Mapping[Retained | Channel, Mapping[str, bytes]]:
    """What a lamp publishes, by topic and by what it shows."""
    measured = Telemetry(
        60.0, 60.0, light_level_lx=0.4, temperature_c=31.5, soc_temperature_c=48.3, supply_voltage_v=229.8,
        supply_current_a=0.115, active_power_w=25.2, power_factor=0.953, frequency_hz=50.01, active_energy_wh=18250.417,
        operating_hours=731.25, switch_on_count=402, presence_count=5120, supply_loss_count=3,
    )  # fmt: skip
    estimated = Telemetry(
        60.0, 60.0, light_level_lx=None, active_power_w=25.2, active_energy_wh=18250.417, operating_hours=731.25,
        switch_on_count=402, supply_loss_count=3, quality={"active_power_w": "estimated", "active_energy_wh": "estimated"},
    )  # fmt: skip
    failed = Event(
        Alarm.LAMP_FAILURE, Edge.RAISED, KINDS[Alarm.LAMP_FAILURE].severity, {"feedback_level": 60.0, "active_power_w": 0.6}
    )
    started = Event(Occurrence.DEVICE_RESET, Edge.OCCURRED, Severity.MINOR, {"reason": BootReason.POWER_ON})
    up = AlarmView(Alarm.METER_FAULT, KINDS[Alarm.METER_FAULT].severity, DUSK)
    accepted = Ack("c-1", LAMP, Verb.DIM, AckStatus.ACCEPTED, durable=True, level=40.0, until=END)
    wrong = "level: must be a number from 0 to 100, not 140"
    rejected = Ack("c-2", LAMP, Verb.DIM, AckStatus.REJECTED, durable=False, code=RefusalCode.OUT_OF_RANGE, message=wrong)
    passed = Ack(
        "c-3", LAMP, Verb.SELF_TEST, AckStatus.ENDED, durable=True, code=Verdict.PASSED,
        message="the lamp obeys, and draws what it should", until=END,
    )  # fmt: skip
    return {
        Retained.STATUS: {"birth": _status(Presence.READY), "will": _status(Presence.LOST)},
        Retained.INFO: {"lamp": _info()},
        Retained.STATE: {"presence": encode(PASSER_BY), "dimmed": encode(DIMMED)},
        Retained.ALARMS: {"none": encode(Alarms(AT, ())), "one": encode(Alarms(AT, (up,)))},
        Channel.TELEMETRY: {
            "measured": _sent(Channel.TELEMETRY, measured),
            "buffered": _sent(Channel.TELEMETRY, estimated, historical=True),
        },
        Channel.EVENT: {"raised": _sent(Channel.EVENT, failed), "occurred": _sent(Channel.EVENT, started)},
        Channel.ACK: {
            "accepted": _sent(Channel.ACK, accepted),
            "rejected": _sent(Channel.ACK, rejected),
            "verdict": _sent(Channel.ACK, passed),
        },
    }


def ordered() -> Mapping[Verb, Mapping[str, bytes]]:
    """What is sent to lamps, by verb and by what it shows."""
    shown: Mapping[Verb, Mapping[str, AnyCommand]] = {
        Verb.DIM: {
            "shortest": DimCommand(id="c-1", level=40),
            "anHour": DimCommand(id="c-1", issued_at=AT, ttl_s=60, issuer="control room", level=40, duration_s=3600, fade_s=5),
            "tomorrow": DimCommand(id="c-2", level=20, start_at="2026-12-23T00:30:00+01:00", until="2026-12-23T05:00:00+01:00"),
        },
        Verb.EMERGENCY: {"anHour": EmergencyCommand(id="c-4", issued_at=AT, ttl_s=60, issuer="fire brigade", duration_s=3600)},
        Verb.RESUME: {"both": ResumeCommand(id="c-5")},
        Verb.IDENTIFY: {"longest": IdentifyCommand(id="c-6", duration_s=60)},
        Verb.SELF_TEST: {"selfTest": SelfTestCommand(id="c-3")},
        Verb.SYNC: {"sync": SyncCommand(id="c-7")},
    }
    return {verb: {name: msgspec.json.encode(order) for name, order in named.items()} for verb, named in shown.items()}
