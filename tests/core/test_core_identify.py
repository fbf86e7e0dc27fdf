"""Identify by itself: what can be seen from the ground, at any hour of the uptime."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.identify import MOST_S, PHASE_S, Blink

moments = st.floats(0, 1e8)


def course(blink: Blink) -> list[tuple[float, float | None]]:
    """(moment, level asked for) at its beginning and whenever it says that there is something else; None: over."""
    now_s, found = blink.start_s, list[tuple[float, float | None]]()
    while (demand := blink.demand(now_s)) is not None:
        found.append((now_s, demand.level))
        assert blink.next_s(now_s) > now_s
        now_s = blink.next_s(now_s)
    return [*found, (now_s, None)]


@given(moments, st.floats(0.1, MOST_S), st.booleans())
def test_each_time_it_wants_to_be_looked_at_it_asks_for_the_other_level_until_it_is_over(
    start_s: float, lasts_s: float, low_first: bool
) -> None:
    steps = course(Blink(10.0, low_first, start_s, start_s + lasts_s))
    assert steps[0][1] == (10 if low_first else 100)
    assert all({before, after} == {10.0, 100.0} for (_, before), (_, after) in pairwise(steps[:-1]))
    assert all(later - earlier == pytest.approx(PHASE_S, abs=1e-5) for (earlier, _), (later, _) in pairwise(steps[:-1]))
    assert steps[-1][0] == start_s + lasts_s
    assert len(steps) - 1 <= lasts_s / PHASE_S + 1.001


@given(st.floats(0, 100), st.booleans(), moments)
def test_it_never_asks_for_less_than_it_may_and_never_for_darkness(low: float, low_first: bool, start_s: float) -> None:
    blink = Blink(max(low, 1.0), low_first, start_s, start_s + 20)
    assert {level for _, level in course(blink)[:-1]} == {max(low, 1.0), 100.0}


@pytest.mark.parametrize(("low", "visible"), [(10, True), (90, True), (95, True), (96, False), (100, False)])
def test_a_step_of_less_than_a_twentieth_of_full_light_is_not_seen(low: float, visible: bool) -> None:
    assert Blink(low, True, 0.0, 20.0).visible is visible
