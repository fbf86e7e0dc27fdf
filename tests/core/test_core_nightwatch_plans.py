"""The night watch's plans: what the programme has next, how often the photocell is to be read, and when that is a fall-back."""

from dataclasses import replace

import pytest
from core_street import LAMP, utc
from core_watch import Watch

from agent.records import ClockSource
from agent.settings.model import Night, Settings

INF = float("inf")
UNDERPASS = replace(LAMP, night=Night(mode="always"))
NOWHERE = replace(LAMP, lamp=None)


def planned(watch: Watch) -> tuple[float, float] | None:
    """Level and moment (seconds from now) of what is planned next."""
    coming = watch.next_change()
    return None if coming is None else (coming.level, coming.at_utc_s - watch.now.utc_s)


def test_next_is_the_sunset_by_day_then_each_switch_and_the_sunrise_last() -> None:
    watch = Watch("2026-12-21 12:00")
    assert planned(watch.sees(20_000.0)) == (100, pytest.approx(utc("2026-12-21 16:26") - watch.now.utc_s, abs=120))
    watch.at("2026-12-21 22:00")
    assert [planned(watch.after(seconds)) for seconds in (0, 1799, 1)] == [(60, 1800), (60, 1), (30, 7200)]
    level, in_s = planned(watch.at("2026-12-22 08:00")) or (None, 0.0)
    assert (level, in_s) == (0, pytest.approx(utc("2026-12-22 08:36") - watch.now.utc_s, abs=120))


def test_while_only_the_dark_is_awaited_nothing_is_planned() -> None:
    watch = Watch("2026-12-21 16:00").at("2026-12-21 16:30").sees(100.0)
    assert not watch.look().is_night
    assert planned(watch) is None


def test_no_sunrise_ends_the_night_of_an_underpass() -> None:
    watch = Watch("2026-12-22 07:00", UNDERPASS)
    assert planned(watch) == (70, pytest.approx(utc("2026-12-22 07:51") - watch.now.utc_s, abs=120))
    assert planned(watch.at("2026-12-22 08:00")) is None


@pytest.mark.parametrize(("settings", "source"), [(LAMP, ClockSource.UNSYNCED), (NOWHERE, ClockSource.NTP)])
def test_without_a_clock_or_a_place_nothing_is_planned(settings: Settings, source: ClockSource) -> None:
    watch = Watch("2026-12-21 22:00", settings, source)
    assert planned(watch) is None
    assert watch.watch.plan(watch.time) is None


@pytest.mark.parametrize(
    ("mode", "source", "falls_back"),
    [
        ("auto", ClockSource.UNSYNCED, True),
        ("sun", ClockSource.UNSYNCED, True),
        ("photocell", ClockSource.UNSYNCED, False),
        ("auto", ClockSource.NTP, False),
    ],
)
def test_it_falls_back_where_the_sun_should_be_asked_and_cannot(mode: str, source: ClockSource, falls_back: bool) -> None:
    watch = Watch("2026-12-21 22:00", replace(LAMP, night=Night(mode=mode)), source)  # type: ignore[arg-type]
    assert watch.watch.falls_back(watch.time) is falls_back


def test_a_lamp_that_knows_no_place_falls_back_from_nothing() -> None:
    watch = Watch("2026-12-21 22:00", NOWHERE, ClockSource.UNSYNCED)
    assert not watch.watch.falls_back(watch.time)


@pytest.mark.parametrize(
    ("at", "lx", "period_s"),
    [
        pytest.param("12:00", 5000.0, INF, id="by day"),
        pytest.param("15:20", 5000.0, INF, id="before the twilight: 6.5 degrees"),
        pytest.param("15:22", 5000.0, 15.0, id="a little ahead of it: 6.3 degrees"),
        pytest.param("16:00", 5000.0, 15.0, id="in it, far from a threshold"),
        pytest.param("16:00", 100.0, 0.0, id="in it, near a threshold"),
        pytest.param("17:15", 0.1, 15.0, id="a little after it: -7.2 degrees"),
        pytest.param("17:18", 0.1, INF, id="by night: -7.6 degrees"),
    ],
)
def test_the_photocell_is_read_as_often_as_it_can_change_a_decision(at: str, lx: float, period_s: float) -> None:
    watch = Watch(f"2026-12-21 {at}").sees(lx)
    assert watch.watch.light_period_s(watch.time) == period_s


@pytest.mark.parametrize(
    ("settings", "source", "period_s"),
    [(LAMP, ClockSource.UNSYNCED, 0.0), (NOWHERE, ClockSource.NTP, 0.0), (UNDERPASS, ClockSource.NTP, INF)],
    ids=["without a clock", "without a place", "where it decides nothing"],
)
def test_without_the_sun_it_is_read_all_the_time_and_seldom_where_it_decides_nothing(
    settings: Settings, source: ClockSource, period_s: float
) -> None:
    watch = Watch("2026-12-21 12:00", settings, source).sees(5000.0)
    assert watch.watch.light_period_s(watch.time) == period_s
