"""The operator's side of MQTT: one command out, its acknowledgements in. A plain client, for as long as one command takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from agent.clock import host_s
from agent.link.endpoint import Endpoint

CONNECT_S = 5.0
QUIET_S = 0.3  # so long after the subscription nothing retained came: there is no more


class BrokerUnreachable(Exception):  # noqa: N818  read where it is caught, it says what it means
    """The message says which broker and why."""


@dataclass(frozen=True, slots=True)
class Arrived:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    topic: str
    payload: bytes
    expiry_s: int | None


class Operator:
    """A connection to a broker, as a context. MQTT 5; there is no falling back, for the message expiry is worth more."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._events: SimpleQueue[Arrived | None] = SimpleQueue()
        self._answers: SimpleQueue[str] = SimpleQueue()  # how CONNECT, SUBSCRIBE and PUBLISH went: "" is well
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        if endpoint.username is not None:
            self._client.username_pw_set(endpoint.username, endpoint.password)
        if endpoint.tls is not None:
            self._client.tls_set_context(endpoint.tls)

    def __enter__(self) -> "Operator":
        where = f"{self._endpoint.host}:{self._endpoint.port}"
        try:
            self._client.connect_timeout = CONNECT_S
            self._client.connect(self._endpoint.host, self._endpoint.port)
        except OSError as error:
            raise BrokerUnreachable(f"no broker answers at {where}: {error}") from error
        self._client.loop_start()
        self._await(f"the broker at {where} refuses the connection")
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, *topics: str) -> None:
        self._client.subscribe([(topic, 1) for topic in topics])
        self._await(f"the broker refuses the subscription to {', '.join(topics)}")

    def arriving(self, timeout_s: float) -> Iterator[Arrived]:
        """What comes in, until the time is over."""
        end_s = host_s() + timeout_s
        while (left_s := end_s - host_s()) > 0:
            try:
                arrived = self._events.get(timeout=left_s)
            except Empty:
                return
            if arrived is not None:
                yield arrived

    def publish(self, message: Outgoing) -> None:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if message.expiry_s is not None:
            properties.MessageExpiryInterval = message.expiry_s
        self._client.publish(message.topic, message.payload, qos=1, properties=properties)
        self._await("the broker refuses the command")

    def _await(self, refusal: str) -> None:
        try:
            how = self._answers.get(timeout=CONNECT_S)
        except Empty:
            how = f"no answer within {CONNECT_S:g} s"
        if how:
            raise BrokerUnreachable(f"{refusal}: {how}")

    # --- paho's callbacks: they only enqueue

    def _on_connect(self, _c: Client, _u: Any, _f: ConnectFlags, reason: ReasonCode, _p: Properties | None) -> None:
        self._answers.put(str(reason) if reason.is_failure else "")

    def _on_subscribe(self, _c: Client, _u: Any, _mid: int, reasons: list[ReasonCode], _p: Properties | None) -> None:
        self._answers.put(next((str(reason) for reason in reasons if reason.is_failure), ""))

    def _on_publish(self, _c: Client, _u: Any, _mid: int, reason: ReasonCode, _p: Properties | None) -> None:
        self._answers.put(str(reason) if reason.is_failure else "")

    def _on_message(self, _c: Client, _u: Any, message: MQTTMessage) -> None:
        self._events.put(Arrived(message.topic, bytes(message.payload)))


def decoded(payload: bytes) -> dict[str, Any]:
    """A JSON object, or nothing where it is none: somebody else's message is no concern here."""
    try:
        return msgspec.json.decode(payload, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}
