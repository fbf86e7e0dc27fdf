"""Explain, the night: each witness, the numbers it goes by, and a dwell that runs."""

from dataclasses import replace

import pytest
from core_explain import explained
from core_street import LAMP, Street, clear_sky, utc

from agent.records import ClockSource, Part
from agent.settings.model import Night, Settings

DARK = "the photocell has been dark since {} and is at {} lx: dark is below 35 lx, bright above 55 lx, each for 60 s"
BRIGHT = DARK.replace("been dark", "been bright")
NO_SUN = "the sun is not asked: the clock is not believed"


def told(street: Street) -> tuple[str, tuple[str, ...]]:
    found = explained(street)
    return found.night, found.night_facts


def test_far_below_the_horizon_it_is_night_whatever_the_photocell_says() -> None:
    assert told(Street(LAMP).run(61)) == (
        "night since 23:00:00: the sun's elevation says so",
        (
            "the sun is at -57.1 degrees: below -6 it is night, whatever the photocell says",
            DARK.format("23:00:00", "0"),
        ),
    )


def test_high_above_it_is_day() -> None:
    words, (sun, cell) = told(Street(LAMP, "2026-06-21 12:00", sky=lambda _: 40_000.0).run(61))
    assert words == "day since 12:00:00: the sun's elevation says so"
    assert sun == "the sun is at 56.7 degrees: above 5 it is day, whatever the photocell says"
    assert cell == BRIGHT.format("12:00:00", "40,000")


def test_between_the_photocell_decides() -> None:
    words, (sun, cell) = told(Street(LAMP, "2026-12-21 16:30", sky=lambda _: 100.0).run(61))
    assert words == "day since 16:30:00: the photocell says so"
    assert sun == "the sun is at -1.4 degrees: between -6 and 5 the photocell decides"
    assert cell == BRIGHT.format("16:30:00", "100")


@pytest.mark.parametrize(
    ("start", "before_lx", "after_lx", "words"),
    [
        ("2026-12-21 16:40", 100.0, 20.0, "it has been below 35 lx since 16:42:00, and in 40 s it is night"),
        ("2026-12-22 08:00", 20.0, 100.0, "it has been above 55 lx since 08:02:00, and in 40 s it is day"),
        ("2026-12-21 23:00", 20.0, 100.0, "it has been above 55 lx since 23:02:00, and in 40 s it is bright"),
        ("2026-06-21 12:00", 100.0, 20.0, "it has been below 35 lx since 12:02:00, and in 40 s it is dark"),
    ],
    ids=["dusk", "dawn", "a light in the night", "a cover by day"],
)
def test_a_dwell_that_runs_says_since_when_and_how_long_still(start: str, before_lx: float, after_lx: float, words: str) -> None:
    from_utc_s = utc(start) + 118
    street = Street(LAMP, start, sky=lambda utc_s: before_lx if utc_s < from_utc_s else after_lx)
    facts = told(street.run(140))[1]
    assert facts[1].endswith(f"; {words}")


def test_a_photocell_that_is_not_heard_lights_the_lamp_between() -> None:
    street = Street(LAMP, "2026-12-21 16:30")
    street.dead.add(Part.LIGHT)
    words, (sun, cell) = told(street.run(61))
    assert words == "night since 16:30:00: the sun's elevation says so"
    assert sun == "the sun is at -1.4 degrees: between -6 and 5 the photocell decides; it is not heard, so it is night"
    assert cell == "the photocell is not heard; the source light says why"


def test_without_a_photocell_that_is_said() -> None:
    settings = replace(LAMP, sensors=replace(LAMP.sensors, light=None))
    assert told(Street(settings).run(61))[1][1] == "there is no photocell: sensors.light is not configured"


def test_without_a_place_the_sun_is_not_asked() -> None:
    facts = told(Street(replace(LAMP, lamp=None), sky=lambda _: 1.0).run(61))[1]
    assert facts[0] == "the sun is not asked: lamp.location is not configured"
    assert facts[2] == "without the sun, a dark photocell means night"


