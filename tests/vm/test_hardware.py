"""The guest's chips behave as a Pi's do, for the daemon's user under the shipped unit: kernel PWM, I2C, GPIO."""

import errno

import pytest
from guest.machine import Guest
from guest.sandbox import Sandbox
from guest.wiring import Wiring

VEML7700, INA226, TMP102, NOBODY = 0x10, 0x40, 0x48, 0x23
MOTION, RELAY = 17, 23


def test_the_pwm_chip_is_known_by_its_device(guest: Guest) -> None:
    assert guest.run("basename $(readlink -f /sys/class/pwm/pwmchip0/device)").strip() == "fe20c000.pwm"


def test_a_pwm_channel_becomes_writable_soon_after_its_export_and_then_refuses_nonsense(sandbox: Sandbox, wiring: Wiring) -> None:
    found = sandbox.ask("pwm")

    assert found["exporting"] == 0
    assert found["refused"] == 0, f"still refused after {found['writable_after_s']:.1f} s"
    assert found["writable_after_s"] < 2
    assert found["setting"] == 0
    assert found["duty_ns"] == 250_000
    assert found["duty_above_period"] == errno.EINVAL
    assert found["period_below_duty"] == errno.EINVAL
    assert wiring.pwm_ns() == (1_000_000, 250_000, True), "the lamp stays as it is when its writer has ended"


def test_a_pwm_chip_that_refuses_keeps_its_duty(guest: Guest, wiring: Wiring, sandbox: Sandbox) -> None:
    guest.attempt("echo 0 > /sys/class/pwm/pwmchip0/unexport")
    sandbox.ask("pwm")

    with wiring.refusing_pwm(errno.EIO):
        refused = guest.attempt("echo 700000 > /sys/class/pwm/pwmchip0/pwm0/duty_cycle")

    assert refused.status != 0
    assert wiring.pwm_ns() == (1_000_000, 250_000, True)


def test_the_lamp_stays_as_it_is_when_its_writer_is_killed(guest: Guest, wiring: Wiring, sandbox: Sandbox) -> None:
    guest.attempt("echo 0 > /sys/class/pwm/pwmchip0/unexport")
    sandbox.ask("pwm")

    killed = guest.attempt("runuser -u streetlight -- sh -c 'echo 400000 > /sys/class/pwm/pwmchip0/pwm0/duty_cycle; kill -9 $$'")

    assert killed.status == 137
    assert wiring.pwm_ns() == (1_000_000, 400_000, True)


def test_the_chips_are_read_and_written_in_their_own_byte_order(sandbox: Sandbox, wiring: Wiring) -> None:
    wiring.fill(VEML7700, [(0x04, 1234)], "little")
    wiring.fill(INA226, [(0x02, 19_200), (0xFE, 0x5449), (0xFF, 0x2260)], "big")
    wiring.fill(TMP102, [(0x00, 0x1900)], "big")

    found = sandbox.ask("chips")

    assert found["veml7700_configuration"] == 0x1000
    assert found["veml7700_light"] == 1234
    assert found["ina226_configuration"] == 0x4527
    assert found["ina226_bus_voltage"] == found["ina226_bus_voltage_plain"] == 19_200
    assert found["ina226_identity"] == [0x5449, 0x2260]
    assert found["tmp102_temperature"] == 0x1900
    assert wiring.peek(VEML7700, 0x00, "little") == 0x1000
    assert wiring.peek(INA226, 0x00, "big") == 0x4527


def test_an_address_at_which_nobody_is_answers_as_on_a_pi(sandbox: Sandbox) -> None:
    assert sandbox.ask("chips", ATTEMPT=hex(NOBODY))["errno"] == errno.EREMOTEIO


@pytest.mark.parametrize("number", [errno.EREMOTEIO, errno.EIO])
def test_one_chip_fails_while_the_others_answer(number: int, sandbox: Sandbox, wiring: Wiring) -> None:
    with wiring.failing(VEML7700, number):
        assert sandbox.ask("chips", ATTEMPT=hex(VEML7700))["errno"] == number
        assert sandbox.ask("chips", ATTEMPT=hex(TMP102))["errno"] == 0
    assert sandbox.ask("chips", ATTEMPT=hex(VEML7700))["errno"] == 0


def test_a_hung_bus_is_a_timeout_for_every_chip(sandbox: Sandbox, wiring: Wiring) -> None:
    with wiring.hung_bus(after_ms=300):
        found = sandbox.ask("chips", ATTEMPT=hex(TMP102))

    assert found["errno"] == errno.ETIMEDOUT
    assert found["took_s"] >= 0.3
    assert sandbox.ask("chips", ATTEMPT=hex(TMP102))["errno"] == 0


def test_gpiozero_sees_the_edges_of_a_line_and_drives_another(sandbox: Sandbox, wiring: Wiring) -> None:
    level = f"/sys/kernel/debug/pole-gpio/level/{MOTION}"

    found = sandbox.ask("edge", meanwhile=f"while :; do echo 1 > {level}; sleep 0.2; echo 0 > {level}; sleep 0.2; done")

    assert found["model"] == "4B"
    assert found["edges"] in (["there", "gone", "there", "gone"], ["gone", "there", "gone", "there"])
    assert found["relay"] == [0, 1]
    assert wiring.is_output(RELAY)
