"""Explain, the slots: what each asks for, what it loses against, why it asks for nothing; the sentence above; what comes next."""

from dataclasses import replace

import pytest
from core_commands import HOUR_S, true_utc
from core_explain import explained, slot
from core_street import LAMP, Street, constant

from agent.commands import Dim, EmergencyLight
from agent.core.demand import Slot
from agent.events import OutputFailed, TechnicianSet
from agent.records import ClockSource, Fault, Part
from agent.settings.model import Limits, Motion
from agent.settings.schedule import Calendar

AT_60 = constant(60)
NIGHT, DAY = "2026-12-21 23:00", "2026-12-21 12:00"


def test_at_night_only_the_programme_asks_and_the_others_say_why_they_do_not() -> None:
    street = Street(AT_60).run(60)
    assert slot(street, Slot.MAINTENANCE) == (None, "nothing is set at the pole", None)
    assert slot(street, Slot.EMERGENCY) == (None, "no emergency is in force", None)
    assert slot(street, Slot.OVERRIDE) == (None, "no dim command is in force", None)
    assert slot(street, Slot.MOTION) == (None, "nobody is there", None)
    assert slot(street, Slot.PROGRAMME) == (60, "programme residential", None)
    assert slot(street, Slot.DEFAULT) == (None, "not needed: a programme can be evaluated", None)


def test_by_day_the_programme_holds_0_and_presence_raises_nothing() -> None:
    street = Street(AT_60, DAY).run(60)
    street.passer_by(61, stays_s=30)
    street.run(70)
    assert slot(street, Slot.PROGRAMME) == (0, "daylight", None)
    assert slot(street, Slot.MOTION) == (None, "somebody is there, which raises nothing by day", None)
    assert slot(street, Slot.DEFAULT) == (None, "not needed by day", None)


def test_each_slot_names_the_one_that_it_loses_against() -> None:
    street = Street(AT_60).run(60)
    street.passer_by(61, stays_s=200)
    street.run(70)
    assert slot(street, Slot.PROGRAMME) == (60, "programme residential", Slot.MOTION)
    assert slot(street, Slot.MOTION) == (100, "presence since 23:01:01", None)

    street.command(Dim(20), issuer="control room")
    street.run(80)
    assert slot(street, Slot.MOTION) == (100, "presence since 23:01:01", Slot.OVERRIDE)
    assert slot(street, Slot.OVERRIDE) == (20, "dim command id-1 from control room since 23:01:10 until 01:01:10", None)

    street.command(EmergencyLight(duration_s=600))
    street.run(90)
    assert slot(street, Slot.OVERRIDE)[2] is Slot.EMERGENCY
    assert slot(street, Slot.EMERGENCY) == (100, "emergency id-2 since 23:01:20 until 23:11:20", None)

    street.tell(TechnicianSet(35, 300))
    street.run(100)
    lost = {line.slot: line.loses_to for line in explained(street).slots}
    assert lost == {Slot.MAINTENANCE: None, Slot.DEFAULT: None} | dict.fromkeys(
        (Slot.EMERGENCY, Slot.OVERRIDE, Slot.MOTION, Slot.PROGRAMME), Slot.MAINTENANCE
    )
    assert slot(street, Slot.MAINTENANCE) == (35, "set at the pole at 23:01:30 until 23:06:30", None)


def test_presence_that_asks_for_no_more_than_the_programme_says_so() -> None:
    street = Street(replace(AT_60, motion=Motion(raise_to=50))).run(60)
    street.passer_by(61)
    street.run(62)
    words = "somebody is there, and the programme asks for as much already: 60 %"
    assert slot(street, Slot.MOTION) == (None, words, None)


def test_without_a_motion_sensor_that_is_what_the_slot_says() -> None:
    street = Street(replace(AT_60, sensors=replace(AT_60.sensors, motion=()))).run(60)
    assert slot(street, Slot.MOTION) == (None, "no motion sensor is configured", None)


def test_dims_that_wait_and_dims_for_nights_only_are_told_where_they_do_not_act() -> None:
    street = Street(AT_60).run(60)
    street.command(Dim(40, start_utc_s=true_utc(street, 3 * HOUR_S)))
    street.command(Dim(30, start_utc_s=true_utc(street, 26 * HOUR_S)))
    street.run(70)
    assert slot(street, Slot.OVERRIDE) == (None, "no dim command is in force; 2 to come, the first at 02:01:00", None)

    by_day = Street(AT_60, DAY).run(60)
    by_day.command(Dim(40, nights_only=True))
    by_day.run(70)
    assert slot(by_day, Slot.OVERRIDE) == (None, "dim command id-1 holds at night only", None)


