"""The other end of the broker: notes when the lamp is first heard, and publishes commands and bare messages alike."""

import json
import socket
from collections.abc import Callable
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from agent.clock import host_s
from bench.daemon import PATIENCE_S

BASE = "streetlight/v1/bench/lamp/lamp"


def client(port: int) -> Callable[[], Client]:
    """Makes clients that are connected, each with a thread of its own."""

    def make() -> Client:
        connected: SimpleQueue[None] = SimpleQueue()
        made = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        made.on_connect = lambda *_: connected.put(None)
        made.on_socket_open = _send_at_once
        made.connect("127.0.0.1", port)
        made.loop_start()
        connected.get(timeout=PATIENCE_S)
        return made

    return make


def _send_at_once(_client: Client, _userdata: Any, sock: Any) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class ControlRoom:
    def __init__(self, make_client: Callable[[], Client]) -> None:
        self._births: SimpleQueue[float] = SimpleQueue()
        self._ids = count(1)
        subscribed: SimpleQueue[None] = SimpleQueue()
        self._client = make_client()
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: subscribed.put(None)
        self._client.subscribe(f"{BASE}/status", 1)
        subscribed.get(timeout=PATIENCE_S)

    def birth_s(self) -> float:
        """When the next ``ready`` arrives, the first message of every start."""
        try:
            return self._births.get(timeout=PATIENCE_S)
        except Empty:
            raise TimeoutError(f"the lamp was not heard within {PATIENCE_S:g} s") from None

    def publish(self, topic: str, payload: bytes) -> float:
        """The moment before it."""
        at_s = host_s()
        self._client.publish(topic, payload, qos=1)
        return at_s

    def dim(self, level: float) -> float:
        """The moment before the command."""
        command = {"id": f"bench-{next(self._ids)}", "level": level}
        return self.publish(f"{BASE}/command/dim", json.dumps(command).encode())

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        at_s = host_s()
        if json.loads(message.payload)["status"] == "ready":
            self._births.put(at_s)
