"""The whole core through a night: levels, causes and moments as a resident, a technician and an operator see them."""

from dataclasses import replace

import pytest
from core_street import LAMP, METERED, RESTART, Street, constant, utc

from agent.commands import Dim
from agent.effects import Drive
from agent.records import ClockSource, Fault, OutputFailed, OutputWorks, Part


def test_a_december_night_has_the_levels_of_its_programme_with_their_causes() -> None:
    street = Street(start="2026-12-21 12:00")
    seen = [
        (text, street.run_to(f"2026-12-{text}").state.target_level, street.state.cause, street.state.slot)
        for text in ("21 15:30", "21 17:15", "21 22:29", "21 22:31", "22 00:29", "22 00:31", "22 07:55", "22 09:15")
    ]
    assert seen == [
        ("21 15:30", 0, "daylight", "programme"),
        ("21 17:15", 100, "programme", "programme"),
        ("21 22:29", 100, "programme", "programme"),
        ("21 22:31", 60, "programme", "programme"),
        ("22 00:29", 60, "programme", "programme"),
        ("22 00:31", 30, "programme", "programme"),
        ("22 07:55", 70, "programme", "programme"),
        ("22 09:15", 0, "daylight", "programme"),
    ]


def test_a_clear_night_switches_the_lamp_on_once_and_off_once_near_sunset_and_sunrise() -> None:
    street = Street(start="2026-12-21 12:00").run_to("2026-12-22 12:00")
    (_, _), (started, _), (on, _), *_, (off, _) = street.levels
    assert started < 5
    assert abs(on - street.when("2026-12-21 16:26")) < 3600
    assert abs(off - street.when("2026-12-22 08:33")) < 3600
    assert street.switchings == 3  # the light of the start is the first that goes out


def test_a_programme_switches_at_its_moment_and_not_at_the_next_reading() -> None:
    street = Street(start="2026-12-21 22:00").run_to("2026-12-21 22:31")
    assert street.levels[-1][0] == pytest.approx(street.when("2026-12-21 22:30"), abs=0.001)


def test_a_reading_that_completes_the_dwell_is_acted_upon_at_once() -> None:
    street = Street(start="2026-12-21 15:30", sky=lambda utc_s: 2000.0 if utc_s < utc("2026-12-21 16:40") else 10.0)
    street.run_to("2026-12-21 17:00")
    dark_s = street.when("2026-12-21 16:40")
    assert dark_s + 60 <= street.levels[-1][0] <= dark_s + 60 + 15.2  # the dwell, and how long it may take to be noticed


def test_the_lamp_stays_raised_until_the_hold_after_the_last_pass() -> None:
    street = Street(constant(30), "2026-12-21 23:00").run(60)
    street.passer_by(at_s=100)
    street.passer_by(at_s=140)
    assert street.run(100.5).level > 30
    assert street.run(101.1).level == 100
    assert street.run(160).state.reason == "presence since 23:02:20"
    assert street.run(185.9).level == 100  # seen until 141 s, held for 45 s
    assert street.run(196.1).level == 30
    assert street.state.cause == "programme"


def test_motion_by_day_is_counted_and_shown_and_raises_nothing() -> None:
    street = Street(start="2026-06-21 12:00").run(60)
    street.passer_by(at_s=100)
    assert street.run(110).state.presence is True
    assert street.level == 0
    assert street.run(147.2).states[-1][1].presence is False  # shown as soon as the hold is over
    assert street.controller.explain() is not None
    assert street.switchings == 1  # the light of the start alone


def test_after_a_boot_of_the_pi_the_lamp_is_lit_at_once_whatever_the_hour() -> None:
    street = Street(start="2026-06-21 12:00")
    assert [drive.ramp.level_at(street.now.mono_s) for drive in street.of(Drive)] == [100]


def test_after_a_restart_the_level_found_is_kept_until_ledger_and_light_have_spoken() -> None:
    street = Street(constant(30), boot=replace(RESTART, found_level=55.0))
    assert street.run(0.04).level == 55
    assert street.state.cause == "starting"
    assert street.run(10).level == 30


