"""The link against a real mosquitto: what another client sees of it, through stops, kills, freezes and kicks."""

import random
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import BufferingOutbox, birth, eventually, handed, state
from linked_lamp import BASE, CLIENT_ID, Lamp
from support.authority import Authority
from support.broker import Mosquitto
from support.cable import Cable
from support.operator import Operator

from agent.delivery import ReplyTo
from agent.events import BrokerRefused, CertificateRead, LinkChanged
from agent.link.topics import Retained
from agent.link.wire import encode
from agent.messages import Presence

pytestmark = pytest.mark.process
MakeLamp = Callable[..., Lamp]
DIM = {"id": "c-1", "level": 40}


def confirm_all(lamp: Lamp) -> None:
    for command in lamp.inbox.commands():
        assert command.envelope.delivery is not None
        lamp.link.confirm(command.envelope.delivery)


# --- birth, will, goodbye


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_birth_and_goodbye_are_seen_and_kept(protocol: str, lamp: MakeLamp, broker: Mosquitto, operator: Operator) -> None:
    made = lamp(protocol=protocol).start()
    ready = operator.wait_status("ready")[0].json
    assert (ready["boot_id"], ready["session"]) == ("boot-1", 1)

    made.stop()

    operator.wait_status("disconnected")
    late = Operator(broker.port)
    kept = late.wait_topic("/status")[0]
    late.close()
    assert kept.retained
    assert kept.json["status"] == "disconnected"
    assert not any(seen.json["status"] == "lost" for seen in operator.seen)


def test_the_will_tells_of_a_cut_with_its_sessions_number_and_the_next_birth_follows(
    lamp: MakeLamp, cable: Cable, operator: Operator
) -> None:
    lamp(cable.url).start().connected()
    for session in (1, 2):  # on every connection, not the first alone
        operator.wait_status("ready", count=session)
        cable.cut()
        assert operator.wait_status("lost", count=session)[-1].json["session"] == session

    assert operator.wait_status("ready", count=3)[-1].json["session"] == 3


def test_the_birth_is_published_again_when_someone_masks_it(lamp: MakeLamp, operator: Operator) -> None:
    lamp().start().connected()
    operator.wait_status("ready")

    operator.send(f"{BASE}/status", encode(birth(Presence.LOST, 1)), retain=True)

    operator.wait_status("ready", count=2)


# --- the present


def test_the_present_is_told_on_each_connection_and_when_it_changes(
    lamp: MakeLamp, broker: Mosquitto, operator: Operator
) -> None:
    made = lamp()
    made.link.present(Retained.STATE, state(1))
    made.start()
    assert operator.wait_topic("/state")[0].payload == state(1)

    made.link.present(Retained.STATE, state(2))
    assert operator.wait_topic("/state", count=2)[1].payload == state(2)
    broker.kick(CLIENT_ID)

    assert operator.wait_topic("/state", count=3)[2].payload == state(2)
    late = Operator(broker.port)
    kept = late.wait_topic("/state")[0]
    late.close()
    assert kept.retained


# --- records


def test_a_thousand_buffered_records_drain_in_order_at_50_a_second_or_more(lamp: MakeLamp, operator: Operator) -> None:
    outbox = BufferingOutbox([handed(key) for key in range(1, 1001)])
    started_s = time.monotonic()
    lamp(outbox=outbox).start()

    seen = operator.wait_topic("/event", count=1000, within_s=25)

    assert time.monotonic() - started_s < 5 + 1000 / 50
    assert [one.json["seq"] for one in seen] == list(range(1, 1001))
    eventually(lambda: outbox.arrived == list(range(1, 1001)))


def test_records_that_were_under_way_when_the_broker_died_come_after_it_is_back(
    lamp: MakeLamp, broker: Mosquitto, operator: Operator
) -> None:
    outbox = BufferingOutbox([handed(key) for key in range(1, 201)])
    made = lamp(outbox=outbox).start()
    operator.wait_topic("/event", count=50)
    broker.kill()
    eventually(lambda: not made.link.view.connected)
    arrived = len(outbox.arrived)
    assert 0 < arrived < 200
    broker.start()

    eventually(lambda: sorted(set(outbox.arrived)) == list(range(1, 201)), within_s=20)


def test_an_answer_goes_to_the_response_topic_with_its_correlation(lamp: MakeLamp, broker: Mosquitto, operator: Operator) -> None:
    made = lamp().start().connected()
    asker = Operator(broker.port, topic="answers/#")

    asker.send(f"{BASE}/command/dim", DIM, ResponseTopic="answers/me", CorrelationData=b"\x00\x07", MessageExpiryInterval=60)
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)
    envelope = made.inbox.commands()[0].envelope
    assert envelope.reply_to == ReplyTo("answers/me", b"\x00\x07")
    assert envelope.message_expiry
    eventually(lambda: made.outbox.granted > 0)
    made.link.deliver([handed(1, envelope.reply_to)])

    assert asker.wait_topic("answers/me")[0].correlation == b"\x00\x07"
    asker.close()
    operator.wait_topic("/ack")
    eventually(lambda: made.outbox.arrived == [1])


