"""The real drivers of the meters over the virtual ones: they read what is there, after resets and through trouble."""

import pytest
from meter_bench import INA219, SHELLY, Bench

from agent.hardware.driver import Driver
from agent.records import Quality, Quantity
from agent.settings.hardware import PowerMeter

METERS = [INA219, PowerMeter("ina226", shunt_ohm=0.002), SHELLY]


@pytest.mark.parametrize(("volts", "amps"), [(24.0, 0.0), (24.1, 0.05), (23.9, 1.75), (12.0, 4.0), (25.0, -0.5)])
def test_an_ina219_reads_what_is_there(volts: float, amps: float) -> None:
    bench = Bench(PowerMeter("ina219", shunt_ohm=0.02), volts=volts, amps=amps)
    readings = bench.read(bench.driver())

    assert readings[Quantity.SUPPLY_VOLTAGE_V].value == pytest.approx(volts, abs=0.002)
    assert readings[Quantity.SUPPLY_CURRENT_A].value == pytest.approx(amps, abs=0.00026)
    assert readings[Quantity.ACTIVE_POWER_W].value == pytest.approx(volts * amps, abs=0.02)
    assert {reading.quality for reading in readings.values()} == {Quality.OK}


def test_an_ina219_beyond_its_ranges_says_at_least_that_much() -> None:
    bench = Bench(PowerMeter("ina219", shunt_ohm=0.1), volts=48.0, amps=5.0)
    readings = bench.read(bench.driver())
    assert {reading.quality for reading in readings.values()} == {Quality.SATURATED}
    assert [reading.value for reading in readings.values()] == [pytest.approx(32), pytest.approx(3.2), pytest.approx(102.4)]


def test_an_ina219_read_as_often_as_may_be_never_gives_one_conversion_twice() -> None:
    bench = Bench(INA219)
    driver, seen = bench.driver(), []
    for _ in range(30):
        bench.amps += 1.0
        seen.append(bench.read(driver)[Quantity.SUPPLY_CURRENT_A].value)
    assert seen == pytest.approx([float(step + 1) for step in range(30)])


@pytest.mark.parametrize(("amps", "power_factor"), [(0.19, 0.964), (0.043, -0.61), (0.034, -0.077), (5.0, 1.0)])
def test_an_ade7953_reads_what_is_there(amps: float, power_factor: float) -> None:
    bench = Bench(SHELLY, volts=231.0, amps=amps, power_factor=power_factor)
    readings = bench.read(bench.driver())

    assert readings[Quantity.SUPPLY_VOLTAGE_V].value == pytest.approx(231, abs=0.02)
    assert readings[Quantity.SUPPLY_CURRENT_A].value == pytest.approx(amps, rel=0.04)  # the least ones with some noise in them
    assert readings[Quantity.ACTIVE_POWER_W].value == pytest.approx(231 * amps * abs(power_factor), rel=0.01)
    assert readings[Quantity.POWER_FACTOR].value == pytest.approx(abs(power_factor), abs=0.001)
    assert {reading.quality for reading in readings.values()} == {Quality.OK}


def test_an_ade7953_without_a_load_sees_no_current_in_its_noise() -> None:
    bench = Bench(SHELLY, volts=231.0, power_factor=0.0)
    readings = bench.read(bench.driver())
    assert [readings[quantity].value for quantity in (Quantity.SUPPLY_CURRENT_A, Quantity.ACTIVE_POWER_W)] == [0.0, 0.0]
    assert Quantity.POWER_FACTOR not in readings


def test_what_another_program_has_set_in_an_ade7953_does_not_matter() -> None:
    bench = Bench(SHELLY, now_s=0.0, volts=230.0, amps=0.2, power_factor=0.9131)
    bench.now_s = 1.0
    for register, value in ((b"\x00\x07", b"\x02"), (b"\x00\x08", b"\x03"), (b"\x03\x80", b"\0\x60\0\0")):
        bench.write(*register, *value)
    bench.write(0x03, 0x81, 0x00, 0x18, 0x9D, 0x7A)
    bench.write(0x03, 0x82, 0x00, 0x29, 0x8E, 0xEE)
    readings = bench.read(bench.driver())
    assert [reading.value for reading in readings.values()] == [
        pytest.approx(230, rel=0.001),
        pytest.approx(0.2, rel=0.002),
        pytest.approx(42, rel=0.001),
        pytest.approx(0.9131, abs=0.001),
        pytest.approx(50),
    ]


def settle(bench: Bench) -> Driver:
    driver = bench.driver()
    bench.read(driver)
    return driver


def at_its(meter: PowerMeter) -> str:
    return meter.driver


@pytest.mark.parametrize("meter", METERS, ids=at_its)
def test_after_a_brown_out_the_meter_is_configured_again_and_reads_right(meter: PowerMeter) -> None:
    bench = Bench(meter)
    driver = settle(bench)
    bench.fitting.chip.reset(bench.now_s)

    bench.now_s, bench.amps = bench.now_s + 1, 1.0
    asked_s = bench.now_s
    assert bench.read(driver)[Quantity.SUPPLY_CURRENT_A].value == pytest.approx(1.0, abs=0.005)
    assert bench.now_s - asked_s > 0.13  # with all averages
