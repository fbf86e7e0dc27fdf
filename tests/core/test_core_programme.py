"""The calendar and its programmes, through clock changes and polar days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.core.localtime import moment, night_span
from agent.core.programme import Planner, programme_of
from agent.core.sun import Sun
from agent.settings.schedule import Anchor, Calendar, CalendarRule, MonthDay, Programme, ProgrammeEntry, TimeOfNight, Weekday

BERLIN = ZoneInfo("Europe/Berlin")
DUISBURG = Sun(51.4344, 6.7623)


def utc(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def clock(hour: int, minute: int = 0) -> TimeOfNight:
    return TimeOfNight(Anchor.MIDNIGHT, hour * 3600 + minute * 60)


RESIDENTIAL: Programme = (
    ProgrammeEntry(TimeOfNight(Anchor.SUNSET), 100),
    ProgrammeEntry(clock(22, 30), 60),
    ProgrammeEntry(clock(0, 30), 30),
    ProgrammeEntry(TimeOfNight(Anchor.SUNRISE, -2700), 70),
)
SINGLE: Programme = (ProgrammeEntry(clock(20), 50),)


def planner(sun: Sun = DUISBURG, zone: ZoneInfo = BERLIN, programme: Programme = RESIDENTIAL) -> Planner:
    return Planner({"residential": programme}, Calendar(default="residential"), sun, zone)


@pytest.mark.parametrize(
    ("at", "level"),
    [
        ("2026-12-21 12:00", 100),
        ("2026-12-21 22:29:59", 100),
        ("2026-12-21 22:30", 60),
        ("2026-12-22 00:30", 30),
        ("2026-12-22 07:52", 70),
    ],
)
def test_a_winter_night_goes_through_its_levels_in_local_time(at: str, level: float) -> None:
    assert planner().plan(utc(at)).level_at(utc(at)) == level


def test_an_entry_before_the_one_above_it_is_reached_together_with_it() -> None:
    late = (ProgrammeEntry(TimeOfNight(Anchor.SUNSET), 100), ProgrammeEntry(clock(17), 60))  # sunset in June is near 22:00
    plan = planner(programme=late).plan(utc("2026-06-21 23:00"))
    assert plan.switches[1].at_utc_s == plan.switches[0].at_utc_s == plan.sunset_utc_s
    assert plan.level_at(utc("2026-06-21 18:00")) == 100
    assert plan.level_at(utc("2026-06-21 23:00")) == 60


def test_sunset_and_sunrise_are_the_almanacs() -> None:
    plan = planner().plan(utc("2026-12-21 20:00"))
    assert plan.sunset_utc_s == pytest.approx(utc("2026-12-21 16:26"), abs=120)
    assert plan.sunrise_utc_s == pytest.approx(utc("2026-12-22 08:35"), abs=180)


def test_a_time_that_the_clocks_jump_over_is_reached_with_the_jump() -> None:
    assert moment(date(2026, 3, 29), 2.5 * 3600, BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp()


def test_of_a_time_that_the_clocks_show_twice_the_first_counts() -> None:
    assert moment(date(2026, 10, 25), 2.5 * 3600, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("at", "hours"), [("2026-03-28 20:00", 23), ("2026-10-24 20:00", 25), ("2026-12-21 03:00", 24)])
def test_a_night_lasts_from_noon_to_noon_whatever_the_clocks_do(at: str, hours: int) -> None:
    span = night_span(utc(at), BERLIN)
    assert span.holds(utc(at))
    assert span.end_utc_s - span.start_utc_s == hours * 3600


def test_a_night_belongs_to_the_date_on_which_it_began() -> None:
    rules = (CalendarRule("weekend", days=(Weekday.FRI, Weekday.SAT)),)
    both = Planner({"residential": RESIDENTIAL, "weekend": SINGLE}, Calendar("residential", rules), DUISBURG, BERLIN)
    assert both.plan(utc("2026-11-27 11:59")).programme == "residential"  # still Thursday's night
    assert both.plan(utc("2026-11-27 12:00")).programme == "weekend"
    assert both.plan(utc("2026-11-29 03:00")).programme == "weekend"  # Saturday's night
    assert both.plan(utc("2026-11-29 12:00")).programme == "residential"


@pytest.mark.parametrize(("day", "name"), [((12, 23), "a"), ((12, 24), "b"), ((12, 31), "b"), ((1, 1), "b"), ((1, 2), "a")])
def test_a_range_of_dates_may_run_over_new_year(day: tuple[int, int], name: str) -> None:
    calendar = Calendar("a", (CalendarRule("b", first=MonthDay(12, 24), last=MonthDay(1, 1)),))
    assert programme_of(date(2026, *day), calendar, {"a": SINGLE, "b": SINGLE}) == name


def test_the_only_programme_needs_no_calendar_and_none_at_all_leaves_nothing_to_evaluate() -> None:
    assert programme_of(date(2026, 1, 1), Calendar(), {"only": SINGLE}) == "only"
    assert programme_of(date(2026, 1, 1), Calendar(), {"a": SINGLE, "b": SINGLE}) is None
    assert planner(programme=()).plan(0.0).level_at(0.0) is None


def test_where_the_sun_does_not_set_the_solar_noons_stand_for_it() -> None:
    oslo, tromso = ZoneInfo("Europe/Oslo"), Sun(69.65, 18.96)
    plan = planner(tromso, oslo).plan(utc("2026-06-21 23:00", oslo))
    assert plan.sunset_utc_s is None
    assert plan.sunrise_utc_s is None
    assert plan.switches[0].at_utc_s == pytest.approx(tromso.noon(plan.span.start_utc_s), abs=2)
    assert plan.switches[-1].at_utc_s == pytest.approx(tromso.noon(plan.span.end_utc_s) - 2700, abs=2)


def test_the_next_switch_is_the_next_other_level() -> None:
    plan = planner().plan(utc("2026-12-21 20:00"))
    found = plan.next_switch(utc("2026-12-21 20:00"))
    assert found is not None
    assert (found.at_utc_s, found.level) == (utc("2026-12-21 22:30"), 60)
