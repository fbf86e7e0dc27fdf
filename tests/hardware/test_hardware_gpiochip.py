"""The header's GPIO chip by its device, whatever its number, and what is asked of a line without claiming it."""

import struct
from pathlib import Path

import pytest

from agent.hardware.gpiochip import GET_LINE_INFO, LINE_INFO, LineInfo, header_chip, info_of, info_request

PI_4 = {0: "brcm,bcm2711-gpio", 1: "raspberrypi,firmware-gpio"}
PI_5_KERNEL_6_6 = {0: "brcm,brcmstb-gpio", 1: "brcm,brcmstb-gpio", 4: "raspberrypi,rp1-gpio"}
PI_5_KERNEL_6_12_96 = {11: "brcm,brcmstb-gpio", 12: "brcm,brcmstb-gpio", 15: "raspberrypi,rp1-gpio"}  # and no chip 0 at all


def chips(root: Path, compatible: dict[int, str]) -> Path:
    for number, text in compatible.items():
        node = root / f"bus/gpio/devices/gpiochip{number}/of_node"
        node.mkdir(parents=True)
        (node / "compatible").write_bytes(text.encode() + b"\0")
    return root


@pytest.mark.parametrize(
    ("compatible", "number"),
    [
        ({0: "brcm,bcm2835-gpio"}, 0),
        (PI_4, 0),
        (PI_5_KERNEL_6_6, 4),
        ({0: "raspberrypi,rp1-gpio", 10: "brcm,brcmstb-gpio"}, 0),
        (PI_5_KERNEL_6_12_96, 15),
    ],
)
def test_the_headers_chip_is_found_under_every_numbering(tmp_path: Path, compatible: dict[int, str], number: int) -> None:
    assert header_chip(chips(tmp_path, compatible)) == number


def test_a_machine_without_a_device_tree_has_no_header(tmp_path: Path) -> None:
    assert header_chip(tmp_path) is None
    (tmp_path / "bus/gpio/devices/gpiochip0").mkdir(parents=True)
    assert header_chip(tmp_path) is None


def test_a_line_is_asked_about_by_its_number_alone() -> None:
    request = info_request(23)
    assert len(request) == LINE_INFO.size == 256  # sizeof(struct gpio_v2_line_info)
    assert struct.unpack_from("=I", request, 64) == (23,)
    assert request.count(0) == 255
    assert GET_LINE_INFO >> 16 & 0x3FFF == 256


@pytest.mark.parametrize(
    ("consumer", "flags", "info"),
    [
        (b"", 0b100, LineInfo(used=False, output=False, consumer="")),
        (b"lg", 0b1101, LineInfo(used=True, output=True, consumer="lg")),  # as lgpio calls itself
        (b"", 0b1, LineInfo(used=True, output=False, consumer="")),  # a pin with another function, such as SPI
    ],
)
def test_what_the_kernel_says_of_a_line_is_who_holds_it_and_which_way_it_goes(
    consumer: bytes, flags: int, info: LineInfo
) -> None:
    reply = b"GPIO23".ljust(32, b"\0") + consumer.ljust(32, b"\0") + struct.pack("=IIQ", 23, 0, flags) + bytes(176)
    assert info_of(reply) == info
