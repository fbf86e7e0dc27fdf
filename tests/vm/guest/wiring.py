"""What is wired to the guest's pins and chips, from where the agent cannot reach: the modules' folders in debugfs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from guest.machine import Guest

DEBUG = "/sys/kernel/debug"
PWM_FAULT = "/sys/module/pole_pwm/parameters/fail"
WORD = 2  # bytes

ByteOrder = Literal["little", "big"]


class Wiring:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    def drive(self, gpio: int, high: bool) -> None:
        """What is wired to an input drives it."""
        self._guest.run(f"echo {int(high)} > {DEBUG}/pole-gpio/level/{gpio}")

    def is_high(self, gpio: int) -> bool:
        return self._guest.run(f"cat {DEBUG}/pole-gpio/level/{gpio}").strip() == "1"

    def is_output(self, gpio: int) -> bool:
        return self._guest.run(f"cat {DEBUG}/pole-gpio/dir/{gpio}").strip() == "0"

    def fill(self, address: int, registers: Iterable[tuple[int, int]], order: ByteOrder) -> None:
        """Write words into a chip's registers, in the order in which the chip sends its bytes."""
        for register, value in registers:
            escaped = "".join(f"\\{byte:03o}" for byte in value.to_bytes(WORD, order))
            self._guest.run(
                f"printf '{escaped}' | dd of={self._memory(address)} bs={WORD} seek={register} conv=notrunc status=none"
            )

    def peek(self, address: int, register: int, order: ByteOrder) -> int:
        """What a chip's register holds."""
        dump = f"dd if={self._memory(address)} bs={WORD} skip={register} count=1 status=none | od -An -tx1"
        return int.from_bytes(bytes.fromhex(self._guest.run(dump).replace(" ", "").strip()), order)

    @contextmanager
    def failing(self, address: int, errno: int) -> Iterator[None]:
        """Every transfer with this chip fails."""
        with self._set(f"{DEBUG}/pole-i2c/0x{address:02x}/err", errno):
            yield

    @contextmanager
    def hung_bus(self, after_ms: int) -> Iterator[None]:
        """Every transfer waits so long and times out; a Pi's own driver waits 1000."""
        with self._set(f"{DEBUG}/pole-i2c/hang_ms", after_ms), self._set(f"{DEBUG}/pole-i2c/hang", 1):
            yield

    @contextmanager
    def refusing_pwm(self, errno: int) -> Iterator[None]:
        with self._set(PWM_FAULT, errno):
            yield

    def pwm_ns(self, channel: int = 0) -> tuple[int, int, bool]:
        """Period and duty in nanoseconds, and whether it is enabled, as the chip has them; an exported channel."""
        folder = f"/sys/class/pwm/pwmchip0/pwm{channel}"
        period, duty, enabled = self._guest.run(f"cat {folder}/period {folder}/duty_cycle {folder}/enable").split()
        return int(period), int(duty), enabled == "1"

    def _memory(self, address: int) -> str:
        return f"{DEBUG}/pole-i2c/0x{address:02x}/mem"

    @contextmanager
    def _set(self, switch: str, value: int) -> Iterator[None]:
        before = self._guest.run(f"cat {switch}").strip()
        self._guest.run(f"echo {value} > {switch}")
        try:
            yield
        finally:
            self._guest.run(f"echo {before} > {switch}")
