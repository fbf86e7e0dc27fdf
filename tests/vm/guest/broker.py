"""A mosquitto of the host's on a free loopback port, and an operator who listens to it and gives commands."""

import queue
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

MOSQUITTO = "/usr/sbin/mosquitto"


class Broker:
    """The guest reaches it as ``broker.test`` (10.0.2.2), for qemu's user network ends at the host's loopback."""

    def __init__(self) -> None:
        self.port = _free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="streetlight-broker-")
        config = Path(self._folder.name) / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        log = (config.parent / "log").open("wb")
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", MOSQUITTO, "-c", str(config)], stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        _wait_for(self.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()


class Message(msgspec.Struct, frozen=True):
    topic: str
    retained: bool
    body: dict[str, Any]


class Operator:
    """Hears everything below ``topic`` (MQTT 5), and keeps all of it in the order of arrival."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self._arrived: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self.heard: list[Message] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self._client.on_message = lambda _client, _user, message: self._arrived.put(
            Message(message.topic, message.retain, msgspec.json.decode(message.payload))
        )
        subscribed = queue.SimpleQueue[bool]()
        self._client.on_subscribe = lambda *_: subscribed.put(True)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        subscribed.get(timeout=10)

    def wait_for(self, suffix: str, timeout_s: float = 30, **fields: object) -> Message:
        """The first message, heard earlier or yet to come, whose topic ends so and whose body has these fields.

        Raises AssertionError with what was heard instead.
        """
        for message in self.heard:
            if _matches(message, suffix, fields):
                return message
        return self.wait_for_next(suffix, timeout_s, **fields)

    def wait_for_next(self, suffix: str, timeout_s: float = 30, **fields: object) -> Message:
        """As ``wait_for``, among what has not been looked at yet."""
        end_s = time.monotonic() + timeout_s
        while (left_s := end_s - time.monotonic()) > 0:
            try:
                message = self._arrived.get(timeout=left_s)
            except queue.Empty:
                break
            self.heard.append(message)
            if _matches(message, suffix, fields):
                return message
        latest = "\n".join(f"{message.topic} {message.body}" for message in self.heard[-15:])
        raise AssertionError(f"no {suffix} with {fields} within {timeout_s} s; heard last:\n{latest}")

    def listen(self, for_s: float) -> None:
        """Keep all that comes in this time."""
        end_s = time.monotonic() + for_s
        while (left_s := end_s - time.monotonic()) > 0:
            try:
                self.heard.append(self._arrived.get(timeout=left_s))
            except queue.Empty:
                return

    def command(self, topic: str, *, expiry_s: int, **body: object) -> None:
        """Publish a command that the broker itself lets expire (MQTT 5), so that a lamp without a clock may obey it too."""
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = expiry_s
        sent = self._client.publish(topic, msgspec.json.encode(body), qos=1, properties=properties)
        sent.wait_for_publish(10)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def _matches(message: Message, suffix: str, fields: dict[str, object]) -> bool:
    return message.topic.endswith(suffix) and all(message.body.get(name) == value for name, value in fields.items())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ConnectionError("mosquitto does not come up")
