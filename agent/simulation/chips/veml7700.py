"""A virtual VEML7700 ambient light sensor, after Vishay's datasheet rev. 1.7 and its application note."""

from collections.abc import Callable

from agent.simulation.chips.conversions import Converter

ADDRESS = 0x10
_CONFIGURATION, _ALS = 0, 4
_STORED_REGISTERS = 4  # configuration, both thresholds, power saving
_POWER_ON_CONFIGURATION = 0x0001  # shut down
_SHUT_DOWN = 0x0001
_GAINS = (1.0, 2.0, 1 / 8, 1 / 4)  # bits 12:11
_INTEGRATIONS_S = {0b1100: 0.025, 0b1000: 0.05, 0b0000: 0.1, 0b0001: 0.2, 0b0010: 0.4, 0b0011: 0.8}  # bits 9:6
_WAKE_S = 0.004
_STILL_RUNNING = 0.9  # a change falls into a running integration, which is finished first: so much of it is still to come
_FULL_SCALE = 0xFFFF

_LX_PER_COUNT = 0.0042  # at gain 2 and 800 ms
_CORRECTION = (6.0135e-13, -9.3924e-9, 8.1488e-5, 1.0023)  # application note: lux of what the counts say, from x^4 to x
_FITTED_TO_LX = 20_000.0  # beyond it the polynomial runs away; here the response goes on straight, as steep as there


class Veml7700Chip:
    """``lux`` is the light that falls on it, by lamp time. White channel, interrupts and power saving are only stored."""

    def __init__(self, lux: Callable[[float], float], now_s: float = 0.0) -> None:
        self._lux = lux
        self.reset(now_s)

    def reset(self, _now_s: float) -> None:
        """Power-on, or a brown-out: all registers at their defaults, and shut down."""
        self._stored = [_POWER_ON_CONFIGURATION] + [0] * (_STORED_REGISTERS - 1)
        self._result = 0
        self._converter = Converter()

    def read_word(self, register: int, now_s: float) -> int:
        if now_s >= self._converter.fresh_at_s:
            self._catch_up(now_s)
        if register < _STORED_REGISTERS:
            return self._stored[register]
        return self._result if register == _ALS else 0

    def write_word(self, register: int, word: int, now_s: float) -> None:
        self._catch_up(now_s)
        if register >= _STORED_REGISTERS:
            return
        if register == _CONFIGURATION and word != self._stored[_CONFIGURATION]:
            self._restart(self._stored[_CONFIGURATION], word, now_s)
        self._stored[register] = word

    def _catch_up(self, now_s: float) -> None:
        """Bring the result to the newest finished conversion; until one has finished, the old one stays."""
        end_s = self._converter.fresh_end_s(now_s)
        if end_s is not None:
            self._result = counts(self._lux(end_s), self._stored[_CONFIGURATION])

    def _restart(self, before: int, after: int, now_s: float) -> None:
        if after & _SHUT_DOWN:
            self._converter.stop()
            return
        integration_s = _integration_s(after)
        ahead_s = _WAKE_S if before & _SHUT_DOWN else _STILL_RUNNING * _integration_s(before)
        self._converter.start(now_s + ahead_s + integration_s, integration_s)


def counts(lux: float, configuration: int) -> int:
    """What the light register shows at this light, once a conversion with this configuration has finished."""
    lux_per_count = _LX_PER_COUNT * (0.8 / _integration_s(configuration)) * (2 / _GAINS[configuration >> 11 & 0b11])
    return min(_FULL_SCALE, int(_response(lux) / lux_per_count))


def _integration_s(configuration: int) -> float:
    return _INTEGRATIONS_S.get(configuration >> 6 & 0b1111, 0.1)


def _corrected(x: float) -> float:
    a, b, c, d = _CORRECTION
    return (((a * x + b) * x + c) * x + d) * x


def _slope(x: float) -> float:
    a, b, c, d = _CORRECTION
    return ((4 * a * x + 3 * b) * x + 2 * c) * x + d


def _response(lux: float) -> float:
    """The light as the sensor shows it, before correction: the application note's polynomial inverted, by Newton's method."""
    edge_lx = _corrected(_FITTED_TO_LX)
    if lux >= edge_lx:
        return _FITTED_TO_LX + (lux - edge_lx) / _slope(_FITTED_TO_LX)
    x = min(max(lux, 0.0), _FITTED_TO_LX)
    while abs(step := (_corrected(x) - lux) / _slope(x)) > 1e-4:
        x = min(max(x - step, 0.0), _FITTED_TO_LX)
    return x
