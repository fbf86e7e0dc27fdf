"""A virtual TMP102 temperature sensor, after Texas Instruments' datasheet SBOS397."""

from collections.abc import Callable
from math import floor

from agent.simulation.chips.conversions import Converter

ADDRESS = 0x48
_TEMPERATURE, _CONFIGURATION, _LOW, _HIGH = range(4)
_POWER_ON = {
    _TEMPERATURE: 0x0000,
    _CONFIGURATION: 0x6080,
    _LOW: 0x4B00,
    _HIGH: 0x5000,
}  # four a second; alert at 80, to 75 degrees C
_SETTABLE = 0x9FD0  # the resolution bits are fixed, the alert bit is the chip's
_RESOLUTION = 0x6000
_ONE_SHOT, _POLARITY, _SHUT_DOWN = 0x8000, 0x0400, 0x0100
_ALERT, _EXTENDED = 0x0020, 0x0010
_PERIODS_S = (4.0, 1.0, 0.25, 0.125)  # bits 7:6
_CONVERSION_S = 0.035  # the datasheet's longest
_LSB_C = 0.0625


class Tmp102Chip:
    """``celsius`` is its own temperature, by lamp time. Reads 0 degrees until the first conversion has finished."""

    def __init__(self, celsius: Callable[[float], float], now_s: float = 0.0) -> None:
        self._celsius = celsius
        self.reset(now_s)

    def reset(self, now_s: float) -> None:
        """Power-on, or a brown-out: all registers at their defaults, measuring."""
        self._words = dict(_POWER_ON)
        self._alert = False
        self._converter = Converter()
        self._converter.start(now_s + _CONVERSION_S, _period_s(_POWER_ON[_CONFIGURATION]))

    def read_word(self, register: int, now_s: float) -> int:
        if now_s >= self._converter.fresh_at_s:
            self._catch_up(now_s)
        register &= 0b11  # the pointer has two bits
        if register != _CONFIGURATION:
            return self._words[register]
        configuration = self._words[_CONFIGURATION]
        if configuration & _SHUT_DOWN and self._converter.finished(now_s):
            configuration |= _ONE_SHOT  # a single conversion has finished
        active_high = bool(configuration & _POLARITY)
        return configuration | _ALERT * (self._alert == active_high)

    def write_word(self, register: int, word: int, now_s: float) -> None:
        self._catch_up(now_s)
        register &= 0b11
        if register == _CONFIGURATION:
            self._configure(word, now_s)
        elif register in (_LOW, _HIGH):
            self._words[register] = word

    def _configure(self, word: int, now_s: float) -> None:
        kept = word & _SETTABLE & ~_ONE_SHOT | _RESOLUTION
        if kept & _SHUT_DOWN and word & _ONE_SHOT:
            self._converter.start(now_s + _CONVERSION_S)
        elif kept & _SHUT_DOWN:
            self._converter.stop()
        elif kept != self._words[_CONFIGURATION]:
            self._converter.start(now_s + _CONVERSION_S, _period_s(kept))
        self._words[_CONFIGURATION] = kept

    def _catch_up(self, now_s: float) -> None:
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is None:
            return
        steps = floor(self._celsius(end_s) / _LSB_C)
        extended = bool(self._words[_CONFIGURATION] & _EXTENDED)
        self._words[_TEMPERATURE] = _encoded(steps, extended=extended)
        self._alert = steps >= self._limit(_LOW if self._alert else _HIGH, extended=extended)

    def _limit(self, register: int, *, extended: bool) -> int:
        return ((self._words[register] ^ 0x8000) - 0x8000) >> (3 if extended else 4)


def _encoded(steps: int, *, extended: bool) -> int:
    """12 bits to the left, or 13 with the lowest bit of the word as the mark of it."""
    if extended:
        return max(-0x1000, min(0x0FFF, steps)) << 3 & 0xFFFF | 1
    return max(-0x800, min(0x7FF, steps)) << 4 & 0xFFFF


def _period_s(configuration: int) -> float:
    return _PERIODS_S[configuration >> 6 & 0b11]
