"""MCP9808 temperature sensor (Microchip): identify, configure, wait, read. 16-bit registers, high byte first.

Registers and identity: Microchip's datasheet DS25095, Linux (drivers/hwmon/jc42.c), Adafruit's CircuitPython driver and ESPHome
(mcp9808), which agree but for the revision in DEVICE_ID: ESPHome takes only the first, Linux four, Adafruit and this any.
"""

from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quantity, Reading

ADDRESS = 0x18
CONFIGURATION, TEMPERATURE, MANUFACTURER_ID, DEVICE_ID, RESOLUTION = 0x01, 0x05, 0x06, 0x07, 0x08
MICROCHIP = 0x0054
MCP9808 = 0x04  # DEVICE_ID's upper byte; below is the revision
FINEST = 0x03  # RESOLUTION, its one register of eight bits: 0.0625 degrees, a conversion every 250 ms
MARKED = 0x0200  # continuously, no alert; and a hysteresis of 1.5 degrees, which serves only to tell a reset, after which it is 0
ALERT_STATUS = 0x0010  # of CONFIGURATION, and the chip's own
SETTLE_S = 0.5  # the first conversion: 250 ms are typical, and no longest time is given; until then it reads 0 degrees

ALERTS = 0b111 << 13  # critical, above the upper limit, below the lower one
SIGN = 1 << 12
DEGREES_PER_COUNT = 0.0625


def decode(word: int) -> float | None:
    """Degrees Celsius, of 13 bits in two's complement below three alert flags; None where all flags are set.

    Above the upper limit and below the lower one at once is nothing that a chip says: it is a bus floating high, which would else
    be -0.0625 degrees.
    """
    if word & ALERTS == ALERTS:
        return None
    counts = word & ~ALERTS
    return (counts - 2 * SIGN if counts & SIGN else counts) * DEGREES_PER_COUNT


class Mcp9808:
    """Raises BusError; the poll after that identifies and configures the chip afresh."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._ready_at_s: float | None = None
        self._has_read = False  # since it was configured

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        ready_at_s, self._ready_at_s = self._ready_at_s, None  # forgotten unless we get to the end
        if ready_at_s is None:
            self._identify()
            return self._start(now_s)
        if now_s < ready_at_s:
            self._ready_at_s = ready_at_s
            return NotBefore(ready_at_s)
        configuration = self._device.read_word_swapped(CONFIGURATION)
        if (configuration ^ MARKED) & ~ALERT_STATUS:
            if configuration == 0xFFFF or not self._has_read:
                raise BusError(Fault.GARBAGE, f"mcp9808: CONFIGURATION reads 0x{configuration:04x}, not what was written")
            return self._start(now_s)  # reset behind our back
        word = self._device.read_word_swapped(TEMPERATURE)
        celsius = decode(word)
        if celsius is None:
            raise BusError(Fault.GARBAGE, f"mcp9808: TEMPERATURE reads 0x{word:04x}, which it cannot hold")
        self._ready_at_s, self._has_read = ready_at_s, True
        return (Reading(Quantity.TEMPERATURE_C, celsius, now_s),)

    def _identify(self) -> None:
        maker, chip = self._device.read_word_swapped(MANUFACTURER_ID), self._device.read_word_swapped(DEVICE_ID)
        if maker == chip:
            raise BusError(Fault.GARBAGE, f"mcp9808: every register reads 0x{maker:04x}")
        if maker != MICROCHIP or chip >> 8 != MCP9808:
            raise BusError(Fault.WRONG_CHIP, f"0x{self._device.address:02x} is no mcp9808: it says 0x{maker:04x}, 0x{chip:04x}")

    def _start(self, now_s: float) -> NotBefore:
        self._device.write(bytes([RESOLUTION, FINEST]))
        self._device.write_word_swapped(CONFIGURATION, MARKED)
        self._ready_at_s, self._has_read = now_s + SETTLE_S, False
        return NotBefore(self._ready_at_s)
