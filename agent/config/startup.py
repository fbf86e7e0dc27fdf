"""What the daemon believes when it starts: the order in which file, last good config and remnants are trusted, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from agent import __version__
from agent.config.answer import Answer
from agent.config.artifact import Artifact, hash_of, load, version_of
from agent.config.child import compile_in_child
from agent.config.files import read_content
from agent.config.problems import Problem, Severity
from agent.settings.model import Settings

Compile: TypeAlias = Callable[[Path, Path], Answer]


class Origin(StrEnum):
    """Where the settings come from, the most trusted first."""

    UNCHANGED = "the file is as it was when it was compiled"
    COMPILED = "the file was compiled"
    LAST_GOOD = "the last good config"
    SALVAGED = "what is valid of a broken file"
    DEFAULTS = "nothing is known"


@dataclass(frozen=True, slots=True)
class Start:
    """``is_final``: the file has been judged; otherwise it still is to be compiled while these settings light the lamp."""

    settings: Settings
    version: str
    origin: Origin
    problems: tuple[Problem, ...] = ()
    is_final: bool = True
    not_written: str | None = None  # why the compiled config is not on disk

    @property
    def is_valid(self) -> bool:
        """Whether these are the settings of the file as it is: otherwise the alarm ``invalidConfig`` is due."""
        return self.origin in (Origin.UNCHANGED, Origin.COMPILED)


def at_once(file: Path, output: Path) -> Start | None:
    """What can be had without compiling, for light first; None where only the compiler can help."""
    kept = load(output)
    if kept is None:
        return None
    content = read_content(file)
    if not isinstance(content, Problem) and _fits(kept, content):
        return _from(kept, Origin.SALVAGED if kept.salvaged else Origin.UNCHANGED, kept.problems)
    if kept.salvaged:  # of another file, and never good
        return None
    return _from(kept, Origin.LAST_GOOD, is_final=False)


def at_start(file: Path, output: Path, compile_file: Compile = compile_in_child) -> Start:
    """What holds. In this order: an artifact that fits the file; the compiled file; the last good artifact; what the compiler
    could save of the file; defaults. Blocks while the compiler runs; never raises for what the file or the disk does.
    """
    known = at_once(file, output)
    if known is not None and known.is_final:
        return known
    answer = compile_file(file, output)
    problems = answer.problems or _as_problems(file, answer)
    if answer.artifact is not None and not answer.artifact.salvaged:
        return _from(answer.artifact, Origin.COMPILED, problems, not_written=answer.not_written)
    if known is not None:
        return Start(known.settings, known.version, Origin.LAST_GOOD, problems)
    kept = load(output)
    rest = answer.artifact or kept
    if rest is not None:
        return _from(rest, Origin.SALVAGED, problems, not_written=answer.not_written)
    return Start(Settings(), version_of(Settings()), Origin.DEFAULTS, problems)


def _fits(kept: Artifact, content: bytes) -> bool:
    return kept.file_hash == hash_of(content) and kept.agent_version == __version__


def _from(
    artifact: Artifact,
    origin: Origin,
    problems: tuple[Problem, ...] = (),
    *,
    is_final: bool = True,
    not_written: str | None = None,
) -> Start:
    return Start(artifact.settings, artifact.version, origin, problems, is_final, not_written)


def _as_problems(file: Path, answer: Answer) -> tuple[Problem, ...]:
    if answer.failure is None:
        return ()
    message = f"{answer.failure} ({answer.detail})" if answer.detail else str(answer.failure)
    return (Problem(str(file), 1, 1, "", Severity.ERROR, message, "run streetlight-agent check on it"),)
