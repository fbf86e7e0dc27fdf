"""The rig: the lamp as the settings name it, on whatever bottom it is given, real or virtual. Loaded before the first light."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.hardware.lamp import Contact, FailureHandler, Lamp
from agent.hardware.output import OutputError
from agent.hardware.pwm import KernelPwm
from agent.hardware.sysfs import Sysfs
from agent.records import Fault, Part
from agent.settings.hardware import Output
from agent.settings.model import Settings

if TYPE_CHECKING:
    from gpiozero.pins import Factory

    from agent.hardware.bus import Bus
    from agent.hardware.carried import Apart, CarriedOutput


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
    """``carried``: the lamp's output where that is on a bus, whose thread must carry it; None where it is written in place."""

    lamp: Lamp
    carried: "CarriedOutput | None" = None


def build_rig(settings: Settings, bottom: Bottom, on_failure: FailureHandler) -> Rig | None:
    """The lamp, its channel claimed; None where the settings name no output that can be driven: the wiring then keeps it lit."""
    output = settings.output
    if output is None:
        return None
    if output.driver != "pwm" or output.gpio is None:
        unsupported = OutputError(Fault.FAILED, f"output.driver: {output.driver} is not supported yet; supported are: pwm")
        on_failure(Part.OUTPUT, unsupported)
        return None
    pwm = KernelPwm(bottom.sysfs, output.gpio, output.frequency_hz, pi5=bottom.pi5, inverted=output.inverted)
    try:
        pwm.start(bottom.sleep)
    except OutputError as error:
        on_failure(Part.OUTPUT, error)  # the lamp tries again at every write
    lamp = Lamp(
        pwm,
        _relay(output, bottom, on_failure),
        curve=output.curve,
        minimum=settings.luminaire.minimum_level,
        undriven=output.undriven,
        on_failure=on_failure,
    )
    return Rig(lamp)


def _relay(output: Output, bottom: Bottom, on_failure: FailureHandler) -> Contact | None:
    """A relay whose pins cannot be had stays as it is; the output alone then dims, and switches off as far as it can."""
    if output.relay is None:
        return None
    from agent.hardware.pins import GpioError, RelayOutput  # gpiozero takes its time; a lamp without a relay does not wait for it

    try:
        return RelayOutput(output.relay, bottom.pins())
    except GpioError as error:
        on_failure(Part.RELAY, OutputError(Fault.FAILED, f"output.relay: {error}"))
        return None
