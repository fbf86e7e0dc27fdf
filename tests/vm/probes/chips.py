"""The lamp's three chips through smbus2, each in its own byte order, and what the kernel says when one is not there."""

import json
import os
import sys
import time

from smbus2 import SMBus, i2c_msg

VEML7700, INA226, TMP102 = 0x10, 0x40, 0x48


def swapped(word: int) -> int:
    """SMBus words are little-endian; these chips send the high byte first."""
    return (word & 0xFF) << 8 | word >> 8


def attempt(bus: SMBus, address: int) -> tuple[int, float]:
    """The errno of reading a word (0: it was read), and the seconds that it took."""
    began_s = time.monotonic()
    try:
        bus.read_word_data(address, 0)
    except OSError as error:
        return error.errno, time.monotonic() - began_s
    return 0, time.monotonic() - began_s


with SMBus(1) as bus:
    if "ATTEMPT" in os.environ:
        number, took_s = attempt(bus, int(os.environ["ATTEMPT"], 0))
        json.dump({"errno": number, "took_s": took_s}, sys.stdout)
    else:
        bus.write_word_data(VEML7700, 0x00, 0x1000)
        bus.write_word_data(INA226, 0x00, swapped(0x4527))
        plain = i2c_msg.read(INA226, 2)
        bus.i2c_rdwr(i2c_msg.write(INA226, [0x02]), plain)
        json.dump(
            {
                "veml7700_configuration": bus.read_word_data(VEML7700, 0x00),
                "veml7700_light": bus.read_word_data(VEML7700, 0x04),
                "ina226_configuration": swapped(bus.read_word_data(INA226, 0x00)),
                "ina226_bus_voltage": swapped(bus.read_word_data(INA226, 0x02)),
                "ina226_bus_voltage_plain": int.from_bytes(bytes(plain), "big"),
                "ina226_identity": [swapped(bus.read_word_data(INA226, register)) for register in (0xFE, 0xFF)],
                "tmp102_temperature": swapped(bus.read_word_data(TMP102, 0x00)),
            },
            sys.stdout,
        )
