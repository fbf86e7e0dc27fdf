"""An output on a bus: nobody waits for it, the newest order wins, each failure is told once, and the sensors come second."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.carried import Act, BehindOutput, CarriedOutput
from agent.hardware.output import OutputError
from agent.records import Fault


@dataclass
class Chip:
    """Notes what reaches it; ``meanwhile`` happens while a transfer is on its way."""

    now: float | None = None
    log: list[float | str] = field(default_factory=list)
    fault: Fault | None = None
    bug: Exception | None = None
    meanwhile: Callable[[], None] = lambda: None

    def set_fraction(self, fraction: float) -> bool:
        self._transfer(fraction)
        self.now = fraction
        return True

    def reassert(self) -> None:
        self._transfer("looked")

    def fraction(self) -> float | None:
        self._transfer("read")
        return self.now

    def _transfer(self, what: float | str) -> None:
        self.log.append(what)
        self.meanwhile()
        if self.bug is not None:
            raise self.bug
        if self.fault is not None:
            raise OutputError(self.fault, "made to fail")


def at_once(act: Act) -> None:
    act()


def never(_act: Act) -> None:
    """A bus that hangs for longer than anybody waits."""


@dataclass
class Bench:
    """With a thread of the bus, played by ``carry``."""

    chip: Chip = field(default_factory=Chip)
    calls: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        self.output = CarriedOutput(self.chip, 1, at_once)
        self.output.attend(self._called, self._ended)

    def _called(self) -> None:
        self.calls += 1

    def _ended(self) -> None:
        self.done += 1

    def carry(self) -> None:
        self.output.carry()


def test_an_order_is_on_its_way_until_it_has_been_carried() -> None:
    bench = Bench()
    assert not bench.output.set_fraction(0.3)
    assert bench.chip.log == []
    bench.carry()
    assert bench.output.set_fraction(0.3)
    assert (bench.chip.log, bench.calls, bench.done) == ([0.3], 1, 1)


def test_the_newest_order_wins_and_the_thread_is_called_once() -> None:
    bench = Bench()
    for fraction in (0.1, 0.2, 0.3):
        bench.output.set_fraction(fraction)
    bench.carry()
    assert (bench.chip.log, bench.calls) == ([0.3], 1)


def test_what_is_ordered_while_another_order_is_on_the_bus_follows_it_at_once() -> None:
    bench = Bench()
    bench.chip.meanwhile = lambda: bench.output.set_fraction(0.2) and None
    bench.output.set_fraction(0.1)
    bench.carry()
    assert bench.chip.log == [0.1, 0.2]
    assert bench.output.set_fraction(0.2)


def test_going_back_to_what_it_was_while_another_order_is_on_the_bus_is_written_too() -> None:
    bench = Bench()
    bench.output.set_fraction(0.1)
    bench.carry()
    bench.chip.meanwhile = lambda: bench.output.set_fraction(0.1) and None
    bench.output.set_fraction(0.2)
    bench.carry()
    assert bench.chip.log == [0.1, 0.2, 0.1]


def test_a_failure_is_told_once_and_the_order_is_carried_again_when_it_is_given_again() -> None:
    bench = Bench(Chip(fault=Fault.NOT_THERE))
    bench.output.set_fraction(0.3)
    bench.carry()
    with pytest.raises(OutputError, match="made to fail"):
        bench.output.set_fraction(0.3)
    bench.carry()
    assert bench.chip.log == [0.3]  # whoever is told decides when it is tried again

    bench.chip.fault = None
    assert not bench.output.set_fraction(0.3)
    bench.carry()
    assert bench.output.set_fraction(0.3)


def test_a_look_goes_to_the_chip_and_does_not_lose_the_level() -> None:
    bench = Bench()
    bench.output.set_fraction(0.3)
    bench.carry()
    bench.output.reassert()
    assert bench.output.set_fraction(0.3)
    bench.carry()
    assert bench.chip.log == [0.3, "looked"]
    assert bench.output.set_fraction(0.3)


def test_what_a_look_finds_wrong_is_told_by_the_next_order_and_that_is_written() -> None:
    bench = Bench()
    bench.output.set_fraction(0.3)
    bench.carry()
    bench.chip.fault = Fault.GARBAGE
    bench.output.reassert()
    bench.carry()
    with pytest.raises(OutputError):
        bench.output.set_fraction(0.3)
    bench.chip.fault = None
    bench.output.set_fraction(0.3)
    bench.carry()
    assert bench.chip.log == [0.3, "looked", 0.3]


def test_a_bug_in_the_driver_is_a_failure_like_any_other() -> None:
    bench = Bench(Chip(bug=ZeroDivisionError("division by zero")))
    bench.output.set_fraction(0.3)
    bench.carry()
    with pytest.raises(OutputError, match="ZeroDivisionError") as caught:
        bench.output.set_fraction(0.3)
    assert caught.value.fault is Fault.FAILED


def test_before_anybody_has_the_bus_an_order_is_carried_apart() -> None:
    chip = Chip()
    assert CarriedOutput(chip, 1, at_once).set_fraction(0.3)
    assert chip.log == [0.3]


def test_a_bus_that_hangs_at_the_start_holds_nobody_up_and_the_order_is_carried_later() -> None:
    chip = Chip(now=0.4)
    output = CarriedOutput(chip, 1, never)
    with pytest.raises(OutputError) as caught:
        output.fraction()
    assert caught.value.fault is Fault.HUNG_BUS
    assert not output.set_fraction(0.3)
    output.carry()
    assert output.set_fraction(0.3)


def test_what_the_output_does_now_is_read_from_it() -> None:
    assert CarriedOutput(Chip(now=0.4), 1, at_once).fraction() == 0.4
    with pytest.raises(OutputError):
        CarriedOutput(Chip(fault=Fault.NOT_THERE), 1, at_once).fraction()


class Sensors:
    """A bus that notes the transfers of the sensors in the chip's own log."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        self.chip.log.append(f"sensor {address}")
        return bytes(read)


