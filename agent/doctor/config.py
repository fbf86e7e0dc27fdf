"""The config: it compiles, and it is what the running agent runs on; what of it is valid is what doctor looks at."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.config.artifact import version_of
from agent.config.compiler import compile_file, salvage
from agent.config.problems import Problem, Severity
from agent.daemon.protocol import FROM_NEXT_START, Status
from agent.doctor.eyes import Eyes
from agent.doctor.line import RESTART, Line, failed, passed, warned
from agent.settings.model import Settings

CHECK = "config"
RELOAD = "`systemctl reload streetlight-agent`"


@dataclass(frozen=True, slots=True)
class Config:
    """``settings``: those of a valid file, else what can be saved of it."""

    file: Path
    settings: Settings
    problems: tuple[Problem, ...]
    valid: bool
    denied: bool  # it may not be read


def read_config(file: Path) -> Config:
    compiled, text = compile_file(file)
    settings = compiled.settings or (Settings() if text is None else salvage(text))
    return Config(file, settings, compiled.problems, compiled.settings is not None, text is None and _is_denied(file))


def _is_denied(file: Path) -> bool:
    try:
        file.open("rb").close()
    except OSError as error:
        return isinstance(error, PermissionError)
    return False


def config_lines(config: Config, status: Status | None, eyes: Eyes) -> Iterator[Line]:
    yield eyes.cannot(CHECK, str(config.file), "read", eyes.file_remedy(config.file)) if config.denied else _compiles(config)
    if not config.valid or status is None:
        return
    if status.config_version != version_of(config.settings):
        yield warned(CHECK, "the agent runs on another config than this file has", RELOAD)
        return
    known = tuple(str(problem).removeprefix(str(config.file)) for problem in config.problems)
    for told in status.config_problems:
        if not told.endswith(known):
            yield warned(CHECK, told, RESTART if told.endswith(FROM_NEXT_START) else RELOAD)


def _compiles(config: Config) -> Line:
    """The first error stands for all; without one, the first warning."""
    errors = [problem for problem in config.problems if problem.severity is Severity.ERROR]
    worst = next(iter(errors or config.problems), None)
    if worst is None:
        return passed(CHECK, f"{config.file} is valid")
    where = f"{config.file}:{worst.line}: {worst.key + ': ' if worst.key else ''}{worst.message}"
    more = len(errors or config.problems) > 1
    remedy = f"{worst.hint}; `streetlight-agent check {config.file}` shows them all" if more else worst.hint
    return failed(CHECK, where, remedy) if errors else warned(CHECK, where, remedy)
