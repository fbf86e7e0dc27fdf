"""PCA9685: prescaler and pulses by hand from the datasheet, and how a chip is brought to run without disturbing one that does."""

import pytest

from agent.hardware.bus import Device
from agent.hardware.chipoutput import ChipOutput, Found
from agent.hardware.output import OutputError
from agent.hardware.pca9685 import TOP, Pca9685, decode, encode, prescale
from agent.records import Fault

ADDRESS = 0x41
MODE1, MODE2, PRE_SCALE = 0x00, 0x01, 0xFE
FRESH = {MODE1: 0x11, MODE2: 0x04, PRE_SCALE: 0x1E}  # tables 5, 6 and 8: asleep, all-call on; totem pole; 200 Hz


@pytest.mark.parametrize(
    ("frequency_hz", "value"),
    [
        (200, 0x1E),  # the datasheet's example: 25 MHz / (4096 * 200) = 30.5, rounded 31, less 1
        (1000, 5),  # 6.10
        (1526, 3),  # 4.00
        (24, 253),  # 254.3
        (50, 121),  # 122.07
        (5000, 3),
        (1, 255),
    ],
)
def test_the_prescaler_by_hand(frequency_hz: float, value: int) -> None:
    assert prescale(frequency_hz) == value


@pytest.mark.parametrize(
    ("code", "led"),
    [
        (0, b"\x00\x00\x00\x10"),  # full-off: bit 4 of OFF_H
        (1, b"\x00\x00\x01\x00"),
        (819, b"\x00\x00\x33\x03"),  # 0x333: 20 %
        (2048, b"\x00\x00\x00\x08"),
        (4095, b"\x00\x00\xff\x0f"),
        (4096, b"\x00\x10\x00\x00"),  # full-on: bit 4 of ON_H
    ],
)
def test_a_pulse_by_hand(code: int, led: bytes) -> None:
    assert encode(code) == led
    assert decode(led) == code


@pytest.mark.parametrize(
    ("led", "code"),
    [
        (b"\x99\x01\xcc\x04", 819),  # the datasheet's first example: on at 409, off at 1228
        (b"\x99\x0d\x66\x02", 1229),  # over the end of the period: on at 3481, off at 614
        (b"\x00\x10\x00\x10", 0),  # both full bits: off wins
        (b"\xff\xff\xff\xff", 0),
    ],
)
def test_a_pulse_of_somebody_else_s_is_read_by_its_length(led: bytes, code: int) -> None:
    assert decode(led) == code


class Chip:
    """By hand: registers that count on under AI, a prescaler that is writable only asleep, and a note of every write."""

    def __init__(self, registers: dict[int, int] | None = None) -> None:
        self.registers = {**FRESH, **(registers or {})}
        self.writes: list[bytes] = []
        self.stiff = False
        self.restarts = False  # channels were running when it was sent to sleep

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        assert address == ADDRESS
        if len(write) > 1:
            self.writes.append(write)
            for register, value in zip(self._from(write[0], len(write) - 1), write[1:], strict=True):
                self._store(register, value)
        return bytes(self.registers.get(register, 0) for register in self._from(write[0], read))

    def _from(self, register: int, count: int) -> list[int]:
        return [register + (place if self.registers[MODE1] & 0x20 else 0) for place in range(count)]

    def _store(self, register: int, value: int) -> None:
        if self.stiff or (register == PRE_SCALE and not self.registers[MODE1] & 0x10):
            return
        if register == MODE1:
            if self.restarts and value & 0x10:
                value |= 0x80
            elif value & 0x80:  # RESTART, written as 1, is cleared
                value &= 0x7F
            elif self.registers[MODE1] & 0x80:
                value |= 0x80
        self.registers[register] = value


def output(chip: Chip, channel: int = 0, frequency_hz: float = 1000) -> ChipOutput:
    return ChipOutput(Pca9685(Device(chip, ADDRESS), channel, frequency_hz), "output: pca9685", TOP)


