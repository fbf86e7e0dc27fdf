"""OPT3001 light sensor (Texas Instruments), which ranges by itself: configure, wait, read. 16-bit registers, high byte first.

Registers, flags and times: TI's datasheet SBOS681, Linux (drivers/iio/light/opt3001.c) and RIOT (drivers/opt3001), which agree.
"""

from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x44
RESULT, CONFIGURATION = 0x00, 0x01
MANUFACTURER_ID, DEVICE_ID = 0x7E, 0x7F
TEXAS_INSTRUMENTS = 0x5449  # "TI"
OPT3001 = 0x3001

CONTINUOUS_800 = 0xCC00  # full scale chosen by the chip, 800 ms, continuously, no latch: steps of 0.01 lx, and no lamp's flicker
OVERFLOW, READY = 0x0100, 0x0080  # the latter is cleared by reading CONFIGURATION
KEPT_BITS = 0xFE1F  # of CONFIGURATION: not the flags, which are the chip's
SLOWEST_S = 0.883  # 800 ms, 10 % and 3 ms
LATEST_S = 2.0  # light that leaps up is measured a second time, in another range
LOOK_AGAIN_S = 0.05

LX_PER_COUNT = 0.01  # in the lowest range
HIGHEST_RANGE = 11  # 83,865.60 lx; full sun is more, and saturated, unless the window dims it


def decode(word: int) -> float | None:
    """Lux: 0.01 * 2^exponent * mantissa, of bits 15:12 and 11:0; None where the exponent is none that the chip has."""
    exponent, mantissa = word >> 12, word & 0x0FFF
    if exponent > HIGHEST_RANGE:
        return None
    return LX_PER_COUNT * 2.0**exponent * mantissa


class Opt3001:
    """Raises BusError; the poll after that identifies and configures the chip afresh."""

    def __init__(self, device: Device, calibration: float = 1.0) -> None:
        self._device = device
        self._calibration = calibration
        self._since_s: float | None = None  # it was configured, or last read
        self._has_read = False  # since it was configured

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        since_s, self._since_s = self._since_s, None  # forgotten unless we get to the end
        if since_s is None:
            self._identify()
            return self._start(now_s)
        if not self._has_read and now_s < since_s + SLOWEST_S:
            self._since_s = since_s
            return NotBefore(since_s + SLOWEST_S)
        configuration = self._device.read_word_swapped(CONFIGURATION)
        if (configuration ^ CONTINUOUS_800) & KEPT_BITS:
            return self._start_again(configuration, now_s)
        if not configuration & READY:
            return self._wait(now_s, since_s)
        word = self._device.read_word_swapped(RESULT)
        lx = decode(word)
        if lx is None:
            raise BusError(Fault.GARBAGE, f"opt3001: RESULT reads 0x{word:04x}, which it cannot hold")
        self._since_s, self._has_read = now_s, True
        quality = Quality.SATURATED if configuration & OVERFLOW else Quality.OK
        return (Reading(Quantity.LIGHT_LEVEL_LX, lx * self._calibration, now_s, quality),)

    def _identify(self) -> None:
        maker, chip = self._device.read_word_swapped(MANUFACTURER_ID), self._device.read_word_swapped(DEVICE_ID)
        if maker == chip:
            raise BusError(Fault.GARBAGE, f"opt3001: every register reads 0x{maker:04x}")
        if (maker, chip) != (TEXAS_INSTRUMENTS, OPT3001):
            raise BusError(Fault.WRONG_CHIP, f"0x{self._device.address:02x} is no opt3001: it says 0x{maker:04x}, 0x{chip:04x}")

    def _start(self, now_s: float) -> NotBefore:
        self._device.write_word_swapped(CONFIGURATION, CONTINUOUS_800)
        self._since_s, self._has_read = now_s, False
        return NotBefore(now_s + SLOWEST_S)

    def _start_again(self, configuration: int, now_s: float) -> NotBefore:
        """After a brown-out, which leaves 0xc810: shut down."""
        if configuration == 0xFFFF or not self._has_read:
            raise BusError(Fault.GARBAGE, f"opt3001: CONFIGURATION reads 0x{configuration:04x}, not what was written")
        return self._start(now_s)

    def _wait(self, now_s: float, since_s: float) -> NotBefore:
        if now_s > since_s + LATEST_S:
            raise BusError(Fault.FAILED, "opt3001: finishes no conversion")
        self._since_s = since_s
        return NotBefore(now_s + LOOK_AGAIN_S)
