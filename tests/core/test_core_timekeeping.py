"""Which clock is believed, from when to when: synchronisation, RTC, steps, carried time, and what dusks and dawns say of it."""

import pytest

from agent.core.timekeeping import AGREE_S, STEP_S, Time, Timekeeper
from agent.core.twilight import Twilight
from agent.records import ClockSource, Instant, TimeQuality

NOW_UTC_S = 1_800_000_000.0
DAY_S = 86_400.0
NTP, RTC, UNSYNCED = ClockSource.NTP, ClockSource.RTC, ClockSource.UNSYNCED


class Wall:
    """A host whose wall clock can be moved against its monotonic one."""

    def __init__(self, keeper: Timekeeper | None = None, source: ClockSource = NTP) -> None:
        self.keeper = Timekeeper() if keeper is None else keeper
        self.mono_s = 100.0
        self.off_s = 0.0
        self.source = source

    @property
    def instant(self) -> Instant:
        return Instant(self.mono_s, NOW_UTC_S + self.mono_s + self.off_s, self.source)

    def look(self, after_s: float = 1.0) -> Time:
        self.mono_s += after_s
        return self.keeper.look(self.instant)

    def for_days(self, days: float) -> Time:
        for _ in range(int(days * 24)):
            self.look(3600.0)
        return self.look()

    @property
    def true_utc_s(self) -> float:
        return NOW_UTC_S + self.mono_s

    def dusk(self, off_s: float | None, wall_off_s: float | None = None, kind: Twilight = Twilight.DUSK) -> bool:
        return self.keeper.witnessed(self.instant, kind, off_s, off_s if wall_off_s is None else wall_off_s)


def with_rtc(last_ntp_ago_s: float = DAY_S, not_before_utc_s: float = 0.0) -> Wall:
    return Wall(Timekeeper(not_before_utc_s, rtc_set_utc_s=NOW_UTC_S - last_ntp_ago_s), RTC)


# --- trust


def test_a_clock_that_nobody_has_set_is_neither_used_nor_trusted() -> None:
    time = Wall(source=UNSYNCED).look()
    assert (time.quality, time.usable, time.trusted) == (TimeQuality.UNSYNCED, False, False)


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


def test_an_rtc_is_trusted_when_ntp_set_it_in_the_last_thirty_days() -> None:
    assert with_rtc(29 * DAY_S).look().quality is TimeQuality.RTC
    assert not with_rtc(31 * DAY_S).look().usable
    assert not Wall(Timekeeper(), RTC).look().usable  # the ledger knows of no NTP


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


# --- what the sky says


@pytest.mark.parametrize(("off_s", "agrees"), [(AGREE_S - 1, True), (-AGREE_S + 1, True), (AGREE_S + 1, False), (None, False)])
def test_a_dusk_within_the_hour_confirms_and_one_beyond_makes_the_clock_suspect(off_s: float | None, agrees: bool) -> None:
    wall = Wall()
    wall.look()
    assert wall.dusk(off_s)  # the photocell is acquitted either way: it is the clock that is doubted
    assert wall.keeper.confirmed is agrees
    assert (wall.look().quality is TimeQuality.SUSPECT) is not agrees
    assert wall.look().usable is agrees


def test_once_confirmed_a_dusk_beyond_the_hour_is_the_photocells_trouble() -> None:
    wall = Wall()
    wall.look()
    wall.dusk(0.0)
    assert not wall.dusk(5 * 3600.0)
    assert wall.look().trusted


def test_a_suspicion_ends_with_a_twilight_that_agrees() -> None:
    wall = Wall()
    wall.look()
    wall.dusk(5 * 3600.0)
    assert not wall.look().usable
    wall.dusk(600.0, kind=Twilight.DAWN)
    assert wall.look().trusted


def test_a_step_takes_the_confirmation_away() -> None:
    wall = Wall()
    wall.look()
    wall.dusk(0.0)
    wall.off_s = 3600.0
    wall.look()
    assert not wall.keeper.confirmed


@pytest.mark.parametrize(
    ("carried_off_s", "wall_off_s", "adopted"), [(7200.0, 5300.0, True), (7200.0, 5500.0, False), (0.0, 7200.0, False)]
)
def test_a_stepped_clock_is_adopted_when_it_fits_a_dusk_better_by_half_an_hour(
    carried_off_s: float, wall_off_s: float, adopted: bool
) -> None:
    wall = Wall()
    wall.look()
    wall.off_s = carried_off_s - wall_off_s
    wall.look()
    assert wall.keeper.stepped
    wall.dusk(carried_off_s, wall_off_s)
    assert wall.keeper.stepped is not adopted


def test_an_adopted_clock_that_agrees_with_the_sky_is_trusted_and_confirmed() -> None:
    wall = Wall()
    wall.look()
    wall.off_s = 3 * 3600.0
    wall.look()
    wall.dusk(3 * 3600.0, 120.0)
    time = wall.look()
    assert (time.utc_s, time.trusted, wall.keeper.confirmed) == (wall.true_utc_s + wall.off_s, True, True)


def test_the_sky_confirms_no_clock_that_nobody_has_set() -> None:
    """A clock that is months behind may show the right hour; the first synchronisation must still be held against the sky."""
    wall = Wall(source=UNSYNCED)
    wall.look()
    assert not wall.dusk(600.0)
    assert not wall.keeper.confirmed


def test_what_the_sky_said_of_a_time_is_forgotten_with_it() -> None:
    """A first synchronisation that moves the clock answers a suspicion of the RTC, and voids a confirmation."""
    for off_s in (5 * 3600.0, 600.0):
        wall = with_rtc()
        wall.look()
        wall.dusk(off_s)
        wall.off_s, wall.source = -5 * 3600.0, NTP
        assert wall.look().trusted
        assert not wall.keeper.confirmed


def test_a_suspicion_outlives_a_synchronisation_that_changes_nothing() -> None:
    wall = with_rtc()
    wall.look()
    wall.dusk(5 * 3600.0)
    wall.source = NTP
    assert wall.look().quality is TimeQuality.SUSPECT
