"""Time zones: which there are, and where each has its own place, from the tables of the tz database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

_EARTH_RADIUS_KM = 6371.0
_COORDINATES = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?([+-])(\d\d\d)(\d\d)(\d\d)?")  # ISO 6709, as in zone.tab


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """Degrees, north and east positive."""

    latitude: float
    longitude: float


def distance_km(one: GeoPoint, other: GeoPoint) -> float:
    """Along the great circle: the haversine formula on a sphere."""
    north, south = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


@cache
def zone_names() -> frozenset[str]:
    """Every name, old ones included."""
    listed = _table("../zones")
    return frozenset(listed.split()) if listed else frozenset(available_timezones())


def place_of(zone: str) -> GeoPoint | None:
    """The zone's own place; None for UTC, Etc and other zones without one. An old name has the place of its new one."""
    places = _places()
    return places.get(zone) or places.get(_links().get(zone, ""))


@cache
def _places() -> Mapping[str, GeoPoint]:
    rows = (line.split("\t") for line in _table("zone.tab").splitlines() if line and not line.startswith("#"))
    return {row[2]: point for row in rows if len(row) >= 3 and (point := _point(row[1])) is not None}


def _point(text: str) -> GeoPoint | None:
    found = _COORDINATES.fullmatch(text)
    if found is None:
        return None
    north = int(found[2]) + int(found[3]) / 60 + int(found[4] or 0) / 3600
    east = int(found[6]) + int(found[7]) / 60 + int(found[8] or 0) / 3600
    return GeoPoint(north if found[1] == "+" else -north, east if found[5] == "+" else -east)


@cache
def _links() -> Mapping[str, str]:
    """Old name to new: the lines ``L TARGET LINK`` of the compact database."""
    rows = (line.split() for line in _table("tzdata.zi").splitlines() if line.startswith("L "))
    return {row[2]: row[1] for row in rows if len(row) == 3}


def _table(name: str) -> str:
    """A table of the tz database, from the package or else from the system; empty where neither has it."""
    for folder in _folders():
        path = folder / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""


def _folders() -> Iterator[Path]:
    yield Path(str(files("tzdata"))) / "zoneinfo"
    yield from (Path(folder) for folder in TZPATH)
