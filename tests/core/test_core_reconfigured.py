"""New settings take force at once, and what they do not touch is kept: light, presence, counters, alarms, what the sky taught."""

from dataclasses import replace

import pytest
from core_street import LAMP, METERED, Street, constant

from agent.commands import Dim
from agent.effects import Sample
from agent.events import ConfigInvalid, Reconfigured, TechnicianSet
from agent.messages import Ack
from agent.records import ClockSource, Part
from agent.settings.hardware import LightSensor
from agent.settings.model import Settings


def reconfigure(street: Street, settings: Settings) -> None:
    street.settings = settings
    street.tell(Reconfigured(settings, "v2"))


def test_a_new_level_takes_force_at_once_and_fades() -> None:
    street = Street(constant(30)).run(60)
    reconfigure(street, constant(80))
    assert street.levels[-1][1].end_level == 80
    assert street.level == 30
    assert street.run(63).level == 80


def test_who_is_there_stays_there_and_counted() -> None:
    street = Street(constant(30)).run(60)
    street.passer_by(at_s=100)
    street.run(110)
    reconfigure(street, constant(40))
    assert (street.run(120).level, street.state.cause) == (100, "presence")
    assert street.run(400).telemetry[-1].presence_count == 1


def test_nothing_published_ever_falls() -> None:
    street = Street(METERED).run(600)
    reconfigure(street, replace(METERED, motion=LAMP.motion))
    reconfigure(street, METERED)
    street.run(1200)
    versions = [state.version for _, state in street.states]
    assert versions == sorted(set(versions))
    energies = [one.active_energy_wh for one in street.telemetry]
    assert energies == sorted(energies)


def test_an_alarm_that_is_up_is_neither_told_again_nor_forgotten() -> None:
    street = Street(constant(30))
    street.dead.add(Part.LIGHT)
    street.run(60)
    reconfigure(street, constant(40))
    street.run(600)
    assert street.happened.count(("lightSensorFault", "raised")) + street.happened.count(("i2cBusFault", "raised")) == 1


def test_the_alarm_of_a_sensor_that_is_taken_out_ends() -> None:
    street = Street(METERED)
    street.dead.add(Part.LIGHT)
    assert "lightSensorFault" in street.run(300).state.alarms
    reconfigure(street, replace(METERED, sensors=replace(METERED.sensors, light=None)))
    assert "lightSensorFault" not in street.run(310).state.alarms


def test_a_good_config_ends_the_alarm_of_a_broken_one() -> None:
    street = Street(constant(30)).run(60)
    street.tell(ConfigInvalid(("lamp: missing",)))
    assert street.state.alarms == ("invalidConfig",)
    reconfigure(street, constant(30))
    assert street.state.alarms == ()


def test_by_day_without_a_clock_the_proven_day_survives_a_new_config() -> None:
    street = Street(start="2026-06-21 12:00", source=ClockSource.UNSYNCED, sky=lambda utc_s: 20_000 + utc_s % 97).run(120)
    assert street.level == 0
    reconfigure(street, constant(40))
    assert street.run(180).level == 0
    assert street.switchings == 1


def test_another_photocell_has_to_speak_for_itself() -> None:
    street = Street(start="2026-06-21 12:00", source=ClockSource.UNSYNCED, sky=lambda utc_s: 20_000 + utc_s % 97).run(120)
    other = replace(LAMP.sensors, light=LightSensor("opt3001", address=0x44))
    reconfigure(street, replace(LAMP, sensors=other))
    assert street.levels[-1][1].end_level == 100


def test_a_new_place_has_to_be_confirmed_by_the_sky() -> None:
    street = Street(start="2026-12-21 12:00").run_to("2026-12-21 20:00")
    keeper = street.controller._watch.timekeeper
    assert keeper.confirmed
    reconfigure(street, constant(40))
    assert keeper.confirmed
    lamp = LAMP.lamp
    assert lamp is not None
    assert lamp.location is not None
    reconfigure(street, replace(LAMP, lamp=replace(lamp, location=replace(lamp.location, latitude=48.0))))
    assert not keeper.confirmed


def test_every_period_is_told_again_to_whoever_reads_the_sensors() -> None:
    street = Street(METERED).run(600)
    told = len(street.of(Sample))
    reconfigure(street, METERED)
    assert {sample.part for sample in street.of(Sample)[told:]} == {Part.LIGHT, Part.POWER, Part.SOC}


@pytest.mark.parametrize("level", [0.0, 55.0])
def test_what_people_have_asked_for_stays(level: float) -> None:
    street = Street(constant(30)).run(60)
    street.tell(TechnicianSet(level, 600))
    street.run(100)
    reconfigure(street, constant(80))
    assert (street.run(120).level, street.state.slot) == (level, "maintenance")


def test_acknowledgements_bear_the_lamps_new_name() -> None:
    lamp = LAMP.lamp
    assert lamp is not None
    street = Street(constant(30)).run(60)
    reconfigure(street, replace(LAMP, lamp=replace(lamp, id="lamp-0043")))
    street.command(Dim(50))
    assert [ack.lamp for ack in street.run(100).sent(Ack)] == ["lamp-0043", "lamp-0043"]
