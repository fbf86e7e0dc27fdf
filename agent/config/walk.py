"""The walk: follows the tree along the settings' shapes, reads every scalar as its key wants it, and notes each place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.config.durations import seconds, with_unit
from agent.config.examples import wanted
from agent.config.findings import Finding, Findings, Mistake, Path, warning
from agent.config.moments import month_day, time_of_night
from agent.config.numbers import number, truth
from agent.config.places import Place, Places, child_key
from agent.config.problems import quoted
from agent.config.shapes import (
    DateShape,
    DurationShape,
    KeyShape,
    ListShape,
    NumberShape,
    PairShape,
    ScalarShape,
    SectionShape,
    Shape,
    TableShape,
    TextShape,
    TimeShape,
    TruthShape,
    settings_shape,
)
from agent.config.tree import Entry, Mapping, Node, Scalar, Sequence, Span, Unread, span_of
from agent.config.wording import nearest, wrong_name

Data = dict[str, Any]  # by field name; what pydantic then makes settings of


class _Broken:
    """Stands where a value could not be read and a finding says so."""


BROKEN = _Broken()
_NOT_IN_EFFECT = "not in effect yet"


@dataclass(slots=True)
class Walk:
    """``told``: of these paths something wrong has been said. ``meant``: these were probably meant by keys that are unknown."""

    places: Places = field(default_factory=Places)
    findings: Findings = field(default_factory=Findings)
    told: set[Path] = field(default_factory=set)
    meant: set[Path] = field(default_factory=set)

    def settings(self, root: Mapping) -> Data:
        """The whole file as data; problems are in ``findings``."""
        return self._section(root, settings_shape(), ())

    def _section(self, node: Mapping, shape: SectionShape, path: Path) -> Data:
        data: Data = {}
        for entry in self._once(node, path):
            described = shape.by_key(entry.key.text)
            if described is None:
                self._unknown(entry, shape, path)
                continue
            value = self._entry(entry, described, path)
            if value is not None:
                data[described.name] = value
        return data

    def _once(self, node: Mapping, path: Path) -> Iterator[Entry]:
        """The entries, but of those with the same key only the first."""
        seen: dict[str, Span] = {}
        for entry in node.entries:
            name, span = entry.key.text, entry.key.span
            if name in seen:
                key = child_key(self.places.locate(path).key, quoted(name))
                message = f"is written a second time; the first is in line {seen[name].line}"
                self._tell(Finding(path, message, "remove one of them", span=span, key=key))
                continue
            seen[name] = span
            yield entry

    def _unknown(self, entry: Entry, shape: SectionShape, path: Path) -> None:
        name = entry.key.text
        key = child_key(self.places.locate(path).key, quoted(name) or '""')
        likely = None if self.findings.full else nearest(name, (each.key for each in shape.keys))
        hint = f"write {likely}" if likely else _elsewhere(name) or f"known here: {', '.join(each.key for each in shape.keys)}"
        meant = shape.by_key(likely) if likely else None
        if meant is not None:
            self.meant.add((*path, meant.name))
        self._tell(Finding(path, "unknown key", hint, span=entry.key.span, key=key))

    def _entry(self, entry: Entry, described: KeyShape, path: Path) -> Any:
        """None where nothing is written: then the default holds."""
        here = (*path, described.name)
        key = child_key(self.places.locate(path).key, described.key)
        if isinstance(entry.value, Scalar) and entry.value.is_empty:
            return self._empty(entry, described, here, key)
        self._note(here, key, entry.value, entry.key.span)
        self._warn_not_in_effect(entry.value, described, here)
        return self._value(entry.value, described.shape, here, entry.key.span, described)

    def _empty(self, entry: Entry, described: KeyShape, here: Path, key: str) -> Any:
        self.places.put(here, Place(key, entry.key.span))
        if described.required:
            self._tell(Finding(here, "is empty", f"write {wanted(described.shape, described)}"))
            return BROKEN
        self.findings.add(warning(here, "is empty and has no effect", "write a value, or remove the key"))
        return None

    def _warn_not_in_effect(self, value: Node, described: KeyShape, here: Path) -> None:
        mark = described.not_in_effect
        if mark is None:
            return
        if not mark.values:
            self.findings.add(warning(here, _NOT_IN_EFFECT, "it is checked, but changes nothing"))
        elif isinstance(value, Scalar) and value.text in mark.values:
            self.findings.add(warning(here, f"{value.text} is {_NOT_IN_EFFECT}", "the part is left alone until it is"))

    def _note(self, path: Path, key: str, node: Node, otherwise: Span) -> None:
        text = node.text if isinstance(node, Scalar) else ""
        self.places.put(path, Place(key, span_of(node, otherwise), text))

    def _value(self, node: Node, shape: Shape, path: Path, key_span: Span, described: KeyShape | None = None) -> Any:
        """The value as pydantic takes it, or BROKEN."""
        match node, shape:
            case Unread(), _:
                self.told.add(path)  # the reader has said why
                return BROKEN
            case Mapping(), SectionShape():
                return self._section(node, shape, path)
            case Mapping(), TableShape():
                return self._table(node, shape, path)
            case Mapping(), ListShape(one_or_many=True):
                item = (*path, 0)
                self._note(item, self.places.locate(path).key, node, key_span)
                return (self._value(node, shape.item, item, key_span),)
            case Sequence(), ListShape():
                return tuple(self._items(node, [shape.item] * len(node.items), path, key_span))
            case Sequence(), PairShape() if len(node.items) == len(shape.items):
                return tuple(self._items(node, list(shape.items), path, key_span))
            case Scalar(), SectionShape() | TableShape() | ListShape() | PairShape():
                return self._misfit(node, shape, path, described)
            case Scalar(), _:
                return self._scalar(node, shape, path, described)
        return self._misfit(node, shape, path, described)

    def _items(self, node: Sequence, shapes: list[Shape], path: Path, key_span: Span) -> Iterator[Any]:
        parent = self.places.locate(path).key
        for index, (item, shape) in enumerate(zip(node.items, shapes, strict=True)):
            here = (*path, index)
            around = _first_span(item) or key_span
            self._note(here, f"{parent}[{index}]", item, around)
            yield self._value(item, shape, here, around)

    def _table(self, node: Mapping, shape: TableShape, path: Path) -> Data:
        data: Data = {}
        parent = self.places.locate(path).key
        for entry in self._once(node, path):
            name, here = entry.key.text, (*path, entry.key.text)
            self.places.put(here, Place(child_key(parent, quoted(name)), entry.key.span))
            if not _is_name(name, shape.name):
                wrong = wrong_name(name, shape.name)
                self._tell(Finding(here, wrong.message, wrong.hint))
                continue
            data[name] = self._value(entry.value, shape.value, here, entry.key.span)
        return data

    def _scalar(self, node: Scalar, shape: Shape, path: Path, described: KeyShape | None) -> Any:
        try:
            return read_scalar(node, shape)
        except Mistake as mistake:
            hint = mistake.hint
            if not hint and isinstance(shape, DurationShape):
                usual_s = described.default if described is not None and isinstance(described.default, float) else None
                hint = f"write {with_unit(node.text, shape.bounds, usual_s)}"
            self._tell(Finding(path, mistake.message, hint))
            return BROKEN

    def _misfit(self, node: Node, shape: Shape, path: Path, described: KeyShape | None) -> Any:
        what, hint = "keys are", f"write {wanted(shape, described)}"
        match node, shape:
            case Scalar(), ListShape(item=item) if isinstance(item, ScalarShape):
                what, hint = f"{quoted(node.text)} is", f"write [{quoted(node.text)}]"
            case Scalar(), _:
                what = f"{quoted(node.text) or 'nothing'} is"
            case Sequence(), _:
                what = "a list is"
        self._tell(Finding(path, f"{what} not what belongs here", hint, span=node.span))
        return BROKEN

    def _tell(self, finding: Finding) -> None:
        self.findings.add(finding)
        self.told.add(finding.path)


def read_scalar(node: Scalar, shape: Shape) -> Any:
    """The scalar as its key wants it. Raises Mistake; choices, lengths and bounds are judged later."""
    match shape:
        case NumberShape():
            return number(node, shape)
        case TruthShape():
            return truth(node)
        case DurationShape():
            return seconds(node.text)
        case TimeShape():
            return time_of_night(node.text)
        case DateShape():
            return month_day(node.text)
    return node.text  # as written: 0042, on, 5


def _elsewhere(name: str) -> str | None:
    """Where a key belongs that is known, but not here."""
    homes = [f"{section.key}.{name}" for section in settings_shape().keys if _has(section.shape, name)]
    if settings_shape().by_key(name) is not None:
        homes.append(f"{name} at the beginning of a line")
    return f"is {homes[0]} meant?" if homes else None


def _has(shape: Shape, key: str) -> bool:
    return isinstance(shape, SectionShape) and shape.by_key(key) is not None


def _is_name(name: str, shape: TextShape) -> bool:
    in_length = shape.least_length <= len(name) <= (shape.most_length or len(name))
    return in_length and (shape.letters is None or shape.letters(name))


def _first_span(node: Node) -> Span | None:
    """Where a block of keys or entries begins."""
    while True:
        if node.span is not None:
            return node.span
        match node:
            case Mapping(entries=(first, *_)):
                return first.key.span
            case Sequence(items=(first_item, *_)):
                node = first_item
            case _:
                return None
