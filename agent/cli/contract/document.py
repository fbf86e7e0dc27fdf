"""The AsyncAPI document of one lamp: what ``asyncapi`` prints and what is committed as docs/asyncapi.json."""

import json
from dataclasses import fields
from typing import Any

from agent import __version__
from agent.cli.contract.channels import BASE, PARAMETERS, binding, channels, messages, operations
from agent.cli.contract.examples import published
from agent.cli.contract.schemas import schemas
from agent.cli.contract.words import Schema
from agent.link.connection import LARGEST_PACKET_BYTES
from agent.link.topics import Retained, Topics
from agent.settings.model import Broker

ABOUT = """\
What one street lamp says over MQTT and which commands it obeys, seen from the lamp: it sends what a platform subscribes to, and
receives what a platform publishes.

- **Form**: JSON objects in UTF-8. Times are RFC 3339; a lamp writes UTC with milliseconds and `Z`, and reads any offset. Levels
  are percent of full light. What a lamp has no part for is left out; what is configured but not believable now is null. A reader
  must bear with fields and words that it does not know.
- **Delivery**: QoS 1, so a message can come twice. Drop what you have by `(boot_id, seq)` of telemetry and events, and by `id`
  and `status` of acknowledgements. A gap in `seq` is a loss. What was buffered while the link was down is `historical`.
- **Versions**: MQTT 5; with a broker that refuses it 3.1.1, with the same meaning but for response topic, correlation data and
  message expiry, which it does not have.
- **Commands**: each carries an `id` of yours. It is answered on the lamp's `ack` topic: `accepted` and then `applied`, or
  `rejected` with its `code` and `message`, or `expired`; later `ended` or `superseded`. A repeated id is answered as before and
  does nothing more. Publish commands without the retain flag, and with the message expiry of MQTT 5 or with `ttl_s`: a lamp that
  was away must not obey yesterday's. `identify` and `self-test` are for one lamp only.
"""
SECURITY: Schema = {
    "userPassword": {"type": "userPassword", "description": "User name and password at the broker."},
    "clientCertificate": {"type": "X509", "description": "A certificate of the client's own."},
}


def document() -> Schema:
    """AsyncAPI 3.0.0; nothing in it depends on where or when it is made."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:streetlight:v1",
        "info": {
            "title": "streetlight-agent",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "tags": [{"name": "streetlight"}, {"name": "mqtt"}],
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": channels(),
        "operations": operations(),
        "components": {
            "schemas": schemas(),
            "messages": messages(),
            "parameters": dict(PARAMETERS),
            "securitySchemes": SECURITY,
        },
    }


def text() -> str:
    """The document as JSON, with its line end."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _servers() -> Schema:
    security = [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY]
    secure = {
        "host": "{host}:{port}",
        "protocol": "secure-mqtt",
        "protocolVersion": "5.0",
        "description": "The city's broker over TLS, which demands a password, a certificate or both.",
        "variables": {
            "host": {"description": "Name or address of the broker.", "examples": ["broker.example"]},
            "port": {"description": "Its port.", "default": "8883"},
        },
        "security": security,
        "bindings": _connection(),
    }
    local = {
        "host": "127.0.0.1:1883",
        "protocol": "mqtt",
        "protocolVersion": "5.0",
        "description": "A broker on the same machine, the only one to be reached without TLS unless the config permits others.",
        "bindings": _connection(),
    }
    return {"secure": secure, "local": local}


def _connection() -> Schema:
    """How a lamp connects, with the defaults of its config."""
    defaults: dict[str, Any] = {field.name: field.default for field in fields(Broker)}
    will = published()[Retained.STATUS]["will"].decode()
    return binding(
        clientId=Topics("{site}", "{lamp}").client_id,
        cleanSession=False,
        lastWill={"topic": f"{BASE}/{Retained.STATUS}", "qos": 1, "retain": True, "message": will},
        keepAlive=int(defaults["keepalive_s"]),
        sessionExpiryInterval=int(defaults["session_expiry_s"]),
        maximumPacketSize=LARGEST_PACKET_BYTES,
    )
