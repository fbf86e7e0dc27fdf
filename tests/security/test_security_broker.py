"""The shipped broker with the certificates of scripts/pilot-ca: who comes in, and what each may say, hear and take."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from support.authority import Authority
from support.broker import Mosquitto
from support.pilot import SITE, Pilot
from support.stranger import NOT_ALLOWED, NOT_LET_IN, Connect, Stranger

pytestmark = pytest.mark.process
ROOT = f"streetlight/v1/{SITE}"
OWN, NEIGHBOUR, NAMESAKE = f"{ROOT}/lamp/lamp-7", f"{ROOT}/lamp/lamp-8", "streetlight/v1/elsewhere/lamp/lamp-7"
SAID = ("status", "info", "state", "alarms", "telemetry", "event", "ack")
COMMANDS = tuple(
    f"{whose}/command/dim" for whose in (OWN, NEIGHBOUR, NAMESAKE, f"{ROOT}/group/east", f"{ROOT}/group/west", f"{ROOT}/all")
)


@pytest.fixture
def lamp(pilot: Pilot, connect: Connect) -> Stranger:
    """Whoever has opened lamp-7 and taken its key."""
    return connect(pilot.lamp(SITE, "lamp-7"))


@pytest.fixture
def anna(pilot: Pilot, connect: Connect) -> Stranger:
    return connect(pilot.operator("anna"))


# --- who comes in


def test_only_a_certificate_of_the_pilots_authority_is_let_in(pilot: Pilot, connect: Connect, tmp_path: Path) -> None:
    assert connect(pilot.lamp(SITE, "lamp-7")).answer == "Success"
    assert connect(None).answer == NOT_LET_IN
    assert connect(Authority(tmp_path / "other").issue("x", subject=f"{SITE}/lamp/lamp-7")).answer == NOT_LET_IN


@pytest.mark.parametrize(("begins", "ends"), [(-9, -1), (1, 9)], ids=["over", "to come"])
def test_a_lamps_certificate_counts_in_its_time_alone(begins: int, ends: int, pilot: Pilot, connect: Connect) -> None:
    issued = pilot.authority.issue(
        "dated", subject=f"{SITE}/lamp/lamp-7", begins=timedelta(days=begins), ends=timedelta(days=ends)
    )
    assert connect(issued).answer == NOT_LET_IN


def test_the_brokers_own_certificate_opens_nothing(pilot: Pilot, connect: Connect) -> None:
    assert connect(pilot.broker_certificate).answer == NOT_LET_IN


# --- what each may say


@pytest.mark.parametrize("last", SAID)
def test_a_lamp_says_how_it_is_and_not_how_another_is(last: str, lamp: Stranger, anna: Stranger) -> None:
    anna.subscribe("streetlight/v1/#")

    assert lamp.publish(f"{NEIGHBOUR}/{last}") == NOT_ALLOWED
    assert lamp.publish(f"{NAMESAKE}/{last}") == NOT_ALLOWED
    assert lamp.publish(f"{OWN}/{last}") == "Success"

    anna.wait(f"{OWN}/{last}")
    assert f"{NEIGHBOUR}/{last}" not in anna.topics


@pytest.mark.parametrize("topic", [*COMMANDS, f"{OWN}/other", OWN, "streetlight/v1", "anything", "$SYS/broker/version"])
def test_a_lamp_commands_nobody_and_says_nothing_else(topic: str, lamp: Stranger) -> None:
    assert lamp.publish(topic) == NOT_ALLOWED


def test_a_will_about_another_lamp_is_not_told(pilot: Pilot, anna: Stranger, guarded: Mosquitto) -> None:
    anna.subscribe("streetlight/v1/#")
    for topic in (f"{NEIGHBOUR}/status", f"{OWN}/status"):  # the second shows that wills are told
        Stranger(guarded.port, str(pilot.ca), pilot.lamp(SITE, "lamp-7"), will=topic).vanish()

    anna.wait(f"{OWN}/status")
    assert f"{NEIGHBOUR}/status" not in anna.topics


@pytest.mark.parametrize("topic", COMMANDS)
def test_an_operator_commands_all_and_speaks_for_no_lamp(topic: str, anna: Stranger) -> None:
    assert anna.publish(topic) != NOT_ALLOWED
    assert anna.publish(f"{OWN}/status") == NOT_ALLOWED


# --- what each may hear


@pytest.mark.parametrize("filters", [("#",), ("streetlight/v1/+/lamp/+/+", *(f"{topic[:-3]}+" for topic in COMMANDS))])
def test_a_lamp_hears_its_own_commands_its_groups_and_alls_whatever_it_subscribes_to(
    filters: tuple[str, ...], lamp: Stranger, anna: Stranger, pilot: Pilot, connect: Connect
) -> None:
    lamp.subscribe(*filters)
    connect(pilot.lamp(SITE, "lamp-8")).publish(f"{NEIGHBOUR}/state", retain=True)
    for topic in COMMANDS:
        anna.publish(topic)
    anna.publish(f"{OWN}/command/sync")  # the last

    lamp.wait(f"{OWN}/command/sync")
    heard = {f"{OWN}/command/dim", f"{ROOT}/group/east/command/dim", f"{ROOT}/all/command/dim", f"{OWN}/command/sync"}
    assert set(lamp.topics) - {f"{OWN}/status"} == heard  # its own status it may watch; a will of the tests above is kept


def test_an_operator_hears_all_lamps(pilot: Pilot, anna: Stranger, connect: Connect) -> None:
    anna.subscribe("streetlight/v1/#")
    connect(pilot.lamp("elsewhere", "lamp-7")).publish(f"{NAMESAKE}/state")
    connect(pilot.lamp(SITE, "lamp-8")).publish(f"{NEIGHBOUR}/state")
    anna.wait(f"{NAMESAKE}/state")
    anna.wait(f"{NEIGHBOUR}/state")


# --- what it may take


def test_no_lamp_pushes_another_off_by_taking_its_client_id(pilot: Pilot, lamp: Stranger, connect: Connect) -> None:
    thief = connect(pilot.lamp(SITE, "lamp-8"), client_id=f"{SITE}/lamp/lamp-7")
    assert thief.answer == "Success"  # as itself
    assert thief.publish(f"{OWN}/status") == NOT_ALLOWED
    assert not lamp.over.is_set()
    assert lamp.publish(f"{OWN}/status") != NOT_LET_IN


def test_what_is_larger_than_any_message_of_the_contract_costs_the_connection(lamp: Stranger) -> None:
    assert lamp.publish(f"{OWN}/state", bytes(100_000)) != NOT_LET_IN
    assert lamp.publish(f"{OWN}/state", bytes(140_000)) == NOT_LET_IN


# --- what changes while it runs


def test_groups_and_revoked_certificates_count_once_the_broker_has_read_them(tmp_path: Path) -> None:
    pilot = Pilot(tmp_path)
    for words in (("broker", "127.0.0.1"), ("lamp", SITE, "lamp-7"), ("lamp", SITE, "lamp-8"), ("operator", "anna")):
        pilot.make(*words)
    pilot.install()
    broker = pilot.broker()
    broker.start()
    stolen = pilot.keep(pilot.lamp(SITE, "lamp-8"))
    clients = [Stranger(broker.port, str(pilot.ca), own) for own in (pilot.lamp(SITE, "lamp-7"), pilot.operator("anna"))]
    lamp, anna = clients
    try:
        lamp.subscribe("streetlight/#")
        pilot.make("lamp", SITE, "lamp-7", "east")
        pilot.make("revoke", "lamp", SITE, "lamp-8")
        pilot.install()
        broker.reload()
        until_s = time.monotonic() + 5
        while f"{ROOT}/group/east/command/dim" not in lamp.topics:  # the signal takes its moment
            assert time.monotonic() < until_s
            anna.publish(f"{ROOT}/group/east/command/dim")
        broker.stop()
        broker.start()
        clients += [Stranger(broker.port, str(pilot.ca), own) for own in (stolen, pilot.lamp(SITE, "lamp-7"))]
        assert [client.answer for client in clients[2:]] == [NOT_LET_IN, "Success"]
    finally:
        for client in clients:
            client.close()
        broker.stop()
