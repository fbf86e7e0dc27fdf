"""A virtual INA226 current and voltage monitor, after Texas Instruments' datasheet SBOS547."""

from collections.abc import Callable

from agent.simulation.chips.conversions import Converter
from agent.simulation.chips.words import signed_word

ADDRESS = 0x40
_CONFIGURATION, _SHUNT, _BUS, _POWER, _CURRENT, _CALIBRATION, _MASK, _ALERT = range(8)
_IDENTITY = {0xFE: 0x5449, 0xFF: 0x2260}  # "TI", and the die
_POWER_ON_CONFIGURATION = 0x4127  # both, continuously, 1.1 ms each, no averaging
_RESET = 0x8000
_CONTINUOUS, _OF_BUS, _OF_SHUNT = 0b100, 0b010, 0b001  # the mode bits
_KEPT_OF_MASK = 0xFC03  # what of mask/enable is set by writing; the flags are the chip's
_CONVERSION_READY, _OVERFLOW = 0x0008, 0x0004

_AVERAGES = (1, 4, 16, 64, 128, 256, 512, 1024)  # bits 11:9
_CONVERSION_S = (0.00014, 0.000204, 0.000332, 0.000588, 0.0011, 0.002116, 0.004156, 0.008244)  # bits 8:6 bus, 5:3 shunt
_SHUNT_LSB_V = 2.5e-6
_BUS_LSB_V = 1.25e-3
_CURRENT_DIVISOR = 2048
_POWER_DIVISOR = 20_000


class Ina226Chip:
    """``volts`` and ``amps`` are what the bus pin and the shunt see, by lamp time."""

    def __init__(
        self, volts: Callable[[float], float], amps: Callable[[float], float], shunt_ohm: float, now_s: float = 0.0
    ) -> None:
        self._volts = volts
        self._amps = amps
        self._shunt_ohm = shunt_ohm
        self.reset(now_s)

    def reset(self, now_s: float) -> None:
        """Power-on, a brown-out or the reset bit: all registers at their defaults, measuring."""
        self._words = dict.fromkeys(range(8), 0) | _IDENTITY
        self._converter = Converter()
        self._ready = self._overflow = False
        self._configure(_POWER_ON_CONFIGURATION, now_s)

    def read_word(self, register: int, now_s: float) -> int:
        if now_s >= self._converter.fresh_at_s:
            self._catch_up(now_s)
        if register != _MASK:
            return self._words.get(register, 0)
        flags = _CONVERSION_READY * self._ready | _OVERFLOW * self._overflow
        self._ready = False  # reading the flag clears it
        return self._words[_MASK] & _KEPT_OF_MASK | flags

    def write_word(self, register: int, word: int, now_s: float) -> None:
        self._catch_up(now_s)
        if register == _CONFIGURATION and word & _RESET:
            self.reset(now_s)
        elif register == _CONFIGURATION:
            self._configure(word, now_s)
        elif register in (_CALIBRATION, _MASK, _ALERT):
            self._words[register] = word & 0x7FFF if register == _CALIBRATION else word

    def _configure(self, word: int, now_s: float) -> None:
        """Every write of the configuration starts a conversion afresh, whatever it says."""
        self._words[_CONFIGURATION] = word
        self._ready = False
        duration_s = _duration_s(word)
        if duration_s:
            self._converter.start(now_s + duration_s, duration_s if word & _CONTINUOUS else None)
        else:
            self._converter.stop()

    def _catch_up(self, now_s: float) -> None:
        """Bring the result registers to the newest finished conversion."""
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is None:
            return
        self._ready = True
        if self._words[_CONFIGURATION] & _OF_SHUNT:
            self._words[_SHUNT] = signed_word(self._amps(end_s) * self._shunt_ohm / _SHUNT_LSB_V)
        if self._words[_CONFIGURATION] & _OF_BUS:
            self._words[_BUS] = max(0, min(0x7FFF, round(self._volts(end_s) / _BUS_LSB_V)))
        self._multiply()

    def _multiply(self) -> None:
        if not self._words[_CALIBRATION]:
            self._words[_CURRENT] = self._words[_POWER] = 0
            self._overflow = False
            return
        shunt = (self._words[_SHUNT] ^ 0x8000) - 0x8000
        current = shunt * self._words[_CALIBRATION] / _CURRENT_DIVISOR
        power = abs(current) * self._words[_BUS] / _POWER_DIVISOR
        self._overflow = abs(current) > 0x7FFF or power > 0xFFFF
        self._words[_CURRENT] = signed_word(current)
        self._words[_POWER] = min(0xFFFF, int(power))


def _duration_s(configuration: int) -> float:
    """How long the conversions of one result take, averaging included; 0 while shut down."""
    each_s = 0.0
    if configuration & _OF_SHUNT:
        each_s += _CONVERSION_S[configuration >> 3 & 0b111]
    if configuration & _OF_BUS:
        each_s += _CONVERSION_S[configuration >> 6 & 0b111]
    return each_s * _AVERAGES[configuration >> 9 & 0b111]
