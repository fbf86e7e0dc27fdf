"""MCP4725: fast writes and replies, byte for byte by hand from the datasheet."""

import pytest

from agent.hardware.bus import Device
from agent.hardware.chipoutput import ChipOutput, Found
from agent.hardware.mcp4725 import TOP, Mcp4725, decode, encode
from agent.hardware.output import OutputError
from agent.records import Fault

# Figure 6-1: 0 0 PD1 PD0 D11 D10 D9 D8, then D7 to D0.
# Figure 6-3: RDY POR X X X PD1 PD0 X, then D11 to D4, then D3 to D0 X X X X.


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (0, b"\x00\x00"),
        (1, b"\x00\x01"),
        (0x123, b"\x01\x23"),
        (2048, b"\x08\x00"),  # half
        (1229, b"\x04\xcd"),  # 0x4cd: 30 %
        (4095, b"\x0f\xff"),
    ],
)
def test_a_fast_write_by_hand(code: int, written: bytes) -> None:
    assert encode(code) == written


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (b"\xc0\x00\x00", Found(0, ours=True)),
        (b"\xc0\x12\x30", Found(0x123, ours=True)),
        (b"\xc0\xff\xf0", Found(4095, ours=True)),
        (b"\xc0\x80\x0f", Found(2048, ours=True)),  # the lower half of the third byte means nothing
        (b"\x40\x80\x00", Found(2048, ours=True)),  # the EEPROM is being written; the register counts
        (b"\xc2\x80\x00", Found(None, ours=False)),  # PD0: 1 kilohm to ground
        (b"\xc4\x80\x00", Found(None, ours=False)),  # PD1: 100 kilohms
        (b"\xff\xff\xff", Found(None, ours=False)),  # a floating bus
    ],
)
def test_a_reply_by_hand(reply: bytes, found: Found) -> None:
    assert decode(reply) == found


class Chip:
    """On a bus: keeps the two bytes of a fast write and gives them back."""

    def __init__(self) -> None:
        self.writes: list[tuple[int, bytes]] = []
        self.deaf = False
        self.register = 0x800

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        if write:
            self.writes.append((address, write))
            if not self.deaf:
                self.register = int.from_bytes(write, "big") & 0xFFF
        return (b"\xc0" + (self.register << 4).to_bytes(2, "big"))[:read]


@pytest.fixture
def chip() -> Chip:
    return Chip()


def output(chip: Chip) -> ChipOutput:
    return ChipOutput(Mcp4725(Device(chip, 0x62)), "output: mcp4725", TOP)


def test_a_level_is_one_fast_write_and_never_touches_the_eeprom(chip: Chip) -> None:
    driven = output(chip)
    for fraction in (0.3, 0.6, 1.0):
        driven.set_fraction(fraction)
    assert chip.writes == [(0x62, b"\x04\xcc"), (0x62, b"\x09\x99"), (0x62, b"\x0f\xff")]  # 1228, 2457, 4095


def test_what_is_found_is_read_without_a_write(chip: Chip) -> None:
    assert output(chip).fraction() == pytest.approx(2048 / 4095)
    assert chip.writes == []


def test_a_register_that_does_not_take_the_code_is_told(chip: Chip) -> None:
    chip.deaf = True
    with pytest.raises(OutputError, match="mcp4725: it does not keep") as caught:
        output(chip).set_fraction(0.3)
    assert caught.value.fault is Fault.GARBAGE
