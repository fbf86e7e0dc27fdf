"""A virtual OPT3001 ambient light sensor, after Texas Instruments' datasheet SBOS681."""

from collections.abc import Callable

from agent.simulation.chips.conversions import Converter

ADDRESS = 0x44
_RESULT, _CONFIGURATION, _LOW, _HIGH = range(4)
_IDENTITY = {0x7E: 0x5449, 0x7F: 0x3001}  # "TI", and the chip
_POWER_ON = {
    _RESULT: 0x0000,
    _CONFIGURATION: 0xC810,
    _LOW: 0xC000,
    _HIGH: 0xBFFF,
}  # automatic full scale, 800 ms, shut down, latched
_LONG = 0x0800
_MODE, _SINGLE = 0x0600, 0x0200  # both bits clear: shut down; the upper one set: continuously
_OVERFLOW, _READY = 0x0100, 0x0080
_FLAGS = 0x01E0
_LONG_S, _SHORT_S = 0.883, 0.113  # 10 % over the nominal time, and 3 ms

_HIGHEST_RANGE = 11
_FULL_MANTISSA = 0x0FFF
_LSB_LX = 0.01  # of range 0


class Opt3001Chip:
    """``lux`` is the light that falls on it, by lamp time. The limits are only stored, without their flags."""

    def __init__(self, lux: Callable[[float], float], now_s: float = 0.0) -> None:
        self._lux = lux
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, or a brown-out: all registers at their defaults, and shut down."""
        self._words = dict(_POWER_ON)
        self._ready = self._overflow = False
        self._converter = Converter()

    def read_word(self, register: int, now_s: float) -> int:
        self._catch_up(now_s)
        if register != _CONFIGURATION:
            return _IDENTITY.get(register, self._words.get(register, 0))
        flags = _READY * self._ready | _OVERFLOW * self._overflow
        self._ready = False  # reading it clears it
        return self._words[_CONFIGURATION] | flags

    def write_word(self, register: int, word: int, now_s: float) -> None:
        self._catch_up(now_s)
        if register == _CONFIGURATION:
            self._configure(word & ~_FLAGS, now_s)
        elif register in (_LOW, _HIGH):
            self._words[register] = word

    def _configure(self, word: int, now_s: float) -> None:
        """Every write aborts the conversion under way and starts another, or none."""
        self._words[_CONFIGURATION] = word
        if not word & _MODE:
            self._converter.stop()
            return
        self._ready = False
        duration_s = _LONG_S if word & _LONG else _SHORT_S
        self._converter.start(now_s + duration_s, None if word & _MODE == _SINGLE else duration_s)

    def _catch_up(self, now_s: float) -> None:
        """Bring the result to the newest finished conversion."""
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is None:
            return
        configuration = self._words[_CONFIGURATION]
        self._words[_RESULT], self._overflow = _measured(self._lux(end_s), configuration >> 12)
        self._ready = True
        if configuration & _MODE == _SINGLE:
            self._words[_CONFIGURATION] = configuration & ~_MODE


def _measured(lux: float, wanted_range: int) -> tuple[int, bool]:
    """The result, and whether it overflows: in the range that is wanted, or else in the lowest that holds the light."""
    steps = int(lux / _LSB_LX)
    chosen = wanted_range
    if wanted_range > _HIGHEST_RANGE:
        chosen = next((each for each in range(_HIGHEST_RANGE) if steps >> each <= _FULL_MANTISSA), _HIGHEST_RANGE)
    return chosen << 12 | min(_FULL_MANTISSA, steps >> chosen), steps >> chosen > _FULL_MANTISSA
