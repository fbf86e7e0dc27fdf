"""Fades: straight, without a jump, never below the minimum but at 0, and as fast as their cause asks."""

from dataclasses import replace

import pytest
from core_street import LAMP
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from agent.core.demand import Cause, Demand, Slot
from agent.core.fading import fade
from agent.core.light import Light
from agent.core.limits import Decision
from agent.records import Ramp
from agent.settings.model import Settings

MINIMUM = LAMP.luminaire.minimum_level
levels = st.just(0.0) | st.floats(MINIMUM, 100)
durations = st.just(0.0) | st.floats(0.1, 300)
moments = st.floats(0, 400)


def demand(level: float, slot: Slot = Slot.PROGRAMME, cause: Cause = Cause.PROGRAMME, fade_s: float | None = None) -> Demand:
    return Demand(slot, level, cause, 0.0, fade_s=fade_s)


def decided(level: float, slot: Slot = Slot.PROGRAMME, cause: Cause = Cause.PROGRAMME, fade_s: float | None = None) -> Decision:
    return Decision(demand(level, slot, cause, fade_s), level, level, ())


def fading(up_s: float, down_s: float) -> Settings:
    return replace(LAMP, luminaire=replace(LAMP.luminaire, fade_up_s=up_s, fade_down_s=down_s))


def nearest_lit(level: float) -> float:
    """A level as the driver may have it at the edge of a fade: 0 stands for the step from and to the minimum."""
    return max(level, MINIMUM)


@given(levels, levels, durations, moments)
def test_a_fade_ends_at_its_target_and_is_never_between_off_and_the_minimum(
    start: float, end: float, lasts_s: float, at_s: float
) -> None:
    ramp = Ramp(start, end, 0.0, lasts_s, MINIMUM)
    assert ramp.level_at(lasts_s) == end
    level = ramp.level_at(at_s)
    assert level == 0 or level >= MINIMUM
    assert level <= max(nearest_lit(start), nearest_lit(end))


@given(levels, levels, durations, moments, moments)
def test_a_fade_only_goes_one_way(start: float, end: float, lasts_s: float, one_s: float, other_s: float) -> None:
    ramp = Ramp(start, end, 0.0, lasts_s, MINIMUM)
    earlier, later = ramp.level_at(min(one_s, other_s)), ramp.level_at(max(one_s, other_s))
    assert (earlier <= later + 1e-9) if start <= end else (earlier >= later - 1e-9)


@given(levels, levels, levels, durations, durations, moments)
def test_the_light_does_not_jump_when_a_fade_is_interrupted_at_any_moment(
    start: float, middle: float, end: float, up_s: float, down_s: float, at_s: float
) -> None:
    settings = fading(max(up_s, 0.1), max(down_s, 0.1))
    first = fade(decided(start), decided(middle), Ramp.steady(start), settings, 0.0)
    second = fade(decided(middle), decided(end), first, settings, at_s)
    before, after = first.level_at(at_s), second.level_at(at_s)
    assert after == before or {before, after} == {0.0, MINIMUM}  # a fade from darkness begins at the minimum
    assert second.level_at(second.end_s) == end


@given(levels, levels, durations, st.floats(-100, 100))
def test_a_ramp_has_a_level_at_every_moment_the_ones_before_it_too(start: float, end: float, lasts_s: float, at_s: float) -> None:
    """A reading may be older than the ramp under which it is judged, and a ramp may take no time."""
    assert 0 <= Ramp(start, end, 0.0, lasts_s, MINIMUM).level_at(at_s) <= 100
    assert Ramp.steady(start, 0.0).level_at(at_s) == start


