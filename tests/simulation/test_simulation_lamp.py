"""The simulated luminaire: light, power and warmth from what is really on its wires."""

from dataclasses import dataclass, replace

import pytest

from agent.settings.hardware import Output, Relay
from agent.settings.model import Luminaire, Supply
from agent.simulation.climate import Air, Warming
from agent.simulation.luminaire import LampCircuit, interpolated
from agent.simulation.supply import SupplyWires

PWM = Output("pwm", gpio=18)
LUMINAIRE = Luminaire(nominal_power_w=42, standby_power_w=0.6, minimum_level=10)


@dataclass
class FakeLine:
    function: str = "input"
    state: bool = False


def lamp(
    output: Output | None, high: float | None, line: FakeLine | None = None, luminaire: Luminaire = LUMINAIRE
) -> LampCircuit:
    return LampCircuit(luminaire, output, lambda: high, line)


@pytest.mark.parametrize(("high", "percent"), [(1.0, 100), (0.6, 60), (0.05, 10), (0.0, 0)])
def test_light_follows_the_duty_but_for_the_driver_s_least(high: float, percent: float) -> None:
    assert lamp(PWM, high).emitted_percent() == pytest.approx(percent)
    assert lamp(replace(PWM, inverted=True), 1 - high).emitted_percent() == pytest.approx(percent)


@pytest.mark.parametrize(("arc_level", "percent"), [(254, 100), (229, 50.5), (170, 10.1), (0, 0)])
def test_a_logarithmic_driver_follows_dali_s_table(arc_level: int, percent: float) -> None:
    assert lamp(replace(PWM, curve="logarithmic"), arc_level / 254).emitted_percent() == pytest.approx(percent, abs=0.05)


def test_undriven_it_does_what_its_wiring_says() -> None:
    assert lamp(replace(PWM, undriven="full"), None).emitted_percent() == 100
    assert lamp(replace(PWM, undriven="off"), None).emitted_percent() == 0
    assert lamp(None, None).emitted_percent() == 100


@pytest.mark.parametrize(
    ("contact", "active_high", "function", "state", "lit"),
    [
        ("normally_closed", True, "input", True, True),
        ("normally_closed", True, "output", False, True),
        ("normally_closed", True, "output", True, False),
        ("normally_closed", False, "output", False, False),
        ("normally_closed", False, "output", True, True),
        ("normally_open", True, "input", True, False),
        ("normally_open", True, "output", True, True),
        ("normally_open", False, "output", True, False),
    ],
)
def test_the_relay_cuts_the_supply_as_it_is_wired(contact: str, active_high: bool, function: str, state: bool, lit: bool) -> None:
    relay = Relay(23, active_high=active_high, contact="normally_open" if contact == "normally_open" else "normally_closed")
    circuit = lamp(replace(PWM, relay=relay), 1.0, FakeLine(function, state))

    assert circuit.emitted_percent() == (100 if lit else 0)
    assert circuit.power_w() == (42 if lit else 0)


def test_power_goes_straight_from_standby_to_nominal_or_along_the_curve() -> None:
    assert lamp(PWM, 0.0).power_w() == 0.6
    assert lamp(PWM, 0.5).power_w() == pytest.approx((0.6 + 42) / 2)
    curved = replace(LUMINAIRE, power_curve=((0, 0.6), (10, 6.1), (100, 42)))
    assert lamp(PWM, 0.1, luminaire=curved).power_w() == pytest.approx(6.1)
    assert lamp(PWM, 0.55, luminaire=curved).power_w() == pytest.approx((6.1 + 42) / 2)


def test_a_curve_is_level_beyond_its_ends() -> None:
    assert interpolated(((10, 5), (50, 20)), 0) == 5
    assert interpolated(((10, 5), (50, 20)), 100) == 20
    assert interpolated(((10, 5),), 70) == 5


def test_volts_times_amperes_is_the_power_but_for_the_line_and_the_noise() -> None:
    wires = SupplyWires(Supply("dc", 48), lambda: 96.0, seed=1)
    assert wires.volts(5) == pytest.approx(48 - 0.16, rel=0.004)
    assert all(wires.volts(at_s) * wires.amps(at_s) == pytest.approx(96, rel=0.007) for at_s in range(100))
    assert len({wires.volts(at_s) for at_s in range(100)}) > 90


def test_a_meter_of_the_whole_pole_sees_more_than_the_lamp() -> None:
    pole, alone = (SupplyWires(None, lambda: 0.0, seed=1, whole_pole=whole) for whole in (True, False))
    assert alone.amps(1) == 0
    assert pole.volts(1) * pole.amps(1) == pytest.approx(3.5, rel=0.01)


@pytest.mark.parametrize(("power_w", "power_factor"), [(42.0, 0.964), (21.3, 0.922), (6.1, 0.61), (0.6, 0.077)])
def test_on_the_mains_the_power_factor_falls_as_the_lamp_is_dimmed(power_w: float, power_factor: float) -> None:
    wires = SupplyWires(None, lambda: power_w, seed=1, mains=True)
    assert wires.power_factor(1) == pytest.approx(-power_factor, abs=0.001)  # into a capacitor: the current leads
    apparent_va = [wires.volts(at_s) * wires.amps(at_s) for at_s in range(100)]
    assert apparent_va == pytest.approx([power_w / -wires.power_factor(1)] * 100, rel=0.007)
    assert wires.volts(1) == pytest.approx(230, rel=0.005)


def test_a_lamp_cut_from_the_mains_takes_no_current_at_all() -> None:
    wires = SupplyWires(Supply("ac", 230), lambda: 0.0, seed=1, mains=True)
    assert (wires.amps(1), wires.power_factor(1)) == (0, 0)


def test_a_supply_of_the_other_kind_than_the_meter_is_not_the_meter_s() -> None:
    assert SupplyWires(Supply("dc", 48), lambda: 1.0, seed=1, mains=True).volts(1) == pytest.approx(230, rel=0.005)
    assert SupplyWires(Supply("ac", 230), lambda: 1.0, seed=1).volts(1) == pytest.approx(24, rel=0.005)


def test_the_air_is_colder_in_winter_and_at_night_on_either_side_of_the_equator() -> None:
    january, july, hour_s = 1_768_910_400.0, 1_784_548_800.0, 3600  # 20 January and 20 July 2026, 12:00 UTC
    duisburg, sydney = Air(51.4, 0), Air(-33.9, 0)
    assert -3 < duisburg.celsius(january) < 5
    assert 15 < duisburg.celsius(july) < 25
    assert sydney.celsius(january) > sydney.celsius(july)
    assert duisburg.celsius(july - 9 * hour_s) < duisburg.celsius(july + 3 * hour_s) - 6


def test_a_luminaire_warms_slowly_and_settles() -> None:
    resting = [10.0]
    warming = Warming(lambda _: resting[0], 0)
    resting[0] = 40.0

    assert warming.celsius(0) == 10
    assert 10 < warming.celsius(60) < 12
    assert 28 < warming.celsius(60 + 1500) < 31
    assert warming.celsius(1000) == warming.celsius(1560)  # asked about the past it says what it is
    assert warming.celsius(20_000) == pytest.approx(40, abs=0.1)
