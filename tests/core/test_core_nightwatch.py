"""The night watch: when it looks again, whom it believes, and what it makes of dusks and dawns."""

from dataclasses import replace

import pytest
from core_street import LAMP, clear_sky
from core_watch import BOOT_S, Watch
from hypothesis import example, given
from hypothesis import strategies as st

from agent.core.night import By
from agent.core.sun import SUNSET_DEG
from agent.core.twilight import Seen, Twilight
from agent.records import ClockSource, TimeQuality

HOUR_S, DAY_S = 3600.0, 86_400.0
BLIND = replace(LAMP, sensors=replace(LAMP.sensors, light=None))
NOWHERE = replace(LAMP, lamp=None)
NOON, MIDNIGHT = "2026-12-21 12:00", "2026-12-21 23:00"


# --- when it looks again


@given(st.floats(0, 3 * HOUR_S), st.floats(0, 0.999))
@example(1 * HOUR_S, 0.999)  # half a degree above the upper bound
@example(2.5 * HOUR_S, 0.999)  # a degree above the lower one
def test_the_sun_passes_no_bound_before_it_looks_again(passed_s: float, part: float) -> None:
    watch = Watch("2026-12-21 14:30", BLIND).after(passed_s)  # from 10 degrees to -8
    sun, utc_s, wait_s = watch.watch.sun, watch.now.utc_s, watch.next_in_s()
    assert sun is not None
    before, after = sun.elevation_deg(utc_s), sun.elevation_deg(utc_s + part * wait_s)
    for bound_deg in (*BLIND.night.twilight_deg, SUNSET_DEG):
        if wait_s > 1 and abs(before - bound_deg) > 0.02:  # as near as its chords are
            assert (before < bound_deg) is (after < bound_deg + (0.02 if before < bound_deg else -0.02))


def test_it_looks_again_when_a_contradiction_convicts_the_photocell() -> None:
    assert Watch(MIDNIGHT).after(60).sees(80.0).next_in_s() == 900


def test_it_looks_again_when_the_learnt_night_changes_but_only_where_that_is_asked() -> None:
    clockless, sunny = Watch(NOON, source=ClockSource.UNSYNCED), Watch(NOON)
    for watch in (clockless, sunny):
        watch.watch.learnt.saw(Seen(Twilight.DUSK, BOOT_S))
        watch.watch.learnt.saw(Seen(Twilight.DAWN, BOOT_S + 14 * HOUR_S))
        watch.after(20 * HOUR_S)
    assert clockless.next_in_s() == 4 * HOUR_S - 300
    assert sunny.next_in_s() != 4 * HOUR_S - 300


# --- whom it believes


def test_in_the_twilight_a_photocell_that_falls_silent_is_no_witness() -> None:
    watch = Watch("2026-12-21 16:25").after(60).sees(100.0)
    assert (watch.look().is_night, watch.look().by) == (False, By.PHOTOCELL)
    watch.after(200)
    assert (watch.look().is_night, watch.look().by) == (True, By.SUN)


def test_where_nobody_knows_the_place_a_day_may_last_a_day() -> None:
    watch = Watch(NOON, NOWHERE, ClockSource.UNSYNCED)
    assert not watch.after(25.9 * HOUR_S).sees(5000.0, times=6).look().is_night
    assert watch.after(0.2 * HOUR_S).sees(5000.0, times=6).look().is_night


def test_a_bright_sky_is_about_to_prove_the_day_until_it_has() -> None:
    watch = Watch(NOON, source=ClockSource.UNSYNCED).after(60)
    assert not watch.watch.day_is_about_to_be_proven(watch.now.mono_s)
    assert watch.sees(5000.0).watch.day_is_about_to_be_proven(watch.now.mono_s)
    assert not watch.after(30).sees(5000.0, times=6).watch.day_is_about_to_be_proven(watch.now.mono_s)
    assert not watch.after(60).sees(900.0).watch.day_is_about_to_be_proven(watch.now.mono_s)


