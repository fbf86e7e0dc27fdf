"""The broker, with a real mosquitto and a real authority: each step at which it can go wrong, and what is said of it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doctor_pole import by_check
from support.authority import Authority, Issued
from support.broker import Mosquitto
from support.pilot import Pilot
from support.stranger import Stranger

from agent.daemon.protocol import LinkReport
from agent.doctor.broker import Caller, _answer, broker_lines
from agent.doctor.line import Line, Status
from agent.link.connection import Connection, Hello
from agent.link.endpoint import endpoint
from agent.link.signals import Accepted, Version
from agent.settings.model import Broker, Lamp

pytestmark = pytest.mark.process

LAMP = Lamp("teststadt", "lamp-7", ("east",))
ID = "streetlight-teststadt-lamp-7"
NOW_S = (datetime.now(UTC) + timedelta(hours=1)).timestamp()  # after all that the tests issue

Start = Callable[..., Mosquitto]


def lines_of(broker: Broker, link: LinkReport | None = None) -> dict[str, Line]:
    return dict(by_check(broker_lines(broker, Caller(LAMP, link, NOW_S, time.monotonic))))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts brokers with these lines in their config."""
    made: list[Mosquitto] = []

    def begin(extra: str = "") -> Mosquitto:
        made.append(Mosquitto(tmp_path / f"mosquitto-{len(made)}", extra))
        made[-1].start()
        return made[-1]

    yield begin
    for broker in made:
        broker.stop()


def secure(mosquitto: Mosquitto, authority: Authority, host: str = "127.0.0.1", **more: str) -> Broker:
    return Broker(f"mqtts://{host}:{mosquitto.port}", ca_file=str(authority.certificate), **more)  # type: ignore[arg-type]


# --- it is taken on


@pytest.mark.parametrize(("protocol", "spoken"), [("auto", "5"), ("3.1.1", "3.1.1")])
def test_a_broker_that_takes_the_lamp_on(protocol: str, spoken: str, start: Start) -> None:
    mosquitto = start()
    lines = lines_of(Broker(mosquitto.url, protocol=protocol))  # type: ignore[arg-type]
    assert lines == {"broker": Line("broker", Status.PASS, f"{mosquitto.url} takes the lamp on, with MQTT {spoken}")}


def test_it_leaves_nothing_behind_and_never_uses_the_lamps_own_name(start: Start) -> None:
    mosquitto = start()
    lines_of(Broker(mosquitto.url))
    until_s = time.monotonic() + 5
    while not mosquitto.heard("DISCONNECT", f"{ID}-doctor"):
        assert time.monotonic() < until_s
        time.sleep(0.02)
    assert not mosquitto.heard("PUBLISH", f"{ID}-doctor")
    assert not mosquitto.heard("DISCONNECT", f"{ID}\n")


def test_over_tls_the_brokers_own_certificate_is_looked_at_too(start: Start, authority: Authority) -> None:
    lines = lines_of(secure(start(authority.tls(authority.issue("127.0.0.1"))), authority))
    assert lines["broker"].status is Status.PASS
    assert (lines["broker_cert"].status, lines["broker_cert"].what[:19]) == (Status.PASS, "127.0.0.1, until 20")


def test_a_brokers_certificate_that_ends_soon_is_a_warning(start: Start, authority: Authority) -> None:
    short = authority.issue("127.0.0.1", ends=timedelta(days=10))
    lines = lines_of(secure(start(authority.tls(short)), authority))
    assert lines["broker"].status is Status.PASS
    assert lines["broker_cert"].status is Status.WARN


def test_a_broker_that_wants_the_lamps_certificate_gets_it(start: Start, authority: Authority) -> None:
    mosquitto = start(authority.tls(authority.issue("127.0.0.1"), require_certificate=True))
    lamp = authority.issue("lamp-7")
    with_it = lines_of(secure(mosquitto, authority, cert_file=str(lamp.certificate), key_file=str(lamp.key)))
    assert with_it["broker"].status is Status.PASS
    without = lines_of(secure(mosquitto, authority))["broker"]
    assert without.status is Status.FAIL
    assert without.remedy is not None
    assert "cert_file" in without.remedy


