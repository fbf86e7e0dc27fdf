"""Holds what a lamp publishes against the AsyncAPI document: every message, and closed to fields and words beyond it."""

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from agent.cli.contract.document import document

OF_A_LAMP = re.compile(r"streetlight/v1/[a-z0-9-]+/lamp/[a-z0-9-]+/(\w+)")
ANSWERS = "answers/"  # where the tests have answers sent


def problem(topic: str, payload: bytes) -> str | None:
    """What is wrong with a lamp's message; None if nothing is, or if no lamp publishes there."""
    found = OF_A_LAMP.fullmatch(topic)
    if found is None and not topic.startswith(ANSWERS):
        return None
    return misfit("ack" if found is None else found[1], payload)


def misfit(message: str, payload: bytes) -> str | None:
    """What is wrong with a payload as the message of that name, the first thing."""
    try:
        value = json.loads(payload)
    except ValueError as error:
        return f"{message}: {error}: {payload[:80]!r}"
    errors = sorted(validator(message).iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
    return f"{message}: {errors[0].json_path}: {errors[0].message[:200]}" if errors else None


@cache
def validator(message: str, *, is_open: bool = False) -> Draft7Validator:
    """``is_open``: as published, which bears with fields and words of later versions."""
    made = document()
    components = made["components"] if is_open else _closed(made["components"])
    schema = components["messages"][message]["payload"]
    return Draft7Validator({"allOf": [schema], "components": components})


def _closed(value: Any) -> Any:
    """No field, no word and no chip but those that are named."""
    if isinstance(value, list):
        return [_closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    match value.get("anyOf"):
        case [{"enum": words}, {"type": "string"}]:
            return {"enum": words}
    closed = {key: _closed(each) for key, each in value.items()}
    return closed | {"additionalProperties": False} if "required" in value and "properties" in value else closed
