"""The rig: the lamp as the settings name it, on whatever bottom it is given, real or virtual. Loaded before the first light."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.hardware.lamp import Contact, FailureHandler, Lamp
from agent.hardware.output import Output, OutputError
from agent.hardware.pwm import KernelPwm
from agent.hardware.sysfs import Sysfs
from agent.records import Fault, Part
from agent.settings.hardware import Output as OutputSettings
from agent.settings.model import Settings

if TYPE_CHECKING:
    from gpiozero.pins import Factory

    from agent.hardware.bus import Bus
    from agent.hardware.carried import Apart, CarriedOutput
    from agent.hardware.softpwm import SoftwarePwm


def at_once(act: Callable[[], None]) -> None:
    """For a bottom on which nothing blocks anybody."""
    act()


@dataclass(frozen=True, slots=True)
class Bottom:
    """What the drivers stand on. ``pins`` is called when a pin is first needed; it may raise GpioError. ``apart``: see there."""

    bus: "Callable[[int], Bus]"
    sysfs: Sysfs
    pins: "Callable[[], Factory]"
    pi5: bool = False
    sleep: Callable[[float], None] = time.sleep
    apart: "Apart" = at_once


@dataclass(frozen=True, slots=True)
class Rig:
    """``carried``: the lamp's output where that is on a bus, whose thread must carry it. ``software``: where it ends with us."""

    lamp: Lamp
    carried: "CarriedOutput | None" = None
    software: "SoftwarePwm | None" = None

    def put_down(self) -> None:
        """The process ends in order: what cannot go on without it is left at full, if it was lit."""
        if self.software is not None:
            with suppress(OutputError):  # the lamp has been told by its last write
                self.software.put_down()

    def leave(self) -> None:
        """Let go of the pins without touching them."""
        self.lamp.leave()
        if self.software is not None:
            self.software.leave()


def build_rig(settings: Settings, bottom: Bottom, on_failure: FailureHandler) -> Rig | None:
    """The lamp, its channel claimed; None where the settings name no output that can be driven: the wiring then keeps it lit."""
    if settings.output is None:
        return None
    try:
        drive = _drive(settings.output, bottom, on_failure)
    except OutputError as error:
        on_failure(Part.OUTPUT, error)
        return None
    lamp = Lamp(
        drive.output,
        _relay(settings.output, bottom, on_failure),
        curve=settings.output.curve,
        minimum=settings.luminaire.minimum_level,
        undriven=settings.output.undriven,
        reassert_every_s=drive.reassert_every_s,
        on_failure=on_failure,
    )
    return Rig(lamp, drive.carried, drive.software)


@dataclass(frozen=True, slots=True)
class _Drive:
    output: Output
    carried: "CarriedOutput | None" = None
    software: "SoftwarePwm | None" = None
    reassert_every_s: float = 60.0


def _drive(output: OutputSettings, bottom: Bottom, on_failure: FailureHandler) -> _Drive:
    """What the settings name; a lamp does not wait for the imports of another's. Raises OutputError where a key is missing."""
    match output.driver:
        case "pwm":
            return _Drive(_kernel_pwm(output, bottom, on_failure))
        case "gpio_pwm":
            from agent.hardware.softpwm import SoftwarePwm

            software = SoftwarePwm(bottom.pins, _gpio(output), output.frequency_hz, inverted=output.inverted)
            return _Drive(software, software=software)
        case _:
            from agent.hardware.outputs import REASSERT_EVERY_S, build_output

            carried = build_output(output, bottom.bus, bottom.apart)
            return _Drive(carried, carried, reassert_every_s=REASSERT_EVERY_S)


def _gpio(output: OutputSettings) -> int:
    if output.gpio is None:
        raise OutputError(Fault.FAILED, f"output.gpio: is missing, and {output.driver} needs it; write gpio: 18")
    return output.gpio


def _kernel_pwm(output: OutputSettings, bottom: Bottom, on_failure: FailureHandler) -> Output:
    pwm = KernelPwm(bottom.sysfs, _gpio(output), output.frequency_hz, pi5=bottom.pi5, inverted=output.inverted)
    try:
        pwm.start(bottom.sleep)
    except OutputError as error:
        on_failure(Part.OUTPUT, error)  # the lamp tries again at every write
    return pwm


def _relay(output: OutputSettings, bottom: Bottom, on_failure: FailureHandler) -> Contact | None:
    """A relay whose pins cannot be had stays as it is; the output alone then dims, and switches off as far as it can."""
    if output.relay is None:
        return None
    from agent.hardware.pins import GpioError, RelayOutput  # gpiozero takes its time; a lamp without a relay does not wait for it

    try:
        return RelayOutput(output.relay, bottom.pins())
    except GpioError as error:
        on_failure(Part.RELAY, OutputError(Fault.FAILED, f"output.relay: {error}"))
        return None
