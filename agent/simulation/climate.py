"""How warm it is: the air by season and hour, and a luminaire that warms slowly under its own power."""

import threading
from collections.abc import Callable
from math import cos, exp, pi

_YEAR_S = 365.2425 * 86_400
_DAY_S = 86_400
_COLDEST_S = 20 * _DAY_S  # 20 January, north of the equator
_WARMEST_HOUR = 15  # solar time
_SWING_C = 4.0  # over a day

_WARMING_S = 1500.0
_SOC_ABOVE_AIR_C = 24.0


class Air:
    """Temperature of the air outside, roughly as at sea level in a moderate climate."""

    def __init__(self, latitude: float, longitude: float) -> None:
        self._mean_c = 27 - 0.35 * abs(latitude)
        self._season_c = 0.18 * latitude  # south of the equator January is warm
        self._solar_offset_s = longitude / 360 * _DAY_S

    def celsius(self, utc_s: float) -> float:
        season = cos(2 * pi * (utc_s - _COLDEST_S) / _YEAR_S)
        hour = cos(2 * pi * ((utc_s + self._solar_offset_s) / _DAY_S - _WARMEST_HOUR / 24))
        return self._mean_c - self._season_c * season + _SWING_C * hour

    def soc_celsius(self, utc_s: float) -> float:
        """Of the Pi's own chip, in its housing on the pole."""
        return self.celsius(utc_s) + _SOC_ABOVE_AIR_C


class Warming:
    """A body that follows its surroundings and its own heat with a delay (first order). Safe for several threads."""

    def __init__(self, resting_c: Callable[[float], float], now_s: float) -> None:
        """``resting_c`` is the temperature that it would reach if all stayed as it is at that moment."""
        self.held_c: float | None = None  # something else keeps it at this temperature
        self._resting_c = resting_c
        self._lock = threading.Lock()
        self._at_s = now_s
        self._celsius = resting_c(now_s)

    def celsius(self, now_s: float) -> float:
        if self.held_c is not None:
            return self.held_c
        with self._lock:
            if now_s > self._at_s:
                left = exp((self._at_s - now_s) / _WARMING_S)
                self._celsius = self._resting_c(now_s) * (1 - left) + self._celsius * left
                self._at_s = now_s
            return self._celsius
