"""Real lamps at the shipped broker: an operator commands them, a lamp's key does not, and a clock that is unset is waited for."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.agent import CONFIG, Agent, eventually
from support.authority import Issued
from support.broker import Mosquitto
from support.pilot import SITE, Pilot
from support.stranger import Connect

pytestmark = pytest.mark.process
ROOT = f"streetlight/v1/{SITE}"


def lamp_of(pilot: Pilot, name: str, group: str, folder: Path, port: int) -> Agent:
    own = pilot.lamp(SITE, name)
    broker = f'broker: {{url: "mqtts://127.0.0.1:9", ca_file: {pilot.ca}, cert_file: {own.certificate}, key_file: {own.key}}}'
    config = CONFIG.replace("lamp-7", name).replace("[east]", f"[{group}]").replace('broker: {url: "mqtt://127.0.0.1:9"}', broker)
    return Agent(folder / name, f"mqtts://127.0.0.1:{port}", config)


@pytest.fixture(scope="module")
def lamps(pilot: Pilot, guarded: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Agent, Agent]]:
    """Two that run, are connected and at their programme: lamp-7 in the group east, lamp-8 in west."""
    folder = tmp_path_factory.mktemp("lamps")
    made = tuple(lamp_of(pilot, name, group, folder, guarded.port) for name, group in (("lamp-7", "east"), ("lamp-8", "west")))
    try:
        for lamp in made:
            lamp.launch()
        for lamp in made:
            eventually(lambda lamp=lamp: lamp.answers() and lamp.status["link"]["connected"])
            eventually(lambda lamp=lamp: lamp.level == 60)
        yield made
    finally:
        for lamp in made:
            lamp.kill()


def send(pilot: Pilot, port: int, own: Issued, *words: str) -> subprocess.CompletedProcess[str]:
    broker = ("--broker", f"mqtts://127.0.0.1:{port}", "--ca", pilot.ca, "--cert", own.certificate, "--key", own.key)
    command = [sys.executable, "-m", "agent", "send", *broker, SITE, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_an_operator_commands_a_lamp_its_group_and_all(
    pilot: Pilot, guarded: Mosquitto, lamps: tuple[Agent, Agent], connect: Connect
) -> None:
    seven, eight = lamps
    done = send(pilot, guarded.port, pilot.operator("anna"), "lamp-7", "dim", "20")
    assert done.returncode == 0, done.stderr
    assert (seven.level, eight.level) == (20, 60)

    anna = connect(pilot.operator("anna"))
    anna.publish(f"{ROOT}/group/west/command/dim", b'{"id": "west", "level": 30}')
    eventually(lambda: eight.level == 30)
    assert seven.level == 20

    anna.publish(f"{ROOT}/all/command/dim", b'{"id": "all", "level": 70}')
    eventually(lambda: (seven.level, eight.level) == (70, 70))


def test_with_a_lamps_key_no_lamp_is_commanded_and_that_is_said_at_once(
    pilot: Pilot, guarded: Mosquitto, lamps: tuple[Agent, Agent]
) -> None:
    before = [lamp.level for lamp in lamps]
    # One that does not run: a certificate is one client, and a lamp would be pushed off by whoever has its key.
    done = send(pilot, guarded.port, pilot.lamp("elsewhere", "lamp-7"), "all", "dim", "5")
    assert done.returncode == 1
    assert "the broker refuses the command: Not authorized" in done.stderr
    assert [lamp.level for lamp in lamps] == before


def test_while_the_clock_is_behind_the_brokers_certificate_the_lamp_is_lit_waits_and_says_so(
    pilot: Pilot, tmp_path: Path
) -> None:
    """This machine's clock is not ours to set: the certificate is of tomorrow, and then, as if the clock were set, of today."""
    early = Pilot(tmp_path)
    for words in (("broker", "127.0.0.1"), ("lamp", SITE, "lamp-7", "east")):
        early.make(*words)
    early.install(early.authority.issue("127.0.0.1", begins=timedelta(days=1), ends=timedelta(days=9)))
    broker = early.broker()
    broker.start()
    lamp = lamp_of(early, "lamp-7", "east", tmp_path, broker.port)
    try:
        lamp.start()
        eventually(lambda: "is not valid yet by this clock; the link waits" in (lamp.status["link"]["trouble"] or ""))
        assert not lamp.status["link"]["connected"]
        assert lamp.level >= 60  # from full light, with which it begins, to its programme

        early.install()
        broker.reload()
        eventually(lambda: lamp.status["link"]["connected"], within_s=40)
        assert lamp.status["link"]["trouble"] is None
        eventually(lambda: lamp.level == 60)
        assert lamp.log.count("is not valid yet") == 1
        assert "brokerRejected" not in lamp.log
    finally:
        lamp.kill()
        broker.stop()
