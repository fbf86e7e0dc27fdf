"""The judgement: pydantic holds the data against the settings' annotations; its errors come back in our words."""

from collections.abc import Set
from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from agent.config.examples import assignment, wanted
from agent.config.findings import Finding, Path
from agent.config.places import Places, shape_at
from agent.config.problems import quoted
from agent.config.shapes import ChoiceShape, DurationShape, ListShape, NumberShape, SectionShape, TextShape
from agent.config.walk import Data
from agent.config.wording import alternatives, beyond, limit, nearest, range_of, wrong_name
from agent.settings.model import Settings

_TOO_FEW = ("too_short", "string_too_short")


@cache
def _adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


def judge(
    data: Data, places: Places, told: Set[Path] = frozenset(), meant: Set[Path] = frozenset()
) -> tuple[Settings | None, tuple[Finding, ...]]:
    """The settings, or what is wrong beside what has been told already; both are empty where all was told.

    What is ``meant`` by a misspelt key is not called missing as well.
    """
    try:
        return _adapter().validate_python(data), ()
    except ValidationError as error:
        details = error.errors(include_url=False)
        broken = told | {detail["loc"] for detail in details}
        new = (detail for detail in details if detail["loc"] not in told and not _is_consequence(detail, meant, broken))
        return None, tuple(_finding(detail, places) for detail in new)


def _is_consequence(detail: ErrorDetails, meant: Set[Path], broken: Set[Path]) -> bool:
    """Pydantic also counts a list as too short when it is its entries that are wrong."""
    path = detail["loc"]
    if detail["type"] == "missing":
        return path in meant
    return detail["type"] in _TOO_FEW and any(len(each) > len(path) and each[: len(path)] == path for each in broken)


def _finding(detail: ErrorDetails, places: Places) -> Finding:
    path = detail["loc"]
    shape = shape_at(path)
    if detail["type"] == "missing":
        return _missing(path, places)
    text = quoted(places.text(path))
    match shape:
        case ChoiceShape():
            return _no_choice(path, text, shape)
        case NumberShape() | DurationShape():
            return _out_of_range(path, text, shape, detail)
        case TextShape():
            mistake = wrong_name(places.text(path), shape)
            return Finding(path, mistake.message, mistake.hint)
        case ListShape():
            return Finding(path, "holds nothing", f"write {wanted(shape)}")
    return Finding(path, detail["msg"], f"write {wanted(shape)}")


def _missing(path: Path, places: Places) -> Finding:
    section = shape_at(path[:-1])
    described = section.by_name(str(path[-1])) if isinstance(section, SectionShape) else None
    where = described.example_where if described else None
    if described and where and places.text((*path[:-1], where.key)) == where.value:
        described = replace(described, doc=replace(described.doc, example=where.example))
    return Finding(path, "is missing", f"write {assignment(described)}" if described else "")


def _no_choice(path: Path, text: str, shape: ChoiceShape) -> Finding:
    likely = nearest(text, shape.values)
    known = alternatives(shape.values)
    return Finding(path, f"{text} is not known here", f"write {likely} ({known} are possible)" if likely else f"write {known}")


def _out_of_range(path: Path, text: str, shape: NumberShape | DurationShape, detail: ErrorDetails) -> Finding:
    missed = beyond(shape.bounds, float(detail["input"]))
    message = f"{text} is {missed[0]} {limit(missed[1], shape)}" if missed else f"{text} is out of range"
    return Finding(path, message, f"write {range_of(shape)}")
