"""Shapes: what the settings' annotations want of each key, read once, for the walk, the messages and the schema alike."""

import types
from collections.abc import Iterable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import annotated_types as at

from agent.settings.marks import Doc, Duration, ExampleWhere, Key, Letters, NotInEffectYet, OneOrMany, Required, Unit
from agent.settings.model import Settings
from agent.settings.schedule import MonthDay, TimeOfNight

_UNITS = {"w": "W", "v": "V", "hz": "Hz", "lx": "lx", "c": "°C", "mb": "MB", "ohm": "ohm", "deg": "degrees"}  # by the name's end


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a number, or of a duration in seconds. None: no bound."""

    least: float | None = None
    most: float | None = None
    excluded: float | None = None  # a lower bound that is itself not allowed


@dataclass(frozen=True, slots=True)
class TextShape:
    letters: Letters | None = None
    least_length: int = 0
    most_length: int | None = None


@dataclass(frozen=True, slots=True)
class ChoiceShape:
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NumberShape:
    whole: bool
    bounds: Bounds
    unit: str


@dataclass(frozen=True, slots=True)
class TruthShape:
    pass


@dataclass(frozen=True, slots=True)
class DurationShape:
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class TimeShape:
    """22:30, sunset+1h."""


@dataclass(frozen=True, slots=True)
class DateShape:
    """12-24."""


@dataclass(frozen=True, slots=True)
class ListShape:
    item: "Shape"
    least: int = 0
    one_or_many: bool = False  # a single mapping stands for a list of one


@dataclass(frozen=True, slots=True)
class PairShape:
    items: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class TableShape:
    """Names of the technician's choice, each with the same kind of value."""

    name: TextShape
    value: "Shape"


@dataclass(frozen=True, slots=True)
class KeyShape:
    """One key of a section. ``default`` is MISSING where there is none, and seconds, not text, for a duration."""

    name: str  # of the field
    key: str  # in the file
    shape: "Shape"
    required: bool
    default: Any
    doc: Doc
    not_in_effect: NotInEffectYet | None
    example_where: ExampleWhere | None


@dataclass(frozen=True, slots=True)
class SectionShape:
    name: str  # of the dataclass
    keys: tuple[KeyShape, ...]

    def by_key(self, key: str) -> KeyShape | None:
        return next((each for each in self.keys if each.key == key), None)

    def by_name(self, name: str) -> KeyShape | None:
        return next((each for each in self.keys if each.name == name), None)


ScalarShape: TypeAlias = TextShape | ChoiceShape | NumberShape | TruthShape | DurationShape | TimeShape | DateShape
Shape: TypeAlias = ScalarShape | ListShape | PairShape | TableShape | SectionShape


@cache
def settings_shape() -> SectionShape:
    """The shape of the whole file."""
    return _section(Settings)


@cache
def _section(cls: type) -> SectionShape:
    hints = get_type_hints(cls, include_extras=True)
    return SectionShape(cls.__name__, tuple(_key(each, hints[each.name]) for each in fields(cls)))


def _key(described: Field[Any], hint: Any) -> KeyShape:
    core, marks = _unwrap(hint)
    default = described.default_factory() if described.default_factory is not MISSING else described.default
    duration = next((mark for mark in marks if isinstance(mark, Duration)), None)
    spelt = next((mark.name for mark in marks if isinstance(mark, Key)), described.name)
    return KeyShape(
        described.name,
        spelt if duration is None else duration.key,
        _shape(core, marks, described.name),
        default is MISSING or any(isinstance(mark, Required) for mark in marks),
        default,
        next((mark for mark in marks if isinstance(mark, Doc)), Doc("")),
        next((mark for mark in marks if isinstance(mark, NotInEffectYet)), None),
        next((mark for mark in marks if isinstance(mark, ExampleWhere)), None),
    )


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type beneath ``Annotated`` and ``| None``, and all the marks on the way, the outer ones first."""
    marks: tuple[Any, ...] = ()
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            marks = (*marks, *more)
        elif get_origin(hint) in (Union, types.UnionType):
            (hint,) = (each for each in get_args(hint) if each is not type(None))
        else:
            return hint, marks


def _shape(core: Any, marks: tuple[Any, ...], name: str = "") -> Shape:
    if any(isinstance(mark, Duration) for mark in marks):
        return DurationShape(_bounds(marks))
    if is_dataclass(core) and isinstance(core, type):
        return TimeShape() if core is TimeOfNight else DateShape() if core is MonthDay else _section(core)
    if get_origin(core) is Literal:
        return ChoiceShape(get_args(core))
    if isinstance(core, type) and issubclass(core, StrEnum):
        return ChoiceShape(tuple(core))
    if core is bool:
        return TruthShape()
    if core in (int, float):
        return NumberShape(core is int, _bounds(marks), _unit(marks, name))
    if core is str:
        return _text(marks)
    return _collection(core, marks, name)


def _collection(core: Any, marks: tuple[Any, ...], name: str) -> Shape:
    arguments = get_args(core)
    if get_origin(core) is dict:
        _, letters = _unwrap(arguments[0])
        return TableShape(_text(letters), _shape(*_unwrap(arguments[1])))
    if arguments[-1] is Ellipsis:
        one_or_many = any(isinstance(mark, OneOrMany) for mark in marks)
        return ListShape(_shape(*_unwrap(arguments[0])), _least_length(marks), one_or_many)
    return PairShape(tuple(_shape(*_unwrap(each), name) for each in arguments))


def _text(marks: tuple[Any, ...]) -> TextShape:
    letters = (mark.func for mark in marks if isinstance(mark, at.Predicate))
    most = (mark.max_length for mark in marks if isinstance(mark, at.MaxLen))
    return TextShape(next((each for each in letters if isinstance(each, Letters)), None), _least_length(marks), next(most, None))


def _least_length(marks: Iterable[Any]) -> int:
    return next((mark.min_length for mark in marks if isinstance(mark, at.MinLen)), 0)


def _bounds(marks: Iterable[Any]) -> Bounds:
    least = most = excluded = None
    for mark in _flat(marks):
        match mark:
            case at.Ge(ge):
                least = float(ge)  # type: ignore[arg-type]  # annotated-types knows only that it compares
            case at.Gt(gt):
                excluded = float(gt)  # type: ignore[arg-type]
            case at.Le(le):
                most = float(le)  # type: ignore[arg-type]
    return Bounds(least, most, excluded)


def _flat(marks: Iterable[Any]) -> Iterable[Any]:
    for mark in marks:
        if isinstance(mark, at.GroupedMetadata):
            yield from mark
        else:
            yield mark


def _unit(marks: tuple[Any, ...], name: str) -> str:
    marked = next((mark.text for mark in marks if isinstance(mark, Unit)), None)
    return _UNITS.get(name.rpartition("_")[2], "") if marked is None else marked
