"""MCP9808: 13 bits below three flags, words that cannot be, and a chip that resets or is another."""

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.mcp9808 import ADDRESS, CONFIGURATION, DEVICE_ID, MANUFACTURER_ID, RESOLUTION, TEMPERATURE, Mcp9808, decode
from agent.records import Fault, NotBefore, Quantity, Reading


@pytest.mark.parametrize(
    ("word", "celsius"),
    [
        (0x0190, 25.0),  # 400 counts
        (0xC190, 25.0),  # the same, above critical and upper limit, which are 0 at power-on
        (0x1E70, -25.0),  # -400 in 13 bits
        (0x3E70, -25.0),  # the same, below the lower limit
        (0x07D0, 125.0),  # 2,000
        (0x1D80, -40.0),  # -640
        (0x1FFF, -0.0625),
        (0x0001, 0.0625),
        (0x0000, 0.0),
    ],
)
def test_decode_by_hand(word: int, celsius: float) -> None:
    assert decode(word) == celsius


def test_all_flags_at_once_are_no_temperature() -> None:
    assert decode(0xFFFF) is None


@pytest.fixture
def chip(bus):
    bus.registers |= {
        MANUFACTURER_ID: b"\x00\x54",
        DEVICE_ID: b"\x04\x01",  # the second revision
        CONFIGURATION: b"\x00\x00",
        TEMPERATURE: b"\xc1\x90",
    }
    return bus


def started(chip) -> Mcp9808:
    driver = Mcp9808(Device(chip, ADDRESS))
    assert driver.poll(0) == NotBefore(pytest.approx(0.5))
    return driver


def test_it_chooses_the_finest_resolution_waits_for_a_conversion_and_reads(chip) -> None:
    driver = started(chip)
    assert chip.writes == [(RESOLUTION, b"\x03"), (CONFIGURATION, b"\x02\x00")]
    transfers = chip.transfers
    assert driver.poll(0.2) == NotBefore(pytest.approx(0.5))
    assert chip.transfers == transfers
    assert driver.poll(0.5) == (Reading(Quantity.TEMPERATURE_C, 25.0, 0.5),)
    assert driver.poll(30) == (Reading(Quantity.TEMPERATURE_C, 25.0, 30),)


def test_an_alert_does_not_count_as_a_reset(chip) -> None:
    driver = started(chip)
    chip.registers[CONFIGURATION] = b"\x02\x10"
    assert isinstance(driver.poll(0.5), tuple)


@pytest.mark.parametrize("register", [CONFIGURATION, TEMPERATURE])
def test_all_ones_are_garbage(chip, register: int) -> None:
    driver = started(chip)
    driver.poll(0.5)
    chip.registers[register] = b"\xff\xff"
    with pytest.raises(BusError, match="0xffff") as caught:
        driver.poll(30)
    assert caught.value.fault is Fault.GARBAGE


def test_a_reset_behind_our_back_is_configured_away_before_its_zero_is_taken_for_frost(chip) -> None:
    driver = started(chip)
    driver.poll(0.5)
    chip.registers |= {CONFIGURATION: b"\x00\x00", TEMPERATURE: b"\x00\x00"}
    chip.writes.clear()
    assert driver.poll(30) == NotBefore(pytest.approx(30.5))
    assert chip.writes == [(RESOLUTION, b"\x03"), (CONFIGURATION, b"\x02\x00")]


def test_a_configuration_that_does_not_stick_is_garbage(chip) -> None:
    chip.read_only.add(CONFIGURATION)
    driver = started(chip)
    with pytest.raises(BusError, match="0x0000") as caught:
        driver.poll(0.5)
    assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize(
    ("maker", "device", "fault"),
    [
        (b"\x00\x54", b"\x02\x01", Fault.WRONG_CHIP),  # an MCP9804
        (b"\x54\x49", b"\x30\x01", Fault.WRONG_CHIP),
        (b"\xff\xff", b"\xff\xff", Fault.GARBAGE),
    ],
)
def test_another_identity_is_another_chip_and_all_ones_are_none(chip, maker: bytes, device: bytes, fault: Fault) -> None:
    chip.registers |= {MANUFACTURER_ID: maker, DEVICE_ID: device}
    with pytest.raises(BusError) as caught:
        Mcp9808(Device(chip, ADDRESS)).poll(0)
    assert caught.value.fault is fault
    assert chip.writes == []


def test_after_an_error_the_chip_is_configured_afresh(chip) -> None:
    driver = started(chip)
    driver.poll(0.5)
    chip.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        driver.poll(30)
    chip.writes.clear()
    driver.poll(60)
    assert chip.writes == [(RESOLUTION, b"\x03"), (CONFIGURATION, b"\x02\x00")]
