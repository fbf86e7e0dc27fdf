"""Marks that the settings' annotations carry for the compiler: how a key is spelt, what its text looks like, what it means."""

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
class Duration:
    """Text with a unit in the file (``500ms``, ``5s``, ``10min``, ``2h``, ``7d``), seconds in the settings: ``hold_s``."""

    key: str
    least_s: float  # both bounds are allowed
    most_s: float


@dataclass(frozen=True, slots=True)
class Required:
    """The key must be in the file and hold something, although the settings of a broken file can do without."""


@dataclass(frozen=True, slots=True)
class NotInEffectYet:
    """The key is checked, but no code uses it yet; ``check`` warns."""


def _plain_name(text: str) -> bool:
    return set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


Percent: TypeAlias = Annotated[float, at.Ge(0), at.Le(100)]
Name: TypeAlias = Annotated[str, at.MinLen(1), at.MaxLen(64), at.Predicate(_plain_name)]
Gpio: TypeAlias = Annotated[int, at.Ge(0), at.Le(27)]
BusNumber: TypeAlias = Annotated[int, at.Ge(0), at.Le(255)]
I2cAddress: TypeAlias = Annotated[int, at.Ge(0x03), at.Le(0x77)]
