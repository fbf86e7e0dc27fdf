"""One MQTT connection over paho, from CONNECT to its end: its loop is run by us, and its callbacks only enqueue.

A paho client is never used twice. One that reconnects by itself sends again what it had queued, with numbers of its own, beside
the outbox that does the same; a new one has no past.
"""

import math
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from agent.delivery import ReplyTo
from agent.link.alerts import AttentiveSocket
from agent.link.endpoint import Endpoint
from agent.link.signals import Accepted, Acknowledged, Arrived, Closed, Publication, Rejected, Signal, Subscribed, Version

CONNECT_S = 4.0  # for each address that the name has, and for each step of the TLS handshake
RECEIVE_MAXIMUM = 20  # commands that the broker may send before the first is confirmed
LARGEST_PACKET_BYTES = 128 * 1024  # told to the broker; far above a command, so that one too large is still answered
HOPELESS_PACKET_BYTES = 1024 * 1024  # MQTT 3.1.1 cannot be told: beyond this the connection is given up
MOST_PUBLICATIONS = 65_535  # what a broker allows that names no receive maximum
UNSUPPORTED_VERSION = 132
UNANSWERED = "the connection was cut before the broker answered; check the port in broker.url, cert_file, and the broker's log"
REPLY_TOPIC_CHARACTERS = 1024
CORRELATION_BYTES = 1024

_PAHO = {Version.V5: MQTTProtocolVersion.MQTTv5, Version.V311: MQTTProtocolVersion.MQTTv311}


@dataclass(frozen=True, slots=True)
class Hello:
    """What CONNECT says."""

    client_id: str
    version: Version
    keepalive_s: float
    session_expiry_s: float
    clean: bool  # begin with an empty session
    will: Publication | None


