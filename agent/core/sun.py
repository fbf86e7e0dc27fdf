"""Where the sun stands, and when it crosses an elevation. Built on astral's elevation alone, which is defined everywhere."""

from datetime import UTC, datetime
from math import acos, cos, degrees, radians, sin

from astral import Observer
from astral.sun import elevation

SUNSET_DEG = -0.833  # the upper limb on the horizon, refraction included: how almanacs define sunset and sunrise
_DECLINATION_DEG = 23.44  # of the sun at a solstice
_DRIFT_DEG_S = 0.5 / 86400  # of the declination, at an equinox; and a little more
_SCAN_S = 1200.0
_NEAR_S = 3600.0, 64_800.0
CHORD_S = 300.0
_DAY_S = 86400.0


class Sun:
    """The sun over one place. Times are POSIX seconds, elevations geometric degrees."""

    def __init__(self, latitude: float, longitude: float) -> None:
        self._observer = Observer(latitude, longitude)
        self.fastest_deg_s = 360 / _DAY_S * cos(radians(latitude)) + _DRIFT_DEG_S  # most that the elevation can change
        horizon, north = radians(SUNSET_DEG), radians(abs(latitude))
        self.longest_day_s = self._longest_above_s(north, horizon)  # the sun can stay up so long here: 24 hours near a pole
        self.longest_night_s = self._longest_above_s(north, -horizon)
        self._last = float("nan"), 0.0  # one step asks for the same moment several times
        self._chord = float("nan"), 0.0, 0.0  # where it began, and the elevations at its two ends

    def elevation_deg(self, utc_s: float) -> float:
        asked_s, elevation_deg = self._last
        if asked_s != utc_s:
            elevation_deg = elevation(self._observer, datetime.fromtimestamp(utc_s, UTC), with_refraction=False)
            self._last = utc_s, elevation_deg
        return elevation_deg

    def followed_deg(self, utc_s: float) -> float:
        """The elevation for who follows the sun from moment to moment: on chords of five minutes, 0.006 degrees off at most."""
        start_s, before, after = self._chord
        part = (utc_s - start_s) / CHORD_S
        if not 0 <= part < 1:
            start_s = utc_s // CHORD_S * CHORD_S
            before = after if start_s == self._chord[0] + CHORD_S else self.elevation_deg(start_s)
            after, part = self.elevation_deg(start_s + CHORD_S), (utc_s - start_s) / CHORD_S
            self._chord = start_s, before, after
        return before + (after - before) * part

    def crossing(self, start_s: float, end_s: float, at_deg: float, *, rising: bool) -> float | None:
        """The first moment in the span at which the sun passes that elevation in that direction, to the second; None: never."""
        before_s, before = start_s, self.elevation_deg(start_s) - at_deg
        while before_s < end_s:
            after_s = min(before_s + _SCAN_S, end_s)
            after = self.elevation_deg(after_s) - at_deg
            if (before < 0 <= after) if rising else (before >= 0 > after):
                return self._bisect(before_s, after_s, at_deg, rising=rising)
            before_s, before = after_s, after
        return None

    def _bisect(self, low_s: float, high_s: float, at_deg: float, *, rising: bool) -> float:
        while high_s - low_s > 0.5:
            middle_s = (low_s + high_s) / 2
            if (self.elevation_deg(middle_s) >= at_deg) == rising:
                high_s = middle_s
            else:
                low_s = middle_s
        return high_s

    def noon(self, around_s: float) -> float:
        """The solar noon nearest to a moment: where the sun is highest, to about a second."""
        best_s = max((around_s + step * _SCAN_S for step in range(-36, 37)), key=self.elevation_deg)
        low_s, high_s = best_s - _SCAN_S, best_s + _SCAN_S
        while high_s - low_s > 1:
            third_s = (high_s - low_s) / 3
            if self.elevation_deg(low_s + third_s) < self.elevation_deg(high_s - third_s):
                low_s += third_s
            else:
                high_s -= third_s
        return (low_s + high_s) / 2

    def nearest_crossing(self, around_s: float, at_deg: float, *, rising: bool) -> float | None:
        """The crossing nearest to a moment, at most 18 hours away."""
        for away_s in _NEAR_S:  # most often it is minutes away
            found = []
            start_s, end_s = around_s - away_s, around_s + away_s
            while (at_s := self.crossing(start_s, end_s, at_deg, rising=rising)) is not None:
                found.append(at_s)
                start_s = at_s + 60
            if found:
                return min(found, key=lambda at_s: abs(at_s - around_s))
        return None

    @staticmethod
    def _longest_above_s(latitude: float, elevation: float) -> float:
        """All in radians. The hour angle at which the sun of the solstice stands at that elevation (J. Meeus, Astronomical
        Algorithms, ch. 15); a winter night here is a summer day on the other side of the globe, so one formula serves both.
        """
        declination = radians(_DECLINATION_DEG)
        cosine = (sin(elevation) - sin(latitude) * sin(declination)) / (cos(latitude) * cos(declination))
        return degrees(acos(min(1.0, max(-1.0, cosine)))) / 180 * _DAY_S
