"""Which clock is believed, from when to when: synchronisation, RTC, steps, carried time."""

import pytest
from core_wall import DAY_S, NOW_UTC_S, NTP, RTC, UNSYNCED, Wall, with_rtc

from agent.core.timekeeping import Timekeeper
from agent.ledger import Watermark
from agent.records import TimeQuality

STEP_S = 300.0

# --- trust


def test_a_clock_that_nobody_has_set_is_neither_used_nor_trusted() -> None:
    wall = Wall(source=UNSYNCED)
    time = wall.look()
    assert (time.quality, time.usable, time.trusted) == (TimeQuality.UNSYNCED, False, False)
    assert not wall.keeper.stepped


def test_the_first_synchronisation_of_a_boot_is_no_step() -> None:
    wall = Wall(source=UNSYNCED)
    wall.off_s = -90 * DAY_S
    wall.look()
    wall.off_s, wall.source = 0.0, NTP
    time = wall.look()
    assert (time.quality, time.trusted, wall.keeper.stepped) == (TimeQuality.NTP, True, False)


def test_a_synchronisation_lasts_thirty_days_without_another() -> None:
    wall = Wall()
    wall.look()
    wall.source = UNSYNCED  # the kernel says so hours after the last exchange
    assert wall.for_days(29.9).trusted
    expired = wall.for_days(0.2)
    assert (expired.quality, expired.usable) == (TimeQuality.UNSYNCED, False)
    wall.source = NTP
    assert wall.look().trusted


def test_the_thirty_days_count_from_the_last_synchronisation_not_the_first() -> None:
    wall = Wall()
    assert wall.for_days(40).trusted
    wall.source = UNSYNCED
    assert wall.for_days(29.9).trusted
    assert not wall.for_days(0.2).usable


def test_an_rtc_is_trusted_when_ntp_set_it_in_the_last_thirty_days() -> None:
    assert with_rtc(29 * DAY_S).look().quality is TimeQuality.RTC
    assert not with_rtc(31 * DAY_S).look().usable
    assert not Wall(Timekeeper(), RTC).look().usable  # the ledger knows of no NTP


def test_what_the_ledger_knows_counts_at_once() -> None:
    wall = Wall(source=RTC)
    now = wall.instant
    assert not wall.keeper.look(now).usable
    wall.keeper.remember(0.0, NOW_UTC_S - DAY_S)
    assert wall.keeper.look(now).quality is TimeQuality.RTC
    wall.keeper.carry(Watermark(now.utc_s - 60, TimeQuality.NTP, offset_s=NOW_UTC_S))
    assert wall.keeper.look(now).quality is TimeQuality.NTP


@pytest.mark.parametrize(("days", "usable"), [(29, True), (31, False)])
def test_what_an_earlier_run_believed_is_carried_for_thirty_days_too(days: float, usable: bool) -> None:
    wall = Wall(source=UNSYNCED)
    wall.keeper.carry(Watermark(wall.true_utc_s, TimeQuality.NTP, offset_s=NOW_UTC_S))
    wall.off_s = 5 * 3600.0  # a step, so that the time carried is all there is
    assert wall.look(60.0).usable
    assert wall.look(days * DAY_S).usable is usable


def test_only_what_ntp_set_and_nobody_doubts_is_left_to_the_next_run() -> None:
    assert with_rtc().keeper.ntp_offset_s is None
    rtc = with_rtc()
    rtc.look()
    assert rtc.keeper.ntp_offset_s is None
    wall = Wall()
    wall.look()
    assert wall.keeper.ntp_offset_s == NOW_UTC_S
    wall.dusk(5 * 3600.0)
    assert wall.keeper.ntp_offset_s is None


def test_an_rtc_behind_the_build_or_the_last_time_on_disk_has_stopped() -> None:
    assert not with_rtc(not_before_utc_s=NOW_UTC_S + DAY_S).look().usable
    wall = with_rtc()
    wall.keeper.remember(NOW_UTC_S + DAY_S, NOW_UTC_S - DAY_S)
    assert not wall.look().usable


def test_an_rtc_stands_alone_until_the_sky_confirms_it_or_ntp_takes_over() -> None:
    wall = with_rtc()
    wall.look()
    assert wall.keeper.rtc_alone
    wall.dusk(600.0)
    assert not wall.keeper.rtc_alone
    other = with_rtc()
    other.look()
    other.source = NTP
    other.look()
    assert not other.keeper.rtc_alone


# --- steps


@pytest.mark.parametrize("off_s", [STEP_S + 1, -STEP_S - 1, 6 * 3600.0, -90 * DAY_S])
def test_after_a_step_the_time_goes_on_from_the_last_trusted_moment(off_s: float) -> None:
    wall = Wall()
    wall.look()
    wall.off_s = off_s
    time = wall.look()
    assert wall.keeper.stepped
    assert (time.utc_s, time.usable, time.trusted) == (wall.true_utc_s, True, False)
    assert time.quality is TimeQuality.SUSPECT


@pytest.mark.parametrize("off_s", [STEP_S - 1, -STEP_S + 1])
def test_small_moves_are_followed(off_s: float) -> None:
    wall = Wall()
    wall.look()
    wall.off_s = off_s
    assert wall.look().utc_s == wall.true_utc_s + off_s
    assert not wall.keeper.stepped


def test_a_drift_is_a_step_once_it_comes_to_five_minutes() -> None:
    wall = Wall()
    wall.look()
    for minute in range(1, 1001):
        wall.off_s = minute * 0.5
        wall.look(60.0)
        assert wall.keeper.stepped is (wall.off_s > STEP_S)


def test_a_stepped_clock_is_carried_for_thirty_days_and_not_longer() -> None:
    wall = Wall()
    wall.look()
    wall.off_s = 5 * 3600.0
    assert wall.for_days(29.9).usable
    assert not wall.for_days(0.2).usable


def test_a_clock_that_comes_back_is_believed_again() -> None:
    """Within five minutes of the time carried there is nothing left to doubt."""
    wall = Wall()
    wall.look()
    wall.off_s = -3 * 3600.0
    wall.look()
    wall.off_s = 2.0
    time = wall.look()
    assert (time.quality, time.trusted, wall.keeper.stepped) == (TimeQuality.NTP, True, False)


def test_the_first_synchronisation_outranks_a_step_of_the_rtcs_clock() -> None:
    """The clock may be seen moved before the kernel is seen synchronised; that is still the boot's first synchronisation."""
    wall = with_rtc()
    wall.look()
    wall.off_s = 1200.0
    wall.look()
    assert wall.keeper.stepped
    wall.source = NTP
    time = wall.look()
    assert (time.quality, time.utc_s, wall.keeper.stepped) == (TimeQuality.NTP, wall.true_utc_s + 1200.0, False)
