"""Nights chosen to hurt: solstices, changes of the clocks, polar day and night, storm, full moon, both sides of the date line."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.config.compiler import compile_file
from agent.settings.model import Location, Settings
from agent.simulation.weather import Weather

SHIPPED = Path(__file__).parents[2] / "configs/simulated.yaml"
SETTLED_S = 3600.0  # the simulation begins so long before the first noon: a start is no part of a night

DUISBURG = Location(51.4344, 6.7623, "Europe/Berlin")
TROMSOE = Location(69.6496, 18.9560, "Europe/Oslo")
SYDNEY = Location(-33.8688, 151.2093, "Australia/Sydney")
TAVEUNI = Location(-16.8500, 179.9700, "Pacific/Fiji")
APIA = Location(-13.8333, -171.7667, "Pacific/Apia")  # 25 hours away from Taveuni's other neighbour, on the same meridian


@dataclass(frozen=True, slots=True)
class Night:
    """From local noon of that date."""

    name: str
    place: Location
    day: date
    weather: Weather = "clear"
    polar: bool = False  # the sun may leave the photocell nothing to contradict, and the year no dusk to see

    @property
    def noon_utc_s(self) -> float:
        return datetime.combine(self.day, time(12), ZoneInfo(self.place.time_zone)).timestamp()


NIGHTS = (
    Night("december", DUISBURG, date(2026, 12, 21)),
    Night("june", DUISBURG, date(2026, 6, 21)),
    Night("clocks-back", DUISBURG, date(2026, 10, 24)),
    Night("clocks-forward", DUISBURG, date(2027, 3, 27)),
    Night("storm", DUISBURG, date(2026, 11, 5), "storm"),
    Night("full-moon", DUISBURG, date(2026, 12, 23)),
    Night("overcast-march", DUISBURG, date(2027, 3, 3), "overcast"),
    Night("polar-night", TROMSOE, date(2026, 12, 21), polar=True),
    Night("polar-day", TROMSOE, date(2026, 6, 21), polar=True),
    Night("tromso-august", TROMSOE, date(2026, 8, 25), polar=True),
    Night("sydney-june", SYDNEY, date(2026, 6, 21)),
    Night("sydney-clocks-back", SYDNEY, date(2027, 4, 3)),
    Night("west-of-the-date-line", TAVEUNI, date(2026, 9, 23)),
    Night("east-of-the-date-line", APIA, date(2026, 12, 31)),
)


@cache
def shipped() -> Settings:
    compiled, _ = compile_file(SHIPPED)
    if compiled.settings is None:
        raise ValueError(f"{SHIPPED} does not compile: {compiled.problems}")
    return compiled.settings


@cache
def settings_for(place: Location) -> Settings:
    """The shipped config, at that place."""
    settings = shipped()
    if settings.lamp is None:
        raise ValueError(f"{SHIPPED} names no lamp")
    return replace(settings, lamp=replace(settings.lamp, location=place))