def test_where_the_certificate_is_the_client_id_the_lamps_waiting_commands_are_not_lost(tmp_path: Path) -> None:
    pilot = Pilot(tmp_path)
    for words in (("broker", "127.0.0.1"), ("lamp", "teststadt", "lamp-7"), ("operator", "anna")):
        pilot.make(*words)
    pilot.install()
    mosquitto = pilot.broker()
    mosquitto.start()
    own, topic = pilot.lamp("teststadt", "lamp-7"), "streetlight/v1/teststadt/lamp/lamp-7/command/dim"

    def client(who: Issued, **more: bool) -> Stranger:
        return Stranger(mosquitto.port, str(pilot.ca), who, **more)

    try:
        lamp = client(own, durable=True)
        lamp.subscribe(topic)
        lamp.close()
        anna = client(pilot.operator("anna"))
        anna.publish(topic)
        anna.close()

        settings = Broker(
            f"mqtts://127.0.0.1:{mosquitto.port}",
            ca_file=str(pilot.ca), cert_file=str(own.certificate), key_file=str(own.key),
        )  # fmt: skip
        assert lines_of(settings)["broker"].status is Status.PASS

        lamp = client(own, durable=True)
        lamp.wait(topic)
        lamp.close()
    finally:
        mosquitto.stop()


def test_where_no_session_was_none_is_left(start: Start) -> None:
    mosquitto = start()
    lines_of(Broker(mosquitto.url))
    hello = Hello(f"{ID}-doctor", Version.V5, 30, 0, clean=False, will=None)
    connection = Connection(endpoint(Broker(mosquitto.url)), hello)
    connection.open()
    assert _answer(connection, (Accepted,), time.monotonic) == Accepted(session_present=False, receive_maximum=20)
    connection.disconnect()


# --- it is not


def test_a_name_without_an_address_is_told() -> None:
    line = lines_of(Broker("mqtts://nobody.invalid"))["broker"]
    assert line.status is Status.FAIL
    assert line.what.startswith("nobody.invalid has no address: ")


def test_a_port_on_which_nobody_listens_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"mqtt://127.0.0.1:{taken.getsockname()[1]}"
        line = lines_of(Broker(url))["broker"]
    assert (line.status, line.what) == (Status.FAIL, f"{url.removeprefix('mqtt://')}: nobody listens there")


def test_an_expired_certificate_makes_one_look_at_the_clock_first(start: Start, authority: Authority) -> None:
    expired = authority.issue("127.0.0.1", begins=timedelta(days=-30), ends=timedelta(days=-1))
    line = lines_of(secure(start(authority.tls(expired)), authority))["broker"]
    assert line.status is Status.FAIL
    assert "expired" in line.what
    assert line.remedy is not None
    assert "whether the clock is right" in line.remedy


def test_a_certificate_that_is_not_valid_yet_makes_one_look_at_the_clock_first(start: Start, authority: Authority) -> None:
    early = authority.issue("127.0.0.1", begins=timedelta(days=1))
    line = lines_of(secure(start(authority.tls(early)), authority))["broker"]
    assert "not yet valid" in line.what
    assert line.remedy is not None
    assert "whether the clock is right" in line.remedy


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_another_name_asks_for_that_name(host: str, start: Start, authority: Authority) -> None:
    mosquitto = start(authority.tls(authority.issue("broker.example")))
    line = lines_of(secure(mosquitto, authority, host))["broker"]
    assert line.status is Status.FAIL
    assert line.remedy == "write the name in broker.url that the certificate has"


