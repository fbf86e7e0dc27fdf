"""Deciding: what the programme slot asks for with and without programme and clock, and what makes a decision grow old."""

from dataclasses import replace

import pytest
from core_street import LAMP, Street, constant

from agent.core.twilight import Twilight
from agent.events import Measured
from agent.ledger import Counters, Memory
from agent.records import ClockSource, Part, Quantity, Reading
from agent.settings.hardware import TemperatureSensor
from agent.settings.model import Derating, Limits, Night, Settings

UNDERPASS = replace(constant(30), night=Night(mode="always"))


def asked(street: Street) -> tuple[str, str, float]:
    state = street.state
    return state.slot.value, state.cause.value, state.target_level


@pytest.mark.parametrize("source", [ClockSource.NTP, ClockSource.UNSYNCED])
def test_a_lamp_without_programmes_is_at_full_light_all_night_and_says_so(source: ClockSource) -> None:
    street = Street(replace(LAMP, programmes={}), source=source).run(60)
    assert asked(street) == ("default", "noProgramme", 100)


def test_the_clock_is_named_only_where_a_programme_waits_for_it() -> None:
    assert asked(Street(LAMP, source=ClockSource.UNSYNCED).run(60)) == ("default", "noClock", 100)


def test_a_programme_begins_in_the_middle_of_a_night_when_the_clock_is_set_and_ends_when_it_is_lost() -> None:
    street = Street(UNDERPASS, source=ClockSource.UNSYNCED).run(60)
    assert asked(street) == ("default", "noClock", 100)
    street.source = ClockSource.NTP
    assert asked(street.run(180)) == ("programme", "programme", 30)
    street.controller._watch.timekeeper.witnessed(street.now, Twilight.DUSK, 7200.0, 7200.0)
    assert asked(street.run(360)) == ("default", "noClock", 100)


def test_a_programme_switches_at_its_moment_by_a_clock_that_has_just_been_put_right() -> None:
    street = Street(start="2026-12-21 22:20").run(60)
    street.wall_off_s = 90.0
    street.run(600)
    assert street.levels[-1][0] == pytest.approx(600 - 90, abs=0.001)
    assert street.state.target_level == 60


def test_the_level_follows_the_age_of_the_lamp() -> None:
    settings = replace(LAMP, luminaire=replace(LAMP.luminaire, constant_light_output=((0, 82), (100_000, 100))))
    aged = Memory(counters=Counters(operating_s=50_000 * 3600.0))
    assert Street(settings, memory=aged, start="2026-12-21 18:00").run(60).level == 91


def test_the_level_follows_the_temperature_while_the_programme_asks_for_the_same() -> None:
    thermometer = replace(LAMP.sensors, temperature=TemperatureSensor("tmp102"))
    settings: Settings = replace(constant(100), limits=Limits(derating=Derating(70, 85, 30)), sensors=thermometer)
    street = Street(settings).run(60)
    levels = []
    for celsius in (20.0, 85.0, 77.5):
        street.tell(Measured(Part.TEMPERATURE, (Reading(Quantity.TEMPERATURE_C, celsius, street.now.mono_s),)))
        levels.append(street.run(street.passed_s + 20).level)
    assert levels == [100, 30, 65]
