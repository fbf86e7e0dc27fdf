"""The wire: exactly the contract's fields, the stamps among them."""

import json

import pytest

from agent.delivery import Channel, Priority, Record
from agent.link.wire import Standing, encode, encode_body, encode_record
from agent.messages import Ack, AckStatus, Edge, Event, Presence, Severity, Status, Telemetry
from agent.records import BootReason, TimeQuality

STATUS = Status(Presence.READY, "b-1", 3, "2026-01-01T00:00:00.000Z", False, "0.1.0", "c-1", BootReason.CRASH, TimeQuality.NTP)


def record(channel: Channel, body: bytes, seq: int | None = 12) -> Record:
    return Record(channel, Priority.ALARM, "b-1", seq, 3.14159265, 1_767_225_600.25, TimeQuality.RTC, body)


def test_a_sample_carries_its_stamps_and_only_what_the_lamp_has() -> None:
    body = encode_body(
        Telemetry(60.0, 60.0, light_level_lx=None, active_power_w=float("nan"), quality={"active_power_w": "estimated"})
    )

    assert json.loads(encode_record(record(Channel.TELEMETRY, body), historical=True)) == {
        "at": "2026-01-01T00:00:00.250Z",
        "uptime_s": 3.142,
        "time_quality": "rtc",
        "seq": 12,
        "boot_id": "b-1",
        "historical": True,
        "feedback_level": 60.0,
        "actual_level": 60.0,
        "light_level_lx": None,
        "active_power_w": None,
        "active_energy_wh": 0.0,
        "operating_hours": 0.0,
        "switch_on_count": 0,
        "supply_loss_count": 0,
        "quality": {"active_power_w": "estimated"},
    }


def test_an_event_carries_its_stamps() -> None:
    body = encode_body(Event("lampFailure", Edge.RAISED, Severity.CRITICAL, {"active_power_w": 0.4}))

    assert json.loads(encode_record(record(Channel.EVENT, body), historical=False)) == {
        "at": "2026-01-01T00:00:00.250Z",
        "uptime_s": 3.142,
        "time_quality": "rtc",
        "seq": 12,
        "boot_id": "b-1",
        "historical": False,
        "event": "lampFailure",
        "edge": "raised",
        "severity": "critical",
        "attributes": {"active_power_w": 0.4},
    }


def test_an_acknowledgement_has_no_place_in_the_numbering() -> None:
    body = encode_body(Ack("c-1", "lamp-1", "dim", AckStatus.ACCEPTED, durable=True, level=40.0, until=None))

    assert json.loads(encode_record(record(Channel.ACK, body, seq=None), historical=True)) == {
        "id": "c-1",
        "lamp": "lamp-1",
        "verb": "dim",
        "status": "accepted",
        "durable": True,
        "level": 40.0,
        "until": None,
        "at": "2026-01-01T00:00:00.250Z",
        "uptime_s": 3.142,
        "time_quality": "rtc",
    }


@pytest.mark.parametrize("body", [b"{}", b' { "a" : 1 } ', b'{"a":{"b":[]}}'])
def test_any_object_can_be_a_body(body: bytes) -> None:
    assert json.loads(encode_record(record(Channel.EVENT, body), False)).items() >= json.loads(body).items()


def test_a_status_reads_back_as_what_it_says_of_the_lamp() -> None:
    assert Standing.read(encode(STATUS)) == Standing.of(STATUS) == Standing(Presence.READY, "b-1", 3)


@pytest.mark.parametrize("payload", [b"", b"{}", b"\xff", b"[" * 100_000, b'{"status":"dark","boot_id":"b-1","session":3}'])
def test_what_no_lamp_wrote_is_nobodys_status(payload: bytes) -> None:
    assert Standing.read(payload) is None
