"""The virtual output chips keep what real ones keep, forget what they forget, and ignore what they ignore."""

import pytest

from agent.simulation.chips.gp8403 import Gp8403Chip
from agent.simulation.chips.mcp4725 import Mcp4725Chip
from agent.simulation.chips.pca9685 import Pca9685Chip

# --- MCP4725: figures 6-1 to 6-3 of the datasheet


def test_an_mcp4725_drives_what_its_eeprom_holds_until_it_is_told_otherwise() -> None:
    chip = Mcp4725Chip(0x800)
    assert chip.read(5, 0) == b"\xc0\x80\x00\x08\x00"
    chip.write(b"\x01\x23", 0)
    assert chip.high_fraction() == 0x123 / 4095
    assert chip.read(5, 0) == b"\xc0\x12\x30\x08\x00"
    chip.reset(1)
    assert chip.read(3, 1) == b"\xc0\x80\x00"


def test_an_mcp4725_takes_its_bytes_in_pairs_and_half_a_command_not_at_all() -> None:
    chip = Mcp4725Chip(0)
    chip.write(b"\x01\x23\x0f\xff", 0)
    assert chip.high_fraction() == 1
    chip.write(b"\x01", 0)
    chip.write(b"\x40\x12", 0)
    assert chip.high_fraction() == 1


def test_an_mcp4725_is_deaf_for_the_50_ms_of_an_eeprom_write_and_keeps_it_over_a_reset() -> None:
    chip = Mcp4725Chip(0)
    chip.write(b"\x60\xff\xf0", 0)
    assert chip.read(1, 0.01) == b"\x40"  # not ready
    chip.write(b"\x00\x00", 0.049)
    assert chip.high_fraction() == 1
    chip.write(b"\x00\x00", 0.05)
    assert chip.high_fraction() == 0
    chip.reset(1)
    assert chip.high_fraction() == 1


def test_an_mcp4725_in_power_down_drives_nothing() -> None:
    chip = Mcp4725Chip(0)
    chip.write(b"\x1f\xff", 0)
    assert chip.high_fraction() is None
    assert chip.read(1, 0) == b"\xc2"
    chip.write(b"\x44\x80\x00", 0)
    assert chip.read(3, 0) == b"\xc4\x80\x00"


# --- GP8403


def test_a_gp8403_has_one_range_for_both_channels() -> None:
    chip = Gp8403Chip(0)
    chip.write(b"\x02\x00\x80\xf0\xff", 0)  # 2048 and 4095: the registers count on
    assert (chip.volts(0), chip.volts(1)) == (pytest.approx(5.0, abs=0.003), 10.0)
    chip.write(b"\x01\x00", 0)
    assert (chip.volts(0), chip.volts(1)) == (pytest.approx(2.5, abs=0.003), 5.0)
    assert chip.high_fraction(1) == 0.5


def test_a_gp8403_has_nothing_to_read_and_comes_back_with_what_its_memory_holds() -> None:
    chip = Gp8403Chip(4095)
    chip.write(b"\x02\x00\x00", 0)
    assert chip.read(3, 0) == b"\xff\xff\xff"
    chip.reset(1)
    assert (chip.volts(0), chip.volts(1)) == (10, 10)


# --- PCA9685: tables 3 to 8 of the datasheet


def awake() -> Pca9685Chip:
    chip = Pca9685Chip()
    chip.write(b"\x00\x20", 0)
    return chip


def one(chip: Pca9685Chip, register: int) -> int:
    chip.write(bytes([register]), 0)
    return chip.read(1, 0)[0]


def test_a_pca9685_fresh_from_power_on_sleeps_with_all_channels_off_at_200_hz() -> None:
    chip = Pca9685Chip()
    assert [one(chip, register) for register in (0x00, 0x01, 0xFE, 0x45)] == [0x11, 0x04, 0x1E, 0x10]
    assert chip.frequency_hz == pytest.approx(196.9, abs=0.1)
    assert chip.high_fraction(0) is None


def test_a_pca9685_counts_its_registers_on_only_when_told_to() -> None:
    chip = Pca9685Chip()
    chip.write(b"\x06\x01\x02\x03\x04", 0)
    assert chip.led(0) == b"\x04\x00\x00\x10"
    chip.write(b"\x00\x30", 0)
    chip.write(b"\x06\x01\x02\x03\x04", 0)
    assert chip.led(0) == b"\x01\x02\x03\x04"


def test_the_prescaler_of_a_pca9685_is_written_only_asleep() -> None:
    chip = awake()
    chip.write(b"\xfe\x05", 0)
    assert one(chip, 0xFE) == 0x1E
    chip.write(b"\x00\x30", 0)
    chip.write(b"\xfe\x05", 0)
    assert one(chip, 0xFE) == 5
    chip.write(b"\xfe\x00", 0)
    assert one(chip, 0xFE) == 3


@pytest.mark.parametrize(
    ("led", "high"),
    [
        (b"\x00\x00\x33\x03", 819 / 4096),
        (b"\x99\x01\xcc\x04", 819 / 4096),
        (b"\x00\x10\x00\x00", 1),
        (b"\x00\x00\x00\x10", 0),
        (b"\x00\x10\x00\x10", 0),
    ],
)
def test_a_channel_of_a_pca9685_is_high_from_on_to_off(led: bytes, high: float) -> None:
    chip = awake()
    chip.write(b"\x0a" + led, 0)
    assert chip.high_fraction(1) == pytest.approx(high)
    chip.write(b"\x01\x14", 0)  # INVRT
    assert chip.high_fraction(1) == pytest.approx(1 - high)
    chip.write(b"\x01\x00", 0)  # open drain
    assert chip.high_fraction(1) is None


def test_channels_of_a_pca9685_that_was_sent_to_sleep_wait_for_restart_or_for_a_pulse_of_their_own() -> None:
    for wake in (b"\x00\xa0", b"\x06\x00\x00\x00\x08"):
        chip = awake()
        chip.write(b"\x06\x00\x00\x00\x08", 0)
        chip.write(b"\x00\x30", 0)
        assert one(chip, 0x00) == 0xB0
        chip.write(b"\x00\x20", 0)
        assert chip.high_fraction(0) is None
        chip.write(wake, 0)
        assert chip.high_fraction(0) == 0.5
        assert one(chip, 0x00) == 0x20


def test_a_brown_out_takes_everything() -> None:
    chip = awake()
    chip.write(b"\x06\x00\x00\x00\x08", 0)
    chip.reset(1)
    assert (chip.high_fraction(0), one(chip, 0x00), chip.led(0)) == (None, 0x11, b"\x00\x00\x00\x10")
