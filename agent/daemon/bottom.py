"""The bottom under the drivers: the host's own, or the simulated street."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from agent.clock import Clock, HostClock, ScaledClock, utc_s
from agent.daemon.options import Options
from agent.hardware.board import Board, read_board
from agent.hardware.rig import Bottom
from agent.settings.model import Settings

BEFORE_DUSK_S = 1200.0
DUSK_DEG = -3.0  # about where a clear sky lights the lamps
APART_S = 0.2  # so long the first light waits for an output on a bus; a hanging one would take a second for each transfer


@dataclass(frozen=True, slots=True)
class Ground:
    """``street`` is the body of the thread that moves the simulated street; None on a real pole.

    ``started`` is called when the process is complete: starting takes host time, of which lamp time must not make more.
    """

    bottom: Bottom
    clock: Clock
    board: Board
    street: Callable[[], None] | None
    stop_street: Callable[[], None]
    started: Callable[[], None]


def make_ground(options: Options, settings: Settings) -> Ground:
    board = read_board()
    if options.simulate:
        from agent.daemon.street import StreetThread

        clock = ScaledClock(_start_utc_s(options, settings))
        street = StreetThread(settings, clock)
        bottom = replace(street.bottom, apart=apart)
        return Ground(bottom, clock, board, street.run, street.stop, lambda: clock.accelerate(options.speed))
    from agent.hardware.bus import SmbusBus
    from agent.hardware.pins import gpio_factory
    from agent.hardware.sysfs import HostSysfs

    bottom = Bottom(cache(SmbusBus), HostSysfs(), cache(gpio_factory), pi5=board.pi5, apart=apart)
    return Ground(bottom, HostClock(), board, None, _nothing, _nothing)


def apart(act: Callable[[], None]) -> None:
    """In a thread of its own, while no other has the bus yet."""
    thread = threading.Thread(target=act, name="first-light", daemon=True)
    thread.start()
    thread.join(APART_S)


def _nothing() -> None:
    """A real street needs no hand of ours."""


def _start_utc_s(options: Options, settings: Settings) -> float:
    """When the simulation begins."""
    if isinstance(options.start_utc_s, float):
        return options.start_utc_s
    now_s = utc_s()
    location = None if settings.lamp is None else settings.lamp.location
    if options.start_utc_s is None or location is None:
        return now_s
    from agent.core.sun import Sun

    sun = Sun(location.latitude, location.longitude)
    noon_s = sun.noon(now_s)
    dusk_s = sun.crossing(noon_s, noon_s + 86_400, DUSK_DEG, rising=False)
    return now_s if dusk_s is None else dusk_s - BEFORE_DUSK_S
