"""Small fakes for the hardware tests: a bus of registers that notes what is written, and a clock that never runs by itself."""

from collections.abc import Callable

import pytest

from agent.hardware.bus import BusError
from agent.records import Fault


class RegisterBus:
    """One chip: registers of raw bytes, as they go over the wire. A register nobody has set reads as zeros."""

    def __init__(self) -> None:
        self.registers: dict[int, bytes] = {}
        self.writes: list[tuple[int, bytes]] = []
        self.transfers = 0
        self.failures: list[Fault] = []  # the next transfers fail so, one after the other
        self.read_only: set[int] = set()
        self.on_read: Callable[[int], None] = lambda register: None

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        self.transfers += 1
        if self.failures:
            raise BusError(self.failures.pop(0), f"0x{address:02x} is made to fail")
        register, data = write[0], write[1:]
        if data:
            self.writes.append((register, data))
            if register not in self.read_only:
                self.registers[register] = data
        reply = self.registers.get(register, b"")[:read].ljust(read, b"\0")
        self.on_read(register)
        return reply


@pytest.fixture
def bus() -> RegisterBus:
    return RegisterBus()
