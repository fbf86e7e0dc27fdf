"""The link over mutual TLS at the broker that is shipped: right, with each certificate that is wrong, and refused by the ACL."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import eventually
from linked_lamp import BASE, Lamp
from support.authority import Authority, Issued
from support.broker import Mosquitto
from support.pilot import Pilot

from agent.events import BrokerRefused, LinkChanged
from agent.link.topics import Retained

pytestmark = [
    pytest.mark.process,
    pytest.mark.filterwarnings("ignore:unclosed <agent.link.alerts:ResourceWarning"),  # of a failed handshake, left by paho
]
DAY = timedelta(days=1)
MakeLamp = Callable[..., Lamp]
Serve = Callable[..., Mosquitto]


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    made = Pilot(tmp_path_factory.mktemp("pilot"))
    for words in (("broker", "127.0.0.1"), ("lamp", "s", "l", "g"), ("lamp", "s", "other"), ("operator", "anna")):
        made.make(*words)
    return made


@pytest.fixture
def serve(pilot: Pilot) -> Iterator[Serve]:
    """Starts the shipped broker, with another certificate if one is given."""
    made: list[Mosquitto] = []

    def begin(server: Issued | None = None) -> Mosquitto:
        pilot.install(server)
        made.append(pilot.broker())
        made[-1].start()
        return made[-1]

    yield begin
    for broker in made:
        broker.stop()


@pytest.fixture
def join(pilot: Pilot, lamp: MakeLamp) -> Callable[..., Lamp]:
    """Starts lamp ``l`` with its own certificate, or with what is given instead."""

    def begin(port: int, own: Issued | None = None, *, host: str = "127.0.0.1", **more: str) -> Lamp:
        own = own or pilot.lamp("s", "l")
        files = {"ca_file": str(pilot.ca), "cert_file": str(own.certificate), "key_file": str(own.key), **more}
        return lamp(f"mqtts://{host}:{port}", **files).start()

    return begin


Join = Callable[..., Lamp]


def trouble(lamp: Lamp) -> str:
    eventually(lambda: lamp.link.view.trouble is not None)
    return lamp.link.view.trouble or ""


# --- the broker's certificate


def test_with_the_pilots_certificates_the_lamp_is_connected_and_nothing_is_refused(serve: Serve, join: Join) -> None:
    lamp = join(serve().port).connected()
    for topic in (Retained.INFO, Retained.STATE, Retained.ALARMS):
        lamp.link.present(topic, b"{}")
    lamp.stop()
    assert BrokerRefused() not in lamp.inbox.events


@pytest.mark.parametrize(
    ("name", "begins", "ends", "said"),
    [
        ("broker.example", -DAY, DAY, "is not for 127.0.0.1; write the name that it is for in broker.url"),
        ("127.0.0.1", -2 * DAY, -DAY, "has expired; if the clock is right (`timedatectl`), the broker needs a new one"),
        ("127.0.0.1", DAY, 2 * DAY, "is not valid yet by this clock; the link waits until the clock is right"),
    ],
    ids=["other name", "expired", "not yet valid"],
)
def test_a_brokers_certificate_that_does_not_hold_is_said_with_what_to_do(
    name: str, begins: timedelta, ends: timedelta, said: str, pilot: Pilot, serve: Serve, join: Join
) -> None:
    lamp = join(serve(pilot.authority.issue(name, begins=begins, ends=ends)).port)
    assert said in trouble(lamp)
    assert not lamp.inbox.ups()


def test_a_lamps_certificate_does_not_pass_for_the_brokers(pilot: Pilot, serve: Serve, join: Join) -> None:
    lamp = join(serve(pilot.lamp("s", "other")).port)
    assert "certificate does not hold: unsuitable certificate purpose" in trouble(lamp)
    assert not lamp.inbox.ups()


def test_a_broker_of_another_authority_is_not_spoken_to(serve: Serve, join: Join, tmp_path: Path) -> None:
    lamp = join(serve().port, ca_file=str(Authority(tmp_path / "other").certificate))
    assert "check broker.ca_file" in trouble(lamp)
    assert not lamp.inbox.ups()


# --- the lamp's certificate


@pytest.mark.parametrize("which", ["expired", "of another authority"])
def test_a_lamp_whose_certificate_the_broker_refuses_is_told_where_to_look(
    which: str, pilot: Pilot, serve: Serve, join: Join, tmp_path: Path
) -> None:
    if which == "expired":
        own = pilot.authority.issue("old", subject="s/lamp/l", begins=-2 * DAY, ends=-DAY)
    else:
        own = Authority(tmp_path / "other").issue("l", subject="s/lamp/l")
    lamp = join(serve().port, own)
    assert "cert_file" in trouble(lamp)
    assert not lamp.inbox.ups()


class Doorman:
    """Listens on TLS and wants a certificate of this authority; reads on after its alert, so that none is lost."""

    def __init__(self, pilot: Pilot, authority: Authority, version: ssl.TLSVersion) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pilot.broker_certificate.certificate, pilot.broker_certificate.key)
        self._context.load_verify_locations(authority.certificate)
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._context.maximum_version = version
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False) as wrapped:
                wrapped.settimeout(5)
                try:
                    wrapped.do_handshake()
                except ssl.SSLError:
                    wrapped.shutdown(socket.SHUT_WR)
                    while socket.socket.recv(wrapped, 4096):
                        pass


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_alert_that_refuses_a_certificate_is_told_to_the_core_and_in_words(
    version: ssl.TLSVersion, pilot: Pilot, join: Join, tmp_path: Path
) -> None:
    doorman = Doorman(pilot, Authority(tmp_path / "other"), version)
    try:
        lamp = join(doorman.port)
        lamp.inbox.wait(lambda inbox: BrokerRefused() in inbox.events)
        lamp.stop()
        assert "unknown ca" in trouble(lamp)
        assert "cert_file" in trouble(lamp)
        assert lamp.link.view.session == 0  # nobody has our will
    finally:
        doorman.close()


# --- refused by the ACL


def test_a_lamp_under_another_ones_certificate_says_what_it_may_not_until_it_may(pilot: Pilot, serve: Serve, join: Join) -> None:
    broker = serve()
    lamp = join(broker.port, pilot.lamp("s", "other")).connected()
    lamp.inbox.wait(lambda inbox: BrokerRefused() in inbox.events)
    assert lamp.link.view.connected
    assert f"the broker does not permit {BASE}/status: Not authorized; check that lamp.site and lamp.id" in trouble(lamp)

    acl = pilot.folder.with_name("etc") / "acl"
    acl.write_text(acl.read_text() + f"\nuser s/lamp/other\ntopic readwrite {BASE}/#\n")
    broker.reload()
    eventually(lambda: lamp.link.announce() or lamp.link.view.trouble is None)
    assert lamp.link.view.connected
    assert lamp.inbox.events[-1] == LinkChanged(connected=True)
