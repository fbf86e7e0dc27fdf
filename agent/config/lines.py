"""Lines as YAML counts them, so that numbers in problems and excerpts from the file agree."""

import re

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def lines_of(text: str) -> list[str]:
    """The lines, without their breaks."""
    return _BREAK.split(text)


def breaks_in(text: str) -> int:
    return sum(1 for _ in _BREAK.finditer(text))
