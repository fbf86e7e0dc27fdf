"""A virtual I2C bus: chips plugged in by address, and the ways in which a real bus fails."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.hardware.bus import BusError
from agent.records import Fault

HANG_S = 1.0  # the adapter's timeout on a Pi: what every transfer costs while somebody holds the data line low


class VirtualChip(Protocol):
    """What a chip sees of the bus. ``now_s`` is lamp time, so that chips keep their own conversion times."""

    def write(self, data: bytes, now_s: float) -> None: ...

    def read(self, count: int, now_s: float) -> bytes: ...


def costs_nothing(_seconds: float) -> None:
    """For a bus whose hanging takes no time."""


@dataclass(slots=True)
class _Trouble:
    fault: Fault
    transfers: int | None  # how many are still to fail; None: until mended

    def over(self) -> bool:
        if self.transfers is None:
            return False
        self.transfers -= 1
        return self.transfers <= 0


class VirtualBus:
    """Safe for several threads: one transfer at a time, as on the wire.

    ``spend_s`` is charged the second that a transfer takes on a hung bus: virtual time pays for it, or a thread waits it out.
    """

    def __init__(self, now_s: Callable[[], float], spend_s: Callable[[float], None] = costs_nothing, number: int = 1) -> None:
        self.hung = False
        self._now_s = now_s
        self._spend_s = spend_s
        self._number = number
        self._lock = threading.Lock()
        self._chips: dict[int, VirtualChip] = {}
        self._troubles: dict[int, _Trouble] = {}

    def plug(self, address: int, chip: VirtualChip) -> None:
        with self._lock:
            self._chips[address] = chip

    def unplug(self, address: int) -> None:
        with self._lock:
            self._chips.pop(address, None)

    def disturb(self, address: int, fault: Fault = Fault.NOT_THERE, transfers: int | None = None) -> None:
        """Let the next transfers with a chip fail, or all until ``mend``. GARBAGE does not fail: the chip reads as all ones."""
        with self._lock:
            self._troubles[address] = _Trouble(fault, transfers)

    def mend(self, address: int) -> None:
        with self._lock:
            self._troubles.pop(address, None)

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        """Raises BusError, as the real bus does."""
        if self.hung:
            self._spend_s(HANG_S)  # outside the lock: whoever lets time pass may have to look at the world
            raise self._error(Fault.HUNG_BUS, address)
        with self._lock:
            if self._troubles and address in self._troubles:
                trouble = self._trouble(address)
                if trouble is Fault.GARBAGE:
                    return b"\xff" * read
                raise self._error(trouble, address)
            chip = self._chips.get(address)
            if chip is None:
                raise self._error(Fault.NOT_THERE, address)
            now_s = self._now_s()
            if write:
                chip.write(write, now_s)
            return chip.read(read, now_s) if read else b""

    def _trouble(self, address: int) -> Fault:
        trouble = self._troubles[address]
        if trouble.over():
            del self._troubles[address]
        return trouble.fault

    def _error(self, fault: Fault, address: int) -> BusError:
        return BusError(fault, f"virtual bus {self._number}, address 0x{address:02x}: {fault.value}")
