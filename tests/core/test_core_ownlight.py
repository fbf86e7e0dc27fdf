"""The lamp's own light on its photocell: learnt, taken off, and never a reason to hunt."""

import pytest
from core_street import Street, constant
from hypothesis import assume, given
from hypothesis import strategies as st

from agent.core.ownlight import LEARN_BELOW_LX, PAIR_S, STEP, OwnLight
from agent.records import ClockSource, Quantity, Reading


def lux(value: float, at_s: float) -> Reading:
    return Reading(Quantity.LIGHT_LEVEL_LX, value, at_s)


levels = st.floats(0, 100)


@given(st.floats(0, 30), st.floats(0, 100), levels, levels)
def test_one_step_of_the_lamp_up_or_down_teaches_what_it_adds(sky_lx: float, own_lx: float, before: float, after: float) -> None:
    assume(abs(after - before) >= STEP)
    assume(sky_lx + own_lx * min(before, after) / 100 <= LEARN_BELOW_LX)
    own = OwnLight()
    own.take_off(lux(sky_lx + own_lx * before / 100, 0), before, steady=True)
    assert not own.learnt
    left = own.take_off(lux(sky_lx + own_lx * after / 100, 10), after, steady=True)
    assert own.learnt
    assert own.at_full_lx == pytest.approx(own_lx, abs=1e-6)
    assert left == pytest.approx(sky_lx, abs=1e-6)


def test_a_sky_that_darkens_as_the_lamp_comes_on_does_not_make_its_light_negative() -> None:
    own = OwnLight()
    own.take_off(lux(40, 0), 0.0, steady=True)
    assert own.take_off(lux(30, 10), 100.0, steady=True) == 30


@pytest.mark.parametrize(
    ("sky_lx", "step", "after_s"),
    [
        pytest.param(20.0, STEP - 1, 10.0, id="a small step says too little"),
        pytest.param(20.0, 100.0, PAIR_S + 1, id="after so long the daylight has changed"),
        pytest.param(5000.0, 100.0, 10.0, id="in daylight the clouds say more than the lamp"),
    ],
)
def test_what_proves_nothing_teaches_nothing(sky_lx: float, step: float, after_s: float) -> None:
    own = OwnLight()
    own.take_off(lux(sky_lx, 0), 0.0, steady=True)
    own.take_off(lux(sky_lx + 50, after_s), step, steady=True)
    assert own.at_full_lx == 0


def test_a_cover_taken_off_as_the_lamp_moves_is_not_its_own_light() -> None:
    """No lamp throws a day's light on its photocell: a share so large would hide every dawn from it."""
    own = OwnLight()
    own.take_off(lux(30, 0), 40.0, steady=True)
    own.take_off(lux(34_000, 5), 100.0, steady=True)
    assert not own.learnt
    assert own.take_off(lux(800, 10), 100.0, steady=True) == 800


def test_nothing_is_learnt_in_a_fade() -> None:
    own = OwnLight()
    own.take_off(lux(10, 0), 0.0, steady=True)
    own.take_off(lux(40, 5), 50.0, steady=False)
    assert own.at_full_lx == 0


def test_one_passing_headlight_does_not_unteach() -> None:
    own = OwnLight()
    for at_s in range(0, 600, 20):
        level = 100.0 if at_s % 40 else 0.0
        headlight_lx = 900.0 if at_s == 300 else 0.0
        own.take_off(lux(5 + 0.3 * level + headlight_lx, at_s), level, steady=True)
    assert own.at_full_lx == pytest.approx(30, abs=1)


@given(st.floats(0, 1000), st.floats(0, 100))
def test_no_light_is_left_below_nothing(value: float, level: float) -> None:
    own = OwnLight()
    own.take_off(lux(0, 0), 0.0, steady=True)
    own.take_off(lux(60, 5), 100.0, steady=True)
    assert own.take_off(lux(value, 10), level, steady=True) >= 0


@pytest.mark.parametrize("own_lx", [40.0, 60.0, 200.0])
@pytest.mark.parametrize("source", [ClockSource.NTP, ClockSource.UNSYNCED])
def test_a_lamp_that_sees_itself_does_not_hunt(own_lx: float, source: ClockSource) -> None:
    """As large as the threshold and larger, through a dusk with a clock and without one."""
    street = Street(constant(100), "2026-12-21 14:30", own_lx=own_lx, source=source)
    for minute in range(200):
        street.passer_by(minute * 60.0)
    street.run_to("2026-12-21 18:30")
    assert street.level == 100
    assert street.switchings <= 6
