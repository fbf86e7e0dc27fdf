"""Light of sun, moon and stars on the ground under a clear sky."""

from datetime import UTC, datetime
from math import cos, floor, pi

from astral import Observer
from astral.sun import elevation

_STARS_LX = 0.001  # starlight and airglow
_FULL_MOON_LX = 0.25
_NEW_MOON_UTC_S = 947_182_440.0  # 6 January 2000, 18:14
_MONTH_S = 29.530_588 * 86_400  # from new moon to new moon, on average

# log10 of lux as a cubic in elevation / 90 degrees, each from its elevation upwards. P. K. Seidelmann (ed.), Explanatory
# Supplement to the Astronomical Almanac, 1992, chapter 9 (S. E. Urban and P. K. Seidelmann, 3rd ed., 2013, p. 518).
_SUNLIGHT = (
    (20.0, (3.74, 3.97, -4.07, 1.47)),
    (5.0, (3.05, 13.28, -45.98, 64.33)),
    (-0.8, (2.88, 22.26, -207.64, 1034.30)),
    (-5.0, (2.88, 21.81, -258.11, -858.36)),
    (-12.0, (2.70, 12.17, -431.69, -1899.83)),
    (-18.0, (13.84, 262.72, 1447.42, 2797.93)),
)


def sunlight_lx(elevation_deg: float) -> float:
    """Horizontal illuminance by the sun, direct and scattered, under a clear sky; the elevation is geometric. 0 in full night."""
    for lowest_deg, (a, b, c, d) in _SUNLIGHT:
        if elevation_deg >= lowest_deg:
            x = elevation_deg / 90
            return float(10 ** (((d * x + c) * x + b) * x + a))
    return 0.0


def night_sky_lx(utc_s: float) -> float:
    """Stars and moon: the moon as bright as its phase, wherever it stands; a street lamp cannot tell."""
    half_way = (1 - cos(2 * pi * (utc_s - _NEW_MOON_UTC_S) / _MONTH_S)) / 2  # the lit share of its disc
    return _STARS_LX + _FULL_MOON_LX * half_way**3  # a half moon gives about a tenth


class SunTrack:
    """The sun's geometric elevation over one place. It calls astral itself, so that the truth owes nothing to what is tested."""

    _STEP_S = 300  # straight lines between: at most 0.006 degrees off, a second or two

    def __init__(self, latitude: float, longitude: float) -> None:
        self._observer = Observer(latitude, longitude)
        self._span = (-1, 0.0, self._exact_at(0))  # one reference: replaced as a whole

    def exact_deg(self, utc_s: float) -> float:
        return elevation(self._observer, datetime.fromtimestamp(utc_s, UTC), with_refraction=False)

    def elevation_deg(self, utc_s: float) -> float:
        """Half a microsecond where the last question was near."""
        place = utc_s / self._STEP_S
        step = floor(place)
        span = self._span
        if span[0] != step:
            left_deg = span[2] if step == span[0] + 1 else self._exact_at(step)
            self._span = span = (step, left_deg, self._exact_at(step + 1))
        return span[1] + (span[2] - span[1]) * (place - step)

    def _exact_at(self, step: int) -> float:
        return self.exact_deg(step * self._STEP_S)