@pytest.mark.parametrize(
    ("before", "after", "lasts_s"),
    [
        (decided(30), decided(60), 2.0),
        (decided(60), decided(30), 8.0),
        (decided(30), decided(100, Slot.MOTION, Cause.PRESENCE), 1.0),
        (decided(100, Slot.MOTION, Cause.PRESENCE), decided(30), 10.0),
        (decided(60), decided(30, Slot.OVERRIDE, Cause.DIM, fade_s=42.0), 42.0),
        (decided(100, Slot.MAINTENANCE, Cause.SET_AT_POLE), decided(30), 30.0),
        (decided(30), decided(100, Slot.MAINTENANCE, Cause.SET_AT_POLE), 2.0),
        (decided(0, Slot.DEFAULT, Cause.STARTING), decided(100, Slot.MOTION, Cause.PRESENCE), 2.0),
    ],
)
def test_a_fade_lasts_as_its_cause_asks(before: Decision, after: Decision, lasts_s: float) -> None:
    ramp = fade(before, after, Ramp.steady(before.light_level), LAMP, 100.0)
    assert ramp.end_s - ramp.start_s == lasts_s


def test_a_command_fades_as_it_asked_only_once() -> None:
    """When its level is limited otherwise later, the lamp's own fades count again."""
    dim = decided(20, Slot.OVERRIDE, Cause.DIM, fade_s=60.0)
    ramp = fade(dim, structs.replace(dim, light_level=30), Ramp.steady(20), LAMP, 0.0)
    assert ramp.end_s == LAMP.luminaire.fade_up_s


def test_who_wants_the_same_level_sooner_gets_it_sooner() -> None:
    """An emergency does not wait for the slow fade of a dim command that happens to have the same target."""
    light = Light(10.0, 0.0)
    light.follow(decided(10), LAMP, 0.0)
    light.follow(decided(100, Slot.OVERRIDE, Cause.DIM, fade_s=300.0), LAMP, 10.0)
    assert light.follow(decided(100, Slot.EMERGENCY, Cause.EMERGENCY), LAMP, 20.0)
    assert light.ramp.start_level == pytest.approx(10 + 90 * 10 / 300)
    assert light.ramp.end_s == 22.0


def test_who_wants_the_same_level_later_does_not_slow_a_fade_that_runs() -> None:
    light = Light(10.0, 0.0)
    light.follow(decided(100, Slot.MOTION, Cause.PRESENCE), LAMP, 10.0)
    assert not light.follow(decided(100, Slot.OVERRIDE, Cause.DIM, fade_s=300.0), LAMP, 10.5)
    assert light.ramp.end_s < 20.0


def dim(command: str, fade_s: float | None) -> Decision:
    return Decision(replace(demand(100, Slot.OVERRIDE, Cause.DIM, fade_s), name=command), 100, 100, ())


@pytest.mark.parametrize(("fade_s", "end_s"), [(0.0, 20.0), (None, 22.0)])
def test_a_newer_command_for_the_same_level_does_not_wait_for_the_slow_fade_of_the_older(
    fade_s: float | None, end_s: float
) -> None:
    light = Light(10.0, 0.0)
    light.follow(decided(10), LAMP, 0.0)
    light.follow(dim("slowly", 300.0), LAMP, 10.0)
    assert light.follow(dim("sooner", fade_s), LAMP, 20.0)
    assert light.ramp.end_s == end_s


def test_a_command_that_is_decided_anew_does_not_cut_its_own_fade_short() -> None:
    light = Light(10.0, 0.0)
    light.follow(decided(10), LAMP, 0.0)
    light.follow(dim("slowly", 300.0), LAMP, 10.0)
    assert not light.follow(dim("slowly", 300.0), LAMP, 20.0)
    assert light.ramp.end_s == 310.0


def test_the_light_says_once_that_it_has_arrived() -> None:
    light = Light(10.0, 0.0)
    light.follow(decided(10), LAMP, 0.0)
    assert light.next_s() is None
    light.follow(decided(60), LAMP, 10.0)
    assert light.next_s() == 12.0
    assert [light.arrived(at_s) for at_s in (11.9, 12.0)] == [False, True]
    assert [light.settle(), light.settle()] == [True, False]
    assert light.next_s() is None
