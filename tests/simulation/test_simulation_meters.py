"""The virtual meters against bytes worked out by hand from the datasheets, and the real drivers over them."""

from dataclasses import dataclass, field

import pytest

from agent.hardware.bus import BusError, Device
from agent.hardware.driver import Driver
from agent.hardware.drivers import POWER
from agent.records import Fault, NotBefore, Part, Quality, Quantity, Reading
from agent.settings.hardware import PowerMeter, Sensors
from agent.simulation.fitting import Buses, Fitting, Surroundings, plug_in

INA219 = PowerMeter("ina219", shunt_ohm=0.002)
SHELLY = PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154)
METERS = [INA219, PowerMeter("ina226", shunt_ohm=0.002), SHELLY]


@dataclass
class Bench:
    """One meter on a bus, in surroundings set by hand."""

    meter: PowerMeter
    now_s: float = 0.0
    volts: float = 12.0
    amps: float = 0.0
    power_factor: float = 1.0
    fitting: Fitting = field(init=False)

    def __post_init__(self) -> None:
        self.buses = Buses(lambda: self.now_s, self._spend)
        around = Surroundings(
            lux=lambda _: 0.0,
            volts=lambda _: self.volts,
            amps=lambda _: self.amps,
            celsius=lambda _: 20.0,
            power_factor=lambda _: self.power_factor,
        )
        self.fitting = plug_in(Sensors(power=self.meter), around, self.buses, self.now_s)[Part.POWER]

    def driver(self) -> Driver:
        return POWER[self.meter.driver].make(Device(self.fitting.bus, self.fitting.address), self.meter)

    def read(self, driver: Driver, most_polls: int = 20) -> dict[Quantity, Reading]:
        """Polls as a bus thread does, and no sooner than the driver asks."""
        for _ in range(most_polls):
            answer = driver.poll(self.now_s)
            if not isinstance(answer, NotBefore):
                return {reading.quantity: reading for reading in answer}
            assert answer.at_s > self.now_s
            self.now_s = answer.at_s
        raise AssertionError("the driver never comes to a reading")

    def raw(self, register: bytes, count: int = 2) -> str:
        return self.fitting.bus.transfer(self.fitting.address, register, count).hex()

    def write(self, *data: int) -> None:
        self.fitting.bus.transfer(self.fitting.address, bytes(data), 0)

    def _spend(self, seconds: float) -> None:
        self.now_s += seconds


