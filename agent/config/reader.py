"""From text to a tree: YAML without what makes it dangerous (anchors, tags, documents, depth), read without recursion."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import yaml
from yaml.reader import ReaderError

from agent.config.files import MOST_BYTES
from agent.config.findings import Finding
from agent.config.lines import breaks_in, lines_of
from agent.config.syntax import Mark, Unreadable, explain
from agent.config.tree import EMPTY, START, Entry, Mapping, Node, Scalar, Sequence, Span, Unread, span_of

MOST_DEPTH = 20
_MOST_SECTIONS = 50
_SECTION = re.compile(r"^([A-Za-z_][\w-]*)[ ]*:(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """``root`` holds every section that could be read, and ``Unread`` where one could not."""

    root: Mapping
    findings: tuple[Finding, ...] = ()


def read(text: str) -> Document:
    """The whole file, or where it is broken each section that is well-formed by itself."""
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        return _refused("the file is larger than 256 KiB", "a lamp's config takes a few kB; is this the right file?")
    try:
        root = _parse(text)
    except Unreadable as error:
        return _piecewise(text, error)
    match root:
        case None:
            return Document(EMPTY)
        case Mapping():
            return Document(root)
        case _:
            return _refused("the file holds no sections", "write SECTION: at the beginning of a line, its keys indented below")


def _refused(message: str, hint: str) -> Document:
    return Document(EMPTY, (Finding((), message, hint, span=START, key=""),))


def _piecewise(text: str, whole: Unreadable) -> Document:
    """Reads section by section, so that one broken section hides neither the problems nor the worth of the others."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    for name, first_line, chunk in _sections(text):
        try:
            section = _parse(chunk, first_line)
        except Unreadable as error:
            span = Span(first_line + 1, 1, len(name))
            entries.append(Entry(Scalar(name, True, span), Unread(span)))
            findings.append(Finding((), error.message, error.hint, span=error.span, key=name))
        else:
            entries.extend(section.entries if isinstance(section, Mapping) else ())
    if not findings:  # each is well-formed, but not all of them together
        findings.append(Finding((), whole.message, whole.hint, span=whole.span, key=""))
    return Document(Mapping(tuple(entries), None), tuple(findings))


def _sections(text: str) -> Iterator[tuple[str, int, str]]:
    """Each top-level section: its key, the lines above it, its text."""
    starts = list(_SECTION.finditer(text))[: _MOST_SECTIONS + 1]
    if len(starts) > _MOST_SECTIONS:
        return
    bounds = [0, *(start.start() for start in starts), len(text)]
    first_line = 0
    for start, (above, begin), end in zip(starts, pairwise(bounds), bounds[2:], strict=False):
        first_line += breaks_in(text[above:begin])
        yield start[1], first_line, text[begin:end]


def _parse(text: str, lines_above: int = 0) -> Node | None:
    """None where nothing is written but comments. Raises Unreadable."""
    builder = _Builder(lines_above)
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _moved(explain(error), lines_above) from None
    except ReaderError as error:
        before = lines_of(text[: error.position])
        span = Span(len(before), len(before[-1]) + 1)
        raise _moved(
            Unreadable(span, "a character that does not print", "remove it, and type the line anew"), lines_above
        ) from None
    except (ValueError, OverflowError):  # PyYAML on \UFFFFFFFF and on %YAML with a number of thousands of digits
        raise Unreadable(Span(lines_above + 1, 1), "an escape that is no character", "use single quotes") from None
    return builder.root


def _moved(error: Unreadable, lines_above: int) -> Unreadable:
    return replace(error, span=replace(error.span, line=error.span.line + lines_above))


@dataclass(slots=True)
class _Open:
    """A collection that is not yet closed."""

    start: yaml.CollectionStartEvent
    nodes: list[Node] = field(default_factory=list)  # of a mapping: key, value, key, value


@dataclass(slots=True)
class _Builder:
    """Takes the parser's events. Not ``yaml.compose``: that recurses, and resolves what is refused here."""

    lines_above: int
    root: Node | None = None
    _open: list[_Open] = field(default_factory=list)
    _documents: int = 0

    def take(self, event: yaml.Event) -> None:
        self._refuse(event)
        match event:
            case yaml.ScalarEvent():
                self._put(Scalar(event.value, event.style is None, self._span(event.start_mark, event.end_mark)))
            case yaml.CollectionStartEvent():
                self._open.append(_Open(event))
            case yaml.SequenceEndEvent():
                closed = self._open.pop()
                self._put(Sequence(tuple(closed.nodes), self._span_of_all(closed, event)))
            case yaml.MappingEndEvent():
                closed = self._open.pop()
                self._put(Mapping(_entries(closed.nodes), self._span_of_all(closed, event)))

    def _put(self, node: Node) -> None:
        if self._open:
            self._open[-1].nodes.append(node)
        else:
            self.root = node

    def _span(self, start: Mark | None, end: Mark | None) -> Span:
        if start is None or end is None:  # PyYAML's parser gives every event both
            return START
        width = end.column - start.column if end.line == start.line else 1
        return Span(start.line + 1 + self.lines_above, start.column + 1, max(1, width))

    def _span_of_all(self, opened: _Open, closing: yaml.Event) -> Span | None:
        start, end = opened.start.start_mark, closing.end_mark
        on_one_line = opened.start.flow_style and start is not None and end is not None and start.line == end.line
        return self._span(start, end) if on_one_line else None

    def _refuse(self, event: yaml.Event) -> None:
        refusal = self._refusal(event)
        if refusal is not None:
            raise Unreadable(self._span(event.start_mark, event.start_mark), *refusal)

    def _refusal(self, event: yaml.Event) -> tuple[str, str] | None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                return ("a second document begins", "remove the line with ---") if self._documents > 1 else None
            case yaml.AliasEvent():
                return "an alias (a word with *)", "write the value out, or put it in quotes"
            case yaml.NodeEvent(anchor=str()):
                return "an anchor (a word with &)", "remove it, and write the value out where it is used"
            case yaml.ScalarEvent(tag=str()) | yaml.CollectionStartEvent(tag=str()):
                return "a tag (a word with !)", "remove it, or put the value in quotes"
            case yaml.CollectionStartEvent() if len(self._open) >= MOST_DEPTH:
                return f"nested deeper than {MOST_DEPTH} levels", "no setting needs that; is this the right file?"
        return None


def _entries(nodes: list[Node]) -> tuple[Entry, ...]:
    """Pairs of key and value; what cannot be a key is refused, and so is the merge key."""
    entries = []
    for key, value in zip(nodes[::2], nodes[1::2], strict=True):
        if not isinstance(key, Scalar):
            raise Unreadable(span_of(key, START), "a list or a mapping stands where a key belongs", "write KEY: VALUE")
        if key.plain and key.text == "<<":
            raise Unreadable(key.span, "a merge key (<<)", "write the keys out")
        entries.append(Entry(key, value))
    return tuple(entries)
