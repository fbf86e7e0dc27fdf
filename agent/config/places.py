"""Where in the file each value stands, and how its key is spelt there."""

from dataclasses import dataclass, field

from agent.config.findings import Finding, Path
from agent.config.problems import Problem
from agent.config.shapes import ListShape, PairShape, SectionShape, Shape, TableShape, settings_shape
from agent.config.tree import START, Span


@dataclass(frozen=True, slots=True)
class Place:
    key: str
    span: Span
    text: str = ""  # the scalar as written


@dataclass(slots=True)
class Places:
    """By path in the settings. What is not written is at the nearest thing around it that is."""

    _by_path: dict[Path, Place] = field(default_factory=lambda: {(): Place("", START)})

    def put(self, path: Path, place: Place) -> None:
        self._by_path[path] = place

    def written(self, path: Path) -> bool:
        return path in self._by_path

    def text(self, path: Path) -> str:
        """The value as written, empty for what is none."""
        place = self._by_path.get(path)
        return "" if place is None else place.text

    def locate(self, path: Path) -> Place:
        known = path
        while known not in self._by_path:
            known = known[:-1]
        place = self._by_path[known]
        return Place(_spelt(place.key, known, path), place.span)

    def problem(self, file: str, finding: Finding) -> Problem:
        """The finding as it is shown."""
        place = self.locate(finding.path)
        span = place.span if finding.span is None else finding.span
        key = place.key if finding.key is None else finding.key
        return Problem(file, span.line, span.column, key, finding.severity, finding.message, finding.hint, span.width)


def shape_at(path: Path) -> Shape:
    """The shape of what stands at a path of the settings."""
    shape: Shape = settings_shape()
    for step in path:
        shape = _below(shape, step)
    return shape


def child_key(parent: str, key: str) -> str:
    return f"{parent}.{key}" if parent else key


def _spelt(key: str, known: Path, path: Path) -> str:
    shape = shape_at(known)
    for step in path[len(known) :]:
        described = shape.by_name(str(step)) if isinstance(shape, SectionShape) else None
        key = f"{key}[{step}]" if isinstance(step, int) else child_key(key, described.key if described else step)
        shape = _below(shape, step)
    return key


def _below(shape: Shape, step: str | int) -> Shape:
    match shape:
        case SectionShape():
            described = shape.by_name(str(step))
            return shape if described is None else described.shape
        case TableShape():
            return shape.value
        case ListShape():
            return shape.item
        case PairShape() if isinstance(step, int) and step < len(shape.items):
            return shape.items[step]
    return shape
