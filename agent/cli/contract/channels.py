"""Channels, operations and messages: one channel for each topic, as the lamp sees it, who sends what a lamp publishes."""

import json
from collections.abc import Mapping
from typing import Any

from agent.cli.contract.examples import ordered, published
from agent.cli.contract.payloads import COMMANDS
from agent.cli.contract.schemas import PUBLISHED, payload
from agent.cli.contract.words import Schema
from agent.delivery import Channel
from agent.link.commands import LARGEST_BYTES, ONE_LAMP_ONLY, Verb
from agent.link.topics import ROOT, Retained, Target

BINDING = "0.2.0"  # version of AsyncAPI's MQTT bindings
SITE = f"{ROOT}/{{site}}"
BASE = f"{SITE}/lamp/{{lamp}}"
REPLY = "reply"

PARAMETERS: Mapping[str, Schema] = {
    "site": {"description": "Name of the site: a-z, 0-9 and -.", "examples": ["duisburg-altstadt"]},
    "lamp": {"description": "Id of the lamp: a-z, 0-9 and -.", "examples": ["lamp-0042"]},
    "group": {"description": "Name of the group: a-z, 0-9 and -.", "examples": ["koenigstrasse"]},
}
PREFIXES: Mapping[Target, str] = {
    Target.LAMP: f"{BASE}/command",
    Target.GROUP: f"{SITE}/group/{{group}}/command",
    Target.ALL: f"{SITE}/all/command",
}
FOR: Mapping[Target, tuple[str, str]] = {  # what it adds to a name, and to a sentence
    Target.LAMP: ("", "one lamp"),
    Target.GROUP: ("ToGroup", "the lamps of a group"),
    Target.ALL: ("ToAll", "all lamps of a site"),
}
PROPERTIES: Schema = {
    "type": "object",
    "description": "Properties of MQTT 5, not among its user properties; all of them optional, and unknown to MQTT 3.1.1.",
    "properties": {
        "responseTopic": {"type": "string", "description": "Where the answers shall go too."},
        "correlationData": {"type": "string", "description": "Bytes that come back with each answer there."},
    },
}

EXPIRY: Schema = {
    "type": "integer",
    "minimum": 1,
    "description": "Seconds after which no lamp gets it any more; yours to choose.",
}


def channels() -> dict[str, Schema]:
    """By name; addresses as the topics have them."""
    own = {last.value: _channel(f"{BASE}/{last}", last.value, _text(PUBLISHED[last])) for last in PUBLISHED}
    commands = {
        _name(verb, target): _channel(f"{PREFIXES[target]}/{verb}", verb.value, f"{verb} for {FOR[target][1]}.")
        for verb in Verb
        for target in _targets(verb)
    }
    reply = {
        "address": None,
        "description": "The response topic that an MQTT 5 command named.",
        "messages": {Channel.ACK.value: {"$ref": f"#/components/messages/{Channel.ACK}"}},
    }
    return {**own, **commands, REPLY: reply}


def operations() -> dict[str, Schema]:
    """What a lamp does on each channel."""
    own = {f"send{last.title()}": _sending(last) for last in PUBLISHED}
    return own | {f"receive{_upper(_name(verb, target))}": _receiving(verb, target) for verb in Verb for target in _targets(verb)}


def messages() -> dict[str, Schema]:
    """Each with examples that its own schema takes."""
    own = {last.value: _message(_text(PUBLISHED[last]), payload(last), shown) for last, shown in published().items()}
    own[Channel.ACK]["correlationId"] = {
        "description": "The id of the command; its correlation data comes back too, but on the response topic alone.",
        "location": "$message.payload#/id",
    }
    return own | {verb.value: _command(verb, shown) for verb, shown in ordered().items()}


def binding(**more: Any) -> Schema:
    return {"mqtt": {**more, "bindingVersion": BINDING}}


# --- one by one


def _channel(address: str, message: str, text: str) -> Schema:
    names = [name for name in PARAMETERS if f"{{{name}}}" in address]
    return {
        "address": address,
        "description": text,
        "parameters": {name: {"$ref": f"#/components/parameters/{name}"} for name in names},
        "messages": {message: {"$ref": f"#/components/messages/{message}"}},
    }


def _sending(last: Retained | Channel) -> Schema:
    retained = isinstance(last, Retained)
    kept = "Retained: the broker keeps the newest." if retained else "Not retained; buffered on disk while the link is down."
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{last}"},
        "summary": f"{_text(PUBLISHED[last])} {kept}",
        "messages": [{"$ref": f"#/channels/{last}/messages/{last}"}],
        "bindings": binding(qos=1, retain=retained),
    }


def _receiving(verb: Verb, target: Target) -> Schema:
    name = _name(verb, target)
    spread = "" if target is Target.LAMP else " Each lamp answers for itself, spread over 5 s."
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": f"{_text(COMMANDS[verb])} For {FOR[target][1]}.{spread}",
        "messages": [{"$ref": f"#/channels/{name}/messages/{verb}"}],
        "bindings": binding(qos=1, retain=False, messageExpiryInterval=EXPIRY),
        "reply": {
            "address": {
                "description": "Every answer also goes to the ack topic of the lamp, whether or not this one was named.",
                "location": "$message.header#/responseTopic",
            },
            "channel": {"$ref": f"#/channels/{REPLY}"},
            "messages": [{"$ref": f"#/channels/{REPLY}/messages/{Channel.ACK}"}],
        },
    }


def _message(text: str, of: Schema, shown: Mapping[str, bytes]) -> Schema:
    return {
        "summary": text,
        "contentType": "application/json",
        "payload": of,
        "examples": [{"name": name, "payload": json.loads(body)} for name, body in shown.items()],
    }


def _command(verb: Verb, shown: Mapping[str, bytes]) -> Schema:
    """A response topic and correlation data are the sender's to choose, so their binding says only what they are."""
    return {
        **_message(_text(COMMANDS[verb]), payload(verb), shown),
        "description": f"A JSON object of at most {LARGEST_BYTES} bytes; nothing at all is ignored. Not to be retained.",
        "headers": PROPERTIES,
        "correlationId": {"location": "$message.payload#/id"},
        "bindings": binding(responseTopic={"type": "string"}, correlationData={"type": "string"}),
    }


def _targets(verb: Verb) -> tuple[Target, ...]:
    return (Target.LAMP,) if verb in ONE_LAMP_ONLY else tuple(Target)


def _name(verb: Verb, target: Target) -> str:
    first, *others = verb.split("-")
    return first + "".join(map(_upper, others)) + FOR[target][0]


def _upper(name: str) -> str:
    return name[0].upper() + name[1:]


def _text(kind: type) -> str:
    """What the type's docstring says in its first sentence."""
    words = " ".join((kind.__doc__ or "").split())
    return words if words.find(". ") < 0 else words[: words.find(". ") + 1]
