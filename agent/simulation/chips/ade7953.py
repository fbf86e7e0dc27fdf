"""A virtual ADE7953 energy meter and its board, after Analog Devices' datasheet Rev. B; without channel B and the energies."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, floor, hypot

ADDRESS = 0x38
_DISNOLOAD, _PGA_V, _PGA_IA, _UNLOCK, _VERSION = 0x001, 0x007, 0x008, 0x0FE, 0x702
_CONFIG, _PFA, _PERIOD, _REQUIRED = 0x102, 0x10A, 0x10E, 0x120
_AWATT, _IRMSA, _VRMS, _AIGAIN, _AVGAIN, _AWGAIN = 0x312, 0x31A, 0x31C, 0x380, 0x381, 0x382
_POWER_ON = {
    _DISNOLOAD: 0x00,
    _PGA_V: 0x00,
    _PGA_IA: 0x00,
    _CONFIG: 0x8004,  # any interface, high-pass filter on
    _REQUIRED: 0x0000,
    _AIGAIN: 0x400000,
    _AVGAIN: 0x400000,
    _AWGAIN: 0x400000,
}
_FIXED = {_PERIOD: 4474, _VERSION: 0x40}  # 50 Hz in steps of 4.47 us, less one; the datasheet names no version
_RESET = 0x0080  # of CONFIG
_KEY = 0xAD
_ACTIVE = 0b001  # of DISNOLOAD: that there is no active load is not looked for
_GAINS = (1, 2, 4, 8, 16, 22, 22, 22)  # of the PGA registers; the last two are not defined
_UNITY = 0x400000

_STARTS_S = 0.1  # after a reset it cannot be spoken to for so long
_FILTER_S = 0.1  # time constant of its filters: 440 ms from 0 until nothing is left to see
_UPDATES_HZ = 6_990
_FULL_SCALE = 9_032_007  # of an RMS register
_NOISE = 900  # RMS counts of current, always
_NO_LOAD = 1_500  # counts of power: some 10 W on a Shelly's board


@dataclass(frozen=True, slots=True)
class Board:
    """What its divider and its shunt or transformer make of a volt, an ampere and a watt, in counts at gain 1."""

    per_volt: float
    per_amp: float
    per_watt: float


class Ade7953Chip:
    """``volts`` and ``amps`` are RMS, by lamp time, as the board's terminals see them.

    ``power_factor`` is negative where the current leads.
    """

    def __init__(
        self,
        volts: Callable[[float], float],
        amps: Callable[[float], float],
        power_factor: Callable[[float], float],
        board: Board,
        now_s: float = 0.0,
    ) -> None:
        self._volts = volts
        self._amps = amps
        self._power_factor = power_factor
        self._board = board
        self._measures = {_VRMS: self._vrms, _IRMSA: self._irmsa, _AWATT: self._awatt, _PFA: self._pfa}
        self._pointer = 0
        self.reset(now_s)

    def reset(self, now_s: float) -> None:
        """Power-on, a brown-out or the reset bit: all registers at their defaults, all filters at 0."""
        self._kept = dict(_POWER_ON)
        self._unlocked = False
        self._ready_at_s = now_s + _STARTS_S

    def write(self, data: bytes, now_s: float) -> None:
        """The address in two bytes, then as many of a value as the register has; none sets the address for a read."""
        self._pointer = int.from_bytes(data[:2], "big")
        size = _width(self._pointer)
        if len(data) >= 2 + size and now_s >= self._ready_at_s:
            self._write(self._pointer, int.from_bytes(data[2 : 2 + size], "big"), now_s)

    def read(self, count: int, now_s: float) -> bytes:
        size = _width(self._pointer)
        value = self._value(self._pointer, now_s) if now_s >= self._ready_at_s else 0
        return ((value & ((1 << 8 * size) - 1)).to_bytes(size, "big") + b"\xff" * count)[:count]

    def _write(self, register: int, value: int, now_s: float) -> None:
        unlocked, self._unlocked = self._unlocked, register == _UNLOCK and value == _KEY
        if register == _CONFIG and value & _RESET:
            self.reset(now_s)
        elif register in self._kept and (unlocked or register != _REQUIRED):
            self._kept[register] = value

    def _value(self, register: int, now_s: float) -> int:
        measure = self._measures.get(register)
        if measure is None:
            return self._kept.get(register, _FIXED.get(register, 0))
        risen = 1 - exp(-(now_s - self._ready_at_s) / _FILTER_S)
        return round(measure(floor(now_s * _UPDATES_HZ) / _UPDATES_HZ) * risen)

    def _vrms(self, at_s: float) -> float:
        return min(_FULL_SCALE, self._volts(at_s) * self._board.per_volt * self._gain(_PGA_V, _AVGAIN))

    def _irmsa(self, at_s: float) -> float:
        counts = self._amps(at_s) * self._board.per_amp * self._gain(_PGA_IA, _AIGAIN)
        return min(_FULL_SCALE, hypot(counts, _NOISE))

    def _awatt(self, at_s: float) -> float:
        watts = self._volts(at_s) * self._amps(at_s) * abs(self._power_factor(at_s))
        gain = self._gain(_PGA_V, _AVGAIN) * self._gain(_PGA_IA, _AIGAIN) * self._kept[_AWGAIN] / _UNITY
        counts = watts * self._board.per_watt * gain
        no_load = counts < _NO_LOAD and not self._kept[_DISNOLOAD] & _ACTIVE
        return 0 if no_load else min(0x7FFFFF, counts)

    def _pfa(self, at_s: float) -> float:
        return max(-0x8000, min(0x7FFF, self._power_factor(at_s) * 0x8000))  # 2^-15 a count

    def _gain(self, pga: int, digital: int) -> float:
        return _GAINS[self._kept[pga] & 0b111] * self._kept[digital] / _UNITY


def _width(register: int) -> int:
    """Bytes: the address says, but for two of a single one at its end."""
    return 1 if register >= 0x700 else min(4, (register >> 8) + 1)
