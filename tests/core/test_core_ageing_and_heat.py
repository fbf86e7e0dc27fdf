"""Limits of ageing and heat: less light while the lamp is new, and while the luminaire is hot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.demand import Cause, Demand, Limit, Slot
from agent.core.limits import Conditions, derated_cap, limited
from agent.settings.model import Derating, Limits, Luminaire, Settings

DERATING = Derating(from_c=70, to_c=85, level=30)


def demand(level: float, slot: Slot = Slot.PROGRAMME) -> Demand:
    return Demand(slot, level, Cause.PROGRAMME, since_s=0.0)


@pytest.mark.parametrize(("temperature_c", "cap"), [(None, 100), (20, 100), (70, 100), (77.5, 65), (85, 30), (120, 30)])
def test_the_cap_falls_straight_between_the_two_temperatures(temperature_c: float | None, cap: float) -> None:
    assert derated_cap(DERATING, temperature_c) == cap


def test_heat_is_stronger_than_the_floor_but_not_than_the_minimum_level() -> None:
    settings = Settings(luminaire=Luminaire(minimum_level=10), limits=Limits(floor=60, derating=DERATING))
    decision = limited(demand(100), settings, Conditions(is_night=True, temperature_c=100))
    assert (decision.feedback_level, decision.light_level) == (100, 30)
    assert decision.limits == (Limit.DERATING,)

    severe = Settings(luminaire=Luminaire(minimum_level=10), limits=Limits(derating=Derating(70, 85, 1)))
    decision = limited(demand(100), severe, Conditions(is_night=True, temperature_c=100))
    assert decision.light_level == 10
    assert decision.limits == (Limit.DERATING, Limit.MINIMUM_LEVEL)


@given(level=st.floats(0.1, 100), temperature_c=st.floats(-40, 150))
def test_heat_never_switches_a_lamp_off(level: float, temperature_c: float) -> None:
    settings = Settings(limits=Limits(derating=DERATING))
    assert limited(demand(level), settings, Conditions(is_night=True, temperature_c=temperature_c)).light_level > 0


def test_heat_leaves_a_glimmer_under_the_lowest_derating_without_a_minimum_level() -> None:
    settings = Settings(luminaire=Luminaire(minimum_level=0), limits=Limits(floor=0, derating=Derating(70, 85, 0.3)))
    assert limited(demand(100), settings, Conditions(is_night=True, temperature_c=100)).light_level == 1


@pytest.mark.parametrize(("hours", "light"), [(0, 82), (2_000, 82.4), (50_000, 91), (100_000, 100), (150_000, 100)])
def test_a_new_lamp_gives_less(hours: float, light: float) -> None:
    settings = Settings(luminaire=Luminaire(constant_light_output=((0, 82), (100_000, 100))))
    decision = limited(demand(100), settings, Conditions(is_night=True, operating_h=hours))
    assert decision.light_level == pytest.approx(light)
    assert decision.limits == ((Limit.CONSTANT_LIGHT_OUTPUT,) if light < 100 else ())


def test_an_hour_more_does_not_move_the_light() -> None:
    settings = Settings(luminaire=Luminaire(constant_light_output=((0, 82), (100_000, 100))))
    levels = {limited(demand(100), settings, Conditions(True, operating_h=hours)).light_level for hours in range(1000, 1100)}
    assert len(levels) == 1
