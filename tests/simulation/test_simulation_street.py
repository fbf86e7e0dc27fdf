"""The simulated street: its light falls as a real one's, and people pass as in a real one."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.simulation.daylight import SunTrack, night_sky_lx, sunlight_lx
from agent.simulation.noise import SmoothNoise, unit
from agent.simulation.street import Street
from agent.simulation.traffic import Kind, Pass, Traffic
from agent.simulation.weather import Weather

BERLIN = ZoneInfo("Europe/Berlin")
DAY_S = 86_400.0


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def street(weather: Weather = "clear", traffic: Traffic = "quiet", seed: int = 1) -> Street:
    return Street(51.4344, 6.7623, BERLIN, seed=seed, weather=weather, traffic=traffic)


def passes_of(days: int, traffic: Traffic = "quiet", seed: int = 1, start: str = "2026-11-02 00:00") -> list[Pass]:
    start_s = utc(start)
    return list(takewhile(lambda one: one.start_s < start_s + days * DAY_S, street("clear", traffic, seed).passes(start_s)))


# The glossary of the American Meteorological Society: 585 to 410 lx at sunset, 3.5 to 2 at the end of civil twilight, 0.008 at
# that of nautical, 6e-4 at that of astronomical twilight.
@pytest.mark.parametrize(
    ("elevation_deg", "least_lx", "most_lx"),
    [(60, 95e3, 110e3), (-0.833, 410, 585), (-6, 2, 3.5), (-12, 0.0075, 0.0085), (-18, 6e-4, 7e-4), (-18.1, 0, 0)],
)
def test_the_sun_s_light_is_that_of_published_tables(elevation_deg: float, least_lx: float, most_lx: float) -> None:
    assert least_lx <= sunlight_lx(elevation_deg) <= most_lx


def test_the_pieces_of_the_model_meet_and_rise_with_the_sun() -> None:
    lux = [sunlight_lx(-18 + step / 100) for step in range(10_800)]
    assert all(0.995 < after / before < 1.02 for before, after in pairwise(lux))  # at -12 degrees they miss by 0.3 %
    assert sum(before >= after for before, after in pairwise(lux)) <= 1


def test_the_night_is_never_quite_dark_and_a_full_moon_outshines_the_stars() -> None:
    full, new = utc("2026-11-24 15:54"), utc("2026-11-09 08:02")
    assert 0.2 < night_sky_lx(full) < 0.26
    assert 0.0009 < night_sky_lx(new) < 0.01


def test_the_quick_elevation_is_the_exact_one() -> None:
    track = SunTrack(51.4344, 6.7623)
    start_s = utc("2026-06-21 00:00")
    assert all(
        abs(track.elevation_deg(at_s) - track.exact_deg(at_s)) < 0.007 for at_s in (start_s + 617 * step for step in range(300))
    )


def test_a_clear_dusk_falls_from_1000_lx_to_35_lx_within_the_hour() -> None:
    start_s = utc("2026-11-20 15:30")
    lux = [street().daylight_lx(start_s + 10 * step) for step in range(900)]
    minutes = sum(35 < one <= 1000 for one in lux) / 6
    assert 25 < minutes < 60
    assert lux[-1] < 1


@pytest.mark.parametrize(("weather", "least", "most"), [("clear", 0.8, 1.0), ("overcast", 0.07, 0.4), ("storm", 0.009, 0.4)])
def test_clouds_take_their_share(weather: Weather, least: float, most: float) -> None:
    noon_s, clear_lx = utc("2026-06-21 13:30"), 110e3
    shares = [street(weather, seed=seed).daylight_lx(noon_s) / clear_lx for seed in range(60)]
    assert least * 0.9 < min(shares) < max(shares) < most * 1.1
    assert max(shares) / min(shares) > (1.05 if weather == "clear" else 2)


def test_only_a_storm_flashes_and_each_flash_is_short() -> None:
    start_s = utc("2026-11-20 20:00")
    moments = [start_s + step / 10 for step in range(3 * 36_000)]
    storm, overcast = street("storm"), street("overcast")
    lit = [storm.daylight_lx(at_s) > 10 for at_s in moments]
    assert 5 < sum(lit) < 2000
    assert not any(all(lit[place : place + 7]) for place in range(len(lit)))
    assert max(overcast.daylight_lx(at_s) for at_s in moments[::10]) < 1


@settings(deadline=None)  # a busy machine is no failure
@given(st.floats(1.7e9, 1.9e9), st.sampled_from(["clear", "overcast", "storm"]))
def test_the_light_depends_on_the_moment_alone(at_s: float, weather: Weather) -> None:
    asked_before = street(weather)
    for other_s in (at_s - DAY_S, at_s - 100, at_s + 3):
        asked_before.daylight_lx(other_s)
    assert asked_before.daylight_lx(at_s) == street(weather).daylight_lx(at_s)


@settings(deadline=None)
@given(st.integers(0, 2**40), st.integers(-(2**40), 2**40))
def test_chance_repeats_and_stays_between_0_and_1(seed: int, place: int) -> None:
    assert 0 <= unit(seed, place) < 1
    assert unit(seed, place) == unit(seed, place)


def test_chance_is_spread_evenly_and_neighbours_are_strangers() -> None:
    drawn = [unit(1, place) for place in range(10_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(0.5, abs=0.01)
    assert sum((one - 0.5) * (other - 0.5) for one, other in pairwise(drawn)) / len(drawn) == pytest.approx(0, abs=0.003)


@settings(deadline=None)
@given(st.floats(-1e9, 2e9))
def test_smooth_noise_has_no_steps(t_s: float) -> None:
    noise = SmoothNoise(seed=3, knot_s=600)
    assert abs(noise.at(t_s) - noise.at(t_s + 0.1)) < 0.001


def test_the_evening_is_busy_and_three_in_the_morning_is_empty() -> None:
    hours = [datetime.fromtimestamp(one.start_s, BERLIN).hour for one in passes_of(days=28)]
    assert 250 < len(hours) / 28 < 400
    assert 20 < hours.count(18) / 28 < 32
    assert hours.count(3) / 28 < 2


def test_a_busy_street_is_busier_and_an_empty_one_is_empty() -> None:
    assert len(passes_of(2, "busy")) > 4 * len(passes_of(2, "quiet")) > 0
    assert passes_of(2, "none") == []


def test_friday_and_saturday_nights_are_livelier() -> None:
    def midnight(one: Pass) -> datetime:
        return datetime.fromtimestamp(one.start_s, BERLIN)

    nights = [midnight(one).weekday() for one in passes_of(56) if midnight(one).hour < 3]
    assert nights.count(5) + nights.count(6) > nights.count(1) + nights.count(2)


def test_each_pass_lasts_seconds_and_they_come_in_order() -> None:
    found = passes_of(days=7, traffic="busy")
    assert all(2 <= one.end_s - one.start_s <= 12 for one in found)
    assert {one.kind for one in found} == set(Kind)
    assert all(before.start_s <= after.start_s for before, after in pairwise(found))


def test_the_same_people_pass_whenever_one_begins_to_look() -> None:
    noon_s = utc("2026-11-02 12:00")

    def first_after_noon(begin: str) -> list[Pass]:
        after: Iterator[Pass] = (one for one in street().passes(utc(begin)) if one.end_s > noon_s)
        return [next(after) for _ in range(20)]

    assert first_after_noon("2026-11-02 12:00") == first_after_noon("2026-10-31 07:13")


def test_another_seed_is_another_street() -> None:
    assert passes_of(1, seed=1) != passes_of(1, seed=2)
    noon_s = utc("2026-11-02 12:00")
    assert street("overcast", seed=1).daylight_lx(noon_s) != street("overcast", seed=2).daylight_lx(noon_s)
