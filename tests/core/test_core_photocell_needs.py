"""The photocell's needs: how often it wants to be read, until when a reading is fresh, and when it is to be looked at again."""

from dataclasses import replace

import pytest

from agent.core.photocell import Photocell
from agent.core.twilight import Seen, Twilight
from agent.records import Quantity, Reading
from agent.settings.model import Night

RULE = Night()  # 35 lx, 55 lx, 60 s


def read(cell: Photocell, lx: float, at_s: float) -> Seen | None:
    return cell.read(Reading(Quantity.LIGHT_LEVEL_LX, lx, at_s), 0.0, lamp_steady=True)


def seen(*lights: tuple[float, float]) -> Photocell:
    """A photocell that has read lux at moments."""
    cell = Photocell(RULE, 0.0)
    for lx, at_s in lights:
        read(cell, lx, at_s)
    return cell


# --- near a threshold


@pytest.mark.parametrize(("lx", "near"), [(0, False), (17.4, False), (17.6, True), (45, True), (109, True), (111, False)])
def test_light_from_half_the_lower_threshold_to_twice_the_upper_is_read_often(lx: float, near: bool) -> None:
    assert seen((lx, 10.0)).near_threshold() is near


def test_so_is_light_that_is_not_known_yet_or_is_about_to_count() -> None:
    assert seen().near_threshold()
    assert seen((5000, 10.0), (1, 15.0)).near_threshold()


def test_only_what_a_decision_can_depend_on_is_worth_one() -> None:
    cell = seen((5000, 10.0))
    outlook = cell.outlook(10.0)
    for lx, at_s in ((4000, 15.0), (900, 20.0)):
        read(cell, lx, at_s)
        assert cell.outlook(at_s) == outlook
    read(cell, 30, 25.0)
    assert cell.outlook(25.0) != outlook


# --- the lamp's own light


def stepped(own_lx: float) -> Photocell:
    """A photocell that has seen the lamp go from nothing to full light."""
    cell = seen((5, 10.0))
    cell.read(Reading(Quantity.LIGHT_LEVEL_LX, 5 + own_lx, 20.0), 100.0, lamp_steady=True)
    return cell


def test_a_lamp_is_followed_at_its_steps_until_its_own_light_is_learnt_and_ever_after_when_that_is_strong() -> None:
    assert seen((5, 10.0)).learns_own_light()
    assert not stepped(8.7).learns_own_light()
    assert stepped(8.8).learns_own_light()


# --- freshness


def test_a_reading_is_fresh_for_three_periods_and_a_little_and_a_shorter_period_counts_from_its_beginning() -> None:
    cell = seen()
    cell.set_period(60.0, 0.0)
    read(cell, 1, 100.0)
    cell.set_period(5.0, 200.0)
    assert cell.fresh(216.9)
    assert not cell.fresh(217.1)


def test_a_new_period_does_not_make_a_stale_reading_fresh() -> None:
    cell = seen((1, 100.0))
    cell.set_period(60.0, 1000.0)
    assert not cell.fresh(1000.0)


# --- other thresholds


def test_other_thresholds_count_from_the_next_reading() -> None:
    cell = seen((45, 10.0))
    cell.configure(replace(RULE, on_below_lx=20, off_above_lx=30))
    read(cell, 45, 20.0)
    assert cell.dark
    read(cell, 45, 80.0)
    assert not cell.dark


@pytest.mark.parametrize(("on_below_lx", "kinds"), [(35.0, [Twilight.DUSK]), (30.0, [])])
def test_a_dusk_that_has_begun_is_kept_unless_it_would_have_another_end(on_below_lx: float, kinds: list[Twilight]) -> None:
    cell = seen((1000, 0.0), (300, 200.0))
    cell.configure(replace(RULE, on_below_lx=on_below_lx))
    told = [read(cell, lx, at_s) for lx, at_s in ((100, 400.0), (29, 600.0))]
    assert [one.kind for one in told if one is not None] == kinds


def test_a_dusk_ends_at_the_new_threshold() -> None:
    cell = seen()
    cell.configure(replace(RULE, on_below_lx=150, off_above_lx=200))
    told = [read(cell, lx, at_s) for lx, at_s in ((1000, 0.0), (300, 200.0), (140, 400.0))]
    assert [one.kind for one in told if one is not None] == [Twilight.DUSK]


# --- contradiction


def test_while_it_contradicts_the_sun_it_says_when_that_will_convict_it() -> None:
    cell = seen((5000, 100.0))
    cell.set_period(600.0, 100.0)
    assert cell.contradicted(100.0, by_sun_night=False) is None
    assert cell.contradicted(200.0, by_sun_night=True) == 1100.0
    assert cell.contradicted(1000.0, by_sun_night=True) == 1100.0
    assert not cell.convicted
    assert cell.contradicted(1100.0, by_sun_night=True) is None
    assert cell.convicted_s == 1100.0


@pytest.mark.parametrize("by_sun_night", [False, None])
def test_contradictions_do_not_add_up(by_sun_night: bool | None) -> None:
    cell = seen((5000, 100.0))
    cell.set_period(600.0, 100.0)
    cell.contradicted(200.0, by_sun_night=True)
    assert cell.contradicted(1000.0, by_sun_night=by_sun_night) is None
    assert cell.contradicted(1100.0, by_sun_night=True) == 2000.0
