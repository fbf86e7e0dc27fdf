"""ADE7953 energy meter (Analog Devices): RMS volts and amperes, active power, power factor and frequency of a lamp on the mains.

Registers have 16-bit addresses and, by their address, 8 to 32 bits, all high byte first. The chip's ground is a wire of the
mains: its board isolates the bus.

Source: datasheet Rev. B, tables 13 to 22; ESPHome's ade7953_base and Tasmota's xnrg_07_ade7953 agree on addresses and set-up.
Not followed: Analog Devices' no-OS driver, which sets COMM_LOCK to lock, though it is set at power-on and the other two clear it,
and takes 0x004 for the version, which is LCYCMODE.
"""

from dataclasses import dataclass
from enum import Enum, auto

from agent.hardware.bus import BusError, Device, signed
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

ADDRESS = 0x38

DISNOLOAD, PGA_V, PGA_IA, UNLOCK, VERSION = 0x001, 0x007, 0x008, 0x0FE, 0x702
CONFIG, PFA, PERIOD, REQUIRED = 0x102, 0x10A, 0x10E, 0x120
AWATT, IRMSA, VRMS, AIGAIN, AVGAIN, AWGAIN = 0x312, 0x31A, 0x31C, 0x380, 0x381, 0x382  # 24 bits in 32; channel A is the lamp's

LOCKED = 0x0004  # COMM_LOCK cleared: no glitch turns it to SPI; the high-pass filter on. After power-on it is 0x8004
UNITY = 0x400000
SETUP = (
    (CONFIG, LOCKED),  # first: whatever resets the chip from here on shows in it
    (UNLOCK, 0xAD),  # for the very next write
    (REQUIRED, 0x0030),  # by the datasheet, for the accuracy that it promises
    (DISNOLOAD, 0b111),  # else little power reads as none: some watts on usual boards, as a dimmed lamp takes (Tasmota #19302)
    (PGA_V, 0),  # gain 1, for which the scales are; another program may have left another
    (PGA_IA, 0),
    (AVGAIN, UNITY),
    (AIGAIN, UNITY),
    (AWGAIN, UNITY),
)
KEPT = ((CONFIG, LOCKED), (DISNOLOAD, 0b111), (AWGAIN, UNITY))  # of it, read back; no other chip has registers like these

START_S = 0.1  # after power-on, until it can be spoken to
SETTLE_S = 1.0  # its filters begin at 0: 0.44 s in its sister ADE7878 (datasheet Rev. G), more where there is little to measure

FULL_SCALE = 9_032_007  # RMS counts of 0.5 V peak at an input
NOISE = 2_000  # RMS counts of current that may be none at all, as in Tasmota; 1/4,500 of full scale
POWER_FACTOR_PER_COUNT = 2.0**-15
PERIOD_CLOCK_HZ = 223_750.0
MAINS_HZ = (40.0, 70.0)  # without a voltage there is no period to count, and what the register then holds is no frequency


@dataclass(frozen=True, slots=True)
class Scales:
    """Constants of the board, its divider and its shunt or transformer: counts per volt, ampere and watt."""

    volt: float
    amp: float
    watt: float


def width(register: int) -> int:
    """Bytes of a register: one more than the first of its address's three digits says; from 0x700 on it is one."""
    return 1 if register >= 0x700 else (register >> 8) + 1


def decode(vrms: int, irms: int, awatt: int, pfa: int, scales: Scales, at_s: float) -> tuple[Reading, ...]:
    """Volts, amperes, watts and power factor, from the registers as they are read, unsigned.

    Watts and power factor are magnitudes: the sign of AWATT tells which way round the current sensor is mounted, for a lamp never
    feeds back, and the sign of PFA whether current or voltage leads. A current within the noise is 0, and has no power factor;
    the power is told all the same, for noise in the current alone makes hardly any. An RMS at full scale is saturated, and so is
    what is made of it.
    """
    vrms, irms = vrms & 0xFFFFFF, irms & 0xFFFFFF  # both are unsigned, but the datasheet extends the sign of all
    high, strong = vrms >= FULL_SCALE, irms >= FULL_SCALE
    amperes = irms / scales.amp if irms >= NOISE else 0.0
    readings = [
        Reading(Quantity.SUPPLY_VOLTAGE_V, vrms / scales.volt, at_s, _quality(full=high)),
        Reading(Quantity.SUPPLY_CURRENT_A, amperes, at_s, _quality(full=strong)),
        Reading(Quantity.ACTIVE_POWER_W, abs(signed(awatt, 32)) / scales.watt, at_s, _quality(full=high or strong)),
    ]
    if amperes:
        power_factor = abs(signed(pfa)) * POWER_FACTOR_PER_COUNT
        readings.append(Reading(Quantity.POWER_FACTOR, power_factor, at_s, _quality(full=high or strong)))
    return tuple(readings)


