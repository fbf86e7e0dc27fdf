"""The output curve: the DALI table, and that each curve and its inverse undo each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.curve import Curve, arc_level, electrical_percent, level_percent, light_percent

CURVES = st.sampled_from(["linear", "logarithmic"])


@pytest.mark.parametrize(("arc", "light"), [(1, 0.1), (85, 0.99), (170, 10.1), (195, 20.0), (220, 39.5), (229, 50.5), (254, 100)])
def test_the_logarithmic_curve_is_dalis(arc: float, light: float) -> None:
    assert light_percent(arc) == pytest.approx(light, abs=0.06)
    assert arc_level(light_percent(arc)) == pytest.approx(arc)


def test_off_and_full_are_the_ends_of_both_curves() -> None:
    for curve in ("linear", "logarithmic"):
        assert electrical_percent(0, curve) == 0
        assert electrical_percent(100, curve) == 100


def test_a_tenth_of_the_light_is_two_thirds_of_a_logarithmic_drive() -> None:
    assert electrical_percent(10, "linear") == 10
    assert electrical_percent(10, "logarithmic") == pytest.approx(66.8, abs=0.1)


@given(st.floats(0.1, 100), CURVES)
def test_what_was_driven_is_found_again(level: float, curve: Curve) -> None:
    assert level_percent(electrical_percent(level, curve), curve) == pytest.approx(level, rel=1e-6)


@given(st.floats(0, 100), st.floats(0, 100), CURVES)
def test_more_light_never_takes_less_drive(one: float, other: float, curve: Curve) -> None:
    low, high = sorted((one, other))
    assert electrical_percent(low, curve) <= electrical_percent(high, curve)