def test_a_certificate_of_another_authority_asks_for_its_own(start: Start, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", "Other CA")
    line = lines_of(secure(start(authority.tls(authority.issue("127.0.0.1"))), other))["broker"]
    assert line.status is Status.FAIL
    assert line.remedy == "put the certificate of whoever signed it in broker.ca_file"


def test_tls_to_a_port_without_it_is_told(start: Start, authority: Authority) -> None:
    line = lines_of(secure(start(), authority))["broker"]
    assert line.status is Status.FAIL
    assert line.remedy is not None
    assert "port in broker.url" in line.remedy


def test_a_wrong_password_is_told_with_the_keys_to_look_at(start: Start, tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("")
    (tmp_path / "passwords").chmod(0o600)
    (tmp_path / "password").write_text("wrong\n")
    mosquitto = start(f"allow_anonymous false\npassword_file {tmp_path}/passwords")
    line = lines_of(Broker(mosquitto.url, username="lamp-7", password_file=str(tmp_path / "password")))["broker"]
    assert (line.status, line.what) == (Status.FAIL, f"{mosquitto.url} refuses the lamp: Not authorized")
    assert line.remedy is not None
    assert "password_file" in line.remedy


def test_a_lamp_that_may_not_hear_its_commands_is_told() -> None:
    """mosquitto grants such a subscription and sends nothing; brokers of other makes refuse it, as this one does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        for _ in range(2):  # the knock, and the call
            sock, _ = listener.accept()
            with sock:
                if not sock.recv(4096):
                    continue
                sock.sendall(b"\x20\x03\x00\x00\x00")  # CONNACK of MQTT 5
                subscribe = sock.recv(4096)
                sock.sendall(b"\x90\x07" + subscribe[2:4] + b"\x00" + b"\x87" * 4)  # SUBACK: not authorized
                sock.recv(4096)

    thread = threading.Thread(target=refuse)
    thread.start()
    lines = lines_of(Broker(f"mqtt://127.0.0.1:{listener.getsockname()[1]}", protocol="5"))
    thread.join()
    listener.close()
    assert lines["broker"].status is Status.PASS
    assert lines["commands"].status is Status.WARN
    assert "Not authorized" in lines["commands"].what


def test_who_listens_and_speaks_no_mqtt_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.doctor.broker.ANSWERS_WITHIN_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"mqtt://127.0.0.1:{listener.getsockname()[1]}"
        line = lines_of(Broker(url))["broker"]
    assert (line.status, line.what) == (Status.FAIL, f"{url} does not answer")


def test_a_file_that_is_missing_is_the_brokers_failure_too(tmp_path: Path) -> None:
    line = lines_of(Broker("mqtts://127.0.0.1:1", ca_file=str(tmp_path / "gone.pem")))["broker"]
    assert line.what.startswith("broker.ca_file: ")


# --- beside the agent


def test_while_the_agent_is_connected_it_is_believed_and_the_broker_hears_no_second_lamp(start: Start) -> None:
    mosquitto = start()
    lines = lines_of(Broker(mosquitto.url), LinkReport(mosquitto.url, connected=True))
    assert lines == {"broker": Line("broker", Status.PASS, f"the agent is connected to {mosquitto.url}")}
    assert not mosquitto.heard("SUBSCRIBE", ID)


def test_what_the_broker_does_not_permit_the_connected_agent_is_a_failure(start: Start) -> None:
    mosquitto = start()
    report = LinkReport(mosquitto.url, connected=True, trouble="the broker does not permit x: Not authorized; check the ACL")
    line = lines_of(Broker(mosquitto.url), report)["broker"]
    assert line == Line("broker", Status.FAIL, "the broker does not permit x: Not authorized", "check the ACL")


def test_while_it_is_connected_a_broker_that_takes_no_second_one_is_no_failure(start: Start, authority: Authority) -> None:
    mosquitto = start(authority.tls(authority.issue("127.0.0.1")))
    settings = secure(mosquitto, authority)
    report = LinkReport(settings.url, connected=True)
    assert lines_of(settings, report)["broker_cert"].status is Status.PASS
    mosquitto.stop()
    assert list(lines_of(settings, report)) == ["broker"]


def test_while_the_agent_is_not_connected_the_reason_is_looked_for() -> None:
    broker = Broker("mqtt://127.0.0.1:9")
    line = lines_of(broker, LinkReport(broker.url, connected=False))["broker"]
    assert line.what == "127.0.0.1:9: nobody listens there"


@pytest.mark.parametrize("theirs", ["mqtt://broker.example", None])
@pytest.mark.parametrize("connected", [True, False])
def test_an_agent_at_another_broker_than_the_file_s_proves_nothing_of_that_one(theirs: str | None, *, connected: bool) -> None:
    lines = lines_of(Broker("mqtt://127.0.0.1:9"), LinkReport(theirs, connected=connected and theirs is not None))
    link = lines["link"]
    assert (link.status, link.remedy) == (Status.WARN, "`systemctl restart streetlight-agent`")
    assert "mqtt://127.0.0.1:9" in link.what
    assert (theirs or "no broker") in link.what
    assert lines["broker"].what == "127.0.0.1:9: nobody listens there"
