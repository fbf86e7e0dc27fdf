"""The pins, through gpiozero: the factory named explicitly, motion inputs and the relay."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gpiozero import DigitalInputDevice, OutputDevice
from gpiozero.exc import GPIOZeroError, PinUnknownPi
from gpiozero.pins import Factory

from agent.events import MotionEdge
from agent.hardware.gpiochip import header_chip
from agent.hardware.output import OutputError
from agent.records import Fault
from agent.settings.hardware import MotionSensor, Relay

PIN_ERRORS = (OSError, GPIOZeroError)  # gpio_factory's pins turn lgpio.error, which is neither, into OSError


class GpioError(Exception):
    """The pins cannot be used at all, or one of them cannot; the message says why and what to do."""


def gpio_factory() -> Factory:
    """gpiozero on lgpio, or GpioError: never another library that happens to be there."""
    try:
        import lgpio
    except ImportError as error:
        remedy = "apt install python3-lgpio, and make the virtual environment with --system-site-packages"
        raise GpioError(f"lgpio is not installed ({error}); {remedy}") from error
    except OSError as error:
        remedy = "set WorkingDirectory= or LG_WD in the unit to a folder that the agent may write"
        raise GpioError(f"lgpio cannot make its pipe in {os.environ.get('LG_WD') or Path.cwd()} ({error}); {remedy}") from error
    if not hasattr(lgpio, "gpiochip_open"):
        remedy = "remove it, apt install python3-lgpio, and make the virtual environment with --system-site-packages"
        raise GpioError(f"the lgpio installed is an empty stub, as pip finds it for a new Python; {remedy}")
    from agent.hardware.lines import KeepingFactory

    try:
        return KeepingFactory(header_chip())
    except PinUnknownPi as error:
        raise GpioError("this is not a Raspberry Pi, so it has no pins; run with --simulate to try the agent here") from error
    except (lgpio.error, OSError) as error:
        remedy = "the agent's user must be in the group gpio, and the unit must allow char-gpiochip"
        raise GpioError(f"the GPIO chip cannot be opened: {error}; {remedy}") from error


class MotionInput:
    """One motion sensor's line, by edges. The value found at start is told at once, and so is the first edge.

    For ``debounce_s`` after an edge that counted, others are ignored; what the line is when that time ends is told by ``settle``,
    which the owner calls once an edge has been told, and at each moment that it names. ``on_edge`` is called from lgpio's thread,
    and in the constructor and in ``settle`` from the owner's; it must only enqueue. The constructor raises GpioError.
    """

    def __init__(
        self,
        settings: MotionSensor,
        index: int,
        factory: Factory,
        on_edge: Callable[[MotionEdge], None],
        now_s: Callable[[], float],
    ) -> None:
        self._index = index
        self._debounce_s = settings.debounce_s
        self._on_edge = on_edge
        self._now_s = now_s
        self._lock = threading.Lock()
        self._quiet_until_s: float | None = None
        try:
            self._device = DigitalInputDevice(settings.gpio, pull_up=None, active_state=settings.active_high, pin_factory=factory)
            with self._lock:  # an edge that comes meanwhile waits, and is then compared with what was found
                self._device.when_activated = self._rose
                self._device.when_deactivated = self._fell
                self._line = self._told = bool(self._device.is_active)
                on_edge(MotionEdge(index, self._told, now_s()))
        except PIN_ERRORS as error:
            raise GpioError(f"sensors.motion: GPIO{settings.gpio} cannot be used: {error}") from error

    def settle(self, now_s: float) -> float | None:
        """Tells the line's state if it is another than was told and the debounce is over; the moment to call again, if any."""
        with self._lock:
            if self._quiet_until_s is None or now_s < self._quiet_until_s:
                return self._quiet_until_s
            self._quiet_until_s = None
            with suppress(*PIN_ERRORS):  # then the last edge stands for the line
                self._line = bool(self._device.is_active)  # not the last edge: a chattering line can lose some
            self._tell_change(now_s)
            return self._quiet_until_s

    def close(self) -> None:
        self._device.close()

    def _rose(self) -> None:
        self._edge(active=True)

    def _fell(self) -> None:
        self._edge(active=False)

    def _edge(self, *, active: bool) -> None:
        with self._lock:
            self._line = active
            now_s = self._now_s()
            if self._quiet_until_s is None or now_s >= self._quiet_until_s:
                self._tell_change(now_s)

    def _tell_change(self, now_s: float) -> None:
        if self._line != self._told:
            self._told = self._line
            self._quiet_until_s = now_s + self._debounce_s if self._debounce_s else None
            self._on_edge(MotionEdge(self._index, self._told, now_s))


class KeptOutput(OutputDevice):  # type: ignore[misc]  # gpiozero has no types
    """An output that gpiozero's clean-up, at exit or on garbage collection, does not turn back into an input."""

    def close(self) -> None:
        pin, self._pin = getattr(self, "_pin", None), None
        if pin is not None:
            self.pin_factory.release_pins(self, pin.info.name)
        super().close()


class RelayOutput:
    """The relay in the lamp's supply, in terms of the lamp. Its line is claimed when first used, at the level found on it.

    After the agent's end the line stays as it is, as far as the kernel lets it: Raspberry Pi's kernels do, unless told otherwise
    (pinctrl's persist_gpio_outputs). Raises OutputError, and tries to claim again the next time.
    """

    def __init__(self, settings: Relay, factory: Factory) -> None:
        self._settings = settings
        self._factory = factory
        self._device: KeptOutput | None = None

    def supplied(self) -> bool:
        """Whether the line, read back, leaves the lamp supplied; a welded contact does not show here."""
        try:
            return self._supplied_by(energised=bool(self._claimed().value))
        except PIN_ERRORS as error:
            raise self._failed(error) from error

    def set_supplied(self, supplied: bool) -> None:
        try:
            device = self._claimed()
            device.value = self._energised_for(supplied=supplied)
        except PIN_ERRORS as error:
            raise self._failed(error) from error
        if self.supplied() != supplied:
            raise OutputError(Fault.GARBAGE, f"output.relay: GPIO{self._settings.gpio} does not keep what is written")

    def leave(self) -> None:
        """Let go of the line without touching it."""
        if self._device is not None:
            self._device.close()
            self._device = None

    def _claimed(self) -> KeptOutput:
        if self._device is None:
            self._device = KeptOutput(
                self._settings.gpio, active_high=self._settings.active_high, initial_value=None, pin_factory=self._factory
            )
        return self._device

    def _supplied_by(self, *, energised: bool) -> bool:
        return energised == (self._settings.contact == "normally_open")

    def _energised_for(self, *, supplied: bool) -> bool:
        return supplied == (self._settings.contact == "normally_open")

    def _failed(self, error: Exception) -> OutputError:
        return OutputError(Fault.FAILED, f"output.relay: GPIO{self._settings.gpio}: {error}")
