"""The senses: samplers and motion inputs as the settings name them, on whatever bottom they are given."""

from collections.abc import Callable

from agent.events import MotionEdge
from agent.hardware.bus import Bus
from agent.hardware.carried import BehindOutput, CarriedOutput
from agent.hardware.drivers import fit
from agent.hardware.pins import MotionInput
from agent.hardware.rig import Bottom
from agent.hardware.sensing import BugHandler, Sampler, Source
from agent.settings.model import Settings


def build_samplers(
    settings: Settings, bottom: Bottom, on_bug: BugHandler, carried: CarriedOutput | None = None
) -> dict[int | None, Sampler]:
    """A sampler for each bus that has sensors, or the output, and one (None) for what is on no bus.

    Sensors without a driver are told. Those on the output's bus let it go first.
    """

    def bus(number: int) -> Bus:
        if carried is None or carried.bus != number:
            return bottom.bus(number)
        return BehindOutput(bottom.bus(number), carried)

    fitted = fit(settings.sensors, bus, bottom.sysfs)
    for unsupported in fitted.unsupported:
        on_bug(unsupported.part, unsupported)
    by_bus: dict[int | None, list[Source]] = {} if carried is None else {carried.bus: []}
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
