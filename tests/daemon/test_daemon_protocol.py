"""The control socket's language: what a request must be, and that a reply says the same after its journey."""

import json
from zoneinfo import ZoneInfo

import msgspec
import pytest

from agent.core.controller import Controller
from agent.daemon.protocol import LinkReport, Reply, Request, Status, parse_request
from agent.records import Boot, BootReason, Instant
from agent.settings.hardware import LightSensor, MotionSensor, PowerMeter, Sensors
from agent.settings.model import Settings

BARE = Sensors()
FULL = Sensors(light=LightSensor("veml7700"), motion=(MotionSensor(17),), power=PowerMeter("ina226", shunt_ohm=0.02))


@pytest.mark.parametrize("sensors", [BARE, FULL], ids=["without sensors", "with sensors"])
def test_a_status_is_read_as_it_was_written_whatever_parts_the_lamp_has(sensors: Sensors) -> None:
    now = Instant(0.0, 1_800_000_000.0)
    controller = Controller(Settings(sensors=sensors), Boot("b", BootReason.POWER_ON, found_level=None), now, ZoneInfo)
    controller.start(now)
    said = Status(
        site="s",
        lamp="l",
        simulated=True,
        agent_version="1",
        config_version="c",
        boot_id="b",
        uptime_s=1.5,
        local_time="12:00:00",
        state=controller.state(),
        next_change="nothing",
        sun_elevation_deg=None,
        active_power_w=None if sensors.power else msgspec.UNSET,
        link=LinkReport(None, connected=False),
        config_problems=(),
    )

    written = msgspec.json.encode(Reply(status=said))

    assert msgspec.json.decode(written, type=Reply) == Reply(status=said)
    fields = json.loads(written)["status"]
    assert ("presence" in fields["state"], "light_level_lx" in fields["state"]) == (bool(sensors.motion), bool(sensors.light))
    assert ("active_power_w" in fields) == bool(sensors.power)


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b'{"do": "status"}\n', Request("status")),
        (b'{"do": "set", "level": 0}', Request("set", 0.0)),
        (b'{"do": "set", "level": 40.5, "duration_s": 28800, "more": 1}\n', Request("set", 40.5, 28800.0)),
        (b'{"do": "identify", "duration_s": 60}', Request("identify", duration_s=60.0)),
        (b'{"do": "self-test", "afresh": true}', Request("self-test", afresh=True)),
    ],
)
def test_a_request_is_understood(line: bytes, request_: Request) -> None:
    assert parse_request(line) == request_


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"", "not a request"),
        (b"\xff\xfe\n", "not a request"),
        (b"[" * 4000, "not a request"),
        (b"null\n", "not a request"),
        (b'{"do": "explode"}\n', "explode"),
        (b'{"do": "set"}\n', "level"),
        (b'{"do": "set", "level": 101}\n', "level"),
        (b'{"do": "set", "level": -0.1}\n', "level"),
        (b'{"do": "set", "level": "40"}\n', "level"),
        (b'{"do": "set", "level": NaN}\n', "not a request"),
        (b'{"do": "set", "level": 40, "duration_s": 0}\n', "duration"),
        (b'{"do": "set", "level": 40, "duration_s": 28801}\n', "duration"),
        (b'{"do": "identify", "duration_s": 61}\n', "60s"),
    ],
)
def test_what_is_no_request_is_answered_with_what_is_wrong(line: bytes, named: str) -> None:
    reply = parse_request(line)
    assert isinstance(reply, Reply)
    assert reply.error is not None
    assert named in reply.error
