"""The I2C bus: combined transfers over smbus2, errors named by what they mean, and registers as the chip drivers want them."""

import errno
import threading
from typing import Protocol

from smbus2 import SMBus, i2c_msg

from agent.records import Fault

NOBODY_THERE = (errno.EREMOTEIO, errno.ENXIO)
REGISTER = tuple(bytes((number,)) for number in range(256))  # its number, as it goes over the wire
ADAPTER_GONE = (errno.ENODEV, errno.EBADF)
RETRIES = 2
RETRIED_AT_ONCE = (Fault.NOT_THERE, Fault.FAILED)  # a hung bus costs a second per try, an identity does not change


class BusError(Exception):
    """A chip could not be read or written, or does not make sense; ``fault`` says in which way."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class Bus(Protocol):
    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        """Write the bytes (maybe none), then after a repeated start read ``read`` bytes (maybe 0). Raises BusError."""
        ...


class SmbusBus:
    """One I2C adapter of the host, opened when it is first needed. The lock is held for one transfer, never over a conversion."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._lock = threading.Lock()
        self._adapter: SMBus | None = None

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        with self._lock:
            for _ in range(RETRIES):
                try:
                    return self._transfer_once(address, write, read)
                except OSError as error:
                    if error.errno != errno.EAGAIN:  # arbitration lost to another master: its transfer is over in a moment
                        raise self._explained(error, address) from error
            try:
                return self._transfer_once(address, write, read)
            except OSError as error:
                raise self._explained(error, address) from error

    def close(self) -> None:
        with self._lock:
            self._close()

    def _transfer_once(self, address: int, write: bytes, read: int) -> bytes:
        if self._adapter is None:
            self._adapter = self._opened()
        reply = i2c_msg.read(address, read)
        messages = [i2c_msg.write(address, write)] if write or not read else []
        if read:
            messages.append(reply)
        self._adapter.i2c_rdwr(*messages)
        return bytes(reply)

    def _opened(self) -> SMBus:
        try:
            return SMBus(self._number)
        except FileNotFoundError as error:
            advice = "there is no such bus; enable I2C (dtparam=i2c_arm=on in config.txt) and restart the Pi"
            raise BusError(Fault.FAILED, f"/dev/i2c-{self._number}: {advice}") from error
        except PermissionError as error:
            advice = "no permission; add the agent's user to the group i2c"
            raise BusError(Fault.FAILED, f"/dev/i2c-{self._number}: {advice}") from error

    def _explained(self, error: OSError, address: int) -> BusError:
        if error.errno in ADAPTER_GONE:
            self._close()  # the next transfer opens the adapter again
        fault = fault_of(error)
        return BusError(fault, f"/dev/i2c-{self._number}, address 0x{address:02x}: {fault.value} ({error})")

    def _close(self) -> None:
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None


def fault_of(error: OSError) -> Fault:
    """What an errno of the kernel's I2C drivers means."""
    if error.errno in NOBODY_THERE:
        return Fault.NOT_THERE
    return Fault.HUNG_BUS if error.errno == errno.ETIMEDOUT else Fault.FAILED


def signed(value: int, bits: int = 16) -> int:
    """What a register of so many bits means in two's complement."""
    return value - (1 << bits) if value >> (bits - 1) else value


class Device:
    """One chip on a bus: registers as bytes and as 16-bit words. All methods raise BusError, after at most two more tries.

    A chip whose registers are addressed in another way than by one byte has ``exchange``.
    """

    def __init__(self, bus: Bus, address: int) -> None:
        self._bus = bus
        self.address = address

    def read(self, register: int, count: int) -> bytes:
        return self.exchange(REGISTER[register], count)

    def receive(self, count: int) -> bytes:
        """What a chip without registers has to say."""
        return self.exchange(b"", count)

    def write(self, data: bytes) -> None:
        self.exchange(data, 0)

    def read_word(self, register: int) -> int:
        """Unsigned, low byte first on the wire."""
        return int.from_bytes(self.exchange(REGISTER[register], 2), "little")

    def read_word_swapped(self, register: int) -> int:
        """Unsigned, high byte first on the wire."""
        return int.from_bytes(self.exchange(REGISTER[register], 2), "big")

    def write_word(self, register: int, word: int) -> None:
        """Low byte first on the wire."""
        self.write(bytes([register]) + word.to_bytes(2, "little"))

    def write_word_swapped(self, register: int, word: int) -> None:
        """High byte first on the wire."""
        self.write(bytes([register]) + word.to_bytes(2, "big"))

    def exchange(self, write: bytes, read: int) -> bytes:
        """Write the bytes (maybe none), then read so many, in one transfer."""
        try:
            return self._bus.transfer(self.address, write, read)
        except BusError as error:
            return self._again(error, write, read)

    def _again(self, error: BusError, write: bytes, read: int) -> bytes:
        for _ in range(RETRIES):
            if error.fault not in RETRIED_AT_ONCE:
                break
            try:
                return self._bus.transfer(self.address, write, read)
            except BusError as another:
                error = another
        raise error
