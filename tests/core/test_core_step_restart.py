"""A step of the clock is not forgotten by a restart of the agent, only by a boot of the Pi."""

from dataclasses import replace

import pytest
from core_street import POWER_ON, Street, utc

from agent.records import ClockSource

HOUR_S, DAY_S = 3600.0, 86_400.0


def stepped(by_s: float, start: str = "2026-11-06 02:00") -> Street:
    """An hour after a step that came when the lamp had been lit for an hour."""
    street = Street(start=start).run(HOUR_S)
    street.wall_off_s = by_s
    return street.run(2 * HOUR_S)


def believed_off_s(street: Street) -> float:
    """How far what the agent believes is from the true time."""
    return street.controller.time.utc_s - (utc(street.start) + street.passed_s)


def test_a_restarted_agent_goes_on_by_the_time_from_before_the_step() -> None:
    again = stepped(-40 * DAY_S).restarted().run(10)
    assert believed_off_s(again) == pytest.approx(0, abs=5)
    assert again.state.time_quality.value == "suspect"
    assert "timeStepped" in again.state.alarms


def test_so_the_evening_after_is_lit_as_if_nothing_had_been() -> None:
    """By the stepped date the sun is still up at 17:34."""
    street = stepped(-40 * DAY_S).restarted()
    assert street.run_to("2026-11-06 17:34").level == 100


def test_also_after_a_second_restart() -> None:
    again = stepped(7 * HOUR_S).restarted().run(HOUR_S).restarted().run(10)
    assert believed_off_s(again) == pytest.approx(0, abs=5)


def test_a_clock_that_did_not_step_is_believed_as_it_is() -> None:
    again = stepped(20.0).restarted().run(10)
    assert believed_off_s(again) == pytest.approx(20, abs=5)
    assert again.state.time_quality.value == "ntp"


def test_a_boot_of_the_pi_takes_the_clock_as_it_is_then() -> None:
    booted = stepped(-40 * DAY_S).restarted(boot=replace(POWER_ON, kernel_boot_id="kernel-2")).run(10)
    assert believed_off_s(booted) == pytest.approx(-40 * DAY_S, abs=5)
    assert booted.state.time_quality.value == "ntp"


def test_the_first_synchronisation_of_a_boot_is_no_step_even_after_a_restart() -> None:
    street = Street(start="2026-11-06 02:00", source=ClockSource.UNSYNCED, wall_off_s=-40 * DAY_S).run(HOUR_S)
    again = street.restarted(source=ClockSource.NTP, wall_off_s=0.0).run(10)
    assert again.state.time_quality.value == "ntp"
    assert believed_off_s(again) == pytest.approx(0, abs=5)


def test_a_clock_that_ntp_set_before_the_restart_is_trusted_after_it_though_ntp_is_gone() -> None:
    again = Street(start="2026-11-06 02:00").run(HOUR_S).restarted(source=ClockSource.UNSYNCED).run(10)
    assert again.state.time_quality.value == "ntp"
