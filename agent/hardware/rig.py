"""The rig: lamp, samplers and motion inputs as the settings name them, on whatever bottom they are given, real or virtual."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from gpiozero.pins import Factory

from agent.events import MotionEdge
from agent.hardware.bus import Bus
from agent.hardware.drivers import fit
from agent.hardware.lamp import FailureHandler, Lamp
from agent.hardware.output import OutputError
from agent.hardware.pins import GpioError, MotionInput, RelayOutput
from agent.hardware.pwm import KernelPwm
from agent.hardware.sensing import BugHandler, Sampler, Source
from agent.hardware.sysfs import Sysfs
from agent.records import Fault, Part
from agent.settings.hardware import Output
from agent.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Bottom:
    """What the drivers stand on. ``pins`` is called when a pin is first needed; it may raise GpioError."""

    bus: Callable[[int], Bus]
    sysfs: Sysfs
    pins: Callable[[], Factory]
    pi5: bool = False
    sleep: Callable[[float], None] = time.sleep


def build_lamp(settings: Settings, bottom: Bottom, on_failure: FailureHandler) -> Lamp | None:
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
    return Lamp(
        pwm,
        _relay(output, bottom, on_failure),
        curve=output.curve,
        minimum=settings.luminaire.minimum_level,
        undriven=output.undriven,
        on_failure=on_failure,
    )


def _relay(output: Output, bottom: Bottom, on_failure: FailureHandler) -> RelayOutput | None:
    """A relay whose pins cannot be had stays as it is; the output alone then dims, and switches off as far as it can."""
    if output.relay is None:
        return None
    try:
        return RelayOutput(output.relay, bottom.pins())
    except GpioError as error:
        on_failure(Part.RELAY, OutputError(Fault.FAILED, f"output.relay: {error}"))
        return None


def build_samplers(settings: Settings, bottom: Bottom, on_bug: BugHandler) -> dict[int | None, Sampler]:
    """A sampler for each bus that has sensors, and one (None) for what is on no bus. Sensors without a driver are told."""
    fitted = fit(settings.sensors, bottom.bus, bottom.sysfs)
    for unsupported in fitted.unsupported:
        on_bug(unsupported.part, unsupported)
    by_bus: dict[int | None, list[Source]] = {}
    for source in fitted.sources:
        by_bus.setdefault(source.bus, []).append(source)
    return {bus: Sampler(sources, on_bug) for bus, sources in by_bus.items()}


def build_motion(
    settings: Settings, bottom: Bottom, on_edge: Callable[[MotionEdge], None], now_s: Callable[[], float]
) -> list[MotionInput]:
    """The motion inputs, each telling its line as it is found. Raises GpioError."""
    sensors = settings.sensors.motion
    if not sensors:
        return []
    factory = bottom.pins()
    return [MotionInput(sensor, index, factory, on_edge, now_s) for index, sensor in enumerate(sensors)]
