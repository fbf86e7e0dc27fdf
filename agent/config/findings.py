"""Findings: problems as the compiler's passes make them, before their places in the file are looked up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from agent.config.problems import Severity
from agent.config.tree import Span

Path: TypeAlias = tuple[str | int, ...]
"""A place in the settings: field names, names of programmes or alarms, and indices."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``span`` and ``key`` are given where they cannot be looked up from the path: for keys that are unknown or written twice."""

    path: Path
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    span: Span | None = None
    key: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class Mistake(Exception):  # noqa: N818 -- the technician's, not ours
    """A value cannot be read; whoever knows its place makes a finding of it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def warning(path: Path, message: str, hint: str = "") -> Finding:
    return Finding(path, message, hint, Severity.WARNING)


@dataclass(slots=True)
class Findings:
    """Keeps every error but only so many warnings; once ``full``, nobody reads further and no suggestion is worth its time."""

    most: int = 200
    _found: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        if finding.is_error or not self.full:
            self._found.append(finding)

    @property
    def full(self) -> bool:
        return len(self._found) >= self.most

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)
