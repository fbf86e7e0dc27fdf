"""The JSON Schema of the config file as technicians write it: for editors, and for whoever generates configs."""

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from agent.config.durations import PATTERN as DURATION
from agent.config.durations import written
from agent.config.moments import CLOCK_PATTERN, DATE_PATTERN, SUN_PATTERN
from agent.config.shapes import (
    Bounds,
    ChoiceShape,
    DateShape,
    DurationShape,
    KeyShape,
    ListShape,
    NumberShape,
    PairShape,
    SectionShape,
    Shape,
    TableShape,
    TextShape,
    TimeShape,
    TruthShape,
    settings_shape,
)
from agent.config.wording import range_of

Schema = dict[str, Any]
_NOT_EMPTY = r"^(?=\d)"  # every part of a duration may be left out, but not all


def json_schema() -> Schema:
    """Draft 2020-12. Cross checks (pins, addresses, names of programmes) are beyond what it can say; ``check`` makes them."""
    definitions: Schema = {}
    root = _section(settings_shape(), definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Streetlight agent: one lamp",
        "description": "Durations are text with a unit (500ms, 5s, 10min, 2h, 7d); levels are percent of full light.",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _section(shape: SectionShape, definitions: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {each.key: _key(each, definitions) for each in shape.keys},
        "required": [each.key for each in shape.keys if each.required],
        "additionalProperties": False,
    }


def _key(described: KeyShape, definitions: Schema) -> Schema:
    schema = dict(_schema(described.shape, definitions))
    schema["description"] = _description(described)
    if described.doc.example is not None:
        schema["examples"] = [_example(described.doc.example, described.shape)]
    if _has_default(described):
        schema["default"] = as_written(described.default, described.shape)
    return schema


def _description(described: KeyShape) -> str:
    """The doc, the range in words, and what has no effect yet."""
    words = [described.doc.text]
    if isinstance(described.shape, DurationShape):
        words.append(f"Range: {range_of(described.shape)}.")
    mark = described.not_in_effect
    if mark is not None:
        words.append(f"Not in effect yet: {', '.join(mark.values)}." if mark.values else "Not in effect yet.")
    return " ".join(words)


def _has_default(described: KeyShape) -> bool:
    return not described.required and described.default is not None and described.default is not MISSING


def _example(text: str, shape: Shape) -> str | float:
    return float(text) if isinstance(shape, NumberShape) else text


def as_written(value: Any, shape: Shape) -> Any:
    """A value of the settings as it would stand in the file."""
    match shape:
        case DurationShape():
            return written(value)
        case ListShape() | PairShape():
            return list(value)
        case SectionShape() if is_dataclass(value):
            names = {each.name: each for each in shape.keys}
            values = ((names[each.name], getattr(value, each.name)) for each in fields(value))
            return {key.key: as_written(item, key.shape) for key, item in values if item is not None}
    return value


def _schema(shape: Shape, definitions: Schema) -> Schema:
    match shape:
        case SectionShape():
            return _reference(shape, definitions)
        case TableShape():
            return {
                "type": "object",
                "propertyNames": _text(shape.name),
                "additionalProperties": _schema(shape.value, definitions),
            }
        case ListShape():
            return _list(shape, definitions)
        case PairShape():
            items = [_schema(each, definitions) for each in shape.items]
            return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
        case NumberShape():
            return {"type": "integer" if shape.whole else "number", **_bounds(shape.bounds)}
        case DurationShape():
            return {"type": "string", "pattern": f"{_NOT_EMPTY}{DURATION}$"}
        case TimeShape():
            return {"type": "string", "pattern": f"^({CLOCK_PATTERN}|{SUN_PATTERN})$"}
        case DateShape():
            return {"type": "string", "pattern": f"^{DATE_PATTERN}$"}
        case TruthShape():
            return {"type": "boolean"}
        case ChoiceShape():
            return {"enum": [spelling for value in shape.values for spelling in _spellings(value)]}
        case TextShape():
            return _text(shape)


def _reference(shape: SectionShape, definitions: Schema) -> Schema:
    if shape.name not in definitions:
        definitions[shape.name] = _section(shape, definitions)
    return {"$ref": f"#/$defs/{shape.name}"}


def _list(shape: ListShape, definitions: Schema) -> Schema:
    item = _schema(shape.item, definitions)
    many: Schema = {"type": "array", "items": item}
    if shape.least:
        many["minItems"] = shape.least
    return {"anyOf": [item, many]} if shape.one_or_many else many


def _text(shape: TextShape) -> Schema:
    """Other programs read ``0042`` as a number; here it is the text as written."""
    schema: Schema = {"type": ["string", "integer"]}
    if shape.least_length:
        schema["minLength"] = shape.least_length
    if shape.most_length is not None:
        schema["maxLength"] = shape.most_length
    if shape.letters is not None:
        schema["pattern"] = shape.letters.pattern
    return schema


def _spellings(value: str) -> tuple[str | int, ...]:
    """Other programs read ``protocol: 5`` as a number."""
    return (value, int(value)) if value.isdecimal() else (value,)


def _bounds(bounds: Bounds) -> Schema:
    named = {"minimum": bounds.least, "exclusiveMinimum": bounds.excluded, "maximum": bounds.most}
    return {name: value for name, value in named.items() if value is not None}
