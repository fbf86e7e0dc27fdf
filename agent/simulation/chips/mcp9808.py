"""A virtual MCP9808 temperature sensor, after Microchip's datasheet DS25095."""

from collections.abc import Callable
from math import floor

from agent.simulation.chips.conversions import Converter

ADDRESS = 0x18
_CONFIGURATION, _UPPER, _LOWER, _CRITICAL, _TEMPERATURE, _MANUFACTURER, _DEVICE, _RESOLUTION = range(1, 9)
_MICROCHIP, _THIS_DEVICE = 0x0054, 0x0400
_SETTABLE = 0x07CF  # of the configuration: bit 5 reads as 0, bit 4 is the alert's
_HYSTERESIS, _SHUT_DOWN, _LOCKS = 0x0600, 0x0100, 0x00C0
_LIMIT_BITS = 0x1FFC  # quarters of a degree
_CONVERSIONS_S = (0.030, 0.065, 0.130, 0.250)  # by resolution
_STEPS = (8, 4, 2, 1)  # of 0.0625 degrees, by resolution
_FINEST = 0x03
_LSB_C = 0.0625


class Mcp9808Chip:
    """``celsius`` is its own temperature, by lamp time. Reads 0 degrees until the first conversion has finished.

    It has one register of eight bits, so it is on the bus by itself. Its alerts know no hysteresis.
    """

    def __init__(self, celsius: Callable[[float], float], now_s: float = 0.0) -> None:
        self._celsius = celsius
        self.reset(now_s)

    def reset(self, now_s: float) -> None:
        """Power-on, or a brown-out: all registers at their defaults, measuring."""
        self._pointer = 0
        self._words = {_CONFIGURATION: 0, _UPPER: 0, _LOWER: 0, _CRITICAL: 0, _TEMPERATURE: 0}
        self._resolution = _FINEST
        self._converter = Converter()
        self._convert(now_s)

    def write(self, data: bytes, now_s: float) -> None:
        self._catch_up(now_s)
        self._pointer = data[0] & 0x0F
        if self._pointer == _RESOLUTION and len(data) >= 2:
            self._resolution = data[1] & _FINEST
            self._convert(now_s)
        elif len(data) >= 3:
            self._set(self._pointer, int.from_bytes(data[1:3], "big"), now_s)

    def read(self, count: int, now_s: float) -> bytes:
        self._catch_up(now_s)
        if self._pointer == _RESOLUTION:
            told = bytes([self._resolution])
        else:
            identity = {_MANUFACTURER: _MICROCHIP, _DEVICE: _THIS_DEVICE}
            told = identity.get(self._pointer, self._words.get(self._pointer, 0)).to_bytes(2, "big")
        return (told + b"\xff" * count)[:count]

    def _set(self, register: int, word: int, now_s: float) -> None:
        if register == _CONFIGURATION:
            self._configure(word & _SETTABLE, now_s)
        elif register in (_UPPER, _LOWER, _CRITICAL):
            self._words[register] = word & _LIMIT_BITS

    def _configure(self, word: int, now_s: float) -> None:
        before = self._words[_CONFIGURATION]
        if before & _LOCKS:  # only power can take a lock away; until then hysteresis stays, and it cannot be shut down
            word = word & ~_HYSTERESIS & ~(_SHUT_DOWN & ~before) | before & (_HYSTERESIS | _LOCKS)
        self._words[_CONFIGURATION] = word
        if (word ^ before) & _SHUT_DOWN:
            self._convert(now_s)

    def _convert(self, now_s: float) -> None:
        """Conversions begin anew, or end."""
        if self._words[_CONFIGURATION] & _SHUT_DOWN:
            self._converter.stop()
            return
        duration_s = _CONVERSIONS_S[self._resolution]
        self._converter.start(now_s + duration_s, duration_s)

    def _catch_up(self, now_s: float) -> None:
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is None:
            return
        step = _STEPS[self._resolution]
        counts = max(-0x1000, min(0x0FFF, floor(self._celsius(end_s) / _LSB_C / step) * step))
        alerts = (
            (counts >= self._limit(_CRITICAL)) << 15 | (counts > self._limit(_UPPER)) << 14 | (counts < self._limit(_LOWER)) << 13
        )
        self._words[_TEMPERATURE] = alerts | counts & 0x1FFF

    def _limit(self, register: int) -> int:
        return (self._words[register] ^ 0x1000) - 0x1000
