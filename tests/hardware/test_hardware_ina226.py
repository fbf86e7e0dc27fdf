"""INA226: the two voltages to volts, amperes and watts, and a chip that is another, resets or stops converting."""

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.ina226 import ADDRESS, BUS_VOLTAGE, CONFIGURATION, MASK_ENABLE, SHUNT_VOLTAGE, Ina226, decode
from agent.records import Fault, NotBefore, Quality, Quantity, Reading


def test_decode_by_hand() -> None:
    # 12 V: 9,600 counts of 1.25 mV (0x2580); 35 mV over 10 mOhm: 14,000 counts of 2.5 uV (0x36B0), so 3.5 A
    volts, amperes, quality = decode(0x2580, 0x36B0, 0.01)
    assert (volts, amperes) == (pytest.approx(12.0), pytest.approx(3.5))
    assert quality is Quality.OK


def test_a_shunt_mounted_the_other_way_round_reads_negative() -> None:
    assert decode(0x2580, 0xC950, 0.01)[1] == pytest.approx(-3.5)  # 0x10000 - 14,000


@pytest.mark.parametrize("word", [0x7FFF, 0x8000])
def test_a_shunt_at_the_end_of_its_range_is_saturated(word: int) -> None:
    assert decode(0x2580, word, 0.01)[2] is Quality.SATURATED


@pytest.fixture
def chip(bus):
    bus.registers |= {
        0xFE: b"\x54\x49",
        0xFF: b"\x22\x60",
        CONFIGURATION: b"\x41\x27",  # the power-on default
        BUS_VOLTAGE: b"\x25\x80",
        SHUNT_VOLTAGE: b"\x36\xb0",
        MASK_ENABLE: b"\x00\x08",
    }
    return bus


def driver_on(chip) -> Ina226:
    return Ina226(Device(chip, ADDRESS), shunt_ohm=0.01)


def started(chip) -> Ina226:
    driver = driver_on(chip)
    assert driver.poll(0) == NotBefore(pytest.approx(0.1408))
    return driver


def test_it_configures_64_averages_waits_for_them_and_gives_volts_amperes_and_watts(chip) -> None:
    driver = started(chip)
    assert chip.writes == [(CONFIGURATION, b"\x47\x27")]
    assert driver.poll(0.2) == (
        Reading(Quantity.SUPPLY_VOLTAGE_V, pytest.approx(12.0), 0.2),
        Reading(Quantity.SUPPLY_CURRENT_A, pytest.approx(3.5), 0.2),
        Reading(Quantity.ACTIVE_POWER_W, pytest.approx(42.0), 0.2),
    )


def test_an_overflow_spoils_current_and_power_but_not_the_voltage(chip) -> None:
    chip.registers[SHUNT_VOLTAGE] = b"\x7f\xff"
    readings = started(chip).poll(0.2)
    assert isinstance(readings, tuple)
    assert [reading.quality for reading in readings] == [Quality.OK, Quality.SATURATED, Quality.SATURATED]


def test_an_unfinished_conversion_is_waited_for_but_not_for_ever(chip) -> None:
    driver = started(chip)
    chip.registers[MASK_ENABLE] = b"\x00\x00"
    assert driver.poll(0.15) == NotBefore(pytest.approx(0.17))
    with pytest.raises(BusError, match="finishes no conversion") as caught:
        driver.poll(0.4)
    assert caught.value.fault is Fault.FAILED


def test_another_chip_at_the_address_is_told(chip) -> None:
    chip.registers[0xFF] = b"\x23\x80"  # an INA238
    with pytest.raises(BusError, match="0x40 is no ina226") as caught:
        driver_on(chip).poll(0)
    assert caught.value.fault is Fault.WRONG_CHIP


def test_a_later_revision_of_the_die_is_the_same_chip(chip) -> None:
    chip.registers[0xFF] = b"\x22\x61"
    started(chip)


@pytest.mark.parametrize("word", [b"\xff\xff", b"\x00\x00"])
def test_a_bus_stuck_high_or_low_is_garbage(chip, word: bytes) -> None:
    chip.registers |= {0xFE: word, 0xFF: word}
    with pytest.raises(BusError) as caught:
        driver_on(chip).poll(0)
    assert caught.value.fault is Fault.GARBAGE


def test_a_reset_behind_our_back_is_configured_away_before_anything_is_believed(chip) -> None:
    driver = started(chip)
    driver.poll(0.2)
    chip.registers[CONFIGURATION] = b"\x41\x27"
    chip.writes.clear()
    assert isinstance(driver.poll(1.2), NotBefore)
    assert chip.writes == [(CONFIGURATION, b"\x47\x27")]
    assert isinstance(driver.poll(1.4), tuple)


def test_a_configuration_that_does_not_stick_is_garbage(chip) -> None:
    chip.read_only.add(CONFIGURATION)
    driver = started(chip)
    with pytest.raises(BusError) as caught:
        driver.poll(0.2)
    assert caught.value.fault is Fault.GARBAGE


def test_after_an_error_the_chip_is_identified_again(chip) -> None:
    driver = started(chip)
    chip.failures = [Fault.NOT_THERE] * 3
    with pytest.raises(BusError):
        driver.poll(0.2)
    chip.registers[0xFF] = b"\x23\x80"
    with pytest.raises(BusError) as caught:
        driver.poll(1.2)
    assert caught.value.fault is Fault.WRONG_CHIP
