"""The report of a preview against nights worked out by hand: what a summary says, and which rows a timeline has."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from agent.config.compiler import compile_text
from agent.simulation.preview.report import Preview, Row
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview

Run = Callable[..., Preview]
WINTER = "2026-12-21"
TROMSO = "{latitude: 69.65, longitude: 18.96, time_zone: Europe/Oslo}"


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def at(rows: tuple[Row, ...], moment: str) -> Row:
    """The row that holds then."""
    return next(row for row in reversed(rows) if row.at <= moment)


def rows_of(seen: Preview) -> tuple[Row, ...]:
    assert seen.report.timeline is not None
    return seen.report.timeline


# --- the summary of a night


def test_a_winter_night_is_summed_up_as_almanac_and_programme_have_it(run: Run) -> None:
    """Duisburg: sunset 16:26, sunrise 08:36 on the 22nd; 42 W to 22:30, then 60, 30 and before sunrise 70 %."""
    (night,) = run(WINTER).report.nights
    assert night.date == WINTER
    assert (night.sunset or "").startswith("2026-12-21T15:26")
    assert (night.sunrise or "").startswith("2026-12-22T07:36")
    assert "2026-12-21T15:26" < (night.first_on or "") < "2026-12-21T16:10"
    assert "2026-12-22T06:50" < (night.last_off or "") < "2026-12-22T07:36"
    on_s, off_s = seconds(night.first_on or ""), seconds(night.last_off or "")
    assert night.lit_hours == pytest.approx((off_s - on_s) / 3600, abs=0.01)
    switched_s = [on_s, *(seconds(f"2026-12-21T{hour}:30:00Z") for hour in (21, 23)), seconds("2026-12-22T06:51:19Z"), off_s]
    watts = (42.0, 6.1 + 50 / 90 * 35.9, 6.1 + 20 / 90 * 35.9, 6.1 + 60 / 90 * 35.9)
    hours = [(later - earlier) / 3600 for earlier, later in pairwise(switched_s)]
    assert night.energy_wh == pytest.approx(sum(h * w for h, w in zip(hours, watts, strict=True)), rel=0.002)
    assert night.energy_full_wh == pytest.approx(
        42 * (seconds(night.sunrise or "") - seconds(night.sunset or "")) / 3600, abs=0.1
    )
    assert night.saved_percent == pytest.approx(100 * (1 - night.energy_wh / night.energy_full_wh), abs=0.06)
    assert (night.passers_by, night.passers_by_lit_1s, night.switchings) == (0, 0, 2)
    assert (night.dark_minutes, night.daylight_lit_minutes, night.alarms) == (0, 0, ())


def test_everyone_who_passes_in_the_dark_is_counted_and_lit_within_a_second(run: Run) -> None:
    seen = run(WINTER, traffic="busy", timeline=False)
    (night,) = seen.report.nights
    lit_from, lit_to = seconds(night.first_on or ""), seconds(night.last_off or "")
    under_the_lamp = [at_s for at_s in seen.arrivals_utc_s if lit_from < at_s < lit_to]
    assert night.passers_by == len(under_the_lamp) > 300
    assert night.passers_by_lit_1s >= night.passers_by - 1  # who steps in with the very first light sees it fade up


def test_who_passes_a_deaf_motion_sensor_is_not_lit(run: Run) -> None:
    (night,) = run(WINTER, traffic="busy", faults=("motion.dead",), timeline=False).report.nights
    assert 100 < night.passers_by_lit_1s < 0.8 * night.passers_by  # in the evening the programme lights them anyway


def test_who_passes_while_a_dim_stands_above_motion_is_not_lit(run: Run) -> None:
    (night,) = run(WINTER, traffic="quiet", orders=("dim 20 for=3h@04:00",), timeline=False).report.nights
    (free,) = run(WINTER, traffic="quiet", timeline=False).report.nights
    assert (night.passers_by, free.passers_by_lit_1s) == (free.passers_by, free.passers_by)
    assert night.passers_by_lit_1s < free.passers_by - 10


def test_full_light_is_what_raise_to_and_the_lamp_s_age_leave_of_it(run: Run) -> None:
    aged = run(WINTER, traffic="quiet", timeline=False, virtual_light_output=60)
    assert aged.report.nights[0].passers_by_lit_1s == aged.report.nights[0].passers_by > 100


def test_a_pole_set_dark_by_hand_has_dark_minutes_and_one_lit_by_day_has_lit_ones(run: Run) -> None:
    (night,) = run(WINTER, orders=("set 0 for=30min@23:00", "set 100 for=20min@13:00")).report.nights
    assert night.dark_minutes == pytest.approx(30, abs=0.2)
    assert night.daylight_lit_minutes == pytest.approx(20.5, abs=0.3)  # it fades off in 30 s
    assert night.switchings == 6


def test_dark_is_not_what_no_software_could_light(run: Run) -> None:
    (night,) = run(WINTER, faults=("lamp.open@22:00+1h", "power.cut@02:00+1h")).report.nights
    assert night.dark_minutes == 0
    assert night.switchings == 6
    assert {"lampFailure", "deviceReset"} <= set(night.alarms)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 23), ("2026-10-24", 25), ("2026-10-25", 24)])
def test_a_night_in_which_the_clocks_change_goes_from_noon_to_noon_too(run: Run, day: str, hours: int) -> None:
    seen = run(day)
    rows = rows_of(seen)
    moments = [datetime.fromisoformat(row.at) for row in rows]
    assert moments[-1] - moments[0] == timedelta(hours=hours, minutes=-1)
    assert sum(moment.second == 0 and moment.microsecond == 0 for moment in moments) == hours * 60
    assert seen.report.nights[0].dark_minutes == 0


def test_where_the_sun_does_not_rise_there_is_neither_sunset_nor_sunrise_and_full_light_means_all_day(run: Run) -> None:
    (night,) = run("2026-12-21", place=TROMSO, timeline=False).report.nights
    assert (night.sunset, night.sunrise) == (None, None)
    assert night.energy_full_wh == 42 * 24
    assert night.lit_hours > 21
    assert night.dark_minutes == 0


def test_where_the_sun_does_not_set_nothing_can_be_saved(run: Run) -> None:
    (night,) = run("2026-06-21", place=TROMSO, timeline=False).report.nights
    assert (night.sunset, night.sunrise, night.first_on, night.last_off) == (None, None, None, None)
    assert (night.lit_hours, night.energy_wh, night.energy_full_wh, night.saved_percent) == (0, 0, 0, None)


def test_several_nights_carry_on_where_the_last_one_ended(run: Run) -> None:
    """A dim over noon holds in the second night too, and the first is as it would be alone."""
    orders = ("dim 40 for=2h@11:30",)
    two, one = run(WINTER, 2, orders=orders), run(WINTER, orders=orders)
    assert [night.date for night in two.report.nights] == ["2026-12-21", "2026-12-22"]
    assert two.report.nights[0] == one.report.nights[0]
    assert rows_of(two)[: len(rows_of(one))] == rows_of(one)
    assert at(rows_of(two), "2026-12-22T11:00:00.000Z").slot == "override"
    assert at(rows_of(two), "2026-12-22T12:45:00.000Z").slot == "programme"
    assert two.report.nights[1].first_on == "2026-12-22T11:00:00.000Z"  # it is lit as the night begins


def test_the_timeline_changes_nothing_of_what_is_summed_up(run: Run) -> None:
    assert run(WINTER, traffic="quiet").report.nights == run(WINTER, traffic="quiet", timeline=False).report.nights
    assert run(WINTER, traffic="quiet", timeline=False).report.timeline is None


# --- the rows


def test_rows_ascend_come_each_minute_and_begin_at_noon(run: Run) -> None:
    rows = rows_of(run(WINTER, traffic="quiet"))
    moments = [seconds(row.at) for row in rows]
    assert rows[0].at == "2026-12-21T11:00:00.000Z"
    assert all(0 < later - earlier <= 60 for earlier, later in pairwise(moments))
    assert moments[-1] < seconds("2026-12-22T11:00:00Z") <= moments[-1] + 60


def test_by_day_a_row_shows_a_lamp_at_rest(run: Run) -> None:
    row = rows_of(run(WINTER))[0]
    assert (row.clock_at, row.time_quality) == ("2026-12-21T11:00:00.000Z", "ntp")
    assert row.sun_elevation_deg == pytest.approx(15.0, abs=0.2)  # 90 - 51.43 - 23.44, half an hour before noon
    assert row.light_level_lx == pytest.approx(row.daylight_lx, rel=0.05)
    assert (row.presence, row.night, row.slot, row.reason) == (False, False, "programme", "daylight")
    assert {row.target_level, row.feedback_level, row.actual_level, row.output_level, row.emitted_percent} == {0}
    assert (row.active_power_w, row.passers_by, row.alarms) == (0, 0, ())


def test_in_the_night_a_row_shows_level_and_power_of_the_programme(run: Run) -> None:
    row = at(rows_of(run(WINTER)), "2026-12-21T22:00:00.000Z")
    assert (row.night, row.slot, row.reason) == (True, "programme", "programme residential")
    assert (row.target_level, row.feedback_level, row.actual_level, row.output_level) == (60, 60, 60, 60)
    assert row.emitted_percent == pytest.approx(60, abs=0.1)
    assert row.measured_level == pytest.approx(60, abs=1)
    assert row.active_power_w == pytest.approx(6.1 + 50 / 90 * 35.9, abs=0.1)


def test_a_passage_has_rows_where_it_begins_where_the_fade_ends_and_where_it_is_over(run: Run) -> None:
    rows = rows_of(run(WINTER, traffic="quiet"))
    first = next(place for place, row in enumerate(rows) if row.slot == "motion")
    stepped_in, faded = rows[first], rows[first + 1]
    assert rows[first - 1].slot == "programme"
    assert (stepped_in.presence, stepped_in.target_level) == (True, 100)
    assert stepped_in.passers_by >= 1
    assert seconds(faded.at) - seconds(stepped_in.at) == pytest.approx(1.0, abs=0.002)  # motion.fade_up
    assert (stepped_in.actual_level or 0) < 100
    assert (faded.actual_level, faded.emitted_percent) == (100, 100)
    over = next(row for row in rows[first:] if row.slot == "programme")
    assert seconds(over.at) - seconds(stepped_in.at) > 45


def test_first_light_and_last_light_have_rows_of_their_own(run: Run) -> None:
    seen = run(WINTER)
    rows, (night,) = rows_of(seen), seen.report.nights
    crossings = [later.at for earlier, later in pairwise(rows) if (earlier.emitted_percent < 1) != (later.emitted_percent < 1)]
    assert crossings == [night.first_on, night.last_off]


def test_an_alarm_has_a_row_where_it_comes_and_where_it_goes(run: Run) -> None:
    seen = run(WINTER, faults=("light.dead@22:00+1h",))
    changes = [(later.at[11:16], later.alarms) for earlier, later in pairwise(rows_of(seen)) if earlier.alarms != later.alarms]
    assert [alarms for _, alarms in changes] == [("lightSensorFault",), ()]
    assert "21:00" <= changes[0][0] <= "21:10"
    assert "22:00" <= changes[1][0] <= "22:10"
    assert seen.report.nights[0].alarms == ("lightSensorFault",)


def test_without_power_the_lamp_believes_nothing_and_the_truth_goes_on(run: Run) -> None:
    row = at(rows_of(run(WINTER, faults=("lamp.open@22:00+1h", "power.cut@02:00+1h"))), "2026-12-22T01:30:00.000Z")
    assert (row.clock_at, row.time_quality, row.light_level_lx, row.presence, row.night) == (None,) * 5
    assert (row.slot, row.reason, row.target_level, row.feedback_level, row.actual_level) == (None,) * 5
    assert (row.output_level, row.measured_level, row.alarms) == (None,) * 3
    assert (row.emitted_percent, row.active_power_w) == (0, 0)
    assert row.sun_elevation_deg < -50


def test_a_lamp_without_sensors_has_no_view_of_what_they_would_see() -> None:
    text = """
lamp: {site: a, id: b, location: {latitude: 51.4, longitude: 6.8, time_zone: Europe/Berlin}}
output: {driver: pwm, gpio: 18}
broker: {url: "mqtts://broker.example:8883"}
"""
    settings = compile_text(text, "bare.yaml").settings
    assert settings is not None
    report = preview(settings, Request(date(2026, 6, 21), traffic="none")).report
    row = (report.timeline or ())[0]
    assert (row.light_level_lx, row.presence, row.measured_level) == (None, None, None)
    assert report.nights[0].dark_minutes == 0


def test_the_wall_clock_of_the_lamp_is_told_beside_the_true_time(run: Run) -> None:
    seen = run("2026-12-21", faults=("clock.stale=3h",), timeline=True)
    row = at(rows_of(seen), "2026-12-21T20:00:00.000Z")
    assert row.clock_at is not None
    assert seconds(row.at) - seconds(row.clock_at) == pytest.approx(3 * 3600, abs=1)
    assert row.time_quality == "unsynced"
    assert {"timeUnsynced", "fallbackActive"} <= set(seen.report.nights[0].alarms)