class TestIna219Chip:
    """By the datasheet's example: 20 mV over 2 mOhm, 11.98 V."""

    @pytest.fixture
    def bench(self) -> Bench:
        return Bench(INA219, volts=11.98, amps=10.0)

    def words(self, bench: Bench) -> list[str]:
        return [bench.raw(bytes([register])) for register in range(6)]

    def test_it_measures_from_the_start_but_multiplies_nothing(self, bench: Bench) -> None:
        assert self.words(bench) == ["399f", "0000", "0000", "0000", "0000", "0000"]
        bench.now_s = 0.0011  # 532 us each
        assert self.words(bench) == ["399f", "07d0", "5d9a", "0000", "0000", "0000"]

    def test_current_and_power_as_in_the_datasheet_s_example(self, bench: Bench) -> None:
        bench.write(5, 0x50, 0x01)  # 1 mA; the lowest bit is not kept
        bench.now_s = 0.0011
        assert self.words(bench) == ["399f", "07d0", "5d9a", "1766", "2710", "5000"]

    def test_conversion_ready_comes_once_a_conversion_and_reading_the_power_clears_it(self, bench: Bench) -> None:
        bench.write(0, 0x3F, 0xFF)  # 128 averages of both: 136.2 ms
        seen = []
        for bench.now_s in (0.136, 0.1363, 0.2):
            seen.append(bench.raw(b"\2"))
        bench.raw(b"\3")
        for bench.now_s in (0.2, 0.2725):
            seen.append(bench.raw(b"\2"))
        assert seen == ["0000", "5d9a", "5d9a", "5d98", "5d9a"]

    def test_a_result_that_does_not_fit_overflows(self, bench: Bench) -> None:
        bench.write(5, 0xFF, 0xFE)
        bench.amps, bench.now_s = 100.0, 0.0011  # 20,000 counts by 65,534 / 4,096
        assert bench.raw(b"\2") == "5d9b"
        assert bench.raw(b"\4") == "7fff"

    @pytest.mark.parametrize(("high", "counts"), [(0x39, "7d00"), (0x31, "3e80"), (0x29, "1f40"), (0x21, "0fa0")])
    def test_the_shunt_ends_at_its_range_either_way(self, bench: Bench, high: int, counts: str) -> None:
        bench.write(0, high, 0x9F)
        bench.amps, bench.now_s = 500.0, 1.0
        assert bench.raw(b"\1") == counts
        bench.amps, bench.now_s = -500.0, 2.0
        assert int(bench.raw(b"\1"), 16) == 0x10000 - int(counts, 16)

    @pytest.mark.parametrize(("high", "word"), [(0x39, "fa02"), (0x19, "7d02")])
    def test_the_bus_ends_at_32_or_16_v(self, bench: Bench, high: int, word: str) -> None:
        bench.write(0, high, 0x9F)
        bench.volts, bench.now_s = 40.0, 1.0
        assert bench.raw(b"\2") == word

    @pytest.mark.parametrize(("low", "takes_s"), [(0x81, 84e-6), (0x99, 532e-6), (0xC9, 1.06e-3), (0xF9, 68.1e-3)])
    def test_a_triggered_conversion_of_the_shunt_takes_its_time_and_happens_once(
        self, bench: Bench, low: int, takes_s: float
    ) -> None:
        bench.write(0, 0x39, low)
        bench.now_s = takes_s * 0.99
        assert bench.raw(b"\1") == "0000"
        bench.now_s = takes_s * 1.01
        assert bench.raw(b"\1") == "07d0"
        bench.amps, bench.now_s = 0.0, 9.0
        assert bench.raw(b"\1") == "07d0"

    def test_the_reset_bit_and_a_brown_out_bring_the_defaults_back(self, bench: Bench) -> None:
        for reset in (lambda: bench.write(0, 0x80, 0x00), lambda: bench.fitting.chip.reset(bench.now_s)):
            bench.write(0, 0x3F, 0xFF)
            bench.write(5, 0x50, 0x00)
            bench.now_s += 1
            assert bench.raw(b"\1") == "07d0"
            reset()
            assert self.words(bench) == ["399f", "0000", "0000", "0000", "0000", "0000"]


