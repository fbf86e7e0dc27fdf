"""The street: its light and who passes, as functions of the true time. The same seed is the same street."""

from collections.abc import Iterator
from datetime import UTC, tzinfo

from agent.simulation.daylight import SunTrack, night_sky_lx, sunlight_lx
from agent.simulation.traffic import Pass, Traffic, passes
from agent.simulation.weather import Clouds, Weather


class Street:
    """Times are POSIX seconds. A question about the light costs a few microseconds, and its answer depends on the time alone."""

    def __init__(
        self,
        latitude: float,
        longitude: float,
        zone: tzinfo = UTC,
        *,
        seed: int = 1,
        weather: Weather = "clear",
        traffic: Traffic = "quiet",
    ) -> None:
        self.sun = SunTrack(latitude, longitude)
        self._clouds = Clouds(weather, seed * 1000)
        self._traffic: Traffic = traffic
        self._zone = zone
        self._seed = seed

    def sun_elevation_deg(self, utc_s: float) -> float:
        """Geometric: without refraction."""
        return self.sun.exact_deg(utc_s)

    def daylight_lx(self, utc_s: float) -> float:
        """All light that is not the lamp's, lightning included, on a horizontal surface."""
        sky_lx = sunlight_lx(self.sun.elevation_deg(utc_s)) + night_sky_lx(utc_s)
        return sky_lx * self._clouds.transmittance(utc_s) + self._clouds.lightning_lx(utc_s)

    def passes(self, from_utc_s: float) -> Iterator[Pass]:
        """Everyone still there at that moment or coming later, in the order of stepping in."""
        return passes(self._traffic, self._zone, self._seed, from_utc_s)
