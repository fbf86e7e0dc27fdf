"""GPIO lines as they are, without changing them, and which chip is the header's: what neither gpiozero nor lgpio can tell."""

import fcntl
import os
import struct
from dataclasses import dataclass
from pathlib import Path

DEVICES = "bus/gpio/devices"  # below /sys
HEADER_CHIPS = ("brcm,bcm2835-gpio", "brcm,bcm2711-gpio", "raspberrypi,rp1-gpio")  # pinctrl-bcm2835.c, pinctrl-rp1.c

# include/uapi/linux/gpio.h, version 2 of the interface (Linux 5.10)
GET_LINE = 0xC250B407  # GPIO_V2_GET_LINE_IOCTL: _IOWR(0xB4, 0x07, struct gpio_v2_line_request), 592 bytes
GET_VALUES = 0xC010B40E  # GPIO_V2_LINE_GET_VALUES_IOCTL: _IOWR(0xB4, 0x0E, struct gpio_v2_line_values), 16 bytes
GET_LINE_INFO = 0xC100B405  # GPIO_V2_GET_LINEINFO_IOCTL: _IOWR(0xB4, 0x05, struct gpio_v2_line_info), 256 bytes
LINE_REQUEST = struct.Struct(
    "=64I 32s Q I 5I 240s I I 5I i"
)  # offsets, consumer, config (flags, count, padding, attributes), ...
LINE_VALUES = struct.Struct("=QQ")  # bits, mask
LINE_INFO = struct.Struct("=32s 32s I I Q 160s 16s")  # name, consumer, offset, attributes, flags, ...
USED, OUTPUT = 1 << 0, 1 << 3  # GPIO_V2_LINE_FLAG_
CONSUMER = b"streetlight-agent"


@dataclass(frozen=True, slots=True)
class LineInfo:
    """``used``: somebody holds the line, or it has another function; ``consumer`` is then who says so, maybe nobody."""

    used: bool
    output: bool
    consumer: str


def header_chip(sysfs: Path = Path("/sys")) -> int | None:
    """The number N of the header's /dev/gpiochipN; None where no device tree says so.

    A Pi 5's was 4 with the first kernels, 0 from 6.6.45 on, and is neither from 6.12.96 on (raspberrypi/linux PR 6144;
    Adafruit_Blinka issue 1119).
    """
    for chip in sorted((sysfs / DEVICES).glob("gpiochip*")):
        try:
            compatible = (chip / "of_node" / "compatible").read_bytes()
        except OSError:
            continue
        if any(name.encode() in compatible.split(b"\0") for name in HEADER_CHIPS):
            return int(chip.name.removeprefix("gpiochip"))
    return None


def line_info(chip: int, line: int, folder: str = "/dev") -> LineInfo:
    """What the kernel says of a line; nothing is claimed, so it may be another program's. Raises OSError."""
    descriptor = os.open(f"{folder}/gpiochip{chip}", os.O_RDWR | os.O_CLOEXEC)
    try:
        reply = bytearray(info_request(line))
        fcntl.ioctl(descriptor, GET_LINE_INFO, reply)
    finally:
        os.close(descriptor)
    return info_of(bytes(reply))


def info_request(line: int) -> bytes:
    return LINE_INFO.pack(b"", b"", line, 0, 0, b"", b"")


def info_of(reply: bytes) -> LineInfo:
    _, consumer, _, _, flags, _, _ = LINE_INFO.unpack(reply)
    return LineInfo(bool(flags & USED), bool(flags & OUTPUT), consumer.rstrip(b"\0").decode("utf-8", "replace"))


def line_level(chip: int, line: int, folder: str = "/dev") -> bool:
    """Whether the line is high now. Raises OSError: EBUSY where another program holds it."""
    descriptor = os.open(f"{folder}/gpiochip{chip}", os.O_RDWR | os.O_CLOEXEC)
    try:
        request = bytearray(line_request(line))
        fcntl.ioctl(descriptor, GET_LINE, request)
    finally:
        os.close(descriptor)
    held = LINE_REQUEST.unpack(request)[-1]
    try:
        values = bytearray(LINE_VALUES.pack(0, 1))
        fcntl.ioctl(held, GET_VALUES, values)
    finally:
        os.close(held)
    return bool(LINE_VALUES.unpack(values)[0] & 1)


def line_request(line: int) -> bytes:
    """A request for one line with no flag set, neither input nor output: the kernel then leaves its direction alone."""
    offsets = (line, *(0,) * 63)
    return LINE_REQUEST.pack(*offsets, CONSUMER, 0, 0, *(0,) * 5, b"", 1, 0, *(0,) * 5, -1)