def test_between_two_transfers_of_a_sensor_an_order_goes_first() -> None:
    bench = Bench()
    bus = BehindOutput(Sensors(bench.chip), bench.output)
    assert bus.transfer(16, b"", 2) == bytes(2)
    bench.output.set_fraction(0.3)
    bus.transfer(16, b"", 2)
    bus.transfer(16, b"", 2)
    assert bench.chip.log == ["sensor 16", 0.3, "sensor 16", "sensor 16"]


def test_the_control_thread_goes_on_while_the_bus_hangs() -> None:
    hangs, ends = threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        ends.wait(10)

    bench = Bench(Chip(meanwhile=hang))
    bench.output.set_fraction(0.1)
    thread = threading.Thread(target=bench.carry)
    thread.start()
    assert hangs.wait(10)

    assert not bench.output.set_fraction(0.2)  # while the transfer is under way: this test would wait for ever
    bench.output.reassert()
    assert bench.chip.log == [0.1]

    ends.set()
    thread.join(10)
    assert bench.chip.log == [0.1, 0.2]
    assert bench.output.set_fraction(0.2)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, None]), st.booleans(), st.booleans())))
def test_whatever_was_ordered_and_failed_before_in_the_end_the_chip_has_what_was_last_asked_for(
    steps: list[tuple[float | None, bool, bool]],
) -> None:
    bench = Bench()
    for fraction, fails, carried in [*steps, (0.7, False, True), (0.7, False, True), (0.7, False, True)]:
        bench.chip.fault = Fault.FAILED if fails else None
        try:
            if fraction is None:
                bench.output.reassert()
            else:
                taken = bench.output.set_fraction(fraction)
                assert not taken or bench.chip.now == fraction
        except OutputError:
            pass
        if carried:
            bench.carry()
    assert bench.output.set_fraction(0.7)
    assert bench.chip.now == 0.7
