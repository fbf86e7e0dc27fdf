"""Reload: the config file compiled again while the lamp goes on; the outcome is an event like any other."""

import threading
from collections.abc import Callable
from dataclasses import replace

from structlog.typing import FilteringBoundLogger

from agent.daemon.configuration import Configuration, final
from agent.daemon.options import Options
from agent.daemon.protocol import FROM_NEXT_START
from agent.events import ConfigInvalid, Event, Reconfigured
from agent.settings.model import Settings


class Reloader:
    """Compiles the file again while the lamp goes on, one time after the other; the outcome is an event like any other.

    ``adopt`` is told what is then in force, for all that speak of the config.
    """

    def __init__(
        self,
        options: Options,
        running: Configuration,
        put: Callable[[Event], None],
        adopt: Callable[[Configuration], None],
        log: FilteringBoundLogger,
    ) -> None:
        self._options = options
        self._running = running
        self._put = put
        self._adopt = adopt
        self._log = log
        self._one_at_a_time = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._run, name="reload", daemon=True).start()

    def _run(self) -> None:
        with self._one_at_a_time:
            fresh = final(self._options)
            for problem in fresh.problems:
                self._log.warning("config", problem=problem)
            if fresh.invalid:
                self._take(replace(self._running, problems=fresh.problems, invalid=True), ConfigInvalid(fresh.problems))
                return
            settings, waiting = taken_over(self._running.settings, fresh.settings)
            later = tuple(f"{name}: {FROM_NEXT_START}" for name in waiting)
            self._log.info("config applied", version=fresh.version, from_next_start=waiting)
            taken = replace(fresh, settings=settings, problems=(*fresh.problems, *later))
            self._take(taken, Reconfigured(settings, fresh.version))

    def _take(self, taken: Configuration, event: Event) -> None:
        self._running = taken
        self._adopt(taken)
        self._put(event)


def taken_over(running: Settings, fresh: Settings) -> tuple[Settings, tuple[str, ...]]:
    """The fresh settings as far as a running process can take them, and the sections that wait for its next start.

    Pins, buses, files and the names at the broker were taken when the process was built, and stay with it.
    """
    lamp = running.lamp
    if lamp is not None and fresh.lamp is not None:
        lamp = replace(lamp, location=fresh.lamp.location)
    kept = replace(
        fresh, lamp=lamp, output=running.output, sensors=running.sensors, broker=running.broker, storage=running.storage
    )
    sections = ("lamp", "output", "sensors", "broker", "storage")
    return kept, tuple(name for name in sections if getattr(kept, name) != getattr(fresh, name))
