"""What PyYAML's parser complains of, in the words of someone who edits a file."""

from dataclasses import dataclass
from typing import Protocol

import yaml

from agent.config.tree import START, Span


@dataclass(frozen=True, slots=True)
class Unreadable(Exception):  # noqa: N818 -- the file, not the reader
    """The text is not YAML, or YAML that a config file does not need."""

    span: Span
    message: str
    hint: str


class Mark(Protocol):
    """What is used of PyYAML's marks; both count from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class _Saying:
    """Parts of PyYAML's words. ``at_context``: point to where it began, not to where it was seen."""

    problem: str
    context: str
    message: str
    hint: str
    at_context: bool = False


_SAYINGS = (
    _Saying("character '\\t'", "", "a tab", "indent with spaces"),
    _Saying("found character '%'", "", "a value cannot begin with %", "put it in quotes"),
    _Saying("found character '@'", "", "a value cannot begin with @", "put it in quotes"),
    _Saying("found character '`'", "", "a value cannot begin with a backtick", "put it in quotes"),
    _Saying("end of stream", "quoted scalar", "the quote is never closed", "close it on the same line", at_context=True),
    _Saying("document separator", "quoted scalar", "the quote is never closed", "close it on the same line", at_context=True),
    _Saying("escape", "double-quoted", "a backslash inside double quotes begins an escape", "use single quotes, or write \\\\"),
    _Saying(
        "expected escape sequence", "", "a backslash inside double quotes begins an escape", "use single quotes, or write \\\\"
    ),
    _Saying(
        "expected ':'", "simple key", "this line has no colon", "write KEY: VALUE, with a space after the colon", at_context=True
    ),
    _Saying(
        "mapping values are not allowed",
        "",
        "a colon that does not fit here",
        "check the indentation of this line and the one above, and put a value that holds ': ' in quotes",
    ),
    _Saying(
        "sequence entries are not allowed",
        "",
        "a list entry that does not fit here",
        "begin each '- ' on a line of its own, below its key",
    ),
    _Saying("found '<stream end>'", "flow mapping", "the { is never closed", "close it with }", at_context=True),
    _Saying("got '<stream end>'", "flow mapping", "the { is never closed", "close it with }", at_context=True),
    _Saying("got '<stream end>'", "flow sequence", "the [ is never closed", "close it with ]", at_context=True),
    _Saying(
        "expected ',' or '}'",
        "",
        "a comma or a } is missing before this",
        "separate the entries within { } with commas and close them with }",
    ),
    _Saying(
        "expected ',' or ']'",
        "",
        "a comma or a ] is missing before this",
        "separate the entries within [ ] with commas and close them with ]",
    ),
    _Saying("found '-'", "block mapping", "a list entry among keys", "indent the list below its key"),
    _Saying(
        "expected <block end>",
        "block collection",
        "a key among list entries",
        "begin it with '- ', or indent it as far as the entry it belongs to",
    ),
    _Saying("expected <block end>", "", "this does not fit its surroundings", "indent it as far as the lines it belongs to"),
    _Saying("undefined tag", "", "a tag (a word with !)", "remove it, or put the value in quotes"),
    _Saying("", "scanning a tag", "a tag (a word with !)", "remove it, or put the value in quotes"),
    _Saying("", "scanning an alias", "an alias (a word with *)", "write the value out, or put it in quotes"),
    _Saying("", "scanning an anchor", "an anchor (a word with &)", "remove it, or put the value in quotes"),
    _Saying("", "scanning a directive", "a line cannot begin with %", "remove the line"),
    _Saying(
        "expected '<document start>'",
        "",
        "text outside of all sections",
        "write SECTION: at the beginning of a line, its keys indented below",
    ),
    _Saying("", "block scalar", "a block of text that is not well formed", "write the value on the line of its key"),
)


def explain(error: yaml.MarkedYAMLError) -> Unreadable:
    """The parser's error as a person would put it; what is not foreseen keeps the parser's own words."""
    problem, context = error.problem or "", error.context or ""
    saying = next((each for each in _SAYINGS if each.problem in problem and each.context in context), None)
    where = error.problem_mark or error.context_mark
    if saying is not None and saying.at_context and error.context_mark is not None:
        where = error.context_mark
    span = START if where is None else Span(where.line + 1, where.column + 1)
    if saying is None:
        return Unreadable(span, f"not valid YAML: {problem or context}", "check the indentation and the quotes here")
    return Unreadable(span, saying.message, saying.hint)
