"""What is asked of a preview."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from agent.simulation.faults.fault import Fault
from agent.simulation.preview.orders import Order
from agent.simulation.traffic import Traffic
from agent.simulation.weather import Weather

Progress = Callable[[float], None]  # is told which part of a night has passed since the last time
TIMELINE_NIGHTS = 7  # up to so many nights are told row by row unasked


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be simulated beside the settings. ``first`` is the local date on which the first night begins."""

    first: date
    nights: int = 1
    seed: int = 1
    weather: Weather = "clear"
    traffic: Traffic = "quiet"
    faults: tuple[Fault, ...] = ()
    orders: tuple[Order, ...] = ()
    timeline: bool = True


def quietly(_nights: float) -> None:
    """Tells nobody."""
