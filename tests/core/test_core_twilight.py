"""Dusks and dawns as the photocell sees them, and the night that is learnt from them."""

from random import Random

import pytest
from core_street import Street, clear_sky, utc
from hypothesis import example, given
from hypothesis import strategies as st

from agent.core.twilight import LearntNight, Seen, Twilight, TwilightWatch
from agent.records import ClockSource, Part

ON_BELOW_LX = 35.0
HOUR_S, DAY_S = 3600.0, 86_400.0


def slide(start_lx: float, end_lx: float, lasts_s: float) -> list[Seen]:
    """What is seen after a steady hour when the light goes evenly (in its logarithm) to another level, read every 5 s."""
    watch = TwilightWatch(ON_BELOW_LX)
    seen = [watch.saw(start_lx, -at_s) for at_s in range(3600, 0, -60)]
    steps = int(lasts_s // 5)
    seen += [watch.saw(start_lx * (end_lx / start_lx) ** (step / steps), step * 5.0) for step in range(steps + 1)]
    return [one for one in seen if one is not None]


@pytest.mark.parametrize("minutes", [6, 30, 90, 170])
def test_a_slow_fall_is_a_dusk_and_a_slow_rise_a_dawn(minutes: float) -> None:
    assert [one.kind for one in slide(1000, 34, minutes * 60)] == [Twilight.DUSK]
    assert [one.kind for one in slide(34, 1000, minutes * 60)] == [Twilight.DAWN]


@pytest.mark.parametrize("minutes", [0.5, 4, 185, 600])
def test_leaps_and_creeping_light_are_neither(minutes: float) -> None:
    """A hand over the cell, a cover, a lamp nearby; and a storm that goes on for hours."""
    assert slide(1000, 34, minutes * 60) == []
    assert slide(34, 1000, minutes * 60) == []


def told(readings: list[tuple[float, float]]) -> list[Seen]:
    """What is seen of (minutes, lux)."""
    watch = TwilightWatch(ON_BELOW_LX)
    return [one for one in (watch.saw(lx, minute * 60) for minute, lx in readings) if one is not None]


def test_a_cover_after_a_cloud_is_a_leap_however_long_ago_it_was_bright() -> None:
    """Bright, ten minutes of storm cloud, and then a bag over the cell."""
    cloud = [(float(minute), 600.0) for minute in range(1, 12)]
    assert told([(0.0, 1500.0), *cloud, (12.0, 0.5), (13.0, 0.5)]) == []
    assert told([(0.0, 0.5), *cloud, (12.0, 1500.0)]) == []


def test_a_cover_under_which_the_day_then_ends_is_no_dusk() -> None:
    """30,000 lx become 50 in one reading, and half an hour later 34."""
    fading = [(float(minute), 50 - minute / 2) for minute in range(1, 40)]
    assert told([(0.0, 30_000.0), *fading]) == []


def test_nor_is_a_cover_or_a_floodlight_between_two_readings_of_a_lamp_at_rest() -> None:
    """Read every five minutes, under a storm by day, and by night."""
    storm = [(minute * 5.0, 1500.0) for minute in range(10)]
    assert told([*storm, (50.0, 0.5), (55.0, 0.5)]) == []
    assert told([(minute * 5.0, 0.5) for minute in range(10)] + [(50.0, 1500.0), (55.0, 1500.0)]) == []


@pytest.mark.parametrize("minutes", [15.1, 100.0])
def test_a_dusk_behind_a_long_silence_has_no_moment_and_counts_for_nothing(minutes: float) -> None:
    assert told([(0.0, 2000.0), (minutes, 2.0)]) == []
    assert told([(0.0, 2.0), (minutes, 2000.0)]) == []


@pytest.mark.parametrize(
    ("minutes", "times"),
    [(2.0, 5.0), (1.0, 5.0), (7.0, 15.0)],
    ids=["in two minutes", "in less", "in five more, to a third of that"],
)
def test_a_sky_darkens_to_a_fifth_in_two_minutes_at_most(minutes: float, times: float) -> None:
    def ends(first: float) -> list[Seen]:
        return told([(0.0, 1000.0), (minutes, 1000 / first), (10.0, 34.0)])

    assert [one.kind for one in ends(times - 0.1)] == [Twilight.DUSK]
    assert ends(times + 0.1) == []


def test_clouds_that_pass_through_a_dusk_do_not_hide_it() -> None:
    falling = [(step / 12, 1000 * 0.99**step * (1.3 if step % 2 else 1.0)) for step in range(400)]  # a reading every 5 s
    assert [one.kind for one in told(falling)] == [Twilight.DUSK]


def test_a_photocell_read_every_ten_minutes_sees_dusk_and_dawn_too() -> None:
    falling = [(0.0, 3000.0), (10.0, 900.0), (20.0, 180.0), (30.0, 20.0), (40.0, 1.0)]
    assert [one.kind for one in told(falling)] == [Twilight.DUSK]
    rising = [(40 - minute, lx) for minute, lx in reversed(falling)]
    assert [one.kind for one in told(rising)] == [Twilight.DAWN]


def test_lightning_in_the_night_takes_nothing_from_the_dawn() -> None:
    night = [(0.0, 0.1), (1.0, 1800.0), (2.0, 0.1)]
    rise = [(minute + 3.0, 10 * 1.3**minute) for minute in range(20)]
    assert [one.kind for one in told(night + rise)] == [Twilight.DAWN]


@pytest.mark.parametrize("seed", [37, 64, 122, 163, 230, 341, 346])
def test_readings_that_leap_all_the_time_date_no_dawn(seed: int) -> None:
    """With noise of 300 lx, a morning that takes two hours from 50 to 1,200 lx is dark again and again until late."""
    chance, watch = Random(seed), TwilightWatch(35.0)
    seen = [
        watch.saw(max(0.0, 50 * 24 ** (at_s / 7200) + chance.uniform(-300, 300)), float(at_s))
        for at_s in range(0, 7200, chance.choice((5, 15, 60)))
    ]
    assert not any(seen)


def test_both_are_dated_at_the_moment_the_light_passes_on_below() -> None:
    (dusk,) = slide(1000, 10, 3600)
    (dawn,) = slide(10, 1000, 3600)
    passes = 3600 * 0.728  # of log(1000) to log(10), log(35) lies at 72.8 %
    assert dusk.at_s == pytest.approx(passes, abs=10)
    assert dawn.at_s == pytest.approx(3600 - passes, abs=10)


def test_a_dusk_is_told_once() -> None:
    watch = TwilightWatch(ON_BELOW_LX)
    watch.saw(1000, 0)
    told = [watch.saw(10, at_s) for at_s in range(600, 10_000, 5)]
    assert len([one for one in told if one is not None]) == 1


def test_a_clear_day_has_one_dusk_and_one_dawn_within_minutes_of_the_suns() -> None:
    street = Street(start="2026-12-21 12:00").run(DAY_S)
    assert street.controller._watch.timekeeper.confirmed
    assert street.state.time_quality.value == "ntp"


# --- the learnt night


def learnt(dusk_s: float = 0.0, dawn_s: float = 14 * HOUR_S) -> LearntNight:
    night = LearntNight()
    night.saw(Seen(Twilight.DUSK, dusk_s))
    night.saw(Seen(Twilight.DAWN, dawn_s))
    return night


def test_until_a_dusk_and_the_next_dawn_are_seen_nothing_is_known() -> None:
    night = LearntNight()
    night.saw(Seen(Twilight.DAWN, 0.0))
    assert night.is_night(10.0) is None
    night.saw(Seen(Twilight.DUSK, HOUR_S))
    assert night.is_night(2 * HOUR_S) is None


@pytest.mark.parametrize("hours", [1, 2.9, 25])
def test_a_dark_afternoon_is_no_night(hours: float) -> None:
    assert learnt(dawn_s=hours * HOUR_S).is_night(30 * HOUR_S) is None


def test_a_learnt_night_comes_again_five_minutes_wider_at_each_end_each_day() -> None:
    night = learnt()
    for day in range(1, 8):
        start_s, end_s, wider_s = day * DAY_S, day * DAY_S + 14 * HOUR_S, 300.0 * day
        assert night.is_night(start_s - wider_s + 1)
        assert night.is_night(start_s - wider_s - 1) is False
        assert night.is_night(end_s + wider_s - 1)
        assert night.is_night(end_s + wider_s + 300 + 1) is False


@given(st.floats(3 * HOUR_S, 23 * HOUR_S), st.floats(0, 60 * DAY_S))
def test_what_was_night_on_the_night_learnt_is_night_ever_after(lasts_s: float, since_dusk_s: float) -> None:
    if since_dusk_s % DAY_S < lasts_s - 1:
        assert learnt(dawn_s=lasts_s).is_night(since_dusk_s)


def test_a_second_dawn_is_none_of_that_night() -> None:
    night = learnt()
    night.saw(Seen(Twilight.DAWN, 18 * HOUR_S))  # a storm over the morning
    assert night.is_night(DAY_S + 16 * HOUR_S) is False


@example(dusk_s=1233152.1681047904, lasts_s=11160.0, later_s=864000.0, part=0.0)  # rounding: a day is over a hair early
@given(st.floats(0, 30 * DAY_S), st.floats(3.1 * HOUR_S, 23 * HOUR_S), st.floats(0, 20 * DAY_S), st.floats(0, 0.999))
def test_it_names_the_moment_at_which_it_changes_its_mind(dusk_s: float, lasts_s: float, later_s: float, part: float) -> None:
    night, now_s = learnt(dusk_s, dusk_s + lasts_s), dusk_s + later_s
    change_s = night.next_change_s(now_s)
    assert change_s is not None
    assert now_s < change_s <= now_s + DAY_S
    assert night.is_night(now_s + part * (change_s - now_s)) is night.is_night(now_s)


@pytest.mark.parametrize(
    ("now_s", "change_s"),
    [(HOUR_S, 14 * HOUR_S + 900), (15 * HOUR_S, DAY_S - 900), (DAY_S - 1, DAY_S)],
    ids=["in the night: its end", "by day: its beginning", "before dusk: the day that widens it again"],
)
def test_on_its_third_day_a_learnt_night_is_a_quarter_of_an_hour_wider(now_s: float, change_s: float) -> None:
    boot_s = 500.0
    third_s = boot_s + 2 * DAY_S
    assert learnt(boot_s, boot_s + 14 * HOUR_S).next_change_s(third_s + now_s) == third_s + change_s


def test_without_a_clock_and_with_a_photocell_that_dies_the_learnt_night_lights_the_lamp() -> None:
    street = Street(start="2026-12-21 12:00", source=ClockSource.UNSYNCED).run_to("2026-12-22 12:00")
    street.dead.add(Part.LIGHT)
    street.run_to("2026-12-23 12:00")
    assert street.state.night.by == "learnt"
    assert street.level == 0
    lit = [
        text
        for text in ("22 14:00", "22 17:15", "22 23:00", "23 07:45", "23 11:00")
        if street.level_at(street.when(f"2026-12-{text}")) > 0
    ]
    assert lit == ["22 17:15", "22 23:00", "23 07:45"]


def test_a_slow_cover_makes_the_clock_suspect_until_it_has_been_dark_for_longer_than_any_night() -> None:
    clear = clear_sky()

    def covered(utc_s: float) -> float:
        since_s = utc_s - utc("2026-06-21 11:00")
        return clear(utc_s) if since_s < 0 else clear(utc_s) * 10 ** (-5 * min(1.0, since_s / HOUR_S))

    street = Street(start="2026-06-21 09:00", sky=covered).run_to("2026-06-21 12:30")
    assert (street.state.time_quality.value, street.level) == ("suspect", 100)
    assert "fallbackActive" in street.state.alarms
    street.run_to("2026-06-22 08:30")  # dark for 21 hours; the longest night at 51 degrees and 2 hours are 18.3
    assert street.state.time_quality.value == "ntp"
    assert set(street.state.alarms) == {"photocellFault"}
    assert street.level == 0


def test_a_clock_wrong_from_the_boot_is_found_out_by_the_dusk_and_the_photocell_believed() -> None:
    """NTP may lie: by its sun it is day until late, by the sky it is dark."""
    street = Street(start="2026-12-21 12:00", wall_off_s=-6 * HOUR_S).run_to("2026-12-21 18:00")
    assert street.state.time_quality.value == "suspect"
    assert street.level > 0
    assert street.run_to("2026-12-22 04:00").level > 0
