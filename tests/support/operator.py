"""The other end: a client that sees all that lamps publish, holds it against its schema, and sends them commands."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from support.contract import problem

WITHIN_S = 8.0


@dataclass(frozen=True)
class Seen:
    topic: str
    payload: bytes
    retained: bool
    correlation: bytes | None

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.payload)
        return value


class Operator:
    """A message that is not as the AsyncAPI document has it fails the test, at the latest on ``close``."""

    def __init__(self, port: int, topic: str = "streetlight/#", ca_file: str | None = None) -> None:
        self.seen: list[Seen] = []
        self._problems: list[str] = []
        self._news = threading.Condition()
        self._subscribed = threading.Event()
        self._topic = topic
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(self._topic, 1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        if ca_file is not None:
            self._client.tls_set(ca_file)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._subscribed.wait(WITHIN_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        assert not self._problems, self._problems[:3]

    def send(self, topic: str, payload: object, *, retain: bool = False, qos: int = 1, **properties: object) -> None:
        """Publish, and wait until the broker has it. Bytes go as they are, anything else as JSON."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        extra = Properties(PacketTypes.PUBLISH)
        for name, value in properties.items():
            setattr(extra, name, value)
        self._client.publish(topic, body, qos, retain, extra).wait_for_publish(WITHIN_S)

    def wait(self, is_wanted: Callable[[Seen], bool], count: int = 1, within_s: float = WITHIN_S) -> list[Seen]:
        """The first so many messages of this kind, waited for."""
        with self._news:
            enough = self._news.wait_for(lambda: sum(map(is_wanted, self.seen)) >= count, within_s)
            found = [seen for seen in self.seen if is_wanted(seen)]
        assert not self._problems, self._problems[:3]
        assert enough, f"{len(found)} of {count} came; all: {[(seen.topic, seen.payload[:80]) for seen in self.seen[-20:]]}"
        return found[:count]

    def wait_topic(self, end: str, count: int = 1, within_s: float = WITHIN_S) -> list[Seen]:
        return self.wait(lambda seen: seen.topic.endswith(end), count, within_s)

    def wait_status(self, status: str, count: int = 1, within_s: float = WITHIN_S) -> list[Seen]:
        return self.wait(lambda seen: seen.topic.endswith("/status") and seen.json["status"] == status, count, within_s)

    def forget(self) -> None:
        with self._news:
            self.seen.clear()

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        correlation = getattr(message.properties, "CorrelationData", None)
        wrong = problem(message.topic, bytes(message.payload))
        with self._news:
            self._problems += [] if wrong is None else [wrong]
            self.seen.append(Seen(message.topic, bytes(message.payload), message.retain, correlation))
            self._news.notify_all()