def test_an_rtc_alone_is_not_believed_against_a_dark_photocell() -> None:
    street = Street(LAMP, "2026-12-21 12:00", source=ClockSource.RTC, sky=lambda _: 5.0)
    street.controller._watch.timekeeper.remember(0.0, utc("2026-12-20 12:00"))
    words, (sun, _) = told(street.run(120))
    assert words == "night since 12:00:00: the photocell says so"
    assert sun == (
        "the sun is at 14.9 degrees: above 5 it is day, unless the photocell is dark, for only an RTC has set the clock"
    )


# --- without the sun


def clockless(lx: float, start: str = "2026-12-21 12:00") -> Street:
    return Street(LAMP, start, source=ClockSource.UNSYNCED, sky=lambda utc_s: lx + utc_s % 2 / 10)


def test_without_a_clock_a_dark_photocell_means_night() -> None:
    words, facts = told(clockless(3).run(60))
    assert words == "night since 12:00:00: the photocell says so"
    assert (facts[0], facts[2]) == (NO_SUN, "without the sun, a dark photocell means night")


def test_without_a_clock_much_and_varying_light_means_day() -> None:
    words, facts = told(clockless(5000).run(300))
    assert words == "day since 12:00:20: the photocell says so"
    assert facts[2] == "without the sun, over 1,000 lx that vary prove that it is day"


def test_without_a_clock_and_proof_it_is_night_until_one_is_learnt() -> None:
    words, facts = told(clockless(300).run(300))
    assert words == "night since 12:00:00: nothing believable says that it is day"
    assert facts[2] == "without the sun, only over 1,000 lx that vary prove a day, and no night has been learnt since the start"


def test_a_learnt_night_says_until_when_it_speaks() -> None:
    clear = clear_sky()

    def overcast_from_the_second_noon(utc_s: float) -> float:
        return clear(utc_s) if utc_s < utc("2026-12-22 12:00") else 300.0

    street = Street(LAMP, "2026-12-21 12:00", source=ClockSource.UNSYNCED, sky=overcast_from_the_second_noon)
    words, facts = told(street.run_to("2026-12-22 14:00"))
    assert words.endswith(": a night learnt from the photocell says so: the clock is not believed and the photocell is no good")
    assert facts[2].startswith("without the sun, the dusk and the dawn last seen by the photocell say that it is day, until 16:")
    assert facts[2].endswith(" unless the photocell knows better")


# --- modes


@pytest.mark.parametrize("mode", ["always", "powered"])
def test_a_mode_that_knows_no_day_is_all_there_is_to_say(mode: str) -> None:
    settings: Settings = replace(LAMP, night=Night(mode=mode))  # type: ignore[arg-type]
    words, facts = told(Street(settings, "2026-06-21 12:00").run(60))
    assert words == "night since 12:00:00: night.mode says so"
    assert facts == (f"night.mode is {mode}: it is night whenever the agent runs",)


def test_in_sun_mode_sunset_is_the_bound() -> None:
    facts = told(Street(replace(LAMP, night=Night(mode="sun")), "2026-12-21 16:30").run(61))[1]
    assert facts[0] == "the sun is at -1.4 degrees: night.mode is sun, and below -0.8 degrees it is night"


def test_in_photocell_mode_the_sun_is_not_asked_while_the_photocell_is_heard() -> None:
    settings = replace(LAMP, night=Night(mode="photocell"))
    street = Street(settings, "2026-12-21 16:30", sky=lambda _: 100.0).run(61)
    assert told(street)[1][0] == "the sun is at -1.4 degrees, and is not asked: night.mode is photocell"
    clock_gone = Street(settings, "2026-12-21 16:30", source=ClockSource.UNSYNCED, sky=lambda _: 100.0).run(61)
    assert told(clock_gone)[1][2] == "night.mode is photocell: it decides while it is heard"
