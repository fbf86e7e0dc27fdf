"""``doctor`` in the guest, as a technician calls it with sudo: without the daemon and beside it, on real chips, pins and PWM.

One boot, in order: the daemon is started half-way.
"""

import errno
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from guest.broker import Broker
from guest.lamp import AGENT, MOTION, RELAY, Lamp, shine
from guest.machine import Guest
from guest.wiring import Wiring

VEML7700 = 0x10
LX = 30.0
PWM = "/sys/class/pwm/pwmchip0/pwm0"
CALL = f"systemd-run --quiet --wait --pipe -p BindReadOnlyPaths=/etc/guest/cpuinfo:/proc/cpuinfo {AGENT} doctor --json"


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    """At night."""
    midnight = (datetime.now(UTC) + timedelta(days=1)).replace(hour=0, minute=30)
    with Guest(Path(os.environ["STREETLIGHT_GUEST"]), clock=midnight) as running:
        yield running


@pytest.fixture(scope="module")
def lamp(guest: Guest, wiring: Wiring, broker: Broker) -> Lamp:
    """Configured and in twilight, and not started."""
    made = Lamp(guest, wiring, broker.port)
    made.configure()
    guest.run("systemctl start guest-street")
    shine(guest, LX)
    guest.run("sleep 2")  # street shines on
    return made


def doctor(lamp: Lamp) -> dict[str, dict[str, Any]]:
    """The lines by their checks, of several with one check the first; whatever the exit status."""
    outcome = lamp.guest.attempt(CALL, timeout_s=120)
    lines = msgspec.json.decode(outcome.out, type=list[dict[str, Any]])
    assert outcome.status == int(any(line["status"] == "fail" for line in lines)), outcome.err
    return {line["check"]: line for line in reversed(lines)}


def test_without_the_daemon_every_part_of_the_pole_is_read_with_the_daemons_eyes(lamp: Lamp) -> None:
    lines = doctor(lamp)

    assert lines["user"]["what"] == "looking with the eyes of streetlight"
    assert lines["agent"]["what"] == "none runs: doctor reads pins and chips itself"
    assert lines["output"]["what"] == "GPIO18 is pwmchip0's channel 0, not driven yet"
    assert lines["relay"]["what"] == "GPIO23 is low: the coil is idle, the lamp supplied"
    assert lines["motion"]["what"] == "GPIO17 is low: nobody is there"
    assert lines["config"]["what"].endswith("agent.yaml is valid")
    for check in ("output", "gpio", "relay", "motion", "i2c-1", "light", "power", "temperature", "broker"):
        assert lines[check]["status"] == "pass", lines[check]
    lx = float(lines["light"]["what"].rpartition(": ")[2].removesuffix(" lx"))
    assert lx == pytest.approx(LX, rel=0.05)


def test_it_has_changed_neither_pwm_nor_relay(lamp: Lamp) -> None:
    assert lamp.guest.attempt(f"test -e {PWM}").status != 0
    assert not lamp.wiring.is_output(RELAY)
    assert not lamp.wiring.is_output(MOTION)


def test_a_clock_that_ntp_has_set_passes_and_one_that_nobody_sets_does_not(lamp: Lamp) -> None:
    assert doctor(lamp)["clock"]["status"] == "fail"
    lamp.guest.run("/opt/guest/ntp-synchronised")
    assert doctor(lamp)["clock"]["status"] == "pass"


def test_a_chip_that_does_not_answer_and_a_bus_that_hangs_are_told_apart(lamp: Lamp) -> None:
    with lamp.wiring.failing(VEML7700, errno.EREMOTEIO):
        lines = doctor(lamp)
    assert lines["light"]["what"] == "no veml7700: nobody answers at 0x10 on bus 1"
    assert lines["power"]["status"] == "pass"

    with lamp.wiring.hung_bus(after_ms=1000):
        lines = doctor(lamp)
    assert (lines["i2c-1"]["status"], lines["i2c-1"]["what"]) == ("fail", "the bus hangs")
    assert "light" not in lines


def test_devices_that_udev_has_not_handed_over_are_told_with_the_rules_that_do(lamp: Lamp) -> None:
    before = lamp.guest.run("stat -c '%a %G' /dev/i2c-1").split()
    lamp.guest.run("chmod 600 /dev/i2c-1; chgrp root /dev/i2c-1")
    line = doctor(lamp)["i2c-1"]
    lamp.guest.run(f"chmod {before[0]} /dev/i2c-1; chgrp {before[1]} /dev/i2c-1")

    assert (line["status"], line["what"]) == ("fail", "/dev/i2c-1 may not be used by streetlight")
    assert "60-streetlight-agent.rules" in line["remedy"]


def test_a_line_that_another_program_holds_is_told_with_its_name(lamp: Lamp) -> None:
    lamp.guest.run(f"systemd-run --quiet --unit=thief gpiomon --num-events=1000 gpiochip0 {MOTION}")
    lamp.guest.run("sleep 1")
    line = doctor(lamp)["motion"]
    lamp.guest.run("systemctl stop thief")

    assert (line["status"], line["what"]) == ("fail", "GPIO17 is held by gpiomon")


def test_beside_the_daemon_it_is_asked_and_goes_on_undisturbed(lamp: Lamp) -> None:
    lamp.start()
    lamp.wait_for_level(40.0)
    pid = lamp.property("MainPID")
    lamp.guest.run("sleep 3")  # until each sensor has been read

    lines = doctor(lamp)

    assert lines["agent"]["what"].startswith("it has run for 0 min: 40 %: ")
    assert lines["output"]["what"] == "GPIO18 is pwmchip0's channel 0: 1000 Hz, 40 % drive"
    assert lines["relay"]["what"] == "the agent holds GPIO23 as an output"
    assert lines["motion"]["what"].startswith("the agent holds GPIO17 as an input; nobody since ")
    assert "answers; the agent: 30" in lines["light"]["what"]
    assert lines["broker"]["what"].startswith("the agent is connected to mqtt://broker.test:")
    for check in (
        "output",
        "gpio",
        "relay",
        "motion",
        "i2c-1",
        "light",
        "power",
        "temperature",
        "storage",
        "ledger.db",
    ):
        assert lines[check]["status"] == "pass", lines[check]
    assert (lamp.property("MainPID"), lamp.property("NRestarts"), lamp.duty_percent()) == (pid, "0", 40.0)


def test_somebody_without_sudo_is_told_what_he_cannot_see(lamp: Lamp) -> None:
    outcome = lamp.guest.attempt(f"runuser -u nobody -- {AGENT} doctor --json", timeout_s=60)
    assert outcome.out, outcome.err
    lines = {line["check"]: line for line in reversed(msgspec.json.decode(outcome.out, type=list[dict[str, Any]]))}

    assert lines["agent"]["what"].startswith("it runs, and was not asked: ")
    assert (lines["user"]["status"], lines["i2c-1"]["status"]) == ("warn", "warn")
    assert lines["i2c-1"]["remedy"] == "look again with `sudo streetlight-agent doctor`"
