"""The real drivers over the virtual chips: power and temperature are what is really there, and trouble is told and passes."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from simulation_bench import SENSORS, Bench

from agent.hardware.bus import BusError
from agent.hardware.drivers import LIGHT, POWER, TEMPERATURE, Chip
from agent.hardware.ina226 import Ina226
from agent.records import Fault, Part, Quality, Quantity
from agent.settings.chips import ADDRESSES
from agent.settings.hardware import LightSensor, PowerMeter, TemperatureSensor
from agent.simulation import fitting

Table = Mapping[str, Chip | fitting.Twin]
CHIPS = [(Part.LIGHT, name) for name in LIGHT] + [(Part.POWER, name) for name in POWER]
CHIPS += [(Part.TEMPERATURE, name) for name in TEMPERATURE]


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(("volts", "amps"), [(24.0, 0.0), (24.1, 0.03), (23.9, 1.75), (12.0, 4.0), (30.0, -0.5)])
def test_power_is_read_right(bench: Bench, volts: float, amps: float) -> None:
    bench.volts, bench.amps = volts, amps
    readings = bench.read(Ina226(bench.device(Part.POWER), 0.02))

    assert readings[Quantity.SUPPLY_VOLTAGE_V].value == pytest.approx(volts, abs=0.00125)
    assert readings[Quantity.SUPPLY_CURRENT_A].value == pytest.approx(amps, abs=0.000125)
    assert readings[Quantity.ACTIVE_POWER_W].value == pytest.approx(volts * amps, abs=0.01)


def test_too_much_current_is_said_to_be_at_least_that_much(bench: Bench) -> None:
    bench.amps = 10
    reading = bench.read(Ina226(bench.device(Part.POWER), 0.02))[Quantity.SUPPLY_CURRENT_A]
    assert reading.quality is Quality.SATURATED
    assert reading.value == pytest.approx(4.096, rel=0.001)


def test_after_a_brown_out_power_is_read_with_all_averages_again(bench: Bench) -> None:
    driver = Ina226(bench.device(Part.POWER), 0.02)
    bench.read(driver)
    bench.chips[Part.POWER].chip.reset(bench.now_s)

    bench.now_s, bench.amps = bench.now_s + 1, 1.0
    asked_s = bench.now_s
    assert bench.read(driver)[Quantity.SUPPLY_CURRENT_A].value == pytest.approx(1.0, abs=0.000125)
    assert bench.now_s - asked_s > 0.14


def bench_with(part: Part, chip: str) -> Bench:
    """The lamp of the other tests, with this chip in its part."""
    match part:
        case Part.LIGHT:
            return Bench(replace(SENSORS, light=LightSensor(chip)))
        case Part.POWER:
            return Bench(
                replace(SENSORS, power=PowerMeter(chip, shunt_ohm=0.02, volt_scale=26_000, amp_scale=100_000, watt_scale=154))
            )
        case _:
            return Bench(replace(SENSORS, temperature=TemperatureSensor(chip)))


@pytest.mark.parametrize("chip", TEMPERATURE)
@pytest.mark.parametrize("celsius", [-40.0, -0.0625, 0.0, 25.0, 85.0, 125.0, 140.0])
def test_temperature_is_read_right(chip: str, celsius: float) -> None:
    bench = bench_with(Part.TEMPERATURE, chip)
    bench.celsius = celsius
    assert bench.celsius_read() == pytest.approx(celsius, abs=0.0625)


@pytest.mark.parametrize("chip", TEMPERATURE)
def test_after_a_brown_out_a_hot_luminaire_is_not_read_as_half_as_hot(chip: str) -> None:
    bench = bench_with(Part.TEMPERATURE, chip)
    bench.celsius = 85
    bench.celsius_read()
    bench.now_s += 30
    bench.brown_out(Part.TEMPERATURE)
    assert bench.celsius_read() == pytest.approx(85, abs=0.0625)


@pytest.mark.parametrize(("made", "twins"), [(LIGHT, fitting.LIGHT), (POWER, fitting.POWER), (TEMPERATURE, fitting.TEMPERATURE)])
def test_each_driver_has_a_virtual_chip_and_both_are_where_the_config_expects_them(made: Table, twins: Table) -> None:
    expected = {chip: ADDRESSES[chip].default for chip in made}
    assert {chip: driver.address for chip, driver in made.items()} == expected
    assert {chip: twin.address for chip, twin in twins.items()} == expected


@pytest.mark.parametrize(("part", "chip"), CHIPS)
def test_two_lost_transfers_are_not_even_noticed(part: Part, chip: str) -> None:
    bench = bench_with(part, chip)
    driver, fitting = bench.drivers[part], bench.chips[part]
    bench.read(driver)
    fitting.bus.disturb(fitting.address, Fault.NOT_THERE, transfers=2)
    bench.now_s += 60
    assert bench.read(driver)


@pytest.mark.parametrize("fault", [Fault.NOT_THERE, Fault.GARBAGE])
@pytest.mark.parametrize(("part", "chip"), CHIPS)
def test_a_chip_that_is_gone_or_floats_is_a_fault_and_works_again_afterwards(part: Part, chip: str, fault: Fault) -> None:
    bench = bench_with(part, chip)
    driver, fitting = bench.drivers[part], bench.chips[part]
    bench.read(driver)
    fitting.bus.disturb(fitting.address, fault)
    bench.now_s += 60
    with pytest.raises(BusError) as caught:
        bench.read(driver)
    assert caught.value.fault is fault
    for other in bench.drivers:
        assert other is part or bench.read(bench.drivers[other])  # the others are left alone

    fitting.bus.mend(fitting.address)
    assert bench.read(driver)


@pytest.mark.parametrize(("part", "chip"), CHIPS)
def test_a_hung_bus_costs_each_driver_one_second_and_no_more(part: Part, chip: str) -> None:
    bench = bench_with(part, chip)
    bench.buses.bus(1).hung = True
    with pytest.raises(BusError) as caught:
        bench.drivers[part].poll(bench.now_s)
    assert caught.value.fault is Fault.HUNG_BUS
    assert bench.now_s == 1.0
