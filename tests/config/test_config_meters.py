"""A meter that cannot measure this lamp is remarked on: its shunt, what it stands, what kind of supply it is made for."""

from collections.abc import Callable

import pytest

from agent.config.checks import meters
from agent.config.problems import Problem
from agent.core import expected, supply
from agent.hardware import ina219, ina226
from agent.settings.chips import SHUNT_FULL_V, SHUNT_OFFSET_V

Problems = Callable[..., tuple[Problem, ...]]
ADE7953 = "driver: ade7953, volt_scale: 26000, amp_scale: 100000, watt_scale: 154"


def pole(meter: str, kind: str = "dc", volts: float = 24, watts: float = 42) -> str:
    fed = f"supply: {{kind: {kind}, nominal_v: {volts}}}"
    return f"luminaire: {{nominal_power_w: {watts}, {fed}}}\nsensors: {{power: {{{meter}}}}}\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (pole("driver: ina226, shunt_ohm: 0.1"), "drops 175 mV at full light, and the ina226 measures up to 81.92 mV"),
        (pole("driver: ina226, shunt_ohm: 0.1"), "fit one of at most 0.0312 ohm"),  # 81.92 mV / (1.5 * 1.75 A)
        (pole("driver: ina219, shunt_ohm: 0.2"), "drops 350 mV at full light, and the ina219 measures up to 320 mV"),
        (pole("driver: ina219, shunt_ohm: 0.0003"), "makes 16 W of the ina219's own error"),
        (pole("driver: ina219, shunt_ohm: 0.0003"), "fit one of more than 0.000343 ohm"),  # 3 * 0.2 mV * 24 V / 42 W
        (pole("driver: ina226, shunt_ohm: 0.0001", watts=5), "makes 2.4 W of the ina226's own error"),
    ],
)
def test_a_shunt_that_does_not_fit_the_lamp_is_warned_of_with_the_one_that_does(problems: Problems, more: str, said: str) -> None:
    (found,) = problems(more)
    assert (found.severity.value, found.key) == ("warning", "sensors.power.shunt_ohm")
    assert said in str(found)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            pole("driver: ina226, shunt_ohm: 0.02", volts=48),
            "ina226 stands 36 V, and luminaire.supply has 48 V: that may destroy it",
        ),
        (pole("driver: ina219, shunt_ohm: 0.02", volts=27), "fit an ina226, or measure where there are at most 26 V"),
    ],
)
def test_a_supply_that_destroys_the_meter_is_an_error(problems: Problems, more: str, said: str) -> None:
    (found,) = problems(more)
    assert (found.severity.value, found.key) == ("error", "sensors.power.driver")
    assert said in str(found)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (pole("driver: ina226, shunt_ohm: 0.02", kind="ac", volts=230), "a chip that stands 36 V does not survive the mains"),
        (pole(ADE7953), "is dc, and ade7953 measures ac: the voltage is not judged"),
    ],
)
def test_a_supply_of_another_kind_than_the_meter_is_warned_of(problems: Problems, more: str, said: str) -> None:
    (found,) = problems(more)
    assert (found.severity.value, found.key) == ("warning", "luminaire.supply.kind")
    assert said in str(found)


@pytest.mark.parametrize(
    "more",
    [
        pole("driver: ina226, shunt_ohm: 0.02"),
        pole("driver: ina226, shunt_ohm: 0.02", volts=36),
        pole("driver: ina219, shunt_ohm: 0.1"),
        pole("driver: ina219, shunt_ohm: 0.002"),
        pole(ADE7953, kind="ac", volts=230),
    ],
)
def test_a_meter_that_fits_is_not_remarked_on(problems: Problems, more: str) -> None:
    assert problems(more) == ()


def test_the_figures_are_the_ones_that_core_and_drivers_go_by() -> None:
    assert SHUNT_OFFSET_V == expected.SHUNT_OFFSET_V
    assert (meters.TELLS, meters.UNKNOWN_V, meters.ROOM) == (expected.TELLS, expected.UNKNOWN_V, supply.OVERCURRENT)
    assert SHUNT_FULL_V["ina219"] == pytest.approx(ina219.SHUNT_FULL_SCALE * ina219.SHUNT_VOLT_PER_COUNT)
    assert SHUNT_FULL_V["ina226"] == pytest.approx(-ina226.SHUNT_FULL_SCALE[1] * ina226.SHUNT_VOLT_PER_COUNT)
