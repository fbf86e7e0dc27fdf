"""Thresholds that a healthy lamp would raise, or that are crossed, are remarked on, and by the core's own bounds."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from agent.config.checks.healthy import FIRE_C, HOT_C, power_w, raised_by_a_healthy_lamp
from agent.config.problems import Problem
from agent.core.bounds import FIRE_C as CORE_FIRE_C
from agent.core.bounds import HOT_C as CORE_HOT_C
from agent.core.meter import expected_power_w
from agent.core.supply import supply_bounds
from agent.records import Quantity
from agent.settings.alarm_names import THRESHOLDS
from agent.settings.hardware import PowerMeter, Sensors
from agent.settings.model import AlarmRule, Luminaire, Settings, Supply

Problems = Callable[..., tuple[Problem, ...]]

DC = (
    "luminaire: {nominal_power_w: 42, standby_power_w: 0.6, supply: {kind: dc, nominal_v: 24}}\n"
    "sensors: {power: {driver: ina226, shunt_ohm: 0.02}, temperature: {driver: tmp102}}\n"
)
METERS = (
    (PowerMeter("ina226", shunt_ohm=0.02), Supply("dc", 24.0)),
    (PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154), Supply("ac", 230.0)),
    (PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154), None),
)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "supplyLoss: {below: 23.9}",
            "ends only above 119.5 V, so never once it is raised: the supply has 24 V; write 4.8 or less",
        ),
        ("supplyLoss: {below: 30}", "30 V is raised by a healthy lamp: the supply has 24 V; write 4.8 or less"),
        ("supplyVoltageTooLow: {below: 25}", "25 V is raised by a healthy lamp"),
        ("supplyVoltageTooHigh: {above: 20}", "20 V is raised by a healthy lamp"),
        ("absoluteLampPowerTooLow: {below: 80}", "the lamp draws 4.74 W at its least, 10 %; write 4.74 or less"),
        ("absoluteLampPowerTooHigh: {above: 40}", "the lamp draws 42 W at full light; write 42 or more"),
        ("currentTooHigh: {above: 1}", "the lamp takes 1.75 A at full light; write 1.85 or more"),
        ("currentTooLow: {below: 1.5}", "the lamp takes 0.1975 A at 10 %; write 0.188 or less"),
        ("fireDetected: {above: 70}", "70 °C is not above that of temperatureTooHigh (85 °C); write more than 85"),
        ("temperatureTooHigh: {above: 120}", "120 °C is not below that of fireDetected (110 °C by default)"),
    ],
)
def test_a_threshold_that_a_healthy_lamp_would_raise_is_warned_of(problems: Problems, rule: str, said: str) -> None:
    (found,) = problems(f"{DC}alarms: {{{rule}}}\n")
    assert found.severity.value == "warning"
    assert said in str(found)
    assert found.key.startswith(f"alarms.{rule.split(':')[0]}.")


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ("supplyVoltageTooLow: {below: 25}, supplyVoltageTooHigh: {above: 20}", "alarms.supplyVoltageTooLow.below"),
        ("temperatureTooLow: {below: 20}, temperatureTooHigh: {above: 20}", "alarms.temperatureTooLow.below"),
        ("currentTooLow: {below: 2}, currentTooHigh: {above: 1}", "alarms.currentTooLow.below"),
        ("absoluteLampPowerTooLow: {below: 50}, absoluteLampPowerTooHigh: {above: 50}", "alarms.absoluteLampPowerTooLow.below"),
    ],
)
def test_thresholds_that_are_crossed_are_an_error(problems: Problems, rules: str, key: str) -> None:
    errors = [problem.key for problem in problems(f"{DC}alarms: {{{rules}}}\n") if problem.severity.value == "error"]
    assert errors == [key]


def test_thresholds_that_leave_a_healthy_lamp_alone_are_not_remarked_on(problems: Problems) -> None:
    rules = (
        "supplyLoss: {below: 4}, supplyVoltageTooLow: {below: 21}, supplyVoltageTooHigh: {above: 27}, currentTooHigh: {above: 2},"
        " currentTooLow: {below: 0.1}, absoluteLampPowerTooHigh: {above: 50}, absoluteLampPowerTooLow: {below: 3},"
        " fireDetected: {above: 120}, temperatureTooHigh: {above: 90}, temperatureTooLow: {below: -30}"
    )
    assert problems(f"{DC}alarms: {{{rules}}}\n") == ()


def test_a_lamp_that_may_be_dimmed_to_nothing_is_held_against_full_light(problems: Problems) -> None:
    dimmed = DC.replace("nominal_power_w", "minimum_level: 0, nominal_power_w")
    lamp = "limits: {floor: 0}\n" + dimmed
    assert [problem.key for problem in problems(lamp + "alarms: {absoluteLampPowerTooLow: {below: 40}}\n")] == ["limits.floor"]
    found = problems(lamp + "alarms: {absoluteLampPowerTooLow: {below: 43}}\n")
    assert [problem.key for problem in found] == ["limits.floor", "alarms.absoluteLampPowerTooLow.below"]


def test_a_temperature_that_is_impossible_is_remarked_on_once(problems: Problems) -> None:
    assert [problem.severity.value for problem in problems(DC + "alarms: {fireDetected: {above: 10}}\n")] == ["error"]


def test_a_derating_that_ends_beyond_fire_is_warned_of_where_it_is_written(problems: Problems) -> None:
    (found,) = problems(DC + "limits: {derating: {from_c: 100, to_c: 120, level: 30}}\n")
    assert (found.severity.value, found.key) == ("warning", "limits.derating.to_c")


@given(
    some.sampled_from(METERS),
    some.sampled_from(("supplyLoss", "supplyVoltageTooLow", "supplyVoltageTooHigh", "currentTooHigh")),
    some.floats(0.001, 1000),
)
def test_what_is_warned_of_is_what_the_core_would_never_end(
    supplied: tuple[PowerMeter, Supply | None], alarm: str, limit: float
) -> None:
    meter, supply = supplied
    rule = AlarmRule(above=limit) if THRESHOLDS[alarm].key == "above" else AlarmRule(below=limit)
    luminaire = Luminaire(nominal_power_w=42.0, standby_power_w=0.6, supply=supply)
    settings = Settings(luminaire=luminaire, sensors=Sensors(power=meter), alarms={alarm: rule})
    nominal_v = 230.0 if supply is None else supply.nominal_v
    values = {Quantity.SUPPLY_VOLTAGE_V: nominal_v, Quantity.SUPPLY_CURRENT_A: 42.0 / nominal_v}

    never_ends = {
        bound.alarm.value
        for quantity, bound in supply_bounds(settings, 100, steady=True)
        if quantity in values and bound.is_beyond(values[quantity], is_up=True)
    }
    warned = {finding.path[1] for finding in raised_by_a_healthy_lamp(settings, lambda _: True)}

    if THRESHOLDS[alarm].least <= limit:
        assert warned == never_ends


@given(some.sampled_from((0.0, 5.0, 10.0, 55.0, 100.0)), some.booleans())
def test_the_power_is_the_one_that_the_core_judges_by(level: float, curved: bool) -> None:
    curve = ((5.0, 2.0), (10.0, 6.1), (90.0, 40.0)) if curved else ()
    luminaire = Luminaire(nominal_power_w=42.0, standby_power_w=0.6, power_curve=curve)
    assert power_w(luminaire, level) == pytest.approx(expected_power_w(luminaire, level))
    assert (HOT_C, FIRE_C) == (CORE_HOT_C, CORE_FIRE_C)
