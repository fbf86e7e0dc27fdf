"""OPT3001: exponent and mantissa to lux, flags, and a chip that resets, overflows, never finishes or is another."""

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.opt3001 import ADDRESS, CONFIGURATION, DEVICE_ID, MANUFACTURER_ID, RESULT, Opt3001, decode
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

READY, OVERFLOWN, NOT_READY, POWER_ON = b"\xcc\x80", b"\xcd\x80", b"\xcc\x00", b"\xc8\x10"


@pytest.mark.parametrize(
    ("word", "lux"),
    [
        (0x0001, 0.01),  # the datasheet's smallest step
        (0x0FFF, 40.95),  # the end of range 0
        (0x3456, 88.80),  # 0x456 = 1,110 steps of 0.08
        (0x789A, 2_818.56),  # 0x89a = 2,202 steps of 1.28
        (0x0DAC, 35.00),  # 3,500 steps of 0.01
        (0xBFFF, 83_865.60),  # the end of range 11
        (0x0000, 0.0),
    ],
)
def test_decode_by_hand(word: int, lux: float) -> None:
    assert decode(word) == pytest.approx(lux)


@pytest.mark.parametrize("word", [0xC000, 0xFFFF])
def test_an_exponent_that_the_chip_has_not_is_no_light(word: int) -> None:
    assert decode(word) is None


@pytest.fixture
def chip(bus):
    bus.registers |= {MANUFACTURER_ID: b"\x54\x49", DEVICE_ID: b"\x30\x01", RESULT: b"\x0d\xac", CONFIGURATION: POWER_ON}
    return bus


def started(chip) -> Opt3001:
    driver = Opt3001(Device(chip, ADDRESS))
    assert driver.poll(0) == NotBefore(pytest.approx(0.883))
    return driver


def reading(chip) -> Opt3001:
    driver = started(chip)
    chip.registers[CONFIGURATION] = READY
    assert driver.poll(0.883) == (Reading(Quantity.LIGHT_LEVEL_LX, 35.0, 0.883),)
    return driver


def test_it_lets_the_chip_range_by_itself_waits_for_a_conversion_and_reads(chip) -> None:
    driver = reading(chip)
    assert chip.writes == [(CONFIGURATION, b"\xcc\x00")]  # RN 1100, CT 1, M 10
    assert driver.poll(60) == (Reading(Quantity.LIGHT_LEVEL_LX, 35.0, 60),)


def test_a_poll_while_the_first_conversion_runs_costs_no_transfer(chip) -> None:
    driver = started(chip)
    transfers = chip.transfers
    assert driver.poll(0.5) == NotBefore(pytest.approx(0.883))
    assert chip.transfers == transfers


def test_what_has_been_read_is_not_read_again(chip) -> None:
    driver = reading(chip)
    chip.registers[CONFIGURATION] = NOT_READY  # reading cleared the flag
    assert driver.poll(1.083) == NotBefore(pytest.approx(1.133))
    chip.registers |= {CONFIGURATION: READY, RESULT: b"\x0d\xad"}
    assert driver.poll(1.133) == (Reading(Quantity.LIGHT_LEVEL_LX, pytest.approx(35.01), 1.133),)


def test_a_chip_that_finishes_no_conversion_is_a_fault(chip) -> None:
    driver = started(chip)
    chip.registers[CONFIGURATION] = NOT_READY
    assert isinstance(driver.poll(0.883), NotBefore)
    assert isinstance(driver.poll(1.9), NotBefore)  # a leap of light is measured twice
    with pytest.raises(BusError, match="finishes no conversion") as caught:
        driver.poll(2.1)
    assert caught.value.fault is Fault.FAILED


def test_overflow_is_saturation(chip) -> None:
    driver = started(chip)
    chip.registers |= {CONFIGURATION: OVERFLOWN, RESULT: b"\xbf\xff"}
    assert driver.poll(1) == (Reading(Quantity.LIGHT_LEVEL_LX, pytest.approx(83_865.6), 1, Quality.SATURATED),)


def test_the_flags_that_the_chip_sets_itself_do_not_count_as_a_reset(chip) -> None:
    driver = started(chip)
    chip.registers[CONFIGURATION] = b"\xcc\xe0"  # above the one limit and below the other
    assert isinstance(driver.poll(1), tuple)


def test_a_reset_behind_our_back_is_configured_away(chip) -> None:
    driver = reading(chip)
    chip.registers[CONFIGURATION] = POWER_ON
    chip.writes.clear()
    assert driver.poll(60) == NotBefore(pytest.approx(60.883))
    assert chip.writes == [(CONFIGURATION, b"\xcc\x00")]


def test_a_configuration_that_does_not_stick_is_garbage(chip) -> None:
    chip.read_only.add(CONFIGURATION)
    driver = started(chip)
    with pytest.raises(BusError, match="0xc810") as caught:
        driver.poll(1)
    assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize("register", [CONFIGURATION, RESULT])
def test_all_ones_are_garbage_not_sunshine(chip, register: int) -> None:
    driver = reading(chip)
    chip.registers[register] = b"\xff\xff"
    with pytest.raises(BusError, match="0xffff") as caught:
        driver.poll(60)
    assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize(
    ("maker", "device", "fault"),
    [
        (b"\x54\x49", b"\x30\x02", Fault.WRONG_CHIP),
        (b"\x00\x54", b"\x04\x00", Fault.WRONG_CHIP),
        (b"\xff\xff", b"\xff\xff", Fault.GARBAGE),
    ],
)
def test_another_identity_is_another_chip_and_all_ones_are_none(chip, maker: bytes, device: bytes, fault: Fault) -> None:
    chip.registers |= {MANUFACTURER_ID: maker, DEVICE_ID: device}
    with pytest.raises(BusError) as caught:
        Opt3001(Device(chip, ADDRESS)).poll(0)
    assert caught.value.fault is fault
    assert chip.writes == []


def test_after_an_error_the_chip_is_configured_afresh(chip) -> None:
    driver = reading(chip)
    chip.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        driver.poll(60)
    chip.writes.clear()
    assert driver.poll(61) == NotBefore(pytest.approx(61.883))
    assert chip.writes == [(CONFIGURATION, b"\xcc\x00")]


def test_the_calibration_factor_is_on_the_reading(chip) -> None:
    driver = Opt3001(Device(chip, ADDRESS), calibration=2.0)
    driver.poll(0)
    chip.registers[CONFIGURATION] = READY
    assert driver.poll(1) == (Reading(Quantity.LIGHT_LEVEL_LX, 70.0, 1),)
