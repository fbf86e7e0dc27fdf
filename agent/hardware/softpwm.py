"""Software PWM on any GPIO line, by gpiozero and lgpio: a fall-back that flickers, where no line of the kernel's PWM is free.

lgpio makes the pulses in a thread that sleeps until each edge (lgPthTx.c), at best as evenly as Linux lets it run: under load
the lamp flickers (gpiozero's issue 641), so `check` warns, and 500 Hz are the most that is allowed. A new duty begins with
the next period; at 0 and at 100 % the line is steady.

The pulses end with the process. The line then stays as it was at that instant, high or low, where the kernel keeps it an
output (Raspberry Pi's do, unless told otherwise), else it floats. An orderly end puts a lit lamp at full first. After a crash
or a kill the lamp is at full or dark, as chance has it, until the agent runs again and sets it to full: what is found on the
line says nothing.
"""

from collections.abc import Callable
from math import isclose
from typing import Any, TypeVar

from gpiozero.pins import Factory

from agent.hardware.output import OutputError
from agent.hardware.pins import PIN_ERRORS, GpioError, KeptOutput
from agent.records import Fault

T = TypeVar("T")


class SoftwarePwm:
    """The line is claimed when it is first set, at the level found on it. ``pins`` may raise GpioError, each time."""

    def __init__(self, pins: Callable[[], Factory], gpio: int, frequency_hz: float, *, inverted: bool = False) -> None:
        self._pins = pins
        self._gpio = gpio
        self._frequency_hz = frequency_hz
        self._inverted = inverted
        self._device: KeptOutput | None = None
        self._high: float | None = None  # the share of time for which the line is high; None: not known to be as we want it

    def set_fraction(self, fraction: float) -> bool:
        high = self._high_for(fraction)
        if high != self._high:
            self._high = None  # unless we get to the end
            self._guarded(lambda: self._drive(high))
            self._high = high
        return True

    def reassert(self) -> None:
        """Where something else has set the line, the pulses begin anew, and that is told."""
        high, self._high = self._high, None
        if high is None:
            return
        was_so = self._guarded(lambda: self._has(high))
        if not was_so:
            self._guarded(lambda: self._drive(high))
        self._high = high
        if not was_so:
            raise OutputError(Fault.GARBAGE, f"{self._where}: something else had set the line; is it used twice?")

    def fraction(self) -> float | None:
        """Nothing drives it before we do: whoever did has died, and the pulses with it."""
        return None

    def put_down(self) -> None:
        """The process ends in order. Raises OutputError."""
        if self._high is not None and self._high != self._high_for(0.0):
            self.set_fraction(1.0)

    def leave(self) -> None:
        """Let go of the line without touching it."""
        if self._device is not None:
            self._device.close()
            self._device = self._high = None

    @property
    def _where(self) -> str:
        return f"output: GPIO{self._gpio}"

    def _high_for(self, fraction: float) -> float:
        drive = min(1.0, max(0.0, fraction))
        return 1 - drive if self._inverted else drive

    def _drive(self, high: float) -> None:
        pin = self._claimed()
        if pin.function != "output":
            pin.function = "output"
        if pin.frequency != self._frequency_hz:
            pin.frequency = self._frequency_hz
        pin.state = high
        if not self._has(high):
            raise OutputError(Fault.GARBAGE, f"{self._where} does not keep what is written")

    def _has(self, high: float) -> bool:
        pin = self._claimed()
        is_ours = pin.function == "output" and pin.frequency == self._frequency_hz
        return is_ours and isclose(pin.state, high, abs_tol=1e-6)

    def _claimed(self) -> Any:  # gpiozero has no types
        if self._device is None:
            self._device = KeptOutput(self._gpio, initial_value=None, pin_factory=self._pins())
        return self._device.pin

    def _guarded(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except (*PIN_ERRORS, GpioError) as error:
            raise OutputError(Fault.FAILED, f"{self._where}: {error}") from error
