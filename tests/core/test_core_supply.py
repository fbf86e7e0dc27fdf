"""What can be told of the supply: by its kind and voltage, under each level, and where the meter can tell."""

from dataclasses import replace

import pytest
from core_street import LAMP
from hypothesis import given
from hypothesis import strategies as st

from agent.core.alarms import Alarm
from agent.core.bounds import Bound
from agent.core.supply import low_voltage_v, supply_bounds
from agent.records import Quantity
from agent.settings.hardware import PowerMeter, Relay
from agent.settings.model import AlarmRule, Luminaire, Settings, Supply

MAINS = PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154)
DIRECT = PowerMeter("ina226", shunt_ohm=0.02)
VOLTAGES = (Alarm.SUPPLY_VOLTAGE_TOO_LOW, Alarm.SUPPLY_VOLTAGE_TOO_HIGH)


def lamp(meter: PowerMeter | None, supply: Supply | None, watts: float = 42, **rules: AlarmRule) -> Settings:
    luminaire = Luminaire(nominal_power_w=watts, supply=supply)
    return replace(LAMP, luminaire=luminaire, sensors=replace(LAMP.sensors, power=meter), alarms=rules)


def bounds(settings: Settings, level: float = 100, *, steady: bool = True) -> dict[Alarm, Bound]:
    return {bound.alarm: bound for _, bound in supply_bounds(settings, level, steady=steady)}


@pytest.mark.parametrize(
    ("meter", "supply", "low", "high"),
    [
        (MAINS, Supply("ac", 230), (197.8, 204.7), (253.0, 244.95)),  # field.md: 198 and 205, 253 and 245
        (MAINS, None, (197.8, 204.7), (253.0, 244.95)),
        (MAINS, Supply("ac", 120), (103.2, 106.8), (132.0, 127.8)),
        (DIRECT, Supply("dc", 24), (19.2, 19.92), (28.8, 28.08)),
        (DIRECT, Supply("dc", 48), (38.4, 39.84), (57.6, 56.16)),
    ],
)
def test_the_voltages_are_those_of_the_supply(
    meter: PowerMeter, supply: Supply | None, low: tuple[float, float], high: tuple[float, float]
) -> None:
    found = bounds(lamp(meter, supply))
    for alarm, (raise_at, clear_at) in zip(VOLTAGES, (low, high), strict=True):
        assert found[alarm].raise_at == pytest.approx(raise_at)
        assert found[alarm].clear_at == pytest.approx(clear_at)


@pytest.mark.parametrize(
    ("meter", "supply"), [(None, Supply("ac", 230)), (DIRECT, None), (DIRECT, Supply("ac", 230)), (MAINS, Supply("dc", 24))]
)
def test_without_a_supply_to_hold_it_against_no_voltage_is_judged(meter: PowerMeter | None, supply: Supply | None) -> None:
    settings = lamp(meter, supply)
    assert not {*VOLTAGES, Alarm.SUPPLY_LOSS} & set(bounds(settings))
    assert low_voltage_v(settings) == 0


def test_the_config_s_thresholds_take_those_that_clear_along() -> None:
    found = bounds(lamp(MAINS, None, supplyVoltageTooHigh=AlarmRule(above=264), supplyVoltageTooLow=AlarmRule(below=207)))
    assert found[Alarm.SUPPLY_VOLTAGE_TOO_HIGH] == Bound(Alarm.SUPPLY_VOLTAGE_TOO_HIGH, 264, pytest.approx(264 * 1.065 / 1.1))
    assert found[Alarm.SUPPLY_VOLTAGE_TOO_LOW].raise_at == 207
    assert low_voltage_v(lamp(MAINS, None, supplyVoltageTooLow=AlarmRule(below=207))) == 207


def test_behind_an_open_relay_no_voltage_is_missed() -> None:
    settings = lamp(MAINS, None)
    assert settings.output is not None
    relayed = replace(settings, output=replace(settings.output, relay=Relay(23)))
    assert Alarm.SUPPLY_LOSS in bounds(settings, 0)
    assert set(bounds(relayed, 0)) & {*VOLTAGES, Alarm.SUPPLY_LOSS} == {Alarm.SUPPLY_VOLTAGE_TOO_HIGH}
    assert Alarm.SUPPLY_LOSS in bounds(relayed, 10)


@pytest.mark.parametrize(("watts", "judged"), [(4, False), (8, True), (12, True), (42, True), (150, True)])
def test_a_power_factor_is_asked_only_of_lamps_that_must_have_one_and_only_from_20_percent_on(watts: float, judged: bool) -> None:
    settings = lamp(MAINS, None, watts)
    assert (Alarm.POWER_FACTOR_TOO_LOW in bounds(settings, 100)) is judged
    assert Alarm.POWER_FACTOR_TOO_LOW not in bounds(settings, 19)
    assert Alarm.POWER_FACTOR_TOO_LOW not in bounds(settings, 100, steady=False)
    assert Alarm.POWER_FACTOR_TOO_LOW not in bounds(lamp(DIRECT, Supply("dc", 24), watts), 100)


@given(st.floats(6, 400), st.floats(20, 100))
def test_the_power_factor_asked_for_falls_with_the_level_and_never_exceeds_that_at_full(watts: float, level: float) -> None:
    settings = lamp(MAINS, None, watts)
    at_level, at_full = bounds(settings, level)[Alarm.POWER_FACTOR_TOO_LOW], bounds(settings)[Alarm.POWER_FACTOR_TOO_LOW]
    assert at_level.raise_at <= at_full.raise_at + 1e-9 < 0.9


def test_the_current_of_the_largest_lamp_and_of_the_smallest_have_room_for_their_capacitors() -> None:
    small, large = bounds(lamp(MAINS, None, 3)), bounds(lamp(MAINS, None, 230))
    assert small[Alarm.CURRENT_TOO_HIGH].raise_at == pytest.approx(3 / 230 + 0.1)
    assert large[Alarm.CURRENT_TOO_HIGH].raise_at == pytest.approx(1.5)


def test_of_a_whole_pole_only_what_is_beside_the_lamp_is_judged_and_the_voltage() -> None:
    pole = replace(MAINS, measures="pole")
    found = bounds(lamp(pole, None), 100)
    assert set(found) == {*VOLTAGES, Alarm.SUPPLY_LOSS, Alarm.UNEXPECTED_LOAD}
    assert found[Alarm.UNEXPECTED_LOAD].raise_at == 72
    assert found[Alarm.UNEXPECTED_LOAD].clear_at == 62
    quantities = {quantity for quantity, bound in supply_bounds(lamp(pole, None), 0, steady=True)}
    assert Quantity.POWER_FACTOR not in quantities
