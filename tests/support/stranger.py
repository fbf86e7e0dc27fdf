"""A bare MQTT client that tries what it likes at a broker with TLS, and says what it is answered."""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from support.authority import Issued

WITHIN_S = 8.0
NOT_LET_IN = "hung up"
NOT_ALLOWED = "Not authorized"


class Stranger:
    """MQTT 5, which alone answers to what is refused. ``answer``: to CONNECT; ``topics``: of what has come in.

    ``durable``: it goes on with its session, which the broker keeps for an hour.
    """

    def __init__(
        self,
        port: int,
        ca_file: str,
        own: Issued | None,
        client_id: str = "stranger",
        will: str | None = None,
        *,
        durable: bool = False,
    ) -> None:
        self.topics: list[str] = []
        self.over = threading.Event()
        self._answers: SimpleQueue[str] = SimpleQueue()
        self._client = client = Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
        )
        client.tls_set(ca_file, str(own.certificate) if own else None, str(own.key) if own else None)
        if will is not None:
            client.will_set(will, b"{}", qos=1, retain=True)
        client.on_connect = lambda _c, _u, _f, reason, _p: self._answers.put(str(reason))
        client.on_connect_fail = lambda *_: self._hung_up()
        client.on_disconnect = lambda *_: self._hung_up()
        client.on_subscribe = lambda *_: self._answers.put("subscribed")
        client.on_publish = lambda _c, _u, _m, reason, _p: self._answers.put(str(reason))
        client.on_message = self._on_message
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600 if durable else 0
        client.connect("127.0.0.1", port, clean_start=not durable, properties=session)
        client.loop_start()
        self.answer = self._next()

    def publish(self, topic: str, payload: bytes = b"{}", *, retain: bool = False) -> str:
        self._client.publish(topic, payload, 1, retain, Properties(PacketTypes.PUBLISH))
        return self._next()

    def subscribe(self, *topics: str) -> None:
        self._client.subscribe([(topic, 1) for topic in topics])
        assert self._next() == "subscribed"

    def wait(self, topic: str) -> None:
        """Until that has come in."""
        until_s = time.monotonic() + WITHIN_S
        while topic not in self.topics:
            assert time.monotonic() < until_s, f"{topic} did not come, but {self.topics}"
            time.sleep(0.01)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def vanish(self) -> None:
        """Without a word, so that the broker tells the will."""
        sock = self._client.socket()
        assert sock is not None
        sock.shutdown(2)
        assert self.over.wait(WITHIN_S)
        self._client.loop_stop()

    def _next(self) -> str:
        return self._answers.get(timeout=WITHIN_S)

    def _hung_up(self) -> None:
        self.over.set()
        self._answers.put(NOT_LET_IN)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self.topics.append(message.topic)


Connect = Callable[..., Stranger]
