"""INA219 power monitor (Texas Instruments): voltage and current of a DC supply. 16-bit registers, high byte first."""

from agent.hardware.bus import BusError, Device, signed
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x40
CONFIGURATION, SHUNT_VOLTAGE, BUS_VOLTAGE, POWER, CALIBRATION = 0x00, 0x01, 0x02, 0x03, 0x05

# 32 V, shunt 320 mV, both of 12 bits averaged 128 times, continuously. A shunt count is 10 uV in every range, so the widest costs
# no resolution and an inrush does not clip; the averages span a dimmed lamp's ripple. After power-on it is 0x399f: no averages.
WIDE_128 = 0x3FFF
CONVERSION_S = 2 * 68.1e-3  # shunt, then bus
SLOWEST_S = 1.1 * CONVERSION_S  # 586 us for 532 us
LOOK_AGAIN_S = 0.02

CONVERSION_READY, OVERFLOW = 0b10, 0b01  # flags in BUS_VOLTAGE; the first is cleared by reading POWER
BUS_SHIFT = 3

VOLT_PER_COUNT = 4e-3
SHUNT_VOLT_PER_COUNT = 10e-6
BUS_FULL_SCALE = 8_000  # 32 V; the pins themselves stand 26 V
SHUNT_FULL_SCALE = 32_000  # 320 mV


def decode(bus_word: int, shunt_word: int, shunt_ohm: float, at_s: float) -> tuple[Reading, ...]:
    """Volts, amperes and watts, from the two voltages alone; a range at its end is saturated.

    The chip's own current and power registers are not used: they need a calibration that a sharp load step can reset. That they
    overflow, though nothing calibrates them, is taken as a shunt beyond its range.

    Source: datasheet SBOS448G, 8.6.3; the same figures in Linux's drivers/hwmon/ina2xx.c and iio/adc/ina2xx-adc.c.
    """
    bus, shunt = bus_word >> BUS_SHIFT, signed(shunt_word)
    volts, amperes = bus * VOLT_PER_COUNT, shunt * SHUNT_VOLT_PER_COUNT / shunt_ohm
    high = bus >= BUS_FULL_SCALE
    strong = abs(shunt) >= SHUNT_FULL_SCALE or bool(bus_word & OVERFLOW)
    return (
        Reading(Quantity.SUPPLY_VOLTAGE_V, volts, at_s, _quality(full=high)),
        Reading(Quantity.SUPPLY_CURRENT_A, amperes, at_s, _quality(full=strong)),
        Reading(Quantity.ACTIVE_POWER_W, volts * amperes, at_s, _quality(full=high or strong)),
    )


def _quality(*, full: bool) -> Quality:
    return Quality.SATURATED if full else Quality.OK


class Ina219:
    """Raises BusError; the poll after that configures the chip afresh. In place of an identity: it keeps what is written."""

    def __init__(self, device: Device, shunt_ohm: float) -> None:
        self._device = device
        self._shunt_ohm = shunt_ohm
        self._configured_at_s: float | None = None
        self._read_at_s: float | None = None  # since it was configured

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        configured_at_s, self._configured_at_s = self._configured_at_s, None  # forgotten unless we get to the end
        if configured_at_s is None:
            return self._start(now_s)
        if self._configuration() != WIDE_128:
            if self._read_at_s is None:
                raise BusError(Fault.GARBAGE, "ina219: loses its configuration at once; check its supply")
            return self._start(now_s)  # reset behind our back
        self._configured_at_s = configured_at_s
        bus_word = self._device.read_word_swapped(BUS_VOLTAGE)
        if not bus_word & CONVERSION_READY:
            return self._wait(now_s, configured_at_s if self._read_at_s is None else self._read_at_s)
        shunt_word = self._device.read_word_swapped(SHUNT_VOLTAGE)
        self._device.read_word_swapped(POWER)  # for its effect alone: the next conversion sets the flag again
        self._read_at_s = now_s
        return decode(bus_word, shunt_word, self._shunt_ohm, now_s)

    def _start(self, now_s: float) -> NotBefore:
        self._device.write_word_swapped(CALIBRATION, 0)  # whatever another program left: nothing is multiplied, nothing overflows
        self._device.write_word_swapped(CONFIGURATION, WIDE_128)
        kept = self._configuration()
        if kept != WIDE_128:
            raise BusError(Fault.GARBAGE, f"ina219: CONFIGURATION reads 0x{kept:04x} after 0x{WIDE_128:04x} was written")
        self._configured_at_s, self._read_at_s = now_s, None
        return NotBefore(now_s + CONVERSION_S)

    def _configuration(self) -> int:
        word = self._device.read_word_swapped(CONFIGURATION)
        if word == 0xFFFF:
            raise BusError(Fault.GARBAGE, "ina219: CONFIGURATION reads 0xffff, which it cannot hold")
        return word

    def _wait(self, now_s: float, since_s: float) -> NotBefore:
        if now_s > since_s + 2 * SLOWEST_S:
            self._configured_at_s = None
            raise BusError(Fault.FAILED, "ina219: finishes no conversion")
        return NotBefore(now_s + LOOK_AGAIN_S)