def test_a_chip_fresh_from_power_on_gets_its_frequency_and_its_pulse_before_it_wakes() -> None:
    chip = Chip()
    output(chip, channel=2).set_fraction(0.2)
    assert chip.writes == [
        b"\x00\x30",  # asleep, and counting registers on
        b"\xfe\x05",
        b"\x01\x04",
        b"\x0e\x00\x00\x33\x03",  # LED2_ON_L: 0x06 + 4 * 2
        b"\x00\x20",  # awake
    ]


def test_a_chip_that_runs_as_it_should_is_never_sent_to_sleep() -> None:
    chip = Chip({MODE1: 0x20, PRE_SCALE: 5, 0x42: 0, 0x43: 0, 0x44: 0x33, 0x45: 0x03})
    driven = output(chip, channel=15)
    assert driven.fraction() == pytest.approx(819 / 4096)
    assert chip.writes == []
    driven.set_fraction(1.0)
    assert not any(write[0] == MODE1 and write[1] & 0x10 for write in chip.writes)
    assert chip.writes[-1] == b"\x42\x00\x10\x00\x00"


def test_after_that_a_level_is_four_bytes_and_nothing_else() -> None:
    chip = Chip()
    driven = output(chip)
    driven.set_fraction(0.2)
    chip.writes.clear()
    driven.set_fraction(0.5)
    driven.set_fraction(0.0)
    assert chip.writes == [b"\x06\x00\x00\x00\x08", b"\x06\x00\x00\x00\x10"]


def test_another_frequency_than_ours_is_kept_as_long_as_nothing_is_written_and_its_level_is_found() -> None:
    chip = Chip({MODE1: 0x20, PRE_SCALE: 0x79, 0x06: 0, 0x07: 0x10})
    assert output(chip).fraction() == 1.0


def test_channels_that_ran_while_the_frequency_was_changed_are_started_again() -> None:
    chip = Chip({MODE1: 0x20, PRE_SCALE: 0x79})
    chip.restarts = True
    output(chip).set_fraction(0.2)
    assert chip.writes[-2:] == [b"\x00\x20", b"\x00\xa0"]


def test_an_inverted_or_open_drain_chip_is_set_right_and_its_other_bits_are_kept() -> None:
    chip = Chip({MODE1: 0x20, PRE_SCALE: 5, MODE2: 0x19})  # INVRT, OCH, and OUTNE 01; OUTDRV 0
    output(chip).set_fraction(0.2)
    assert chip.registers[MODE2] == 0x0D


@pytest.mark.parametrize(
    ("registers", "found"),
    [
        (FRESH, Found(None, ours=False)),
        ({MODE1: 0x20, MODE2: 0x04, PRE_SCALE: 5}, Found(0, ours=True)),
        ({MODE1: 0x20, MODE2: 0x04, PRE_SCALE: 6}, Found(0, ours=False)),
        ({MODE1: 0x20, MODE2: 0x14, PRE_SCALE: 5}, Found(0, ours=False)),
        ({MODE1: 0xA0, MODE2: 0x04, PRE_SCALE: 5}, Found(None, ours=False)),  # stopped, to be started again
        ({MODE1: 0x00, MODE2: 0x04, PRE_SCALE: 5}, Found(None, ours=False)),  # cannot be read in one go
    ],
)
def test_a_reset_shows_in_modes_and_prescaler(registers: dict[int, int], found: Found) -> None:
    chip = Chip({**registers, 0x09: 0x10})
    assert Pca9685(Device(chip, ADDRESS), 0, 1000).found() == found


def test_a_brown_out_is_noticed_at_the_next_look_and_mended() -> None:
    chip = Chip()
    driven = output(chip)
    driven.set_fraction(0.2)
    chip.registers = {**FRESH, 0x09: 0x10}
    with pytest.raises(OutputError, match="had forgotten"):
        driven.reassert()
    assert (chip.registers[MODE1], chip.registers[PRE_SCALE]) == (0x20, 5)
    assert driven.fraction() == pytest.approx(819 / 4096)


def test_another_chip_at_its_address_is_garbage() -> None:
    chip = Chip()
    chip.stiff = True
    with pytest.raises(OutputError, match="is it this chip that answers") as caught:
        output(chip).set_fraction(0.2)
    assert caught.value.fault is Fault.GARBAGE
