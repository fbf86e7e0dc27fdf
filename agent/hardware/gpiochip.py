"""Reads a GPIO line as it is, output or input, without changing it: what neither gpiozero nor lgpio can do."""

import fcntl
import os
import struct

# include/uapi/linux/gpio.h, version 2 of the interface (Linux 5.10)
GET_LINE = 0xC250B407  # GPIO_V2_GET_LINE_IOCTL: _IOWR(0xB4, 0x07, struct gpio_v2_line_request), 592 bytes
GET_VALUES = 0xC010B40E  # GPIO_V2_LINE_GET_VALUES_IOCTL: _IOWR(0xB4, 0x0E, struct gpio_v2_line_values), 16 bytes
LINE_REQUEST = struct.Struct(
    "=64I 32s Q I 5I 240s I I 5I i"
)  # offsets, consumer, config (flags, count, padding, attributes), ...
LINE_VALUES = struct.Struct("=QQ")  # bits, mask
CONSUMER = b"streetlight-agent"


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
