"""The thread of a bus: it reads what is due, carries the lamp's output at once, and ends when it is told to."""

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from agent.clock import ScaledClock
from agent.daemon.sampling import SamplingThread
from agent.events import Event, Measured, Woken
from agent.hardware.carried import CarriedOutput
from agent.hardware.sensing import Sampler, Source
from agent.records import NotBefore, Part, Quantity, Reading

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
