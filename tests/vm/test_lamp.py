"""The unsimulated daemon under its shipped unit on a real kernel, from a bright dusk into the night: one boot, in order.

Each test leaves the lamp as the next one finds it: lit by the programme until the dim command, dimmed from there on.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from astral import Observer
from astral.sun import sunset
from guest.broker import Broker, Operator
from guest.lamp import AGENT, MOTION, RELAY, TOPIC, UNIT, Lamp, shine
from guest.machine import Guest
from guest.wiring import Wiring

pytestmark = pytest.mark.usefixtures("lamp")

PROGRAMME, RAISED, DIMMED = 40.0, 100.0, 15.0
BRIGHT_LX, DARK_LX = 800.0, 3.0


def tomorrows_dusk() -> datetime:
    """A few minutes after a sunset: the sun stands between the twilight's bounds, so the photocell decides."""
    here = Observer(latitude=51.4344, longitude=6.7623)
    return sunset(here, (datetime.now(UTC) + timedelta(days=1)).date()) + timedelta(minutes=3)


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    with Guest(Path(os.environ["STREETLIGHT_GUEST"]), clock=tomorrows_dusk()) as running:
        running.run("/opt/guest/ntp-synchronised")
        yield running


@pytest.fixture(scope="module")
def operator(broker: Broker) -> Iterator[Operator]:
    listening = Operator(broker, "streetlight/#")
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def lamp(guest: Guest, wiring: Wiring, broker: Broker, operator: Operator) -> Lamp:
    """Configured, in bright light, and started; ``operator`` listens from before the start."""
    lamp = Lamp(guest, wiring, broker.port)
    guest.run("systemctl start guest-street")
    shine(guest, BRIGHT_LX)
    lamp.configure()
    guest.run(f"{AGENT} check /etc/streetlight-agent/agent.yaml")
    lamp.start()
    return lamp


def test_the_lamp_reports_ready_with_all_its_parts(operator: Operator) -> None:
    status = operator.wait_for("/status", status="ready").body
    info = operator.wait_for("/info").body

    assert (status["simulated"], status["boot_reason"], status["session"], status["time_quality"]) == (False, "powerOn", 1, "ntp")
    assert {part["driver"] for part in info["parts"]} >= {"veml7700", "ina226", "tmp102", "pwm"}


def test_in_bright_light_the_lamp_is_off_and_its_supply_cut(lamp: Lamp, operator: Operator) -> None:
    lamp.wait_for_level(0)
    state = operator.wait_for("/state", feedback_level=0.0, alarms=[]).body

    assert state["cause"] == "daylight"
    assert (state["night"]["is"], state["night"]["by"]) == (False, "photocell")
    assert lamp.wiring.is_output(RELAY)
    assert lamp.duty_percent() == 100, "whatever closes the contact gives light"


def test_when_the_light_falls_the_duty_rises(lamp: Lamp, operator: Operator) -> None:
    shine(lamp.guest, DARK_LX)

    lamp.wait_for_level(PROGRAMME)
    state = operator.wait_for("/state", feedback_level=PROGRAMME, slot="programme").body
    assert (state["night"]["is"], state["night"]["by"]) == (True, "photocell")


def test_a_motion_edge_raises_it_for_the_hold_time(lamp: Lamp, operator: Operator) -> None:
    lamp.wiring.drive(MOTION, high=True)
    lamp.wait_for_level(RAISED, timeout_s=5)
    lamp.wiring.drive(MOTION, high=False)

    lamp.wait_for_level(PROGRAMME)
    operator.wait_for("/state", slot="motion", feedback_level=RAISED)


def test_the_technician_at_the_pole_sees_what_is_on_the_pwm(lamp: Lamp) -> None:
    status = msgspec.json.decode(lamp.guest.run(f"runuser -u streetlight -- {AGENT} status --json"))

    assert (status["lamp"], status["simulated"], status["feedback_level"]) == ("lamp-0001", False, PROGRAMME)
    assert status["light_level_lx"] == pytest.approx(DARK_LX, rel=0.05)
    assert status["active_power_w"] == pytest.approx(0.6 + (42 - 0.6) * PROGRAMME / 100, rel=0.05)


