"""The fields of one JSON object, read with their type and range; every complaint names the field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec

from agent.link.refusals import RefusalCode, Refused

Choice = TypeVar("Choice", bound=StrEnum)
SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Fields:
    """A field that is absent is None; one that is there, null included, must be right. Raises Refused."""

    values: Mapping[str, object]

    def number(self, name: str, least: float, most: float, *, above_least: bool = False) -> float | None:
        """A number from ``least`` (above it, if so said) to ``most``."""
        if name not in self.values:
            return None
        value = self.values[name]
        low, high = ("above", "and at most") if above_least else ("from", "to")
        wanted = f"a number {low} {least:.10g} {high} {most:.10g}"
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # NaN alone differs from itself
            raise _wrong_type(name, wanted, value)
        if not least <= value <= most or (above_least and value == least):  # before float(): an int may be beyond all floats
            raise Refused(RefusalCode.OUT_OF_RANGE, f"{name}: must be {wanted}, not {shown(value)}")
        return float(value)

    def text(self, name: str, least: int, most: int) -> str | None:
        """Text of so many characters."""
        if name not in self.values:
            return None
        value = self.values[name]
        wanted = f"text of {least} to {most} characters"
        if not isinstance(value, str) or not _is_unicode(value):
            raise _wrong_type(name, wanted, value)
        if not least <= len(value) <= most:
            raise Refused(RefusalCode.OUT_OF_RANGE, f"{name}: must be {wanted}, not of {len(value)}")
        return value

    def moment(self, name: str) -> float | None:
        """A time by RFC 3339 with any offset, as POSIX seconds."""
        if name not in self.values:
            return None
        value = self.values[name]
        try:
            moment: datetime = msgspec.convert(value, Annotated[datetime, msgspec.Meta(tz=True)])
            return moment.timestamp()
        except (ValueError, OverflowError) as error:
            raise _wrong_type(name, "a time such as 2026-12-21T23:00:00Z", value) from error

    def flag(self, name: str) -> bool | None:
        if name not in self.values:
            return None
        value = self.values[name]
        if not isinstance(value, bool):
            raise _wrong_type(name, "true or false", value)
        return value

    def choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """One of the words of an enum."""
        if name not in self.values:
            return None
        value = self.values[name]
        wanted = " or ".join(kind)
        if not isinstance(value, str):
            raise _wrong_type(name, wanted, value)
        if value not in list(kind):
            raise Refused(RefusalCode.OUT_OF_RANGE, f"{name}: must be {wanted}, not {shown(value)}")
        return kind(value)

    def exclude(self, name: str, other: str) -> None:
        """At most one of the two may be there."""
        if name in self.values and other in self.values:
            raise Refused(RefusalCode.CONFLICT, f"{name}: cannot stand beside {other}; give one of them")


def shown(value: object) -> str:
    """A value as the sender will know it again, short, and fit for UTF-8 whatever it is."""
    match value:
        case None:
            text = "null"
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{value}"'
        case dict():
            text = "an object"
        case list():
            text = "a list"
        case _:
            text = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(value), str(value))
    printable = text.encode("utf-8", "replace").decode()
    return printable if len(printable) <= SHOWN_CHARACTERS else printable[:SHOWN_CHARACTERS] + "..."


def _wrong_type(name: str, wanted: str, value: object) -> Refused:
    return Refused(RefusalCode.WRONG_TYPE, f"{name}: must be {wanted}, not {shown(value)}")


def _is_unicode(text: str) -> bool:
    """JSON can write half a surrogate pair, which no UTF-8 can carry back in the acknowledgement."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