class TestAde7953Chip:
    """On a board of 26,000 counts a volt, 100,000 an ampere, 154 a watt: 230 V and 0.2 A at 0.9131 are 42 W."""

    @pytest.fixture
    def bench(self) -> Bench:
        return Bench(SHELLY, volts=230.0, amps=0.2, power_factor=-0.9131)

    def test_for_a_tenth_of_a_second_it_takes_nothing_and_says_nothing(self, bench: Bench) -> None:
        bench.write(0x01, 0x02, 0x00, 0x04)
        assert bench.raw(b"\x01\x02") == "0000"
        bench.now_s = 0.11
        assert bench.raw(b"\x01\x02") == "8004"

    def test_it_wakes_up_with_its_gains_at_one(self, bench: Bench) -> None:
        bench.now_s = 0.11
        assert [bench.raw(bytes([0x03, register]), 4) for register in (0x80, 0x81, 0x82)] == ["00400000"] * 3
        assert [bench.raw(bytes([0x00, register]), 1) for register in (0x01, 0x07, 0x08)] == ["00"] * 3

    def test_it_measures_by_itself_once_its_filters_have_risen(self, bench: Bench) -> None:
        bench.now_s = 0.2  # a time constant after the start
        assert int(bench.raw(b"\x03\x1c", 4), 16) == pytest.approx(0.632 * 5_980_000, rel=0.001)
        bench.now_s = 3.0
        assert bench.raw(b"\x03\x1c", 4) == "005b3f60"  # 230 V
        assert bench.raw(b"\x03\x1a", 4) == "00004e34"  # 20,000 counts, and 900 of noise at right angles: 20,020
        assert bench.raw(b"\x03\x12", 4) == "00001944"  # 6,468
        assert bench.raw(b"\x01\x0a", 2) == "8b20"  # -29,920: the current leads
        assert bench.raw(b"\x01\x0e", 2) == "117a"  # 4,474: 50 Hz

    def test_a_value_that_is_too_short_is_not_written(self, bench: Bench) -> None:
        bench.now_s = 1.0
        bench.write(0x01, 0x02, 0x00)
        assert bench.raw(b"\x01\x02") == "8004"
        bench.write(0x01, 0x02, 0x00, 0x04)
        assert bench.raw(b"\x01\x02") == "0004"

    def test_its_required_setting_is_taken_right_after_the_key_alone(self, bench: Bench) -> None:
        bench.now_s = 1.0
        bench.write(0x00, 0xFE, 0xAD)
        bench.write(0x00, 0x01, 0x07)
        bench.write(0x01, 0x20, 0x00, 0x30)
        assert bench.raw(b"\x01\x20") == "0000"

        bench.write(0x00, 0xFE, 0xAD)
        bench.write(0x01, 0x20, 0x00, 0x30)
        bench.write(0x01, 0x20, 0x00, 0x22)
        assert bench.raw(b"\x01\x20") == "0030"

    def test_gains_are_gains(self, bench: Bench) -> None:
        bench.now_s = 3.0
        bench.write(0x00, 0x08, 0x01)  # 2
        bench.write(0x03, 0x81, 0x00, 0x20, 0x00, 0x00)  # a half
        assert int(bench.raw(b"\x03\x1a", 4), 16) == pytest.approx(40_000, rel=0.001)
        assert int(bench.raw(b"\x03\x1c", 4), 16) == 2_990_000
        assert bench.raw(b"\x03\x12", 4) == "00001944"

    def test_little_power_reads_as_none_unless_that_is_switched_off(self, bench: Bench) -> None:
        bench.now_s, bench.amps = 3.0, 0.03  # 6.3 W
        assert bench.raw(b"\x03\x12", 4) == "00000000"
        bench.write(0x00, 0x01, 0x07)
        assert int(bench.raw(b"\x03\x12", 4), 16) == pytest.approx(6.3 * 154, rel=0.01)

    def test_an_input_ends_at_full_scale(self, bench: Bench) -> None:
        bench.now_s, bench.volts, bench.amps = 9.0, 400.0, 100.0
        assert [bench.raw(b"\x03\x1c", 4), bench.raw(b"\x03\x1a", 4)] == ["0089d147", "0089d147"]

    def test_the_reset_bit_and_a_brown_out_bring_the_defaults_back(self, bench: Bench) -> None:
        for reset in (lambda: bench.write(0x01, 0x02, 0x80, 0x84), lambda: bench.fitting.chip.reset(bench.now_s)):
            bench.now_s += 1
            bench.write(0x01, 0x02, 0x00, 0x04)
            bench.write(0x00, 0x08, 0x03)
            reset()
            assert bench.raw(b"\x03\x1c", 4) == "00000000"
            bench.now_s += 0.11
            assert [bench.raw(b"\x01\x02"), bench.raw(b"\x00\x08", 1)] == ["8004", "00"]


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


@pytest.mark.parametrize("meter", METERS, ids=at_its)
def test_two_lost_transfers_are_not_even_noticed(meter: PowerMeter) -> None:
    bench = Bench(meter)
    driver = settle(bench)
    bench.fitting.bus.disturb(bench.fitting.address, Fault.NOT_THERE, transfers=2)
    bench.now_s += 60
    assert bench.read(driver)


@pytest.mark.parametrize("fault", [Fault.NOT_THERE, Fault.GARBAGE])
@pytest.mark.parametrize("meter", METERS, ids=at_its)
def test_a_meter_that_is_gone_or_floats_is_a_fault_and_works_again_afterwards(meter: PowerMeter, fault: Fault) -> None:
    bench = Bench(meter)
    driver = settle(bench)
    bench.fitting.bus.disturb(bench.fitting.address, fault)
    bench.now_s += 60
    with pytest.raises(BusError) as caught:
        bench.read(driver)
    assert caught.value.fault is fault

    bench.fitting.bus.mend(bench.fitting.address)
    bench.fitting.chip.reset(bench.now_s)  # it was gone because its supply was
    bench.now_s += 1
    assert bench.read(driver)


@pytest.mark.parametrize("meter", METERS, ids=at_its)
def test_a_hung_bus_costs_a_meter_one_second_and_no_more(meter: PowerMeter) -> None:
    bench = Bench(meter)
    bench.buses.bus(1).hung = True
    with pytest.raises(BusError) as caught:
        bench.driver().poll(bench.now_s)
    assert caught.value.fault is Fault.HUNG_BUS
    assert bench.now_s == 1.0