def test_the_level_found_is_kept_for_five_seconds_at_most() -> None:
    street = Street(constant(30), boot=replace(RESTART, found_level=0.0), memory=None)
    assert street.run(4.9).level == 0
    assert street.run(5.0).levels[-1][1].end_level == 30


def test_a_level_that_the_output_cannot_tell_is_left_alone_until_something_is_decided_and_then_set_without_a_fade() -> None:
    street = Street(constant(30), boot=replace(RESTART, found_level=None, untold=True))
    assert not street.run(0.04).of(Drive)
    street.run(10)
    assert [(drive.ramp.start_level, drive.ramp.end_level) for drive in street.of(Drive)] == [(30, 30)]
    assert street.state.cause == "programme"
    street.command(Dim(60))
    assert [(drive.ramp.start_level, drive.ramp.end_level) for drive in street.of(Drive)[1:]] == [(30, 60)]


def test_a_level_that_the_output_cannot_tell_is_left_alone_for_five_seconds_at_most() -> None:
    street = Street(constant(30), boot=replace(RESTART, found_level=None, untold=True), memory=None)
    assert not street.run(4.9).of(Drive)
    assert street.run(5.0).level == 30


def test_full_light_is_driven_too_where_the_output_cannot_tell() -> None:
    street = Street(constant(100), boot=replace(RESTART, found_level=None, untold=True)).run(10)
    assert [drive.ramp.end_level for drive in street.of(Drive)] == [100]


def test_without_any_clock_or_sensor_the_lamp_is_at_full_light() -> None:
    blind = replace(LAMP, sensors=replace(LAMP.sensors, light=None))
    street = Street(blind, "2026-06-21 12:00", source=ClockSource.UNSYNCED).run(3600)
    assert (street.level, street.state.slot, street.state.cause) == (100, "default", "noClock")


def test_an_output_that_fails_keeps_nothing_else_from_being_decided() -> None:
    street = Street(constant(30)).run(60)
    street.tell(OutputFailed(Part.OUTPUT, Fault.FAILED))
    street.command(Dim(50))
    street.run(120)
    assert street.state.feedback_level == 50
    assert ("controlGearCommFailure", "raised") in street.happened
    assert street.acks == [("id-1", "accepted")]
    street.tell(OutputWorks(Part.OUTPUT))
    assert street.run(121).acks[-1] == ("id-1", "applied")


def test_the_same_events_give_the_same_effects() -> None:
    first = Street(METERED, "2026-12-21 15:00")
    for at_s in range(5000, 40000, 700):
        first.passer_by(at_s)
    first.at(20000, lambda: first.command(Dim(20)))
    first.run(43_000)

    again = Street(METERED, "2026-12-21 15:00")
    for event, now in first.events:
        again.passed_s = now.mono_s - again.mono_at_start_s
        again.tell(event)
    assert [effect for _, effect in again.done] == [effect for _, effect in first.done]


@pytest.mark.parametrize(("sky_lx", "lit_after_a_while"), [(5000.0, False), (500.0, True)])
def test_without_a_clock_a_lamp_found_off_stays_off_until_a_bright_sky_is_proven_day_and_is_lit_under_any_other(
    sky_lx: float, lit_after_a_while: bool
) -> None:
    def flickering(utc_s: float) -> float:
        return sky_lx + utc_s % 7

    unset: dict[str, object] = {"source": ClockSource.UNSYNCED, "wall_off_s": -100 * 86_400.0}
    street = Street(constant(30), "2026-06-21 12:00", boot=RESTART, sky=flickering, **unset).run(300)  # type: ignore[arg-type]
    assert any(street.level_at(at_s) > 0 for at_s in range(300)) is lit_after_a_while


def test_a_sky_that_is_bright_and_frozen_holds_a_start_for_a_minute_at_most() -> None:
    unset: dict[str, object] = {"source": ClockSource.UNSYNCED, "wall_off_s": -100 * 86_400.0}
    street = Street(constant(30), "2026-12-21 23:00", boot=RESTART, sky=lambda _: 5000.0, **unset).run(63)  # type: ignore[arg-type]
    assert street.level_at(59) == 0
    assert street.level > 0
