"""Arbitration and limits: the first slot that holds a demand wins, and what comes between a demand and the light."""

from dataclasses import replace

import pytest
from core_street import LAMP
from hypothesis import given
from hypothesis import strategies as st

from agent.core.demand import Cause, Demand, Limit, Slot, choose
from agent.core.limits import Conditions, limited
from agent.settings.model import Limits, Settings

levels = st.just(0.0) | st.floats(0.01, 100)
slots = st.sampled_from(list(Slot))


def demand(slot: Slot, level: float) -> Demand:
    return Demand(slot, level, Cause.DIM, 0.0)


def lamp(floor: float | None = None, minimum: float = 10.0, full: float = 100.0) -> Settings:
    luminaire = replace(LAMP.luminaire, minimum_level=minimum, virtual_light_output=full)
    return replace(LAMP, luminaire=luminaire, limits=Limits(floor=floor))


lamps = st.builds(lamp, st.none() | st.floats(0, 100), st.floats(0, 50), st.floats(1, 100))


def test_the_slots_are_in_the_order_of_the_design() -> None:
    assert [slot.value for slot in Slot] == ["maintenance", "emergency", "override", "motion", "programme", "default"]


@given(st.dictionaries(slots, levels, min_size=1), st.randoms())
def test_the_winner_is_the_first_slot_that_holds_a_demand(held: dict[Slot, float], random: object) -> None:
    demands: list[Demand | None] = [demand(slot, held[slot]) if slot in held else None for slot in Slot]
    random.shuffle(demands)  # type: ignore[attr-defined]
    assert choose(tuple(demands)).slot is next(slot for slot in Slot if slot in held)


def test_no_demand_at_all_is_a_mistake_that_is_told() -> None:
    with pytest.raises(ValueError, match="default"):
        choose((None, None))


@given(lamps, slots, levels, st.booleans())
def test_only_zero_is_off_and_nothing_else_is_below_the_minimum(
    settings: Settings, slot: Slot, level: float, is_night: bool
) -> None:
    decision = limited(demand(slot, level), settings, Conditions(is_night))
    for result in (decision.feedback_level, decision.light_level):
        assert result == 0 or result >= settings.luminaire.minimum_level
        assert result <= 100
    if level > 0:
        assert decision.light_level > 0
    if decision.feedback_level == 0:
        assert decision.light_level == 0


@given(lamps, slots, st.sampled_from(Cause), levels)
def test_the_floor_holds_at_night_against_all_but_a_level_set_at_the_pole(
    settings: Settings, slot: Slot, cause: Cause, level: float
) -> None:
    decision = limited(replace(demand(slot, level), cause=cause), settings, Conditions(True))
    if cause is Cause.SET_AT_POLE:
        assert Limit.FLOOR not in decision.limits
        assert (decision.feedback_level > 0) == (level > 0)
    else:
        assert decision.feedback_level >= settings.floor
        assert (Limit.FLOOR in decision.limits) is (level < settings.floor)


@given(lamps, slots, levels)
def test_by_day_there_is_no_floor(settings: Settings, slot: Slot, level: float) -> None:
    decision = limited(demand(slot, level), settings, Conditions(False))
    assert Limit.FLOOR not in decision.limits
    assert (decision.light_level > 0) == (level > 0)


@given(lamps, slots, levels, st.booleans())
def test_every_limit_that_bites_is_named_in_order_and_no_other(
    settings: Settings, slot: Slot, level: float, is_night: bool
) -> None:
    decision = limited(demand(slot, level), settings, Conditions(is_night))
    order = [list(Limit).index(limit) for limit in decision.limits]
    assert order == sorted(order)
    if not decision.limits:
        assert decision.light_level == level


@pytest.mark.parametrize(
    ("settings", "level", "feedback", "light", "limits"),
    [
        (lamp(), 60.0, 60.0, 60.0, ()),
        (lamp(), 0.0, 10.0, 10.0, (Limit.FLOOR,)),
        (lamp(floor=0), 0.0, 0.0, 0.0, ()),
        (lamp(floor=0), 4.0, 10.0, 10.0, (Limit.MINIMUM_LEVEL,)),
        (lamp(full=80), 50.0, 50.0, 40.0, (Limit.VIRTUAL_LIGHT_OUTPUT,)),
        (lamp(full=80), 100.0, 100.0, 80.0, (Limit.VIRTUAL_LIGHT_OUTPUT,)),
        (lamp(full=50), 12.0, 12.0, 10.0, (Limit.VIRTUAL_LIGHT_OUTPUT, Limit.MINIMUM_LEVEL)),
        (lamp(floor=0, full=80), 0.0, 0.0, 0.0, ()),
        (lamp(floor=0, minimum=0, full=80), 1.0, 1.0, 0.8, (Limit.VIRTUAL_LIGHT_OUTPUT,)),
    ],
)
def test_limits_by_example(settings: Settings, level: float, feedback: float, light: float, limits: tuple[Limit, ...]) -> None:
    decision = limited(demand(Slot.PROGRAMME, level), settings, Conditions(True))
    assert (decision.feedback_level, decision.light_level, decision.limits) == (feedback, light, limits)
