"""The bus: what an errno means, what is retried, and how words lie on the wire."""

import errno

import pytest
from smbus2 import i2c_msg

from agent.hardware import bus as bus_module
from agent.hardware.bus import BusError, Device, SmbusBus, signed
from agent.records import Fault


class FakeAdapter:
    """Stands in for smbus2's SMBus: fails as told, then answers with 0xAB."""

    opened = 0
    errors: list[int]
    messages: list[tuple[int, int, bytes]]

    def __init__(self, number: int) -> None:
        type(self).opened += 1
        self.closed = False

    def i2c_rdwr(self, *messages: i2c_msg) -> None:
        if self.errors:
            raise OSError(self.errors.pop(0), "made to fail")
        for message in messages:
            self.messages.append((message.addr, message.flags, bytes(message)))
            if message.flags:
                for place in range(message.len):
                    message.buf[place] = b"\xab"

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> type[FakeAdapter]:
    FakeAdapter.opened, FakeAdapter.errors, FakeAdapter.messages = 0, [], []
    monkeypatch.setattr(bus_module, "SMBus", FakeAdapter)
    return FakeAdapter


def test_a_read_is_one_combined_transfer(adapter: type[FakeAdapter]) -> None:
    assert SmbusBus(1).transfer(0x40, b"\x02", 2) == b"\xab\xab"
    assert adapter.messages == [(0x40, 0, b"\x02"), (0x40, 1, b"\0\0")]


def test_a_plain_read_and_a_plain_write_are_one_message_each(adapter: type[FakeAdapter]) -> None:
    bus = SmbusBus(1)
    assert bus.transfer(0x23, b"", 2) == b"\xab\xab"
    assert bus.transfer(0x23, b"\x20", 0) == b""
    assert adapter.messages == [(0x23, 1, b"\0\0"), (0x23, 0, b"\x20")]


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EREMOTEIO, Fault.NOT_THERE),
        (errno.ENXIO, Fault.NOT_THERE),
        (errno.ETIMEDOUT, Fault.HUNG_BUS),
        (errno.EIO, Fault.FAILED),
    ],
)
def test_an_errno_becomes_the_fault_it_means_and_the_message_names_bus_and_chip(
    adapter: type[FakeAdapter], number: int, fault: Fault
) -> None:
    adapter.errors = [number]
    with pytest.raises(BusError, match=r"/dev/i2c-1, address 0x48") as caught:
        SmbusBus(1).transfer(0x48, b"\0", 2)
    assert caught.value.fault is fault


def test_lost_arbitration_is_tried_again_but_not_for_ever(adapter: type[FakeAdapter]) -> None:
    bus = SmbusBus(1)
    adapter.errors = [errno.EAGAIN, errno.EAGAIN]
    assert bus.transfer(0x48, b"\0", 1) == b"\xab"
    adapter.errors = [errno.EAGAIN] * 3
    with pytest.raises(BusError):
        bus.transfer(0x48, b"\0", 1)


def test_the_adapter_is_opened_when_needed_and_again_after_it_has_gone(adapter: type[FakeAdapter]) -> None:
    bus = SmbusBus(1)
    assert adapter.opened == 0
    adapter.errors = [errno.ENODEV]
    with pytest.raises(BusError):
        bus.transfer(0x48, b"\0", 1)
    bus.transfer(0x48, b"\0", 1)
    bus.transfer(0x48, b"\0", 1)
    assert adapter.opened == 2


def test_a_bus_that_does_not_exist_says_how_to_enable_it() -> None:
    with pytest.raises(BusError, match="dtparam=i2c_arm=on"):
        SmbusBus(253).transfer(0x48, b"\0", 1)


def test_words_lie_on_the_wire_as_the_chip_wants_them(bus) -> None:
    device = Device(bus, 0x10)
    device.write_word(0, 0x1234)
    device.write_word_swapped(1, 0x1234)
    assert bus.writes == [(0, b"\x34\x12"), (1, b"\x12\x34")]
    assert device.read_word(0) == 0x1234
    assert device.read_word_swapped(1) == 0x1234
    assert device.read(1, 1) == b"\x12"


def test_an_exchange_writes_a_longer_address_and_reads_in_one_combined_transfer(adapter: type[FakeAdapter]) -> None:
    assert Device(SmbusBus(1), 0x38).exchange(b"\x03\x1c", 4) == b"\xab\xab\xab\xab"
    assert adapter.messages == [(0x38, 0, b"\x03\x1c"), (0x38, 1, b"\0\0\0\0")]


@pytest.mark.parametrize(("value", "bits", "means"), [(0x7FFF, 16, 32_767), (0x8000, 16, -32_768), (0xFFFFE6BC, 32, -6_468)])
def test_a_register_in_twos_complement_has_its_sign_in_the_highest_bit(value: int, bits: int, means: int) -> None:
    assert signed(value, bits) == means


@pytest.mark.parametrize("fault", [Fault.NOT_THERE, Fault.FAILED])
def test_two_failures_in_a_row_are_survived_and_a_third_is_told(bus, fault: Fault) -> None:
    bus.failures = [fault] * 2
    Device(bus, 0x10).write(b"\0\1")
    assert bus.transfers == 3
    bus.failures = [fault] * 3
    with pytest.raises(BusError):
        Device(bus, 0x10).write(b"\0\1")
    assert bus.transfers == 6


def test_a_hung_bus_is_not_tried_again_since_each_try_costs_a_second(bus) -> None:
    bus.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        Device(bus, 0x10).write(b"\0\1")
    assert bus.transfers == 1
