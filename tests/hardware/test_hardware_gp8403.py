"""GP8403: range and codes, byte for byte by hand, and a chip that can never be read."""

import pytest

from agent.hardware.bus import Device
from agent.hardware.chipoutput import ChipOutput
from agent.hardware.gp8403 import TOP, Gp8403, encode
from agent.hardware.output import OutputError

ADDRESS = 0x58


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (0, b"\x00\x00"),
        (1, b"\x10\x00"),  # 0x001 -> 0x0010, low byte first
        (0x123, b"\x30\x12"),
        (2048, b"\x00\x80"),  # 5.0 V
        (409, b"\x90\x19"),  # 0x199: 1.0 V
        (4095, b"\xf0\xff"),  # 10 V
    ],
)
def test_a_code_by_hand(code: int, written: bytes) -> None:
    assert encode(code) == written


class Chip:
    """On a bus: notes what is written, and has nothing to read."""

    def __init__(self) -> None:
        self.writes: list[tuple[int, bytes]] = []

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        assert not read
        self.writes.append((address, write))
        return b""


@pytest.fixture
def chip() -> Chip:
    return Chip()


def output(chip: Chip, channel: int = 0) -> ChipOutput:
    return ChipOutput(Gp8403(Device(chip, ADDRESS), channel), "output: gp8403", TOP)


def test_the_first_level_is_the_code_and_then_the_range_and_those_after_it_the_code_alone(chip: Chip) -> None:
    driven = output(chip)
    driven.set_fraction(1.0)
    driven.set_fraction(0.1)
    driven.set_fraction(0.1)
    assert chip.writes == [(0x58, b"\x02\xf0\xff"), (0x58, b"\x01\x11"), (0x58, b"\x02\xa0\x19")]  # 4095, 10 V, 410


def test_the_second_channel_has_a_register_of_its_own(chip: Chip) -> None:
    output(chip, channel=1).set_fraction(0.0)
    assert chip.writes == [(0x58, b"\x04\x00\x00"), (0x58, b"\x01\x11")]


def test_at_a_look_everything_is_written_again(chip: Chip) -> None:
    driven = output(chip)
    driven.set_fraction(1.0)
    chip.writes.clear()
    driven.reassert()
    assert chip.writes == [(0x58, b"\x02\xf0\xff"), (0x58, b"\x01\x11")]


def test_what_it_does_now_is_not_guessed(chip: Chip) -> None:
    with pytest.raises(OutputError, match="cannot be read"):
        output(chip).fraction()
    assert chip.writes == []