# --- commands


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_commands_that_came_while_the_lamp_was_away_arrive_once(protocol: str, lamp: MakeLamp, operator: Operator) -> None:
    lamp(protocol=protocol).start().connected().stop()
    for n in range(5):
        operator.send(f"{BASE}/command/dim", {"id": f"c-{n}", "level": n})

    back = lamp(protocol=protocol).start()
    back.inbox.wait(lambda inbox: len(inbox.commands()) == 5)
    confirm_all(back)
    back.connected().stop()
    again = lamp(protocol=protocol).start().connected()
    operator.send(f"{BASE}/command/sync", {"id": "last"})
    again.inbox.wait(lambda inbox: len(inbox.commands()) > 0)

    assert [command.envelope.id for command in back.inbox.commands()] == [f"c-{n}" for n in range(5)]
    assert [command.envelope.id for command in again.inbox.commands()] == ["last"]


def test_a_command_that_was_not_confirmed_comes_again_with_another_handle(
    lamp: MakeLamp, broker: Mosquitto, operator: Operator
) -> None:
    made = lamp().start().connected()
    operator.send(f"{BASE}/command/dim", DIM)
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)

    broker.kick(CLIENT_ID)
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 2)
    first, second = made.inbox.commands()
    assert first.envelope.id == second.envelope.id
    assert first.envelope.delivery != second.envelope.delivery
    made.link.confirm(first.envelope.delivery or 0)  # too late: this must not stand for the second
    broker.kick(CLIENT_ID)

    made.inbox.wait(lambda inbox: len(inbox.commands()) == 3)


def test_after_a_broker_without_memory_the_lamp_hears_again(lamp: MakeLamp, broker: Mosquitto, operator: Operator) -> None:
    made = lamp(session_expiry_s=0).start().connected()
    broker.kill()
    eventually(lambda: not made.link.view.connected)
    broker.start()
    made.connected()

    operator_again = Operator(broker.port)
    operator_again.send("streetlight/v1/s/group/g/command/dim", DIM)
    operator_again.close()

    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)


def test_a_stored_retained_command_is_refused_once_and_not_on_each_connection(
    lamp: MakeLamp, broker: Mosquitto, operator: Operator
) -> None:
    operator.send(f"{BASE}/command/dim", DIM, retain=True)
    made = lamp().start().connected()
    made.inbox.wait(lambda inbox: len(inbox.refusals()) == 1)
    made.link.confirm(made.inbox.refusals()[0].envelope.delivery or 0)
    eventually(lambda: broker.heard("PUBACK", CLIENT_ID))  # else it comes again, as it must

    broker.kick(CLIENT_ID)
    made.inbox.wait(lambda inbox: inbox.ups() == 2)
    operator.send(f"{BASE}/command/sync", {"id": "last"})
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)

    assert [refused.refusal.code for refused in made.inbox.refusals()] == ["retained"]
    assert [command.envelope.id for command in made.inbox.commands()] == ["last"]


def test_a_live_command_with_the_retain_flag_is_refused_at_once(lamp: MakeLamp, operator: Operator) -> None:
    made = lamp().start().connected()

    operator.send(f"{BASE}/command/dim", DIM, retain=True)

    made.inbox.wait(lambda inbox: len(inbox.refusals()) == 1)
    assert made.inbox.refusals()[0].refusal.code == "retained"


def test_with_3_1_1_a_live_retained_command_is_obeyed_and_refused_when_it_comes_again(
    lamp: MakeLamp, broker: Mosquitto, operator: Operator
) -> None:
    made = lamp(protocol="3.1.1").start().connected()
    operator.send(f"{BASE}/command/dim", DIM, retain=True)
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)
    confirm_all(made)

    broker.kick(CLIENT_ID)

    made.inbox.wait(lambda inbox: len(inbox.refusals()) == 1)
    assert made.inbox.refusals()[0].envelope.id == "c-1"


def test_rubbish_at_any_rate_stops_nothing(lamp: MakeLamp, operator: Operator) -> None:
    made = lamp().start().connected()
    for payload in (b"\xff" * 100, b"[" * 16_000, b"x" * 100_000, b"", b"{}") * 10:
        operator.send(f"{BASE}/command/dim", payload, qos=0)
    operator.send(f"{BASE}/command/{'v' * 5000}", b"{}")

    operator.send(f"{BASE}/command/sync", {"id": "last"})
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)

    assert len(made.inbox.refusals()) == 41
    assert {refused.refusal.code for refused in made.inbox.refusals()} == {"badJson", "tooLarge", "missing"}


# --- trouble


def test_a_broker_that_was_away_is_found_again_and_the_queue_was_kept(lamp: MakeLamp, broker: Mosquitto) -> None:
    made = lamp().start().connected()
    broker.stop()
    eventually(lambda: not made.link.view.connected)
    eventually(lambda: "refused" in (made.link.view.trouble or ""))
    broker.start()
    early = Operator(broker.port)
    early.send(f"{BASE}/command/dim", DIM)

    made.connected()
    made.inbox.wait(lambda inbox: len(inbox.commands()) == 1)
    assert made.link.view.session == 2
    early.close()


