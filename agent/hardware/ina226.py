"""INA226 power monitor (Texas Instruments): voltage and current of a DC supply. 16-bit registers, high byte first."""

from agent.hardware.bus import BusError, Device, signed
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x40
CONFIGURATION, SHUNT_VOLTAGE, BUS_VOLTAGE, MASK_ENABLE = 0x00, 0x01, 0x02, 0x06
MANUFACTURER_ID, DIE_ID = 0xFE, 0xFF
TEXAS_INSTRUMENTS = 0x5449  # "TI"
INA226 = 0x226  # the die's upper twelve bits; below is its revision

CONTINUOUS_64 = 0x4727  # 64 averages of 1.1 ms + 1.1 ms, shunt and bus, continuously: spans a dimmed lamp's ripple
CONVERSION_S = 64 * (1.1e-3 + 1.1e-3)
SLOWEST_S = 1.1 * CONVERSION_S  # the oscillator's tolerance
LOOK_AGAIN_S = 0.02
CONVERSION_READY = 0x0008  # cleared by reading MASK_ENABLE

VOLT_PER_COUNT = 1.25e-3
SHUNT_VOLT_PER_COUNT = 2.5e-6
SHUNT_FULL_SCALE = (0x7FFF, -0x8000)  # 81.92 mV


def decode(bus_word: int, shunt_word: int, shunt_ohm: float) -> tuple[float, float, Quality]:
    """Volts and amperes, from the two voltages alone.

    The chip's own current and power registers are not used: they need a calibration that a sharp load step can reset.
    """
    shunt = signed(shunt_word)
    quality = Quality.SATURATED if shunt in SHUNT_FULL_SCALE else Quality.OK
    return bus_word * VOLT_PER_COUNT, shunt * SHUNT_VOLT_PER_COUNT / shunt_ohm, quality


class Ina226:
    """Raises BusError; the poll after that identifies and configures the chip afresh."""

    def __init__(self, device: Device, shunt_ohm: float) -> None:
        self._device = device
        self._shunt_ohm = shunt_ohm
        self._configured_at_s: float | None = None
        self._read_at_s: float | None = None  # since it was configured

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        configured_at_s, self._configured_at_s = self._configured_at_s, None  # forgotten unless we get to the end
        if configured_at_s is None:
            self._identify()
            return self._start(now_s)
        if not self._still_configured():
            if self._read_at_s is None:
                raise BusError(Fault.GARBAGE, "ina226: loses its configuration at once; check its supply")
            return self._start(now_s)
        self._configured_at_s = configured_at_s
        ready = bool(self._device.read_word_swapped(MASK_ENABLE) & CONVERSION_READY)
        if not ready:
            return self._wait(now_s, configured_at_s if self._read_at_s is None else self._read_at_s)
        self._read_at_s = now_s
        return self._readings(now_s)

    def _identify(self) -> None:
        maker, die = self._device.read_word_swapped(MANUFACTURER_ID), self._device.read_word_swapped(DIE_ID)
        if maker == die:
            raise BusError(Fault.GARBAGE, f"ina226: every register reads 0x{maker:04x}")
        if maker != TEXAS_INSTRUMENTS or die >> 4 != INA226:
            raise BusError(Fault.WRONG_CHIP, f"0x{self._device.address:02x} is no ina226: it says 0x{maker:04x}, 0x{die:04x}")

    def _start(self, now_s: float) -> NotBefore:
        self._device.write_word_swapped(CONFIGURATION, CONTINUOUS_64)
        self._configured_at_s, self._read_at_s = now_s, None
        return NotBefore(now_s + CONVERSION_S)

    def _still_configured(self) -> bool:
        """False after a brown-out, which leaves 0x4127: no averages."""
        word = self._device.read_word_swapped(CONFIGURATION)
        if word == 0xFFFF:
            raise BusError(Fault.GARBAGE, "ina226: CONFIGURATION reads 0xffff, which it cannot hold")
        return word == CONTINUOUS_64

    def _wait(self, now_s: float, since_s: float) -> NotBefore:
        if now_s > since_s + 2 * SLOWEST_S:
            self._configured_at_s = None
            raise BusError(Fault.FAILED, "ina226: finishes no conversion")
        return NotBefore(now_s + LOOK_AGAIN_S)

    def _readings(self, now_s: float) -> tuple[Reading, ...]:
        shunt_word = self._device.read_word_swapped(SHUNT_VOLTAGE)
        bus_word = self._device.read_word_swapped(BUS_VOLTAGE)
        volts, amperes, quality = decode(bus_word, shunt_word, self._shunt_ohm)
        return (
            Reading(Quantity.SUPPLY_VOLTAGE_V, volts, now_s),
            Reading(Quantity.SUPPLY_CURRENT_A, amperes, now_s, quality),
            Reading(Quantity.ACTIVE_POWER_W, volts * amperes, now_s, quality),
        )
