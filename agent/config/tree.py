"""What a YAML file says before anyone asks what it means: scalars, sequences and mappings, each with its place."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """Line and column count from 1."""

    line: int
    column: int
    width: int = 1


START = Span(1, 1)


@dataclass(frozen=True, slots=True)
class Scalar:
    """``text`` is as written, without quotes; ``plain`` is False where it was quoted or a block of text."""

    text: str
    plain: bool
    span: Span

    @property
    def is_empty(self) -> bool:
        """Nothing is written, or YAML's word for it."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple["Node", ...]
    span: Span | None  # None where it spans lines: then its key names it better


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: "Node"


@dataclass(frozen=True, slots=True)
class Mapping:
    entries: tuple[Entry, ...]
    span: Span | None


@dataclass(frozen=True, slots=True)
class Unread:
    """A value that is not valid YAML; the problem has been told."""

    span: Span


Node: TypeAlias = Scalar | Sequence | Mapping | Unread
EMPTY = Mapping((), START)


def span_of(node: Node, otherwise: Span) -> Span:
    """Where a message about the node points."""
    return otherwise if node.span is None else node.span