class Connection:
    """Owned by one thread. After ``open``: wait on ``fileno``, call ``read``, ``write`` and ``tick``, and take the signals."""

    def __init__(self, endpoint: Endpoint, hello: Hello) -> None:
        self._endpoint = endpoint
        self._hello = hello
        self._is_v5 = hello.version is Version.V5
        self._signals: deque[Signal] = deque()
        self._socket: socket.socket | None = None
        self._is_answered = False
        self._client = self._make_client()

    def open(self) -> None:
        """Connect and send CONNECT; waits at most CONNECT_S a step. Raises OSError (of which ssl.SSLError is one)."""
        keepalive_s = min(math.ceil(self._hello.keepalive_s), 65_535)
        if self._is_v5:
            self._client.connect(
                self._endpoint.host, self._endpoint.port, keepalive_s, clean_start=self._hello.clean, properties=self._limits()
            )
        else:
            self._client.connect(self._endpoint.host, self._endpoint.port, keepalive_s)

    def fileno(self) -> int | None:
        """The socket, while there is one."""
        sock = self._client.socket()
        return sock.fileno() if sock is not None and sock.fileno() >= 0 else None

    @property
    def wants_write(self) -> bool:
        return self._client.want_write()

    @property
    def has_unread(self) -> bool:
        """TLS holds bytes that it has already taken from the socket, of which poll knows nothing."""
        sock = self._client.socket()
        return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0

    def read(self) -> None:
        self._client.loop_read()
        if self._client._in_packet["remaining_length"] > HOPELESS_PACKET_BYTES:  # noqa: SLF001 - paho tells it nowhere else
            self.abandon(f"a packet of over {HOPELESS_PACKET_BYTES} bytes", oversized=True)

    def write(self) -> None:
        self._client.loop_write()

    def tick(self) -> None:
        """Ping, and notice a missing answer to a ping; at least once a second."""
        self._client.loop_misc()

    def take(self) -> list[Signal]:
        """What has happened since, in order; the last of all is Closed, once."""
        signals = list(self._signals)
        self._signals.clear()
        return signals

    def subscribe(self, commands: tuple[str, ...], status: str) -> None:
        """QoS 1 for commands; 0 for our own status, which must not wait in the session and come when it is long untrue.

        Retain as published, so that whoever publishes a command with the retain flag is refused at once, not only when the broker
        brings it up again: without it a live one could not be told. Retained ones are sent when the subscription is new, not on
        each reconnection, where they would be refused again and again. Never "no local": the will of our own earlier connection
        counts as our own, and it is what ``status`` is watched for. MQTT 3.1.1 has none of these options.
        """
        if self._is_v5:
            on_new = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
            never = SubscribeOptions(qos=0, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
            self._client.subscribe([(topic, on_new) for topic in commands] + [(status, never)])
        else:
            self._client.subscribe([(topic, 1) for topic in commands] + [(status, 0)])

    def unsubscribe(self, topic: str) -> None:
        self._client.unsubscribe(topic)

    def publish(self, publication: Publication) -> int:
        properties = None
        if self._is_v5 and publication.correlation is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.CorrelationData = publication.correlation
        sent = self._client.publish(publication.topic, publication.payload, 1, publication.retain, properties)
        return sent.mid

    def confirm(self, mid: int) -> None:
        self._client.ack(mid, 1)

    def disconnect(self, *, forget: bool = False) -> None:
        """DISCONNECT: the broker forgets the will; with ``forget``, and MQTT 5, the session too."""
        properties = None
        if forget and self._is_v5:
            properties = Properties(PacketTypes.DISCONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = 0
        self._client.disconnect(properties=properties)

    def abandon(self, reason: str, *, oversized: bool = False) -> None:
        """Close the socket without a word: the broker publishes the will."""
        sock = self._client.socket()
        if sock is not None:
            sock.close()
        self._over(reason, oversized=oversized)

    # --- set up

    def _make_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._hello.client_id,
            clean_session=None if self._is_v5 else self._hello.clean,
            protocol=_PAHO[self._hello.version],
            reconnect_on_failure=False,  # or paho would try MQTT 3.1 by itself
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(0)  # the session keeps the window; paho must not queue behind its back
        if self._hello.will is not None:
            client.will_set(self._hello.will.topic, self._hello.will.payload, qos=1, retain=self._hello.will.retain)
        if self._endpoint.username is not None:
            client.username_pw_set(self._endpoint.username, self._endpoint.password)
        if self._endpoint.tls is not None:
            client.tls_set_context(self._endpoint.tls)
        client.on_socket_open = self._on_socket_open
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _limits(self) -> Properties:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = int(self._hello.session_expiry_s)
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        properties.MaximumPacketSize = LARGEST_PACKET_BYTES
        return properties

    # --- paho's callbacks

    def _on_socket_open(self, _client: Client, _userdata: Any, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = sock

    def _on_connect(
        self, _client: Client, _userdata: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._is_answered = True
        if reason.is_failure:
            self._signals.append(Rejected(str(reason), reason.value == UNSUPPORTED_VERSION))
        else:
            receive_maximum = getattr(properties, "ReceiveMaximum", MOST_PUBLICATIONS)
            self._signals.append(Accepted(flags.session_present, receive_maximum))

    def _on_disconnect(
        self, _client: Client, _userdata: Any, flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        refusal = self._socket.refusal if isinstance(self._socket, AttentiveSocket) else None
        if refusal is not None and not self._is_answered:
            self._signals.append(Rejected(f"its certificate, with the alert '{refusal}'", unsupported_version=False))
        if flags.is_disconnect_packet_from_server:
            self._over(f"the broker hung up: {reason}")
        elif reason.getName() != "Unspecified error":  # paho's own words, of which the commonest says nothing
            self._over(f"the connection is over: {reason}")
        elif self._is_answered:
            self._over("the connection was cut")
        else:
            self._over(UNANSWERED)

    def _on_subscribe(
        self, _client: Client, _userdata: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
    ) -> None:
        self._signals.append(Subscribed(tuple(str(reason) for reason in reasons if reason.is_failure)))

    def _on_publish(self, _client: Client, _userdata: Any, mid: int, reason: ReasonCode, _properties: Properties | None) -> None:
        self._signals.append(Acknowledged(mid, str(reason) if reason.is_failure else None))

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # nobody's topic: it is confirmed and forgotten, or the broker would bring it again for ever
        self._signals.append(
            Arrived(
                topic,
                bytes(message.payload),
                message.mid if message.qos else None,
                message.retain,
                hasattr(message.properties, "MessageExpiryInterval"),
                _reply_to(message.properties),
            )
        )

    def _over(self, reason: str, *, oversized: bool = False) -> None:
        if not any(isinstance(signal, Closed) for signal in self._signals):
            self._signals.append(Closed(reason, oversized))


def _reply_to(properties: Properties | None) -> ReplyTo | None:
    """Where the answer is wanted; None where it is not, or where no answer can be published to."""
    topic = getattr(properties, "ResponseTopic", None)
    correlation = getattr(properties, "CorrelationData", None)
    if not topic or len(topic) > REPLY_TOPIC_CHARACTERS or set(topic) & set("+#\0"):
        return None
    if correlation is not None and len(correlation) > CORRELATION_BYTES:
        return None
    return ReplyTo(topic, correlation)
