"""The real drivers over the virtual chips: they read what is really there, over decades, after resets and through trouble."""

from dataclasses import dataclass, field

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.driver import Driver
from agent.hardware.ina226 import Ina226
from agent.hardware.tmp102 import Tmp102
from agent.hardware.veml7700 import Veml7700
from agent.records import Fault, NotBefore, Part, Quality, Quantity, Reading
from agent.settings.hardware import LightSensor, PowerMeter, Sensors, TemperatureSensor
from agent.simulation.fitting import Buses, Fitting, Surroundings, plug_in


@dataclass
class Bench:
    """A bus with all chips, in surroundings set by hand."""

    now_s: float = 0.0
    lux: float = 0.0
    volts: float = 24.0
    amps: float = 0.0
    celsius: float = 20.0
    chips: dict[Part, Fitting] = field(init=False)

    def __post_init__(self) -> None:
        self.buses = Buses(lambda: self.now_s, self._spend)
        around = Surroundings(lambda _: self.lux, lambda _: self.volts, lambda _: self.amps, lambda _: self.celsius)
        sensors = Sensors(
            light=LightSensor("veml7700"), power=PowerMeter("ina226", shunt_ohm=0.02), temperature=TemperatureSensor("tmp102")
        )
        self.chips = plug_in(sensors, around, self.buses, self.now_s)

    def device(self, part: Part) -> Device:
        return Device(self.buses.bus(1), self.chips[part].address)

    def read(self, driver: Driver, most_polls: int = 20) -> dict[Quantity, Reading]:
        """Polls as a bus thread does, and no sooner than the driver asks."""
        for _ in range(most_polls):
            answer = driver.poll(self.now_s)
            if not isinstance(answer, NotBefore):
                return {reading.quantity: reading for reading in answer}
            assert answer.at_s > self.now_s
            self.now_s = answer.at_s
        raise AssertionError("the driver never comes to a reading")

    def _spend(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def bench() -> Bench:
    return Bench()


def light(bench: Bench) -> Veml7700:
    return Veml7700(bench.device(Part.LIGHT))


def lux_read(bench: Bench, driver: Veml7700) -> Reading:
    return bench.read(driver)[Quantity.LIGHT_LEVEL_LX]


@pytest.mark.parametrize("lux", [0.05, 0.3, 1, 3, 10, 35, 55, 100, 300, 950, 3_000, 10_000, 30_000, 70_000])
def test_light_is_read_right_over_six_decades(bench: Bench, lux: float) -> None:
    """Between 100 and 1,000 lx the driver leaves the sensor's bend, up to 7 %, uncorrected."""
    bench.lux = lux
    reading = lux_read(bench, light(bench))
    assert reading.value == pytest.approx(lux, rel=0.02 if lux <= 100 else 0.08, abs=0.005)
    assert reading.quality is Quality.OK


def test_one_driver_follows_a_day_up_and_down(bench: Bench) -> None:
    driver = light(bench)
    for lux in (0.2, 5, 60, 800, 9_000, 60_000, 2_000, 40, 0.4, 50_000, 0.1):
        bench.now_s, bench.lux = bench.now_s + 60, lux
        assert lux_read(bench, driver).value == pytest.approx(lux, rel=0.08, abs=0.005)


def test_full_sun_is_much_even_where_the_correction_ends(bench: Bench) -> None:
    bench.lux = 120_000
    assert lux_read(bench, light(bench)).value > 70_000


def test_after_a_brown_out_light_is_read_right_again(bench: Bench) -> None:
    driver = light(bench)
    bench.lux = 35
    lux_read(bench, driver)

    bench.chips[Part.LIGHT].chip.reset(bench.now_s)
    bench.now_s, bench.lux = bench.now_s + 5, 400
    assert lux_read(bench, driver).value == pytest.approx(400, rel=0.08)


def test_a_result_of_before_the_range_changed_is_never_taken_for_a_new_one(bench: Bench) -> None:
    driver = light(bench)
    bench.lux = 50_000
    lux_read(bench, driver)
    for step in range(40):
        bench.now_s += 0.037 * step  # at any place of the running conversion
        bench.lux = 50_000 if step % 2 else 20
        bench.now_s += 1.0
        assert lux_read(bench, driver).value == pytest.approx(bench.lux, rel=0.08)


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


@pytest.mark.parametrize("celsius", [-40.0, -0.0625, 0.0, 25.0, 85.0, 127.9375, 140.0])
def test_temperature_is_read_right(bench: Bench, celsius: float) -> None:
    bench.celsius = celsius
    reading = bench.read(Tmp102(bench.device(Part.TEMPERATURE)))[Quantity.TEMPERATURE_C]
    assert reading.value == pytest.approx(celsius, abs=0.0625)


def test_after_a_brown_out_a_hot_luminaire_is_not_read_as_half_as_hot(bench: Bench) -> None:
    driver = Tmp102(bench.device(Part.TEMPERATURE))
    bench.celsius = 85
    bench.read(driver)
    bench.chips[Part.TEMPERATURE].chip.reset(bench.now_s)

    bench.now_s += 30
    assert bench.read(driver)[Quantity.TEMPERATURE_C].value == pytest.approx(85, abs=0.0625)


def drivers(bench: Bench) -> dict[Part, Driver]:
    return {
        Part.LIGHT: light(bench),
        Part.POWER: Ina226(bench.device(Part.POWER), 0.02),
        Part.TEMPERATURE: Tmp102(bench.device(Part.TEMPERATURE)),
    }


@pytest.mark.parametrize("part", [Part.LIGHT, Part.POWER, Part.TEMPERATURE])
def test_two_lost_transfers_are_not_even_noticed(bench: Bench, part: Part) -> None:
    driver = drivers(bench)[part]
    bench.read(driver)
    bench.chips[part].bus.disturb(bench.chips[part].address, Fault.NOT_THERE, transfers=2)
    bench.now_s += 60
    assert bench.read(driver)


@pytest.mark.parametrize("fault", [Fault.NOT_THERE, Fault.GARBAGE])
@pytest.mark.parametrize("part", [Part.LIGHT, Part.POWER, Part.TEMPERATURE])
def test_a_chip_that_is_gone_or_floats_is_a_fault_and_works_again_afterwards(bench: Bench, part: Part, fault: Fault) -> None:
    driver, fitting = drivers(bench)[part], bench.chips[part]
    bench.read(driver)
    fitting.bus.disturb(fitting.address, fault)
    bench.now_s += 60
    with pytest.raises(BusError) as caught:
        bench.read(driver)
    assert caught.value.fault is fault

    fitting.bus.mend(fitting.address)
    assert bench.read(driver)


def test_a_hung_bus_costs_each_driver_one_second_and_no_more(bench: Bench) -> None:
    bench.buses.bus(1).hung = True
    for driver in drivers(bench).values():
        began_s = bench.now_s
        with pytest.raises(BusError) as caught:
            driver.poll(bench.now_s)
        assert caught.value.fault is Fault.HUNG_BUS
        assert bench.now_s - began_s == 1.0
