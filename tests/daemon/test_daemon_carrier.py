"""The carrier: every effect reaches whoever carries it out, and nothing waits or fails where there is no lamp or no link."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
import structlog
from structlog.testing import CapturingLogger

from agent.core.alarms import Alarm
from agent.daemon.carrier import Carrier
from agent.delivery import Channel, Priority, Record, ReplyTo
from agent.effects import Confirm, Drive, Effect, Present, PresentAll, Promise, Remember, Restamp, Sample, Send, Stamp
from agent.ledger import Entry, MaintenanceEnded
from agent.link.topics import Retained
from agent.messages import Ack, AckStatus, Alarms, Edge, Event, Severity, Telemetry
from agent.records import Part, Ramp, TimeQuality

STAMP = Stamp(uptime_s=12.5, utc_s=1_800_000_000.0, time_quality=TimeQuality.NTP)
RAMP = Ramp(0.0, 0.0, 2.0, 100.0)


@dataclass
class Everyone:
    """Lamp, sampling, storage and link in one: notes who was told what."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    def drive(self, ramp: Ramp) -> None:
        self.told.append(("drive", ramp))

    def set_every(self, part: Part, every_s: float) -> None:
        self.told.append(("every", part, every_s))

    def put(self, record: Record) -> None:
        self.told.append(("put", record))

    def promise(self, number: int, entries: Sequence[Entry]) -> None:
        self.told.append(("promise", number, tuple(entries)))

    def remember(self, entries: Sequence[Entry], within_s: float) -> None:
        self.told.append(("remember", tuple(entries), within_s))

    def restamp(self, offset_s: float, time_quality: TimeQuality) -> None:
        self.told.append(("restamp", offset_s, time_quality))

    def present(self, topic: Retained, payload: bytes) -> None:
        self.told.append(("present", topic, json.loads(payload)))

    def confirm(self, delivery: int) -> None:
        self.told.append(("confirm", delivery))

    def present_all(self) -> None:
        self.told.append(("present all",))


def carried(*effects: Effect, linked: bool = True, lit: bool = True) -> tuple[list[tuple[object, ...]], CapturingLogger]:
    everyone, heard = Everyone(), CapturingLogger()
    log = structlog.wrap_logger(heard, processors=[], wrapper_class=structlog.make_filtering_bound_logger("info"))
    carrier = Carrier(
        boot_id="boot-1",
        lamp=everyone if lit else None,
        sampling=[everyone, everyone],
        storage=everyone,
        link=everyone if linked else None,
        present_all=everyone.present_all,
        host_delay_s=lambda lamp_s: lamp_s / 60,
        log=log,
    )
    carrier.carry(effects)
    return everyone.told, heard


class NoAlarms:
    """What is to be presented, as the core hands it over."""

    def message(self) -> Alarms:
        return Alarms("now", ())


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        (Drive(RAMP), [("drive", RAMP)]),
        (Sample(Part.LIGHT, 5.0), [("every", Part.LIGHT, 5.0)] * 2),  # each bus is told; the part is on one of them
        (Promise(3, (MaintenanceEnded(),)), [("promise", 3, (MaintenanceEnded(),))]),
        (Remember((MaintenanceEnded(),), 300.0), [("remember", (MaintenanceEnded(),), 5.0)]),  # the disk's time is the host's
        (Restamp(1e9, TimeQuality.NTP), [("restamp", 1e9, TimeQuality.NTP)]),
        (Present(NoAlarms()), [("present", Retained.ALARMS, {"at": "now", "active": []})]),
        (PresentAll(), [("present all",)]),
        (Confirm(7), [("confirm", 7)]),
    ],
)
def test_each_effect_is_handed_to_who_carries_it_out(effect: Effect, told: list[tuple[object, ...]]) -> None:
    assert carried(effect)[0] == told


def test_what_goes_out_is_kept_with_its_stamp_and_its_boot() -> None:
    sample = Send(Telemetry(60.0, 60.0), Priority.TELEMETRY, 4, STAMP)
    ack = Send(
        Ack("c-1", "l", "dim", AckStatus.ACCEPTED, durable=True), Priority.ALARM, None, STAMP, ReplyTo("answers/me", b"\x01")
    )
    (_, first), (_, second) = carried(sample, ack)[0]
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.channel, first.boot_id, first.seq, first.uptime_s) == (Channel.TELEMETRY, "boot-1", 4, 12.5)
    assert json.loads(first.body)["feedback_level"] == 60
    assert (second.channel, second.seq, second.reply_to) == (Channel.ACK, None, ReplyTo("answers/me", b"\x01"))
    assert json.loads(second.body)["id"] == "c-1"


def test_without_a_broker_what_counts_is_kept_and_the_present_is_told_to_nobody() -> None:
    sample = Send(Telemetry(60.0, 60.0), Priority.TELEMETRY, 1, STAMP)
    told, _ = carried(sample, Present(NoAlarms()), PresentAll(), Confirm(7), linked=False)
    assert [what for what, *_ in told] == ["put"]


def test_without_an_output_there_is_nothing_to_drive() -> None:
    assert carried(Drive(RAMP), lit=False)[0] == []


@pytest.mark.parametrize(
    ("edge", "severity", "method"),
    [
        (Edge.RAISED, Severity.MAJOR, "warning"),
        (Edge.CLEARED, Severity.MAJOR, "info"),
        (Edge.OCCURRED, Severity.INFO, "info"),
        (Edge.OCCURRED, Severity.MINOR, "warning"),
    ],
)
def test_the_log_hears_of_events_by_their_weight(edge: Edge, severity: Severity, method: str) -> None:
    event = Send(Event(Alarm.METER_FAULT, edge, severity, {}), Priority.ALARM, 1, STAMP)
    _, heard = carried(event)
    assert [(call.method_name, call.kwargs["event"]) for call in heard.calls] == [(method, f"meterFault {edge}")]


def test_the_log_hears_of_commands_and_not_of_each_sample() -> None:
    ack = Send(Ack("c-1", "l", "dim", AckStatus.REJECTED, durable=False, code="outOfRange"), Priority.ALARM, None, STAMP)
    sample = Send(Telemetry(60.0, 60.0), Priority.TELEMETRY, 4, STAMP)
    _, heard = carried(ack, sample)
    assert [call.kwargs["event"] for call in heard.calls] == ["command rejected"]
    assert (heard.calls[0].kwargs["id"], heard.calls[0].kwargs["code"]) == ("c-1", "outOfRange")
