"""TMP102 temperature sensor (Texas Instruments): configure, wait, read. 16-bit registers, high byte first."""

from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quantity, Reading

ADDRESS = 0x48
TEMPERATURE, CONFIGURATION = 0x00, 0x01
EXTENDED_4_HZ = 0x60B0  # extended mode reaches 150 degrees; a conversion every 250 ms
KEPT_BITS = 0x1FD0  # of CONFIGURATION: not one-shot, resolution and alert, which the chip itself sets
SETTLE_S = 0.3  # the first conversion in the new format

EXTENDED = 0b1  # bit 0 of the temperature register tells its format
DEGREES_PER_COUNT = 0.0625


def decode(word: int) -> float | None:
    """Degrees Celsius, or None where the word is none that the chip can send.

    13 bits from bit 3 up in extended mode, 12 bits from bit 4 up in normal mode; below them only the format bit may be set. The
    format is taken from the word itself, since another program may have chosen it.
    """
    shift = 3 if word & EXTENDED else 4
    if word & ((1 << shift) - 1) & ~EXTENDED:
        return None
    counts = word >> shift
    sign_bit = 1 << (15 - shift)
    return (counts - 2 * sign_bit if counts & sign_bit else counts) * DEGREES_PER_COUNT


class Tmp102:
    """Raises BusError; the poll after that configures the chip afresh."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._ready_at_s: float | None = None
        self._has_read = False  # since it was configured

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        ready_at_s, self._ready_at_s = self._ready_at_s, None  # forgotten unless we get to the end
        if ready_at_s is None:
            return self._start(now_s)
        if now_s < ready_at_s:
            self._ready_at_s = ready_at_s
            return NotBefore(ready_at_s)
        configuration = self._device.read_word_swapped(CONFIGURATION)
        if (configuration ^ EXTENDED_4_HZ) & KEPT_BITS:
            if not self._has_read:
                raise BusError(Fault.GARBAGE, f"tmp102: CONFIGURATION reads 0x{configuration:04x}, not what was written")
            return self._start(now_s)  # reset behind our back
        word = self._device.read_word_swapped(TEMPERATURE)
        celsius = decode(word)
        if celsius is None:
            raise BusError(Fault.GARBAGE, f"tmp102: TEMPERATURE reads 0x{word:04x}, which it cannot hold")
        self._ready_at_s, self._has_read = ready_at_s, True
        return (Reading(Quantity.TEMPERATURE_C, celsius, now_s),)

    def _start(self, now_s: float) -> NotBefore:
        self._device.write_word_swapped(CONFIGURATION, EXTENDED_4_HZ)
        self._ready_at_s, self._has_read = now_s + SETTLE_S, False
        return NotBefore(self._ready_at_s)
