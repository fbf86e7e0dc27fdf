"""What dusks and dawns say of the clock: confirmed, suspect, adopted after a step, or nothing at all."""

import pytest
from core_wall import NTP, UNSYNCED, Wall, with_rtc

from agent.core.twilight import Twilight
from agent.records import TimeQuality

AGREE_S = 3600.0


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
    assert (time.utc_s, time.quality, wall.keeper.confirmed) == (wall.true_utc_s + wall.off_s, TimeQuality.NTP, True)


def test_an_adopted_clock_that_ntp_never_set_is_the_rtcs() -> None:
    wall = with_rtc()
    wall.look()
    wall.off_s = 3 * 3600.0
    wall.look()
    wall.dusk(3 * 3600.0, 120.0)
    assert wall.look().quality is TimeQuality.RTC


def test_what_the_sky_says_counts_at_once() -> None:
    wall = Wall()
    now = wall.instant
    assert wall.keeper.look(now).trusted
    wall.keeper.witnessed(now, Twilight.DUSK, 5 * 3600.0, 5 * 3600.0)
    assert wall.keeper.look(now).quality is TimeQuality.SUSPECT


def test_at_another_place_a_confirmed_clock_is_held_against_the_sky_again() -> None:
    wall = Wall()
    wall.look()
    wall.dusk(0.0)
    wall.keeper.moved()
    assert wall.dusk(5 * 3600.0)
    assert wall.look().quality is TimeQuality.SUSPECT


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


def test_a_suspicion_that_was_the_photocells_fault_is_forgotten_at_once() -> None:
    wall = Wall()
    now = wall.instant
    wall.keeper.look(now)
    wall.keeper.witnessed(now, Twilight.DUSK, 5 * 3600.0, 5 * 3600.0)
    assert not wall.keeper.look(now).usable
    wall.keeper.exonerate()
    assert wall.keeper.look(now).trusted


def test_an_rtc_is_not_synchronised() -> None:
    wall = with_rtc()
    wall.look()
    assert not wall.keeper.synchronised
    wall.source = NTP
    wall.look()
    assert wall.keeper.synchronised
