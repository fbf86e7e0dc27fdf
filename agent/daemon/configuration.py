"""Which config is in force: what can be had at once for the first light, what holds in the end, and a reload on request."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.config.startup import Origin, Start, at_once, at_start
from agent.daemon.options import Options
from agent.daemon.places import STATE
from agent.events import ConfigInvalid, Event, Reconfigured
from agent.settings.model import Settings

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger  # loaded after the first light

COMPILED = "config.json"


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings with what the command line puts above them. ``invalid``: the file as it is has no part in them."""

    settings: Settings
    version: str
    origin: Origin
    problems: tuple[str, ...]
    invalid: bool


def known_at_once(options: Options) -> tuple[Configuration | None, bool]:
    """What needs no compiling, and whether it is the last word."""
    start = at_once(options.config, compiled_file(options))
    if start is None:
        return None, False
    return _configuration(start, options), start.is_final


def final(options: Options) -> Configuration:
    """What holds; blocks while the compiler runs, in a process of its own."""
    return _configuration(at_start(options.config, compiled_file(options)), options)


def compiled_file(options: Options, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the compiled config is kept. The file itself cannot say: it has not been read yet."""
    if options.state is not None:
        return options.state / COMPILED
    given = environment.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(given or STATE) / COMPILED


def _configuration(start: Start, options: Options) -> Configuration:
    problems = tuple(str(problem) for problem in start.problems)
    if start.not_written is not None:
        problems = (*problems, f"{compiled_file(options)}: {start.not_written}; it will be compiled anew at each start")
    return Configuration(_overridden(start.settings, options), start.version, start.origin, problems, not start.is_valid)


def _overridden(settings: Settings, options: Options) -> Settings:
    if options.state is not None:
        settings = replace(settings, storage=replace(settings.storage, directory=str(options.state)))
    if options.broker is not None and settings.broker is not None:
        settings = replace(settings, broker=replace(settings.broker, url=options.broker))
    return settings


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
        log: "FilteringBoundLogger",
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
            later = tuple(f"{name}: as the file has it from the agent's next start" for name in waiting)
            self._log.info("config applied", version=fresh.version, from_next_start=waiting)
            taken = replace(fresh, settings=settings, problems=(*fresh.problems, *later))
            self._take(taken, Reconfigured(settings, fresh.version))

    def _take(self, taken: Configuration, event: Event) -> None:
        self._running = taken
        self._adopt(taken)
        self._put(event)
