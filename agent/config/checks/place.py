"""The place: does it fit its time zone, and is it known where sun or local time are needed?"""

from collections.abc import Iterator

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, warning
from agent.config.problems import quoted
from agent.config.wording import nearest
from agent.config.zones import GeoPoint, distance_km, place_of, zone_names
from agent.settings.model import Location, Settings

_FARTHEST_KM = 4500.0
_EXAMPLE = "write location: {latitude: 51.4344, longitude: 6.7623, time_zone: Europe/Berlin} under lamp, with the pole's own"


def unknown_zone(settings: Settings, _: Written) -> Iterator[Finding]:
    location = _location(settings)
    if location is not None and location.time_zone not in zone_names():
        likely = nearest_zone(location.time_zone)
        hint = f"write {likely}" if likely else "write an IANA name, such as Europe/Berlin"
        yield Finding(("lamp", "location", "time_zone"), f"there is no time zone {quoted(location.time_zone)}", hint)


def nearest_zone(name: str) -> str | None:
    """Also for a city alone: ``Berlin``."""
    city = name.casefold().replace(" ", "_")
    cities = (zone for zone in sorted(zone_names()) if city and zone.casefold().endswith(f"/{city}"))
    return next(cities, None) or nearest(name, sorted(zone_names()))


def far_from_its_zone(settings: Settings, _: Written) -> Iterator[Finding]:
    location = _location(settings)
    zone = place_of(location.time_zone) if location is not None else None
    if location is None or zone is None:
        return
    away_km = distance_km(GeoPoint(location.latitude, location.longitude), zone)
    if away_km <= _FARTHEST_KM:
        return
    message = f"is {away_km:.0f} km from {location.time_zone}"
    yield Finding(("lamp", "location"), message, _how_to_mend(location, zone))


def _how_to_mend(location: Location, zone: GeoPoint) -> str:
    at = {
        "latitude and longitude look swapped": (location.longitude, location.latitude),
        "the sign of longitude looks wrong: east is positive": (location.latitude, -location.longitude),
        "the sign of latitude looks wrong: north is positive": (-location.latitude, location.longitude),
    }
    for guess, (latitude, longitude) in at.items():
        if abs(latitude) <= 90 and distance_km(GeoPoint(latitude, longitude), zone) <= _FARTHEST_KM / 3:
            return guess
    return "write the pole's own latitude, longitude and time_zone"


def zero_island(settings: Settings, _: Written) -> Iterator[Finding]:
    location = _location(settings)
    if location is not None and location.latitude == 0 and location.longitude == 0:
        yield warning(("lamp", "location"), "0, 0 lies in the sea", "write the pole's own latitude and longitude")


def place_is_needed(settings: Settings, _: Written) -> Iterator[Finding]:
    """One message for all that needs it; without a place the lamp would be lit, but not as written."""
    if settings.lamp is None or settings.lamp.location is not None:
        return
    path = ("lamp", "location")
    if settings.night.mode == "sun":
        yield Finding(path, "is missing, and night.mode: sun needs the sun", _EXAMPLE)
    elif settings.programmes:
        yield Finding(path, "is missing, and programmes need its local time and sun", _EXAMPLE)
    elif settings.night.mode == "auto":
        blind = settings.sensors.light is None
        lit = "without it and without sensors.light it is always night" if blind else "without it the photocell decides alone"
        yield warning(path, f"is missing: {lit}", _EXAMPLE)


def photocell_is_needed(settings: Settings, _: Written) -> Iterator[Finding]:
    if settings.night.mode == "photocell" and settings.sensors.light is None:
        yield Finding(
            ("night", "mode"), "photocell needs sensors.light, and there is none", "write auto or sun, or add the sensor"
        )


def _location(settings: Settings) -> Location | None:
    return None if settings.lamp is None else settings.lamp.location


CHECKS = (
    Check(unknown_zone),
    Check(far_from_its_zone),
    Check(zero_island),
    Check(place_is_needed, needs=(("lamp", "location"), ("night",), ("programmes",), ("sensors", "light"))),
    Check(photocell_is_needed, needs=(("sensors", "light"),)),
)
