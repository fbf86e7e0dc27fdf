"""The forms of single fields on the wire: what each means, with its unit, its range and how it is written, for the schema.

All of it is told and nothing enforced: what a lamp has kept or says of itself can be read whatever it says.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta

DAY = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"\d{2}:\d{2}:\d{2}"


def doc(text: str, *examples: float | str) -> Meta:
    """What a field means: a sentence for whoever connects a platform, with the unit where the name does not carry it."""
    return Meta(description=text, examples=list(examples) or None)


def ranged(least: float, most: float | None = None) -> Meta:
    """Both bounds are allowed."""
    return Meta(extra_json_schema={"minimum": least} if most is None else {"minimum": least, "maximum": most})


def above(least: float, most: float) -> Meta:
    """More than the one, at most the other."""
    return Meta(extra_json_schema={"exclusiveMinimum": least, "maximum": most})


def sized(least: int, most: int) -> Meta:
    """Text of so many characters."""
    return Meta(extra_json_schema={"minLength": least, "maxLength": most})


def written(pattern: str, **more: str) -> Meta:
    """All of the text fits the regular expression."""
    return Meta(extra_json_schema={"pattern": f"^{pattern}$", **more})


Level: TypeAlias = Annotated[float, ranged(0, 100)]  # percent
Natural: TypeAlias = Annotated[float, ranged(0)]
Count: TypeAlias = Annotated[int, ranged(0)]
Ordinal: TypeAlias = Annotated[int, ranged(1)]
Name: TypeAlias = Annotated[str, written("[a-z0-9-]+")]  # of sites, lamps and groups
Moment: TypeAlias = Annotated[str, written(rf"{DAY}T{CLOCK}\.\d{{3}}Z", format="date-time"), doc("UTC.")]  # as a lamp writes it
AnyMoment: TypeAlias = Annotated[str, written(rf"{DAY}[Tt ]{CLOCK}(\.\d+)?([Zz]|[+-]\d{{2}}:\d{{2}})", format="date-time")]
