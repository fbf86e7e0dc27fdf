"""The thread of a bus: it reads what is due, carries the lamp's output at once, and ends when it is told to."""

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest
from gpiozero.pins.mock import MockFactory

from agent.clock import ScaledClock
from agent.daemon.bottom import APART_S, apart
from agent.daemon.sampling import SamplingThread
from agent.events import Event, Measured, Woken
from agent.hardware.bus import BusError
from agent.hardware.carried import CarriedOutput
from agent.hardware.rig import Bottom, build_rig
from agent.hardware.senses import build_samplers
from agent.hardware.sensing import Sampler, Source
from agent.records import Fault, NotBefore, OutputFailed, Part, Quantity, Ramp, Reading
from agent.settings.hardware import LightSensor, Relay, Sensors
from agent.settings.hardware import Output as OutputSettings
from agent.settings.model import Settings
from agent.simulation.sysfs import VirtualSysfs

LIGHT = Reading(Quantity.LIGHT_LEVEL_LX, 1.0, 0.0)
PATIENCE_S = 5.0


class Sensor:
    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        return (LIGHT,)


class Output:
    """Tells the thread on which it is written."""

    def __init__(self) -> None:
        self.written: SimpleQueue[tuple[float, str]] = SimpleQueue()

    def set_fraction(self, fraction: float) -> bool:
        self.written.put((fraction, threading.current_thread().name))
        return True

    def reassert(self) -> None:
        pass

    def fraction(self) -> float | None:
        return None


class Bus:
    """One thread of a bus, with a sensor that is read once an hour and the lamp's output."""

    def __init__(self) -> None:
        self.output = Output()
        self.events: SimpleQueue[Event] = SimpleQueue()
        self.carried = CarriedOutput(self.output, 1, lambda _: None)
        sampler = Sampler([Source(Part.LIGHT, Sensor(), 3600.0, 1)], on_bug=lambda part, error: None)
        self.sampling = SamplingThread(sampler, ScaledClock(0.0), self.events.put, self.carried)
        self.thread = threading.Thread(target=self.sampling.run, name="i2c-1", daemon=True)


@pytest.fixture
def bus() -> Iterator[Bus]:
    made = Bus()
    yield made
    made.sampling.stop()
    made.thread.join(PATIENCE_S)
    assert not made.thread.is_alive()


def test_an_order_is_carried_by_the_thread_of_the_bus_at_once_and_its_end_wakes_the_control_thread(bus: Bus) -> None:
    bus.thread.start()
    assert bus.events.get(timeout=PATIENCE_S) == Measured(Part.LIGHT, (LIGHT,))

    assert not bus.carried.set_fraction(0.3)

    assert bus.output.written.get(timeout=PATIENCE_S) == (0.3, "i2c-1")
    assert bus.events.get(timeout=PATIENCE_S) == Woken()
    assert bus.carried.set_fraction(0.3)


def test_what_was_ordered_before_the_thread_began_is_carried_when_it_begins(bus: Bus) -> None:
    bus.carried.set_fraction(0.3)
    bus.thread.start()
    assert bus.output.written.get(timeout=PATIENCE_S) == (0.3, "i2c-1")


def test_a_bus_without_sensors_carries_its_output_too() -> None:
    output = Output()
    carried = CarriedOutput(output, 3, lambda _: None)
    sampling = SamplingThread(Sampler([], on_bug=lambda part, error: None), ScaledClock(0.0), lambda event: None, carried)
    thread = threading.Thread(target=sampling.run, name="i2c-3", daemon=True)
    thread.start()
    carried.set_fraction(1.0)
    assert output.written.get(timeout=PATIENCE_S) == (1.0, "i2c-3")
    sampling.stop()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_shorter_period_told_by_another_thread_counts(bus: Bus) -> None:
    bus.thread.start()
    assert bus.events.get(timeout=PATIENCE_S) == Measured(Part.LIGHT, (LIGHT,))
    bus.sampling.set_every(Part.LIGHT, 0.2)
    assert bus.events.get(timeout=PATIENCE_S) == Measured(Part.LIGHT, (LIGHT,))


class HangingBus:
    """Every transfer blocks until the test lets it go, and then fails as Linux fails it."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked = threading.Event()

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        self.asked.set()
        self.let_go.wait(10 * PATIENCE_S)
        raise BusError(Fault.HUNG_BUS, f"0x{address:02x}: the bus hangs")


def test_a_bus_that_hangs_holds_up_neither_the_start_nor_the_control_thread_nor_the_relay() -> None:
    """With its own threads. Whatever waited for the bus would wait until the end of this test, and fail it."""
    bus, pins, woken = HangingBus(), MockFactory(), SimpleQueue[Event]()
    output = OutputSettings("pca9685", channel=0, relay=Relay(23))
    settings = Settings(output=output, sensors=Sensors(light=LightSensor("veml7700")))
    bottom = Bottom(lambda _: bus, VirtualSysfs(lambda: 0.0, lambda _: 20.0), lambda: pins, apart=apart)

    rig = build_rig(settings, bottom, lambda part, error: None)
    assert rig is not None
    assert rig.lamp.untold
    samplers = build_samplers(settings, bottom, lambda part, error: None, rig.carried)
    sampling = SamplingThread(samplers[1], ScaledClock(0.0), woken.put, rig.carried)
    thread = threading.Thread(target=sampling.run, daemon=True)
    thread.start()
    rig.lamp.drive(Ramp.steady(0))
    following_s = rig.lamp.advance(100.0)
    assert following_s == pytest.approx(100.2)
    rig.lamp.advance(following_s or 0.0)
    assert pins.pin(23).state, "the coil is energised: the contact opens"

    bus.let_go.set()
    assert Woken() in (woken.get(timeout=PATIENCE_S) for _ in range(2))  # the sensor's failure may come first
    rig.lamp.advance(101.0)
    assert rig.lamp.take_events() == [OutputFailed(Part.OUTPUT, Fault.HUNG_BUS)]
    sampling.stop()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_apart_means_not_to_wait_for_what_blocks() -> None:
    blocks, done = threading.Event(), threading.Event()

    def act() -> None:
        blocks.wait(10 * PATIENCE_S)
        done.set()

    apart(act)
    assert not done.is_set()
    blocks.set()
    assert done.wait(PATIENCE_S)
    assert APART_S < 1  # what a hung transfer takes
