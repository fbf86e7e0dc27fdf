"""A virtual INA219 current and voltage monitor, after Texas Instruments' datasheet SBOS448."""

from collections.abc import Callable

from agent.simulation.chips.conversions import Converter
from agent.simulation.chips.words import signed_word

ADDRESS = 0x40
_CONFIGURATION, _SHUNT, _BUS, _POWER, _CURRENT, _CALIBRATION = range(6)
_POWER_ON_CONFIGURATION = 0x399F  # 32 V, 320 mV, both of 12 bits, continuously
_RESET, _SETTABLE = 0x8000, 0x3FFF
_CONTINUOUS, _OF_BUS, _OF_SHUNT = 0b100, 0b010, 0b001  # the mode bits
_WIDE_BUS = 0x2000
_CONVERSION_READY, _OVERFLOW, _BUS_SHIFT = 0b10, 0b01, 3  # the flags are below the bus voltage

_SAMPLE_S = (84e-6, 148e-6, 276e-6, 532e-6)  # 9 to 12 bits
_AVERAGED_S = (532e-6, 1.06e-3, 2.13e-3, 4.26e-3, 8.51e-3, 17.02e-3, 34.05e-3, 68.10e-3)  # 1 to 128 samples of 12 bits
_SHUNT_LSB_V = 10e-6
_BUS_LSB_V = 4e-3
_SHUNT_COUNTS = (4_000, 8_000, 16_000, 32_000)  # 40, 80, 160, 320 mV: bits 12:11
_BUS_COUNTS = {False: 4_000, True: 8_000}  # 16, 32 V
_CURRENT_DIVISOR = 4096
_POWER_DIVISOR = 5000


class Ina219Chip:
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
        self._words = dict.fromkeys(range(6), 0)
        self._converter = Converter()
        self._ready = self._overflow = False
        self._configure(_POWER_ON_CONFIGURATION, now_s)

    def read_word(self, register: int, now_s: float) -> int:
        self._catch_up(now_s)
        word = self._words.get(register, 0)
        if register == _BUS:
            return word | _CONVERSION_READY * self._ready | _OVERFLOW * self._overflow
        if register == _POWER:
            self._ready = False  # reading the power clears the flag
        return word

    def write_word(self, register: int, word: int, now_s: float) -> None:
        self._catch_up(now_s)
        if register == _CONFIGURATION and word & _RESET:
            self.reset(now_s)
        elif register == _CONFIGURATION:
            self._configure(word & _SETTABLE, now_s)
        elif register == _CALIBRATION:
            self._words[_CALIBRATION] = word & 0xFFFE  # the lowest bit is always 0

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
        configuration = self._words[_CONFIGURATION]
        if configuration & _OF_SHUNT:
            most = _SHUNT_COUNTS[configuration >> 11 & 0b11]
            counts = round(self._amps(end_s) * self._shunt_ohm / _SHUNT_LSB_V)
            self._words[_SHUNT] = signed_word(max(-most, min(most, counts)))
        if configuration & _OF_BUS:
            most = _BUS_COUNTS[bool(configuration & _WIDE_BUS)]
            self._words[_BUS] = max(0, min(most, round(self._volts(end_s) / _BUS_LSB_V))) << _BUS_SHIFT
        self._multiply()

    def _multiply(self) -> None:
        shunt = (self._words[_SHUNT] ^ 0x8000) - 0x8000
        current = shunt * self._words[_CALIBRATION] / _CURRENT_DIVISOR
        power = abs(current) * (self._words[_BUS] >> _BUS_SHIFT) / _POWER_DIVISOR
        self._overflow = abs(current) > 0x7FFF or power > 0xFFFF
        self._words[_CURRENT] = signed_word(current)
        self._words[_POWER] = min(0xFFFF, int(power))


def _duration_s(configuration: int) -> float:
    """How long one result takes, shunt first and then bus, averaging included; 0 while shut down."""
    each_s = 0.0
    if configuration & _OF_SHUNT:
        each_s += _converts_s(configuration >> 3 & 0b1111)
    if configuration & _OF_BUS:
        each_s += _converts_s(configuration >> 7 & 0b1111)
    return each_s


def _converts_s(setting: int) -> float:
    """Of one converter: bit 3 chooses averages of 12 bits, else bits 1:0 the resolution."""
    return _AVERAGED_S[setting & 0b111] if setting & 0b1000 else _SAMPLE_S[setting & 0b11]
