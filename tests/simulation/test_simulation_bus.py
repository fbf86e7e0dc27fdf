"""The virtual bus: who answers, and how it fails."""

import pytest

from agent.hardware.bus import BusError
from agent.records import Fault
from agent.simulation.bus import VirtualBus


class Echo:
    """A chip that answers with what was last written, and when."""

    def __init__(self) -> None:
        self.written = b""
        self.at_s = -1.0

    def write(self, data: bytes, now_s: float) -> None:
        self.written, self.at_s = data, now_s

    def read(self, count: int, now_s: float) -> bytes:
        return self.written[:count].ljust(count, b"\0")


def fault_of(bus: VirtualBus, address: int = 0x10) -> Fault | None:
    try:
        bus.transfer(address, b"\x01", 1)
    except BusError as error:
        return error.fault
    return None


@pytest.fixture
def bus() -> VirtualBus:
    made = VirtualBus(lambda: 7.0)
    made.plug(0x10, Echo())
    return made


def test_a_combined_transfer_writes_first_and_then_reads() -> None:
    chip = Echo()
    bus = VirtualBus(lambda: 7.0)
    bus.plug(0x10, chip)

    assert bus.transfer(0x10, b"\x0a\x0b", 3) == b"\x0a\x0b\x00"
    assert bus.transfer(0x10, b"", 1) == b"\x0a"
    assert bus.transfer(0x10, b"\x0c", 0) == b""
    assert chip.at_s == 7.0


def test_nobody_answers_where_no_chip_is_or_is_left(bus: VirtualBus) -> None:
    assert fault_of(bus, 0x11) is Fault.NOT_THERE
    assert fault_of(bus) is None
    bus.unplug(0x10)
    assert fault_of(bus) is Fault.NOT_THERE


def test_a_hung_bus_costs_a_second_for_every_address_until_it_is_free() -> None:
    spent: list[float] = []
    bus = VirtualBus(lambda: 0.0, spent.append)
    bus.plug(0x10, Echo())

    bus.hung = True
    assert [fault_of(bus, 0x10), fault_of(bus, 0x11)] == [Fault.HUNG_BUS, Fault.HUNG_BUS]
    assert spent == [1.0, 1.0]
    bus.hung = False
    assert fault_of(bus) is None
    assert len(spent) == 2


def test_a_disturbed_chip_fails_as_often_as_asked_and_the_others_do_not(bus: VirtualBus) -> None:
    bus.plug(0x20, Echo())
    bus.disturb(0x10, Fault.FAILED, transfers=2)

    assert [fault_of(bus) for _ in range(3)] == [Fault.FAILED, Fault.FAILED, None]
    bus.disturb(0x10)
    assert [fault_of(bus) for _ in range(3)] == [Fault.NOT_THERE] * 3
    assert fault_of(bus, 0x20) is None
    bus.mend(0x10)
    assert fault_of(bus) is None


def test_a_floating_chip_reads_as_ones(bus: VirtualBus) -> None:
    bus.disturb(0x10, Fault.GARBAGE)

    assert bus.transfer(0x10, b"\x00", 2) == b"\xff\xff"
