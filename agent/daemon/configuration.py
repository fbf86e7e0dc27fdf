"""Which config is in force: what can be had at once for the first light, and what holds in the end."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from agent.config.startup import Origin, Start, at_once, at_start
from agent.daemon.options import Options
from agent.daemon.places import STATE
from agent.settings.model import Settings

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
