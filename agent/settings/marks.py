"""Marks that the settings' annotations carry for the compiler: how a key is spelt, what its text looks like, what it means."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import annotated_types as at


@dataclass(frozen=True, slots=True)
class Key:
    """The key in the file, where it differs from the field: ``from`` for ``first``."""

    name: str


@dataclass(frozen=True, slots=True)
class Doc:
    """One sentence for the schema and the docs: what the key does, its unit included."""

    text: str
    example: str | None = None


@dataclass(frozen=True, slots=True)
class ExampleWhere:
    """Another example than the doc's, where the neighbouring key has this value."""

    key: str
    value: str
    example: str


@dataclass(frozen=True, slots=True)
class Duration(at.GroupedMetadata):
    """Text with a unit in the file (``500ms``, ``5s``, ``10min``, ``2h``, ``7d``), seconds in the settings: ``hold_s``.

    To whoever reads annotated-types it is a pair of bounds.
    """

    key: str
    least_s: float  # both bounds are allowed
    most_s: float

    def __iter__(self) -> Iterator[at.BaseMetadata]:
        yield at.Ge(self.least_s)
        yield at.Le(self.most_s)


@dataclass(frozen=True, slots=True)
class Required:
    """The key must be in the file and hold something, although the settings of a broken file can do without."""


@dataclass(frozen=True, slots=True)
class NotInEffectYet:
    """The key, or these values of it, are checked, but no code uses them yet; ``check`` warns."""

    values: tuple[str, ...] = ()  # none: all


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that messages name, where the field's name does not carry it."""

    text: str


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """The file may write a single entry without the list around it."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A predicate on text that can say what it wants: only these letters, in ``words`` and as a ``pattern`` for the schema."""

    allowed: frozenset[str]
    words: str
    pattern: str

    def __call__(self, text: str) -> bool:
        return self.allowed.issuperset(text)


PLAIN_NAME = Letters(frozenset("abcdefghijklmnopqrstuvwxyz0123456789-"), "a-z 0-9 -", "^[a-z0-9-]+$")

Percent: TypeAlias = Annotated[float, at.Ge(0), at.Le(100), Unit("%")]
Name: TypeAlias = Annotated[str, at.MinLen(1), at.MaxLen(64), at.Predicate(PLAIN_NAME)]
Gpio: TypeAlias = Annotated[int, at.Ge(0), at.Le(27)]
BusNumber: TypeAlias = Annotated[int, at.Ge(0), at.Le(255)]
I2cAddress: TypeAlias = Annotated[int, at.Ge(0x03), at.Le(0x77)]