def test_other_thresholds_count_and_what_was_seen_stays() -> None:
    watch = Watch("2026-12-21 16:20").after(60).sees(100.0, times=3)
    cell, brighter = watch.watch.photocell, replace(LAMP.night, on_below_lx=150, off_above_lx=200)
    watch.watch.configure(replace(LAMP, night=brighter), watch.now.mono_s)
    assert watch.watch.photocell is cell
    assert not watch.look().is_night
    assert watch.after(100).sees(100.0, times=14).look().is_night


def test_without_a_photocell_a_reading_that_comes_late_is_nobodys_and_a_suspicion_stays() -> None:
    watch = Watch(NOON, BLIND).after(60).sees(1.0)
    watch.look()
    watch.keeper.witnessed(watch.now, Twilight.DUSK, 5 * HOUR_S, 5 * HOUR_S)
    assert watch.after(20 * HOUR_S).look().is_night
    assert watch.time.quality is TimeQuality.SUSPECT


# --- dusks and dawns


def through(watch: Watch, end: str) -> Watch:
    """The watch after a clear sky, seen every minute until a local time."""
    clear, end_s = clear_sky(), Watch(end).start_utc_s - watch.start_utc_s
    while watch.passed_s < end_s:
        watch.after(60).sees(clear(watch.start_utc_s + watch.passed_s))
    return watch


@pytest.mark.parametrize(("start", "end"), [("2026-12-21 14:00", "2026-12-21 18:00"), ("2026-12-22 06:00", "2026-12-22 11:00")])
def test_a_clear_dusk_and_a_clear_dawn_each_confirm_the_clock(start: str, end: str) -> None:
    watch = through(Watch(start), end)
    assert watch.keeper.confirmed
    assert watch.time.quality is TimeQuality.NTP


@pytest.mark.parametrize(("start", "end"), [("2026-12-21 14:00", "2026-12-21 18:00"), ("2026-12-22 06:00", "2026-12-22 11:00")])
def test_a_clock_that_steps_to_the_right_time_is_adopted_by_the_sky(start: str, end: str) -> None:
    watch = Watch(start, wall_off_s=-3 * HOUR_S)
    watch.look()
    watch.wall_off_s = 0.0
    assert watch.after(60).time.quality is TimeQuality.SUSPECT
    assert through(watch, end).time.utc_s == watch.now.utc_s
    assert (watch.time.quality, watch.keeper.confirmed) == (TimeQuality.NTP, True)


def test_where_nobody_knows_the_place_a_dusk_says_nothing_of_the_clock() -> None:
    watch = through(Watch("2026-12-21 14:00", NOWHERE), "2026-12-21 18:00")
    assert (watch.time.quality, watch.keeper.confirmed) == (TimeQuality.NTP, False)


@pytest.mark.parametrize(
    ("source", "kind", "ends"),
    [(ClockSource.NTP, Twilight.DUSK, True), (ClockSource.RTC, Twilight.DUSK, False), (ClockSource.NTP, Twilight.DAWN, False)],
)
def test_a_suspicion_by_a_dusk_ends_with_ntp_when_it_stays_dark_two_hours_longer_than_any_night(
    source: ClockSource, kind: Twilight, ends: bool
) -> None:
    watch = Watch(NOON, source=source).after(HOUR_S).sees(1.0, times=20)
    watch.look()
    assert watch.watch.sun is not None
    assert watch.watch.photocell is not None
    dark_s = watch.watch.photocell.changed_s
    watch.keeper.witnessed(watch.now, kind, 5 * HOUR_S, 5 * HOUR_S)
    most_s = watch.watch.sun.longest_night_s + 2 * HOUR_S
    watch.after(dark_s + most_s - 60 - watch.now.mono_s).look()
    assert watch.time.quality is TimeQuality.SUSPECT
    watch.after(120).look()
    assert (watch.time.quality is not TimeQuality.SUSPECT) is ends
    assert watch.watch.photocell.convicted is ends