def test_with_the_cable_cut_the_lamp_goes_on_and_nothing_that_it_had_to_say_is_lost(lamp: Lamp, operator: Operator) -> None:
    boot_id = operator.wait_for("/status", status="ready").body["boot_id"]

    lamp.guest.plug_cable(False)
    operator.wait_for_next("/status", status="lost", boot_id=boot_id)
    lamp.wiring.drive(MOTION, high=True)
    lamp.wait_for_level(RAISED, timeout_s=5)
    lamp.wiring.drive(MOTION, high=False)
    lamp.wait_for_level(PROGRAMME)
    lamp.guest.plug_cable(True)

    back = operator.wait_for_next("/status", timeout_s=60, status="ready", boot_id=boot_id).body
    assert back["session"] > 1
    operator.wait_for_next("/telemetry", historical=True)
    operator.wait_for_next("/telemetry", historical=False)
    assert_no_holes(operator, boots=1)


def test_a_dim_command_from_the_host_lowers_it(lamp: Lamp, operator: Operator) -> None:
    dim(operator, "dim-1")

    lamp.wait_for_level(DIMMED, timeout_s=10)
    applied = operator.wait_for("/ack", id="dim-1", status="applied").body
    assert (applied["level"], applied["durable"]) == (DIMMED, True)
    operator.wait_for("/state", slot="override", feedback_level=DIMMED)


def test_killed_with_9_it_leaves_the_duty_where_it_was_and_comes_back_to_it(lamp: Lamp, operator: Operator) -> None:
    levels = lamp.watch(20, meanwhile=f"sleep 2; kill -9 {lamp.property('MainPID')}")

    assert levels == [DIMMED]
    lamp.wait_until_ready()
    assert lamp.property("NRestarts") == "1"
    operator.wait_for("/status", boot_reason="crash", status="ready")
    operator.wait_for_next("/state", slot="override", feedback_level=DIMMED)
    assert_no_holes(operator, boots=2)


def test_a_command_id_from_before_the_kill_is_still_known(lamp: Lamp, operator: Operator) -> None:
    dim(operator, "dim-1", level=80)

    operator.wait_for_next("/ack", id="dim-1", level=DIMMED)
    assert lamp.watch(3, meanwhile=":") == [DIMMED]


def test_a_daemon_that_hangs_is_started_again_and_the_light_stays(lamp: Lamp, operator: Operator) -> None:
    levels = lamp.watch(60, meanwhile=f"kill -STOP {lamp.property('MainPID')}")

    assert levels == [DIMMED]
    lamp.wait_until_ready()
    assert lamp.property("NRestarts") == "2"
    operator.wait_for_next("/state", slot="override", feedback_level=DIMMED)


def test_a_reload_takes_a_changed_config_without_a_restart(lamp: Lamp, operator: Operator) -> None:
    daemon = lamp.property("MainPID")
    operator.command(f"{TOPIC}/command/resume", expiry_s=60, id="resume-1")
    lamp.wait_for_level(PROGRAMME)

    lamp.configure(LEVEL="55")
    lamp.guest.run(f"systemctl reload {UNIT}")

    lamp.wait_for_level(55.0)
    assert lamp.property("MainPID") == daemon


def test_stopped_it_says_goodbye_within_seconds_and_leaves_the_lamp_lit(lamp: Lamp, operator: Operator) -> None:
    levels = lamp.watch(12, meanwhile=f"systemctl stop {UNIT}")

    assert levels == [55.0]
    assert lamp.property("Result") == "success"
    assert lamp.property("ExecMainStatus") == "0"
    began_us, ended_us = (
        int(lamp.property(name)) for name in ("ActiveExitTimestampMonotonic", "InactiveEnterTimestampMonotonic")
    )
    assert ended_us - began_us < 5_000_000
    assert not lamp.wiring.is_high(RELAY)
    operator.wait_for_next("/status", status="disconnected")


def dim(operator: Operator, command_id: str, level: float = DIMMED) -> None:
    operator.command(f"{TOPIC}/command/dim", expiry_s=60, id=command_id, level=level, duration_s=3600, fade_s=0)


def assert_no_holes(operator: Operator, boots: int) -> None:
    """Every record of every boot up to the last that was heard, each under its own key; what comes twice is no loss."""
    operator.listen(for_s=3)
    heard: dict[str, set[int]] = defaultdict(set)
    for message in operator.heard:
        if message.topic.endswith(("/telemetry", "/event")):
            heard[message.body["boot_id"]].add(message.body["seq"])
    assert len(heard) == boots
    for boot_id, seqs in heard.items():
        assert seqs == set(range(1, max(seqs) + 1)), f"boot {boot_id} has holes"
