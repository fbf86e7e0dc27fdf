"""The whole bottom under the real drivers: light, pins and power belong together, in one thread and in several."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from math import inf
from zoneinfo import ZoneInfo

import pytest
from gpiozero import DigitalInputDevice

from agent.curve import electrical_percent
from agent.events import MotionEdge
from agent.hardware.ade7953 import Ade7953, Scales
from agent.hardware.bus import Device
from agent.hardware.driver import Driver
from agent.hardware.ina226 import Ina226
from agent.hardware.pins import MotionInput, RelayOutput
from agent.hardware.pwm import KernelPwm
from agent.hardware.soc import Soc
from agent.hardware.veml7700 import Veml7700
from agent.records import ClockSource, Instant, NotBefore, Part, Quantity
from agent.settings.hardware import LightSensor, MotionSensor, Output, PowerMeter, Relay, Sensors
from agent.settings.model import Lamp, Location, Luminaire, Settings, Supply
from agent.simulation.traffic import Traffic
from agent.simulation.world import World

SETTINGS = Settings(
    lamp=Lamp("site", "lamp", location=Location(51.4344, 6.7623, "Europe/Berlin")),
    output=Output("pwm", gpio=18, relay=Relay(23)),
    luminaire=Luminaire(nominal_power_w=42, standby_power_w=0.6, supply=Supply("dc", 24)),
    sensors=Sensors(
        light=LightSensor("veml7700"),
        motion=(MotionSensor(17), MotionSensor(27, active_high=False)),
        power=PowerMeter("ina226", shunt_ohm=0.02),
    ),
)


class Bench:
    """A world in virtual time, beginning at 10,000 s of lamp time."""

    def __init__(self, local: str = "2026-11-20 18:00", settings: Settings = SETTINGS, traffic: Traffic = "quiet") -> None:
        self.now_s = 10_000.0
        utc_s = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
        start = Instant(self.now_s, utc_s, ClockSource.NTP)
        self.world = World.build(settings, lambda: self.now_s, start, traffic=traffic, spend_s=self.spend)

    def spend(self, seconds: float) -> None:
        self.now_s += seconds

    def run_until(self, end_s: float) -> None:
        """As an event loop does: at each change, and at the end."""
        while (change_s := self.world.next_change_s()) < end_s:
            self.now_s = change_s
            self.world.advance(change_s)
        self.now_s = end_s
        self.world.advance(end_s)

    def pwm(self) -> KernelPwm:
        pwm = KernelPwm(self.world.sysfs, 18, 1000, pi5=False)
        pwm.start(self.spend)
        return pwm

    def read(self, driver: Driver, quantity: Quantity) -> float:
        while isinstance(answer := driver.poll(self.now_s), NotBefore):
            self.now_s = answer.at_s
        return next(reading.value for reading in answer if reading.quantity is quantity)


def test_the_real_pwm_dims_the_simulated_lamp() -> None:
    bench = Bench()
    assert bench.world.truth(bench.now_s).emitted_percent == 100  # nobody drives it yet
    pwm = bench.pwm()
    assert bench.now_s > 10_000.1  # udev was waited for
    for level in (30.0, 100.0, 0.0):
        pwm.set_fraction(level / 100)
        assert bench.world.truth(bench.now_s).emitted_percent == pytest.approx(level)


@pytest.mark.parametrize("level", [10, 33, 60, 100])
def test_the_driver_s_logarithmic_curve_gives_the_light_that_was_meant(level: float) -> None:
    assert SETTINGS.output
    bench = Bench(settings=replace(SETTINGS, output=replace(SETTINGS.output, curve="logarithmic")))
    bench.pwm().set_fraction(electrical_percent(level, "logarithmic") / 100)
    assert bench.world.truth(bench.now_s).emitted_percent == pytest.approx(level, abs=0.01)


@pytest.mark.parametrize("active_high", [True, False])
def test_the_real_relay_switches_the_simulated_lamp(active_high: bool) -> None:
    assert SETTINGS.output
    relay = Relay(23, active_high=active_high)
    bench = Bench(settings=replace(SETTINGS, output=replace(SETTINGS.output, relay=relay)))
    output = RelayOutput(relay, bench.world.pin_factory)

    assert output.supplied()
    assert bench.world.truth(bench.now_s).emitted_percent == 100
    output.set_supplied(False)
    assert bench.world.truth(bench.now_s).active_power_w == 0
    output.set_supplied(True)
    assert bench.world.truth(bench.now_s).emitted_percent == 100


def test_the_meter_reads_what_the_level_really_on_the_pwm_takes() -> None:
    bench = Bench()
    meter = Ina226(Device(bench.world.bus(1), 0x40), 0.02)
    pwm = bench.pwm()
    for level, power_w in ((100, 42.0), (50, 21.3), (0, 0.6)):
        pwm.set_fraction(level / 100)
        bench.now_s += 1
        assert bench.read(meter, Quantity.ACTIVE_POWER_W) == pytest.approx(power_w, rel=0.01, abs=0.02)


def test_a_meter_of_the_mains_sees_the_power_factor_fall_as_the_lamp_is_dimmed_and_nothing_once_the_relay_is_open() -> None:
    power = PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154)
    luminaire = replace(SETTINGS.luminaire, supply=Supply("ac", 230))
    bench = Bench(settings=replace(SETTINGS, luminaire=luminaire, sensors=Sensors(power=power)))
    meter = Ade7953(Device(bench.world.bus(1), 0x38), Scales(26_000, 100_000, 154))
    pwm = bench.pwm()
    for level, power_w, power_factor in ((100, 42.0, 0.964), (50, 21.3, 0.922), (10, 4.74, 0.516), (0, 0.6, 0.077)):
        pwm.set_fraction(level / 100)
        bench.now_s += 1
        assert bench.read(meter, Quantity.SUPPLY_VOLTAGE_V) == pytest.approx(230, rel=0.01)
        assert bench.read(meter, Quantity.ACTIVE_POWER_W) == pytest.approx(power_w, rel=0.01, abs=0.01)
        assert bench.read(meter, Quantity.POWER_FACTOR) == pytest.approx(power_factor, abs=0.002)

    RelayOutput(Relay(23), bench.world.pin_factory).set_supplied(False)
    assert bench.read(meter, Quantity.SUPPLY_CURRENT_A) == 0
    assert bench.read(meter, Quantity.ACTIVE_POWER_W) == 0


def test_the_light_sensor_sees_the_lamp_itself() -> None:
    bench = Bench("2026-11-20 23:00")
    sensor = Veml7700(Device(bench.world.bus(1), 0x10))
    pwm = bench.pwm()
    seen = []
    for fraction in (1.0, 0.5, 0.0):
        pwm.set_fraction(fraction)
        bench.now_s += 5
        seen.append(bench.read(sensor, Quantity.LIGHT_LEVEL_LX))
    sky_lx = bench.world.truth(bench.now_s).daylight_lx
    assert seen == pytest.approx([sky_lx + 2, sky_lx + 1, sky_lx], abs=0.01)


def test_dusk_reaches_the_sensor_as_it_falls() -> None:
    bench = Bench("2026-11-20 16:15")
    sensor = Veml7700(Device(bench.world.bus(1), 0x10))
    bench.pwm().set_fraction(0)
    seen = []
    for _ in range(60):
        bench.now_s += 60
        seen.append(bench.read(sensor, Quantity.LIGHT_LEVEL_LX))
        assert seen[-1] == pytest.approx(bench.world.truth(bench.now_s).daylight_lx, rel=0.08)
    assert seen[0] > 1000
    assert seen[-1] < 10
    assert all(before > after for before, after in pairwise(seen))


def test_the_soc_is_warmer_than_the_november_air() -> None:
    bench = Bench()
    reading, sags = Soc(bench.world.sysfs).poll(bench.now_s)
    assert 15 < reading.value < 45
    assert not sags.value


def test_everyone_who_passes_raises_each_line_once_in_the_caller_s_thread() -> None:
    bench = Bench()
    edges: list[tuple[float, bool, int]] = []
    devices = [
        DigitalInputDevice(pin, pull_up=None, active_state=active_high, pin_factory=bench.world.pin_factory)
        for pin, active_high in ((17, True), (27, False))
    ]
    for device in devices:
        device.when_activated = lambda: edges.append((bench.now_s, True, threading.get_ident()))
        device.when_deactivated = lambda: edges.append((bench.now_s, False, threading.get_ident()))
    before = bench.world.passage.arrived
    bench.run_until(bench.now_s + 3600)

    rises = [at_s for at_s, rising, _ in edges if rising][::2]
    falls = [at_s for at_s, rising, _ in edges if not rising][::2]
    assert len(edges) == 2 * (len(rises) + len(falls))
    assert 10 < len(rises) <= bench.world.passage.arrived - before
    assert all(2 <= fall - rise < 60 for rise, fall in zip(rises, falls, strict=False))
    assert {thread for _, _, thread in edges} == {threading.get_ident()}
    for device in devices:
        device.close()


def test_advancing_in_one_leap_loses_no_edge() -> None:
    counts = []
    for in_one_leap in (True, False):
        bench = Bench()
        edges: list[MotionEdge] = []
        motion = MotionInput(
            MotionSensor(17, debounce_s=0), 0, bench.world.pin_factory, edges.append, lambda bench=bench: bench.now_s
        )
        if in_one_leap:
            bench.world.advance(bench.now_s + 7200)
        else:
            bench.run_until(bench.now_s + 7200)
        counts.append(len(edges))
        motion.close()
    assert counts[0] == counts[1] > 20


def test_a_pin_opened_with_a_pull_gets_its_level_back() -> None:
    bench = Bench()
    while not bench.world.passage.present:
        bench.run_until(bench.world.next_change_s())
    device = DigitalInputDevice(17, pull_up=False, pin_factory=bench.world.pin_factory)
    bench.world.advance(bench.now_s)
    assert device.is_active
    device.close()


def test_an_empty_street_never_changes() -> None:
    assert Bench(traffic="none").world.next_change_s() == inf


def test_pins_do_not_remember_a_year_of_edges() -> None:
    bench = Bench(traffic="busy")
    bench.run_until(bench.now_s + 2 * 86_400)
    assert bench.world.passage.arrived > 2000
    assert len(bench.world.pin_factory.pin("GPIO17").states) <= 1002


def test_a_meter_on_another_bus_and_address_is_found_there_alone() -> None:
    settings = replace(SETTINGS, sensors=Sensors(power=PowerMeter("ina226", bus=3, address=0x41, shunt_ohm=0.02)))
    bench = Bench(settings=settings)
    assert set(bench.world.chips) == {Part.POWER}
    meter = Ina226(Device(bench.world.bus(3), 0x41), 0.02)
    assert bench.read(meter, Quantity.SUPPLY_VOLTAGE_V) == pytest.approx(24, rel=0.02)


def test_a_dirty_window_is_what_calibration_is_for() -> None:
    settings = replace(SETTINGS, sensors=Sensors(light=LightSensor("veml7700", calibration=2.0)))
    bench = Bench("2026-11-20 16:40", settings=settings)
    bench.pwm().set_fraction(0)
    sensor = Veml7700(Device(bench.world.bus(1), 0x10), calibration=2.0)
    assert bench.read(sensor, Quantity.LIGHT_LEVEL_LX) == pytest.approx(bench.world.truth(bench.now_s).daylight_lx, rel=0.08)


def test_settings_without_lamp_output_or_sensors_still_make_a_world() -> None:
    bench = Bench(settings=Settings())
    bench.run_until(bench.now_s + 3600)
    assert bench.world.truth(bench.now_s).emitted_percent == 100
    assert not bench.world.chips


def test_threads_that_measure_drive_and_advance_do_not_trip_each_other() -> None:
    bench = Bench("2026-11-20 16:15", traffic="busy")
    bench.now_s += 1
    pwm, relay = bench.pwm(), RelayOutput(Relay(23), bench.world.pin_factory)
    sensor = Veml7700(Device(bench.world.bus(1), 0x10))
    meter = Ina226(Device(bench.world.bus(1), 0x40), 0.02)

    def measure() -> None:
        for _ in range(300):
            for driver in (sensor, meter):
                driver.poll(bench.now_s)

    def drive() -> None:
        for step in range(600):
            pwm.set_fraction(step % 100 / 100)
            relay.set_supplied(step % 7 > 0)
            bench.world.truth(bench.now_s)

    def street() -> None:
        for _ in range(600):
            bench.now_s += 5
            bench.world.advance(bench.now_s)

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(act) for act in (measure, drive, street)]
        assert [future.result(timeout=20) for future in running] == [None, None, None]
    pwm.set_fraction(1.0)
    relay.set_supplied(True)
    assert bench.world.truth(bench.now_s).emitted_percent == 100