@pytest.mark.parametrize(
    ("street", "programme", "default"),
    [
        (
            Street(replace(LAMP, programmes={}, calendar=Calendar())),
            "none is configured",
            "night, and no programme is configured for it",
        ),
        (
            Street(replace(LAMP, calendar=Calendar("summer"))),
            "the calendar has none for this night",
            "night, and no programme is configured for it",
        ),
        (
            Street(LAMP, source=ClockSource.UNSYNCED),
            "there is no time of day: the clock is not believed",
            "night, and the clock is not trusted for a programme",
        ),
        (
            Street(replace(LAMP, lamp=None)),
            "there is no local time: lamp.location is not configured",
            "night, and the clock is not trusted for a programme",
        ),
    ],
    ids=["no programme", "not tonight", "no clock", "no place"],
)
def test_where_the_default_lights_the_programme_says_why_it_cannot(street: Street, programme: str, default: str) -> None:
    street.run(60)
    assert slot(street, Slot.PROGRAMME) == (None, programme, None)
    assert slot(street, Slot.DEFAULT) == (100, default, None)


def test_while_starting_nobody_has_been_asked_yet() -> None:
    street = Street(AT_60, memory=None)
    street.dead.add(Part.LIGHT)
    street.run(1)
    assert explained(street).summary == "100 %: starting: the level found is kept until the sensors have spoken"
    assert slot(street, Slot.PROGRAMME) == (None, "not asked yet: the agent is starting", None)


# --- the sentence above


def summary(street: Street) -> str:
    return explained(street).summary


def test_the_sentence_names_level_cause_and_limits() -> None:
    street = Street(replace(AT_60, limits=Limits(floor=25))).run(60)
    assert summary(street) == "60 %: programme residential"
    street.command(Dim(5))
    assert summary(street.run(90)) == (
        "25 %: dim command id-1 since 23:01:00 until 01:01:00, raised to the floor, which holds at night"
    )


def test_in_a_fade_it_says_where_to_and_by_when() -> None:
    street = Street(AT_60).run(60)
    street.command(Dim(20, fade_s=100))
    assert summary(street.run(110)) == (
        "40 %: dim command id-1 since 23:01:00 until 01:01:00; on its way to 20 %, there at 23:02:40"
    )


def test_an_output_that_does_not_obey_makes_the_level_uncertain() -> None:
    street = Street(AT_60).run(60)
    street.tell(OutputFailed(Part.OUTPUT, Fault.FAILED))
    street.tell(OutputFailed(Part.RELAY, Fault.FAILED))
    assert summary(street) == (
        "60 %: programme residential; but the light may be another, for the output and relay cannot be set: "
        "check overlay, pins and rights"
    )


# --- what comes next


def next_of(street: Street) -> str:
    """As the panel of ``status`` shows it, in one line."""
    words = explained(street).next
    assert len(words) <= 70
    return words


def test_the_next_change_is_the_programme_s_at_night_and_the_sunset_by_day() -> None:
    assert next_of(Street(LAMP).run(60)) == "30 % at 00:30:00"
    assert next_of(Street(LAMP, "2026-12-22 08:00").run(60)) == "sunrise at 08:36:19; then off, when it is light"
    assert next_of(Street(LAMP, DAY).run(60)) == "sunset at 16:26:14; then 100 %, when the light falls"
    assert next_of(Street(LAMP, "2026-12-21 16:30").run(60)) == "the programme, as soon as the light falls"
    assert next_of(Street(LAMP, source=ClockSource.UNSYNCED).run(60)) == "nothing is planned, as far as can be known"


def test_who_has_the_say_for_a_time_is_followed_by_whoever_asks_then() -> None:
    street = Street(LAMP).run(60)
    street.passer_by(61)
    assert next_of(street.run(70)) == "motion until 23:01:47, if nobody comes; then programme with 60 %"
    street.command(Dim(20, duration_s=3 * HOUR_S))
    assert next_of(street.run(80)) == "override until 02:01:10; then programme with 30 %"  # from 00:30 on
    street.tell(TechnicianSet(70, 600))
    assert next_of(street.run(90)) == "maintenance until 23:11:20; then override with 20 %"


def test_what_a_dusk_or_dawn_decides_is_not_foretold() -> None:
    street = Street(LAMP, "2026-12-21 15:00").run(60)
    street.command(Dim(20, duration_s=600))
    assert next_of(street.run(70)) == "override until 15:11:00; then programme with 0 %"
    street.command(Dim(20, duration_s=3 * HOUR_S))
    assert next_of(street.run(80)) == "override until 18:01:10; then programme"
    late = Street(LAMP, "2026-12-22 07:00").run(60)
    late.command(Dim(20, duration_s=24 * HOUR_S))
    assert next_of(late.run(70)) == "override until 07:01:00; then programme"


def test_a_dim_that_waits_comes_next_where_it_comes_first_and_nothing_stronger_hides_it() -> None:
    street = Street(LAMP).run(60)
    street.command(Dim(40, start_utc_s=true_utc(street, 600)))
    assert next_of(street.run(70)) == "a dim command with 40 % at 23:11:00"
    street.tell(TechnicianSet(70, 1200))
    assert next_of(street.run(80)) == "maintenance until 23:21:10; then programme with 60 %"


def test_moments_a_day_away_and_more_bear_their_date() -> None:
    street = Street(LAMP).run(60)
    street.command(Dim(40, duration_s=3 * 24 * HOUR_S))
    assert slot(street.run(70), Slot.OVERRIDE)[1] == "dim command id-1 since 23:01:00 until 2026-12-24 23:01"