def test_a_frozen_broker_is_noticed_and_found_again_when_it_thaws(lamp: MakeLamp, broker: Mosquitto) -> None:
    made = lamp(keepalive_s=1).start().connected()
    broker.freeze()
    eventually(lambda: not made.link.view.connected)

    broker.thaw()

    made.connected()


def test_a_connection_that_carries_nothing_any_more_is_given_up(lamp: MakeLamp, cable: Cable) -> None:
    made = lamp(cable.url, keepalive_s=1).start().connected()
    cable.unplug()
    eventually(lambda: not made.link.view.connected)

    cable.plug()
    cable.cut()

    made.connected()


def test_a_lamp_that_is_kicked_again_and_again_backs_off(lamp: MakeLamp, broker: Mosquitto) -> None:
    made = lamp(rng=random.Random(1)).start().connected()
    until_s = time.monotonic() + 3
    kicks = 0
    while time.monotonic() < until_s:
        if made.link.view.connected:
            broker.kick(CLIENT_ID)
            kicks += 1
            eventually(lambda: not made.link.view.connected or made.inbox.ups() > kicks)  # noqa: B023 - called before the next turn
        time.sleep(0.005)

    assert 2 <= kicks <= 10  # without back-off there would be hundreds


@pytest.mark.parametrize("trouble", ["frozen", "gone"])
def test_it_stops_in_time_whatever_the_broker_does(trouble: str, lamp: MakeLamp, broker: Mosquitto) -> None:
    made = lamp().start().connected()
    if trouble == "frozen":
        broker.freeze()
    else:
        broker.kill()
        eventually(lambda: not made.link.view.connected)

    made.stop(within_s=4)


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[Mosquitto, str]]:
    """A broker that speaks TLS, and its certificate."""
    certificate, key = tmp_path / "broker.pem", tmp_path / "broker.key"
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=broker"
    name = "subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", *request.split(), "-addext", name, "-out", certificate, "-keyout", key], check=True, capture_output=True
    )
    broker = Mosquitto(tmp_path / "secured", f"certfile {certificate}\nkeyfile {key}")
    broker.start()
    yield broker, str(certificate)
    broker.stop()


def test_over_tls_commands_in_one_go_all_arrive(lamp: MakeLamp, secured: tuple[Mosquitto, str]) -> None:
    broker, certificate = secured
    url = broker.url.replace("mqtt:", "mqtts:")
    lamp(url, ca_file=certificate).start().connected().stop()
    operator = Operator(broker.port, ca_file=certificate)
    for n in range(20):
        operator.send(f"{BASE}/command/dim", {"id": f"c-{n}", "level": n})
    operator.close()

    back = lamp(url, ca_file=certificate).start()  # the broker sends all that waited at once, in few TLS records

    back.inbox.wait(lambda inbox: len(inbox.commands()) == 20)


@pytest.mark.filterwarnings(
    "ignore:unclosed <agent.link.alerts:ResourceWarning"
)  # paho leaves the socket of a failed handshake to the collector
def test_a_broker_whose_certificate_is_not_trusted_is_named_with_the_remedy(
    lamp: MakeLamp, secured: tuple[Mosquitto, str]
) -> None:
    made = lamp(secured[0].url.replace("mqtt:", "mqtts:")).start()

    eventually(lambda: made.link.view.trouble is not None)
    assert "certificate does not hold" in made.link.view.trouble
    assert "broker.ca_file" in made.link.view.trouble


def test_a_bad_file_is_said_and_mended_without_a_restart(lamp: MakeLamp, tmp_path_factory: pytest.TempPathFactory) -> None:
    password = tmp_path_factory.mktemp("secrets") / "password"
    made = lamp(username="l", password_file=str(password)).start()
    eventually(lambda: "broker.password_file" in (made.link.view.trouble or ""))

    password.write_text("anything")

    made.connected()


def test_a_broker_that_will_not_have_the_lamp_is_told_to_the_core(lamp: MakeLamp, tmp_path: Path) -> None:
    strict = Mosquitto(tmp_path / "strict", f"password_file {tmp_path / 'nobody'}")
    (tmp_path / "nobody").write_text("")
    strict.start()
    secret = tmp_path / "secret"
    secret.write_text("wrong")
    try:
        made = lamp(strict.url, username="l", password_file=str(secret)).start()
        made.inbox.wait(lambda inbox: BrokerRefused() in inbox.events)
        made.stop()
    finally:
        strict.stop()
    assert LinkChanged(connected=True) not in made.inbox.events


def test_the_first_certificate_to_expire_is_told_when_the_link_is_set_up(lamp: MakeLamp, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    issued = authority.issue("lamp-0042", ends=timedelta(days=20))
    made = lamp(
        "mqtts://127.0.0.1:9", ca_file=str(authority.certificate), cert_file=str(issued.certificate), key_file=str(issued.key)
    ).start()
    made.inbox.wait(lambda inbox: any(isinstance(event, CertificateRead) for event in inbox.events))
    (told,) = [event for event in made.inbox.events if isinstance(event, CertificateRead)]
    assert told.ends_utc_s == pytest.approx(time.time() + 20 * 86_400, abs=120)
