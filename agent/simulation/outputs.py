"""Which virtual chip or channel stands for the lamp's output, and what is on the wire that dims the lamp."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin

from agent.settings.chips import ADDRESSES, DEFAULT_BUS
from agent.settings.hardware import Output
from agent.simulation.bus import VirtualChip
from agent.simulation.chips import gp8403, mcp4725, pca9685
from agent.simulation.fitting import Buses, Fitting, Resettable
from agent.simulation.sysfs import VirtualSysfs

Wire = Callable[[], float | None]
"""The share of time, or of the highest voltage, for which the wire is high; None: nothing drives it."""


class OutputChip(VirtualChip, Resettable, Protocol):
    """A virtual chip on the bus that drives the lamp."""


class PulsedPin(MockPWMPin):  # type: ignore[misc]  # gpiozero has no types
    """A line that a program can let pulse. Its state is the share of time for which it is high."""

    refuses = False  # whatever would change it
    _frequency: float | None  # gpiozero's, in Hz

    def stop(self) -> None:
        """The program has died, and the line stays as it was at that moment: most likely what it was for most of the time."""
        if self._frequency is not None:
            self._frequency = None
            self._change_state(float(self._state >= 0.5))

    def let_go(self) -> None:
        """Something has made it an input again: it floats."""
        self._frequency = None
        super()._set_function("input")

    def _set_function(self, value: str) -> None:
        self._may_change()
        super()._set_function(value)

    def _set_state(self, value: float) -> None:
        self._may_change()
        super()._set_state(value)

    def _may_change(self) -> None:
        if self.refuses:
            raise OSError(errno.EIO, os.strerror(errno.EIO))


@dataclass(frozen=True, slots=True)
class Drive:
    """``fitting``: where the output is plugged in, if it is a chip. ``pin``: its line, if a program makes the pulses."""

    wire: Wire
    fitting: Fitting | None = None
    pin: PulsedPin | None = None


def pin_class(output: Output | None) -> type[MockPin]:
    """What the pins of the board must be able to do: all of them alike."""
    return PulsedPin if output is not None and output.driver == "gpio_pwm" else MockPin


def drive_of(output: Output | None, sysfs: VirtualSysfs, pins: MockFactory, buses: Buses, now_s: float) -> Drive:
    """What the settings name, switched on now. What keeps a state without power has been left such that ``undriven`` is true."""
    if output is None:
        return Drive(_undriven)
    gpio, channel = output.gpio, output.channel or 0
    match output.driver:
        case "pwm" if gpio is not None:
            return Drive(lambda: sysfs.high_fraction(gpio))
        case "gpio_pwm" if gpio is not None:
            pin = pins.pin(f"GPIO{gpio}")
            return Drive(lambda: float(pin.state) if pin.function == "output" else None, pin=pin)
        case "mcp4725":
            dac = mcp4725.Mcp4725Chip(_saved_code(output), now_s)
            return _plugged(dac, dac.high_fraction, output, buses)
        case "gp8403":
            volts = gp8403.Gp8403Chip(_saved_code(output), now_s)
            return _plugged(volts, lambda: volts.high_fraction(channel), output, buses)
        case "pca9685":
            pwm = pca9685.Pca9685Chip(now_s)
            return _plugged(pwm, lambda: pwm.high_fraction(channel), output, buses)
    return Drive(_undriven)


def _plugged(chip: OutputChip, wire: Wire, output: Output, buses: Buses) -> Drive:
    address = ADDRESSES[output.driver].default if output.address is None else output.address
    if address is None:
        return Drive(wire)  # nobody knows where it answers
    bus = buses.bus(DEFAULT_BUS if output.bus is None else output.bus)
    bus.plug(address, chip)
    return Drive(wire, Fitting(bus, address, chip))


def _saved_code(output: Output) -> int:
    """What somebody has left in a converter's memory for power-on: high is light, unless the line is inverted."""
    return 0xFFF if (output.undriven == "full") != output.inverted else 0


def _undriven() -> None:
    """There is nothing that could drive it."""
