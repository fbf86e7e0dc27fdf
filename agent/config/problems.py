"""Problems: what is wrong with a config file, as data, as people read it, and as JSON."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from agent.config.lines import lines_of

_LINE_NUMBER_WIDTH = 5
_SHOWN = 100  # characters of a source line: what fits a terminal
_VALUE_SHOWN = 40
# Written where they do not belong, and then told to a terminal, a CI log or a ticket.
_SECRETS = re.compile(r"(?<=://)\S+(?=@)|(?:(?<=pass:)|(?<=password:)|(?<=passwd:)|(?<=secret:)|(?<=token:))\s*[^\s#,}][^#,}]*")


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Line and column count from 1. ``width`` is that of the value the caret stands under; it is not part of the JSON."""

    file: str
    line: int
    column: int
    key: str  # as spelt in the file: programmes.residential[0].at; empty where no key can be named
    severity: Severity
    message: str
    hint: str  # what to write instead
    width: int = 1

    def __str__(self) -> str:
        """``FILE:LINE:COLUMN: error: KEY: what is wrong; what to write instead``."""
        key = f"{self.key}: " if self.key else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {key}{self.message}{hint}"

    def as_json(self) -> dict[str, str | int]:
        """The object of ``check --json``."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "key": self.key,
            "severity": self.severity.value,
            "message": self.message,
            "hint": self.hint,
        }


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As they stand in the file; at one place the errors first."""
    return tuple(sorted(problems, key=lambda problem: (problem.line, problem.column, problem.severity.value)))


def render(problem: Problem, text: str | None) -> str:
    """The problem, and where the file's text is at hand the line with a caret under the value."""
    return "\n".join((str(problem), *_excerpt(problem, lines_of(text)))) if text is not None else str(problem)


def render_all(problems: Iterable[Problem], text: str | None) -> str:
    """All problems of one file, one after the other."""
    lines = lines_of(text) if text is not None else None
    return "\n".join("\n".join((str(problem), *(_excerpt(problem, lines) if lines else ()))) for problem in problems)


def _excerpt(problem: Problem, lines: Sequence[str]) -> tuple[str, ...]:
    if not 1 <= problem.line <= len(lines):
        return ()
    line = _SECRETS.sub(lambda secret: "*" * len(secret[0]), lines[problem.line - 1])
    skipped = max(0, problem.column - 1 - _SHOWN // 2) if len(line) > _SHOWN else 0
    shown = printable(line[skipped : skipped + _SHOWN])
    column = problem.column - 1 - skipped
    carets = "^" * max(1, min(problem.width, len(shown) - column))
    return (f"{problem.line:>{_LINE_NUMBER_WIDTH}} | {shown}", f"{'':>{_LINE_NUMBER_WIDTH}} | {' ' * column}{carets}")


def printable(text: str) -> str:
    """The text as a terminal may be given it: what does not print is replaced, one character for one."""
    return "".join(character if character.isprintable() else " " if character == "\t" else "?" for character in text)


def quoted(text: str) -> str:
    """A value as messages name it: on one line, and not longer than is of use."""
    return printable(text) if len(text) <= _VALUE_SHOWN else f"{printable(text[:_VALUE_SHOWN])}..."
