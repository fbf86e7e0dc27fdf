"""The agent's own drivers on a real kernel, under the shipped unit: they read what the street gives, and what they set stays."""

import pytest
from guest.lamp import RELAY, shine
from guest.machine import Guest
from guest.sandbox import Sandbox
from guest.wiring import Wiring


@pytest.fixture(scope="module", autouse=True)
def street(guest: Guest) -> None:
    guest.run("systemctl start guest-street")


@pytest.mark.parametrize("lx", [0.5, 30.0, 900.0])
def test_light_is_read_over_the_whole_range(guest: Guest, sandbox: Sandbox, lx: float) -> None:
    shine(guest, lx)

    value, quality = sandbox.ask("drivers", FRACTION="1", SUPPLIED="yes")["readings"]["light_level_lx"]

    assert value == pytest.approx(lx, rel=0.02)
    assert quality == "ok"


def test_the_power_follows_the_level_that_is_on_the_pwm(sandbox: Sandbox, wiring: Wiring) -> None:
    readings = sandbox.ask("drivers", FRACTION="0.4", SUPPLIED="yes")["readings"]

    assert wiring.pwm_ns() == (1_000_000, 400_000, True)
    assert readings["active_power_w"][0] == pytest.approx(0.6 + 0.4 * (42 - 0.6), rel=0.01)
    assert readings["supply_voltage_v"][0] == pytest.approx(24, rel=0.001)
    assert readings["temperature_c"][0] == 25


def test_an_open_relay_takes_the_power_and_stays_open_when_the_agent_ends(sandbox: Sandbox, wiring: Wiring) -> None:
    readings = sandbox.ask("drivers", FRACTION="0", SUPPLIED="no")["readings"]

    assert readings["active_power_w"][0] == 0
    assert wiring.is_output(RELAY)
    assert wiring.is_high(RELAY), "the coil is energised, the contact open"


def test_what_the_agent_before_has_left_is_found_and_not_touched(sandbox: Sandbox, wiring: Wiring) -> None:
    sandbox.ask("drivers", FRACTION="0.25", SUPPLIED="no")

    found = sandbox.ask("drivers", FRACTION="0.25", SUPPLIED="yes")

    assert (found["found_fraction"], found["found_supplied"]) == (0.25, False)
    assert not wiring.is_high(RELAY)
