"""Words that messages share: the nearest known name, a range with its unit, a list of alternatives."""

from collections.abc import Iterable
from difflib import get_close_matches

from agent.config.durations import written
from agent.config.findings import Mistake
from agent.config.problems import quoted
from agent.config.shapes import Bounds, DurationShape, NumberShape, TextShape

_MOST_COMPARED = 64  # characters: likeness costs the product of the lengths
_PLAINER = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": "-", "_": "-", ".": "-", "/": "-"})


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, whatever its capitals."""
    by_folded = {each.casefold(): each for each in known}
    folded = name[:_MOST_COMPARED].casefold()
    close = get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    if close:
        return by_folded[close[0]]
    begun = [each for each in by_folded if folded and (folded.startswith(each) or each.startswith(folded))]
    return by_folded[begun[0]] if len(begun) == 1 else None


def alternatives(names: Iterable[object]) -> str:
    """``a, b or c``."""
    *firsts, last = [str(name) for name in names]
    return f"{', '.join(firsts)} or {last}" if firsts else last


def range_of(shape: NumberShape | DurationShape) -> str:
    """``0 to 100 %``, ``1s to 1h``, ``more than 0 W and at most 10000 W``."""
    bounds = shape.bounds
    if isinstance(shape, DurationShape):
        return f"{written(bounds.least or 0)} to {written(bounds.most or 0)}"
    unit = f" {shape.unit}" if shape.unit else ""
    if bounds.excluded is not None:
        return (
            f"more than {plain(bounds.excluded)}" + ("" if bounds.most is None else f" and at most {plain(bounds.most)}") + unit
        )
    if bounds.most is None:
        return f"{plain(bounds.least or 0)} or more{unit}" if bounds.least is not None else f"a number{unit}"
    return f"{plain(bounds.least or 0)} to {plain(bounds.most)}{unit}"


def limit(value: float, shape: NumberShape | DurationShape) -> str:
    """One end of a range, with its unit."""
    if isinstance(shape, DurationShape):
        return written(value)
    return f"{plain(value)} {shape.unit}".rstrip()


def plain(value: float) -> str:
    """A number without a needless fraction or exponent."""
    return str(int(value)) if value == int(value) else repr(value)


def beyond(bounds: Bounds, value: float) -> tuple[str, float] | None:
    """How a value misses its bounds: ``("more than", 100)``; None where it does not."""
    if bounds.most is not None and value > bounds.most:
        return "more than", bounds.most
    if bounds.least is not None and value < bounds.least:
        return "less than", bounds.least
    if bounds.excluded is not None and value <= bounds.excluded:
        return "not more than", bounds.excluded
    return None


def wrong_name(text: str, shape: TextShape) -> Mistake:
    """What is wrong with a text that its shape does not allow."""
    if text and shape.letters is not None and not shape.letters(text):
        likely = text.lower().translate(_PLAINER)
        hint = f"write {likely}" if shape.letters(likely) else f"write {shape.letters.words} only"
        return Mistake(f"{quoted(text)} has characters other than {shape.letters.words}", hint)
    if shape.most_length is not None and len(text) > shape.most_length:
        return Mistake(f"{quoted(text)} is longer than {shape.most_length} characters", "write a shorter one")
    return Mistake("has no characters", "write at least one")
