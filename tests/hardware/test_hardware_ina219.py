"""INA219: the datasheet's own example to volts, amperes and watts, and a chip that is another, resets or stops converting."""

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.ina219 import ADDRESS, BUS_VOLTAGE, CALIBRATION, CONFIGURATION, POWER, SHUNT_VOLTAGE, Ina219, decode
from agent.records import Fault, NotBefore, Quality, Quantity, Reading


def test_decode_of_the_datasheet_s_example() -> None:
    # 2,995 counts of 4 mV above three bits of flags (0x5D98): 11.98 V; 2,000 counts of 10 uV (0x07D0) over 2 mOhm: 10 A
    assert decode(0x5D98, 0x07D0, 0.002, 5.0) == (
        Reading(Quantity.SUPPLY_VOLTAGE_V, pytest.approx(11.98), 5.0),
        Reading(Quantity.SUPPLY_CURRENT_A, pytest.approx(10.0), 5.0),
        Reading(Quantity.ACTIVE_POWER_W, pytest.approx(119.8), 5.0),
    )


def test_the_flags_are_no_part_of_the_voltage() -> None:
    assert decode(0x5D9A, 0x07D0, 0.002, 5.0) == decode(0x5D98, 0x07D0, 0.002, 5.0)


def test_a_shunt_mounted_the_other_way_round_reads_negative() -> None:
    _, current, power = decode(0x5D98, 0xF830, 0.002, 5.0)  # 0x10000 - 2,000
    assert (current.value, power.value) == (pytest.approx(-10.0), pytest.approx(-119.8))


@pytest.mark.parametrize(
    ("bus_word", "shunt_word", "full"),
    [
        (0x5D98, 0x7D00, (False, True, True)),  # +320 mV
        (0x5D98, 0x8300, (False, True, True)),  # -320 mV
        (0x5D99, 0x07D0, (False, True, True)),  # OVF
        (0xFA00, 0x07D0, (True, False, True)),  # 8,000 counts: 32 V
        (0xF9F8, 0x7CFF, (False, False, False)),  # one count less of each
    ],
)
def test_a_range_at_its_end_spoils_what_is_made_of_it(bus_word: int, shunt_word: int, full: tuple[bool, ...]) -> None:
    readings = decode(bus_word, shunt_word, 0.002, 5.0)
    assert tuple(reading.quality is Quality.SATURATED for reading in readings) == full


@pytest.fixture
def chip(bus):
    bus.registers |= {
        CONFIGURATION: b"\x39\x9f",  # the power-on default
        BUS_VOLTAGE: b"\x5d\x9a",  # conversion ready
        SHUNT_VOLTAGE: b"\x07\xd0",
    }
    return bus


def driver_on(chip) -> Ina219:
    return Ina219(Device(chip, ADDRESS), shunt_ohm=0.002)


def started(chip) -> Ina219:
    driver = driver_on(chip)
    assert driver.poll(0) == NotBefore(pytest.approx(0.1362))  # 68.1 ms for each of the two voltages
    return driver


def test_it_configures_128_averages_waits_for_them_and_gives_volts_amperes_and_watts(chip) -> None:
    driver = started(chip)
    assert chip.writes == [(CALIBRATION, b"\x00\x00"), (CONFIGURATION, b"\x3f\xff")]
    readings = driver.poll(0.2)
    assert isinstance(readings, tuple)
    assert [reading.value for reading in readings] == [pytest.approx(11.98), pytest.approx(10.0), pytest.approx(119.8)]
    assert {reading.at_s for reading in readings} == {0.2}


def test_the_power_register_is_read_last_since_that_clears_the_flag(chip) -> None:
    driver, read = started(chip), []
    chip.on_read = read.append
    driver.poll(0.2)
    assert read == [CONFIGURATION, BUS_VOLTAGE, SHUNT_VOLTAGE, POWER]


def test_an_unfinished_conversion_is_waited_for_but_not_for_ever(chip) -> None:
    driver = started(chip)
    chip.registers[BUS_VOLTAGE] = b"\x5d\x98"
    assert driver.poll(0.15) == NotBefore(pytest.approx(0.17))
    with pytest.raises(BusError, match="finishes no conversion") as caught:
        driver.poll(0.4)
    assert caught.value.fault is Fault.FAILED


def test_another_chip_at_the_address_keeps_something_else(chip) -> None:
    chip.read_only.add(CONFIGURATION)
    with pytest.raises(BusError, match="0x399f after 0x3fff was written") as caught:
        driver_on(chip).poll(0)
    assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize("word", [b"\xff\xff", b"\x00\x00"])
def test_a_bus_stuck_high_or_low_is_garbage(chip, word: bytes) -> None:
    chip.registers[CONFIGURATION] = word
    chip.read_only.add(CONFIGURATION)
    with pytest.raises(BusError) as caught:
        driver_on(chip).poll(0)
    assert caught.value.fault is Fault.GARBAGE


def test_a_reset_behind_our_back_is_configured_away_before_anything_is_believed(chip) -> None:
    driver = started(chip)
    driver.poll(0.2)
    chip.registers[CONFIGURATION] = b"\x39\x9f"
    chip.writes.clear()
    assert isinstance(driver.poll(1.2), NotBefore)
    assert chip.writes[-1] == (CONFIGURATION, b"\x3f\xff")
    assert isinstance(driver.poll(1.4), tuple)


def test_a_configuration_that_is_lost_before_the_first_reading_is_garbage(chip) -> None:
    driver = started(chip)
    chip.registers[CONFIGURATION] = b"\x39\x9f"
    with pytest.raises(BusError, match="check its supply") as caught:
        driver.poll(0.2)
    assert caught.value.fault is Fault.GARBAGE


def test_after_an_error_the_chip_is_configured_again(chip) -> None:
    driver = started(chip)
    chip.failures = [Fault.NOT_THERE] * 3
    with pytest.raises(BusError):
        driver.poll(0.2)
    chip.writes.clear()
    assert isinstance(driver.poll(1.2), NotBefore)
    assert (CONFIGURATION, b"\x3f\xff") in chip.writes
