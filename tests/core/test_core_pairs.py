"""Two faults at once, of the clock and of the photocell, leave no lamp dark in the night."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from core_street import DUISBURG, LAMP, Street, clear_sky, utc

from agent.records import ClockSource
from agent.settings.hardware import LightSensor
from agent.simulation.daylight import SunTrack

HOUR_S = 3600.0
START = "2026-12-21 14:00"
CLEAR = clear_sky()
SELDOM_READ = replace(LAMP, sensors=replace(LAMP.sensors, light=LightSensor("veml7700", every_s=30)))  # to be quick


def frozen_bright(utc_s: float) -> float:
    return 5000.0


def floodlit(utc_s: float) -> float:
    return CLEAR(utc_s) + 800.0 + utc_s % 7


def covered_in_the_evening(utc_s: float) -> float:
    hours = (utc_s - utc("2026-12-21 14:30")) / HOUR_S
    return float(CLEAR(utc_s) * 10 ** (-5 * min(1.0, max(0.0, hours))))


def never_set(street: Street) -> None:
    street.source, street.wall_off_s = ClockSource.UNSYNCED, -100 * 24 * HOUR_S


def jumps(street: Street) -> None:
    def jump() -> None:
        street.wall_off_s = -11 * HOUR_S

    street.at(9 * HOUR_S, jump)


def lags(street: Street) -> None:
    def lag() -> None:
        street.wall_off_s = -299.0  # not yet a step

    street.at(HOUR_S, lag)


def first_wrong_then_set(street: Street) -> None:
    def synchronise() -> None:
        street.source, street.wall_off_s = ClockSource.NTP, 0.0

    never_set(street)
    street.at(15 * HOUR_S, synchronise)


@pytest.mark.parametrize("sky", [frozen_bright, floodlit, covered_in_the_evening])
@pytest.mark.parametrize("clock", [never_set, jumps, lags, first_wrong_then_set])
def test_no_minute_of_the_night_is_dark(sky: Callable[[float], float], clock: Callable[[Street], None]) -> None:
    street = Street(SELDOM_READ, START, sky=sky)
    clock(street)
    hours = 20
    street.run(hours * HOUR_S)
    sun = SunTrack(DUISBURG.latitude, DUISBURG.longitude)
    night = [at_s for at_s in range(60, int(hours * HOUR_S), 60) if sun.elevation_deg(utc(START) + at_s) < -6]
    assert len(night) > 700
    assert [at_s for at_s in night if street.level_at(at_s) == 0] == []
