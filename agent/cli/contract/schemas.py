"""The schema of every message on the wire, from its type: draft-07, as AsyncAPI has it, open to fields of later versions."""

import inspect
from collections.abc import Mapping
from typing import Any

import msgspec

from agent.cli.contract.payloads import COMMANDS
from agent.cli.contract.words import WORDS, Schema
from agent.delivery import Channel
from agent.link.commands import Verb
from agent.link.topics import Retained
from agent.link.wire import AckStamps, SampleStamps
from agent.messages import Ack, Alarms, Event, Info, State, Status, Telemetry

REFERENCE = "#/components/schemas/"

PUBLISHED: Mapping[Retained | Channel, type] = {
    Retained.STATUS: Status,
    Retained.INFO: Info,
    Retained.STATE: State,
    Retained.ALARMS: Alarms,
    Channel.TELEMETRY: Telemetry,
    Channel.EVENT: Event,
    Channel.ACK: Ack,
}
STAMPS: Mapping[Channel, type] = {Channel.TELEMETRY: SampleStamps, Channel.EVENT: SampleStamps, Channel.ACK: AckStamps}


def payload(of: Retained | Channel | Verb) -> Schema:
    """The reference to the schema of a message or of a command."""
    kind = COMMANDS[of] if isinstance(of, Verb) else PUBLISHED[of]
    return {"$ref": REFERENCE + kind.__name__}


def schemas() -> dict[str, Schema]:
    """By the names of the types. What the types cannot say is added: words of the core, stamps, what excludes what."""
    types = [*PUBLISHED.values(), *STAMPS.values(), *COMMANDS.values()]
    _, made = msgspec.json.schema_components(types, ref_template=REFERENCE + "{name}")
    found = {name: _object(name, schema) if "properties" in schema else _enum(schema) for name, schema in made.items()}
    for channel, stamps in STAMPS.items():
        body = PUBLISHED[channel].__name__
        found[body] = _stamped(found[stamps.__name__], found[body])
    for stamps in STAMPS.values():
        found.pop(stamps.__name__, None)
    found[COMMANDS[Verb.DIM].__name__]["not"] = {"required": ["duration_s", "until"]}
    return dict(sorted(found.items()))


def _object(name: str, schema: Schema) -> Schema:
    """Whatever has a default is on the wire all the same; UNSET alone is left out, and msgspec calls that no default."""
    properties = {field: _field(name, field, of) for field, of in schema["properties"].items()}
    required = [field for field, of in schema["properties"].items() if field in schema["required"] or "default" in of]
    text = inspect.cleandoc(schema["description"])
    return {"title": name, "description": text, "type": "object", "properties": properties, "required": required}


def _field(name: str, field: str, of: Schema) -> Schema:
    of = {key: value for key, value in of.items() if key != "default"}
    words = WORDS.get((name, field))
    if words is not None:
        return {**{key: of[key] for key in ("description", "examples") if key in of}, **words}
    if "$ref" in of and len(of) > 1:  # beside a reference draft-07 reads nothing
        return {**{key: value for key, value in of.items() if key != "$ref"}, "allOf": [{"$ref": of["$ref"]}]}
    return of


def _enum(schema: Schema) -> Schema:
    return {**schema, "description": inspect.cleandoc(schema["description"]), "type": "string"}


def _stamped(stamps: Schema, body: Schema) -> Schema:
    """As ``wire`` joins them: first the stamps, then the body, one object."""
    both: dict[str, Any] = {
        "properties": stamps["properties"] | body["properties"],
        "required": stamps["required"] + body["required"],
    }
    return {**body, **both}
