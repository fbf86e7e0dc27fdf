"""TMP102: both data formats, words that cannot be, and a chip that resets."""

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.tmp102 import ADDRESS, CONFIGURATION, TEMPERATURE, Tmp102, decode
from agent.records import Fault, NotBefore, Quantity, Reading


@pytest.mark.parametrize(
    ("word", "celsius"),
    [
        (0x1900, 25.0),  # normal mode: 400 counts (0x190) in the upper 12 bits
        (0x0C81, 25.0),  # extended mode: 400 counts (0x0190) in the upper 13 bits, and bit 0
        (0xE700, -25.0),  # 0xE70: -400 in 12 bits
        (0xF381, -25.0),  # 0x1E70: -400 in 13 bits
        (0x7FF0, 127.9375),  # the end of normal mode
        (0x4B01, 150.0),  # 2,400 counts (0x0960): what only extended mode holds
        (0x0000, 0.0),
    ],
)
def test_decode_by_hand(word: int, celsius: float) -> None:
    assert decode(word) == celsius


@pytest.mark.parametrize("word", [0xFFFF, 0x0C83, 0x1904])
def test_a_word_that_fits_neither_format_is_no_temperature(word: int) -> None:
    assert decode(word) is None


@pytest.fixture
def chip(bus):
    bus.registers |= {CONFIGURATION: b"\x60\xa0", TEMPERATURE: b"\x0c\x81"}
    return bus


def started(chip) -> Tmp102:
    driver = Tmp102(Device(chip, ADDRESS))
    assert driver.poll(0) == NotBefore(pytest.approx(0.3))
    return driver


def test_it_chooses_the_extended_format_waits_for_a_conversion_and_reads(chip) -> None:
    driver = started(chip)
    assert chip.writes == [(CONFIGURATION, b"\x60\xb0")]
    assert driver.poll(0.1) == NotBefore(pytest.approx(0.3))
    assert driver.poll(0.3) == (Reading(Quantity.TEMPERATURE_C, 25.0, 0.3),)
    assert driver.poll(30) == (Reading(Quantity.TEMPERATURE_C, 25.0, 30),)


def test_the_bits_that_the_chip_sets_itself_do_not_count_as_a_reset(chip) -> None:
    driver = started(chip)
    chip.registers[CONFIGURATION] = b"\xe0\x90"  # the alert bit has fallen, one-shot reads as set
    assert isinstance(driver.poll(0.3), tuple)


def test_all_ones_are_garbage(chip) -> None:
    driver = started(chip)
    chip.registers[TEMPERATURE] = b"\xff\xff"
    with pytest.raises(BusError) as caught:
        driver.poll(0.3)
    assert caught.value.fault is Fault.GARBAGE


def test_a_reset_behind_our_back_is_configured_away(chip) -> None:
    driver = started(chip)
    driver.poll(0.3)
    chip.registers[CONFIGURATION] = b"\x60\xa0"
    chip.writes.clear()
    assert driver.poll(30) == NotBefore(pytest.approx(30.3))
    assert chip.writes == [(CONFIGURATION, b"\x60\xb0")]


def test_a_configuration_that_does_not_stick_is_garbage(chip) -> None:
    chip.read_only.add(CONFIGURATION)
    driver = started(chip)
    with pytest.raises(BusError, match="0x60a0") as caught:
        driver.poll(0.3)
    assert caught.value.fault is Fault.GARBAGE


def test_after_an_error_the_chip_is_configured_afresh(chip) -> None:
    driver = started(chip)
    driver.poll(0.3)
    chip.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        driver.poll(30)
    chip.writes.clear()
    driver.poll(60)
    assert chip.writes == [(CONFIGURATION, b"\x60\xb0")]
