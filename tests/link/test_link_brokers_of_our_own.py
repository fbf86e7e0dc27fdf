"""The link against small brokers written here, for what mosquitto cannot be brought to do."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from fakes import eventually
from linked_lamp import Lamp

from agent.settings.model import Broker

pytestmark = pytest.mark.process
Handler = Callable[[socket.socket, int], None]


class OwnBroker:
    """Takes one connection after the other; ``handler`` is given the socket and the protocol level, 5 or 4."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sock: socket.socket | None = None
        self.levels: list[int] = []  # protocol level of each CONNECT: 5 or 4
        self.cleans: list[bool] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._sock = sock
            with sock, suppress(OSError):  # the lamp may hang up at any moment
                sock.settimeout(5)
                hello = sock.recv(4096)
                at = hello.index(b"\x00\x04MQTT") + 6
                self.levels.append(hello[at])
                self.cleans.append(bool(hello[at + 1] & 0x02))
                self._handler(sock, hello[at])


def drain(sock: socket.socket) -> None:
    """Read until the lamp hangs up."""
    while sock.recv(4096):
        pass


@pytest.fixture
def own() -> Iterator[Callable[[Handler], tuple[OwnBroker, Callable[..., Lamp]]]]:
    made: list[OwnBroker] = []
    lamps: list[Lamp] = []

    def make(handler: Handler) -> tuple[OwnBroker, Callable[..., Lamp]]:
        broker = OwnBroker(handler)
        made.append(broker)

        def lamp(**settings: object) -> Lamp:
            lamps.append(Lamp(Broker(broker.url, **settings)))  # type: ignore[arg-type]
            return lamps[-1].start()

        return broker, lamp

    yield make
    for broker in made:
        broker.close()
    for lamp in lamps:
        lamp.stop()


MakeOwn = Callable[[Handler], tuple[OwnBroker, Callable[..., Lamp]]]


@pytest.mark.parametrize("refusal", [b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00"], ids=["in the old form", "in the new form"])
def test_a_broker_that_refuses_mqtt_5_gets_3_1_1_at_once(refusal: bytes, own: MakeOwn) -> None:
    def handler(sock: socket.socket, level: int) -> None:
        if level == 5:
            sock.sendall(refusal)
            return
        sock.sendall(b"\x20\x02\x00\x00")
        subscribe = sock.recv(4096)
        sock.sendall(b"\x90\x06" + subscribe[2:4] + b"\x01\x01\x01\x00")
        drain(sock)

    broker, lamp = own(handler)
    made = lamp().connected()

    assert broker.levels == [5, 4]
    assert made.link.view.protocol == "3.1.1"
    assert made.link.view.session == 1  # the refused CONNECT left no will behind


def test_a_broker_that_hangs_up_is_not_taken_for_one_without_mqtt_5(own: MakeOwn) -> None:
    broker, lamp = own(lambda sock, level: None)
    lamp()

    eventually(lambda: len(broker.levels) >= 3)
    assert set(broker.levels) == {5}


def test_where_mqtt_5_is_demanded_nothing_else_is_tried(own: MakeOwn) -> None:
    broker, lamp = own(lambda sock, level: sock.sendall(b"\x20\x02\x00\x01"))
    made = lamp(protocol="5")

    eventually(lambda: len(broker.levels) >= 3)
    assert set(broker.levels) == {5}
    assert "refuses the lamp" in (made.link.view.trouble or "")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"\x00" * 40, id="zeros"),
        pytest.param(b"\xff" * 40, id="ones"),
        pytest.param(b"\x20\x7f" + b"\x00" * 127, id="long CONNACK"),
        pytest.param(b"\x30\xff\xff\xff\xff\xff", id="length without end"),
        pytest.param(b"\x20\x03\x00\x02\x00", id="unknown reason"),
        pytest.param(b"\x20\x02\x00\x07", id="unknown code"),
    ],
)
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_broker_that_speaks_nonsense_costs_the_connection_alone(answer: bytes, protocol: str, own: MakeOwn) -> None:
    def handler(sock: socket.socket, level: int) -> None:
        sock.sendall(answer)
        sock.shutdown(socket.SHUT_WR)
        drain(sock)

    broker, lamp = own(handler)
    lamp(protocol=protocol)

    eventually(lambda: len(broker.levels) >= 3)


def test_a_packet_without_measure_is_not_read_and_its_session_is_left_behind(own: MakeOwn) -> None:
    def handler(sock: socket.socket, level: int) -> None:
        sock.sendall(b"\x20\x02\x00\x00")
        subscribe = sock.recv(4096)
        sock.sendall(b"\x90\x06" + subscribe[2:4] + b"\x01\x01\x01\x00")
        sock.sendall(b"\x32\xff\xff\xff\x7f" + b"\x00" * 100)  # a PUBLISH of 256 MB begins
        drain(sock)

    broker, lamp = own(handler)
    lamp(protocol="3.1.1")

    eventually(lambda: len(broker.levels) >= 3)
    assert broker.cleans[:2] == [False, True]


def test_it_stops_at_once_while_a_broker_lets_it_wait(own: MakeOwn) -> None:
    broker, lamp = own(lambda sock, level: drain(sock))
    made = lamp()
    eventually(lambda: len(broker.levels) == 1)

    made.stop(within_s=1)