def decode_frequency(period: int, at_s: float) -> tuple[Reading, ...]:
    """Hertz of the voltage; nothing where what is counted is no mains. PERIOD is one less than the ticks of a period.

    Source: Tasmota's xnrg_07_ade7953, ESPHome's ade7953_base and Mongoose OS's ade7953 agree.
    """
    hertz = PERIOD_CLOCK_HZ / (period + 1)
    low, high = MAINS_HZ
    return (Reading(Quantity.FREQUENCY_HZ, hertz, at_s),) if low <= hertz <= high else ()


def _quality(*, full: bool) -> Quality:
    return Quality.SATURATED if full else Quality.OK


class _Step(Enum):
    FIND = auto()
    SET_UP = auto()
    READ = auto()


class Ade7953:
    """Raises BusError; the poll after that begins afresh."""

    def __init__(self, device: Device, scales: Scales) -> None:
        self._device = device
        self._scales = scales
        self._step = _Step.FIND
        self._not_before_s = 0.0  # for the step
        self._has_read = False  # since it was set up

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        step, self._step = self._step, _Step.FIND  # forgotten unless we get to the end
        if step is _Step.FIND:
            self._find()
            return self._go_on(_Step.SET_UP, now_s + START_S)  # it may have got its supply only now
        if now_s < self._not_before_s:
            return self._go_on(step, self._not_before_s)
        if step is _Step.SET_UP:
            self._set_up()
            return self._go_on(_Step.READ, now_s + SETTLE_S)
        readings = self._readings(now_s)
        config = self._read(CONFIG)  # read last, it speaks for what was read before it
        if config == LOCKED:
            self._step, self._has_read = _Step.READ, True
            return readings
        if config == 0xFFFF or not self._has_read:
            raise BusError(Fault.GARBAGE, f"ade7953: CONFIG reads 0x{config:04x}, not what was written; check its supply")
        return self._go_on(_Step.SET_UP, now_s + START_S)  # reset behind our back, by a brown-out

    def _go_on(self, step: _Step, at_s: float) -> NotBefore:
        self._step, self._not_before_s = step, at_s
        return NotBefore(at_s)

    def _find(self) -> None:
        if self._read(VERSION) == 0xFF:
            raise BusError(Fault.GARBAGE, "ade7953: VERSION reads 0xff: nobody drives the bus")

    def _set_up(self) -> None:
        self._has_read = False
        for register, value in SETUP:
            self._write(register, value)
        for register, value in KEPT:
            kept = self._read(register)
            if kept != value:
                version = self._read(VERSION)
                what = f"register 0x{register:03x} reads 0x{kept:x} after 0x{value:x} was written, VERSION 0x{version:02x}"
                raise BusError(Fault.GARBAGE, f"ade7953: {what}; check its supply, and that it is one")

    def _readings(self, now_s: float) -> tuple[Reading, ...]:
        vrms, irms, awatt, pfa, period = (self._read(register) for register in (VRMS, IRMSA, AWATT, PFA, PERIOD))
        return (*decode(vrms, irms, awatt, pfa, self._scales, now_s), *decode_frequency(period, now_s))

    def _read(self, register: int) -> int:
        return int.from_bytes(self._device.exchange(register.to_bytes(2, "big"), width(register)), "big")

    def _write(self, register: int, value: int) -> None:
        self._device.write(register.to_bytes(2, "big") + value.to_bytes(width(register), "big"))
