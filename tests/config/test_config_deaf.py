"""A rule whose alarm this lamp can never raise is remarked on, with what is not there."""

from collections.abc import Callable

import pytest

from agent.config.problems import Problem
from agent.core.supply import supply_bounds
from agent.settings.hardware import PowerMeter, Sensors
from agent.settings.model import AlarmRule, Settings

Problems = Callable[..., tuple[Problem, ...]]

LAMP = "nominal_power_w: 42, standby_power_w: 0.6"
DC = "supply: {kind: dc, nominal_v: 24}"
INA226 = "driver: ina226, shunt_ohm: 0.02"
ADE7953 = "driver: ade7953, volt_scale: 26000, amp_scale: 100000, watt_scale: 154"


def pole(luminaire: str, meter: str) -> str:
    return f"luminaire: {{{luminaire}}}\nsensors: {{power: {{{meter}}}}}\n"


@pytest.mark.parametrize(
    ("more", "rule", "said"),
    [
        ("", "lampFailure: {after: 5s}", "there is no meter"),
        ("", "supplyLoss: {below: 3}", "there is no meter"),
        ("", "meterFault: {after: 5s}", "there is no meter"),
        ("", "fireDetected: {above: 120}", "no thermometer in the luminaire"),
        ("", "photocellFault: {after: 5s}", "no photocell"),
        ("", "presenceFault: {after: 5s}", "no motion sensor"),
        ("sensors: {temperature: {driver: tmp102}}\n", "protectionActive: {after: 5s}", "nothing is derated"),
        (pole(f"{LAMP}, {DC}", INA226), "relayFailure: {after: 5s}", "no relay"),
        (pole(f"{LAMP}, {DC}", INA226), "unexpectedLoad: {above: 40}", "with measures: lamp"),
        (pole(f"{LAMP}, {DC}", INA226), "powerFactorTooLow: {below: 0.8}", "ina226 measures dc"),
        (pole(f"{LAMP}, {DC}", INA226), "currentTooLow: {after: 5s}", "write below"),
        (pole(f"{LAMP}, {DC}", INA226 + ", measures: pole"), "lampPowerTooLow: {below: 5}", "with measures: pole"),
        (pole(LAMP, INA226), "supplyVoltageTooHigh: {above: 30}", "a threshold alone is not enough"),
        (pole(LAMP, INA226), "supplyLoss: {below: 3}", "write luminaire.supply, such as {kind: dc, nominal_v: 24}"),
        (pole("standby_power_w: 1", ADE7953), "lampFailure: {after: 5s}", "before a self-test has learnt the lamp's power"),
        (pole("standby_power_w: 1", ADE7953), "powerFactorTooLow: {below: 0.8}", "write luminaire.nominal_power_w"),
    ],
)
def test_a_rule_that_can_never_act_is_warned_of_with_what_is_not_there(
    problems: Problems, more: str, rule: str, said: str
) -> None:
    (found,) = problems(f"{more}alarms: {{{rule}}}\n")
    assert (found.severity.value, found.key) == ("warning", f"alarms.{rule.split(':')[0]}")
    assert said in str(found)
    assert "or remove it" in found.hint


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("", "lampUnexpectedOn: {after: 5s}"),  # a lamp that a command keeps lit by day needs no meter
        (pole(LAMP, ADE7953), "supplyVoltageTooHigh: {above: 260}"),  # the mains have their voltage without being asked
        (pole(LAMP, ADE7953), "powerFactorTooLow: {below: 0.8}"),
        (pole(LAMP, ADE7953 + ", measures: pole"), "unexpectedLoad: {above: 40}"),
        (pole("standby_power_w: 1", INA226), "currentTooHigh: {above: 3}"),
        (pole(f"{LAMP}, {DC}", INA226), "lampFailure: {after: 5s}"),
    ],
)
def test_a_rule_that_can_act_is_not_remarked_on(problems: Problems, more: str, rule: str) -> None:
    assert problems(f"{more}alarms: {{{rule}}}\n") == ()


def test_a_supply_that_no_meter_sees_is_warned_of(problems: Problems) -> None:
    (found,) = problems(f"luminaire: {{{DC}}}\n")
    assert (found.severity.value, found.key) == ("warning", "luminaire.supply")


def test_of_a_meter_that_is_broken_nobody_says_that_it_is_not_there(problems: Problems) -> None:
    found = problems(
        f"luminaire: {{{DC}}}\nsensors: {{power: {{driver: ina226, shunt_ohm: 99}}}}\nalarms: {{supplyLoss: {{below: 3}}}}\n"
    )
    assert [problem.key for problem in found] == ["sensors.power.shunt_ohm"]


def test_without_a_supply_in_the_config_no_threshold_of_voltage_is_judged_on_dc() -> None:
    rules = {name: AlarmRule(above=30.0, below=3.0) for name in ("supplyVoltageTooHigh", "supplyVoltageTooLow", "supplyLoss")}
    settings = Settings(sensors=Sensors(power=PowerMeter("ina226", shunt_ohm=0.02)), alarms=rules)
    assert supply_bounds(settings, 100, steady=True) == ()
