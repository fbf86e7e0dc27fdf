"""What to write for a key, as an example: for problems that say what belongs there."""

from dataclasses import MISSING

from agent.config.durations import written
from agent.config.shapes import ChoiceShape, DurationShape, KeyShape, ListShape, PairShape, SectionShape, Shape, TableShape
from agent.config.wording import plain


def wanted(shape: Shape, described: KeyShape | None = None) -> str:
    """To follow ``write``: ``a list such as [{at: sunrise-45min, level: 60}]``, ``a value such as 17``."""
    match shape:
        case SectionShape() if any(each.required for each in shape.keys):
            return f"keys such as {_value(shape)}"
        case SectionShape():
            return f"its keys ({', '.join(each.key for each in shape.keys)}) on the lines below, indented"
        case TableShape():
            return f"names, each with {wanted(shape.value)}"
        case ListShape():
            return f"a list such as {_value(shape)}"
        case PairShape():
            return f"{len(shape.items)} values in [ ]"
        case ChoiceShape():
            return f"one of {', '.join(shape.values)}"
    example = _value(shape, described)
    return f"a value such as {example}" if example else "a value"


def assignment(described: KeyShape) -> str:
    """To follow ``write``: ``driver: pwm``."""
    return f"{described.key}: {_value(described.shape, described) or '...'}"


def _value(shape: Shape, described: KeyShape | None = None) -> str:
    """An example in one line; empty where there is none."""
    if described is not None and described.doc.example is not None:
        return described.doc.example
    match shape:
        case SectionShape():
            return f"{{{', '.join(assignment(each) for each in shape.keys if each.required)}}}"
        case ListShape():
            return f"[{_value(shape.item) or '...'}]"
        case ChoiceShape():
            return shape.values[0]
        case PairShape():
            return f"[{', '.join(_value(each) or '0' for each in shape.items)}]"
    return _default(shape, described)


def _default(shape: Shape, described: KeyShape | None) -> str:
    value = MISSING if described is None else described.default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return written(value) if isinstance(shape, DurationShape) else plain(value)
    return value if isinstance(value, str) else ""
