"""``send``: the operator's commands to a running lamp over a real broker, and to nobody."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from support.agent import BASE, Agent, eventually
from support.broker import Mosquitto
from support.contract import misfit
from support.operator import Operator

from agent.cli.main import cli

pytestmark = pytest.mark.process
EARLY_IDS = (105, 230)  # crc32 of "lamp-7 send-<these>" is small


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture(scope="module")
def lamp(hub: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    made = Agent(tmp_path_factory.mktemp("agent"), hub.url)
    try:
        made.start()
        eventually(lambda: made.status["link"]["connected"] and made.level == 60)
        yield made
    finally:
        made.kill()


def send(broker: Mosquitto, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["send", "--broker", broker.url, *arguments])


def test_a_dim_is_done_and_each_acknowledgement_is_told(hub: Mosquitto, lamp: Agent) -> None:
    result = send(hub, "teststadt", "lamp-7", "dim", "25", "--for", "2h")
    assert result.exit_code == 0
    accepted, applied = result.stdout.splitlines()
    assert accepted.startswith("lamp-7: dim accepted at 25 % until 2026-12-22T00:0")
    assert applied.startswith("lamp-7: dim applied at 25 % until ")
    assert lamp.level == 25


def test_a_simulated_lamp_gets_the_message_expiry_alone_for_its_clock_is_not_ours(hub: Mosquitto, lamp: Agent) -> None:
    listener = Operator(hub.port, "streetlight/v1/+/lamp/+/command/#")
    assert send(hub, "teststadt", "lamp-7", "dim", "30").exit_code == 0
    (seen,) = listener.wait_topic("/command/dim")
    listener.close()
    assert set(seen.json) == {"id", "issuer", "level"}
    assert misfit("dim", seen.payload) is None


def test_any_other_lamp_gets_issue_time_and_ttl(hub: Mosquitto, lamp: Agent) -> None:
    listener = Operator(hub.port, "streetlight/v1/+/lamp/+/command/#")
    result = send(hub, "teststadt", "lamp-8", "dim", "30", "--ttl", "90s", "--wait", "200ms")
    (seen,) = listener.wait_topic("lamp-8/command/dim")
    listener.close()
    assert (seen.json["ttl_s"], seen.json["issued_at"][-1]) == (90, "Z")
    assert misfit("dim", seen.payload) is None
    assert result.exit_code == 1
    assert "no lamp answered within 0.2 s" in result.stderr


def test_a_self_test_runs_on_after_the_wait_and_it_is_said_how_to_get_its_verdict(hub: Mosquitto, lamp: Agent) -> None:
    result = send(hub, "teststadt", "lamp-7", "self-test", "--wait", "3s")
    assert result.exit_code == 0
    assert "self-test applied" in result.stdout
    assert "--wait 4min" in result.stderr
    lamp.ask("release")
    eventually(lambda: lamp.status["state"]["slot"] != "maintenance")
    as_json = send(hub, "teststadt", "lamp-7", "self-test", "--wait", "2s", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["done"]) == (0, True)
    assert "its verdict is not known yet" in as_json.stderr
    lamp.ask("release")


@pytest.mark.parametrize(("verdict", "status"), [("passed", 0), ("failed", 1), ("notMeasured", 1), ("interrupted", 1)])
def test_only_a_self_test_that_passes_is_done_and_none_ends_in_the_future(verdict: str, status: int, hub: Mosquitto) -> None:
    """The lamp is played, for a real one takes minutes."""
    player = Operator(hub.port, "streetlight/v1/teststadt/lamp/lamp-9/command/#")
    with ThreadPoolExecutor() as pool:
        result = pool.submit(send, hub, "teststadt", "lamp-9", "self-test")
        (command,) = player.wait_topic("/command/self-test")
        ack = {"id": command.json["id"], "lamp": "lamp-9", "verb": "self-test", "until": "2026-12-22T00:00:00.000Z"}
        for more in ({"status": "accepted"}, {"status": "ended", "code": verdict, "message": "by a play"}):
            player.send("streetlight/v1/teststadt/lamp/lamp-9/ack", ack | more)
    player.close()
    assert result.result().exit_code == status
    assert result.result().stdout.splitlines()[-1] == f"lamp-9: self-test ended ({verdict}: by a play)"


def test_json_is_one_document_with_all_acknowledgements(hub: Mosquitto, lamp: Agent) -> None:
    result = send(hub, "teststadt", "lamp-7", "resume", "--json")
    document = json.loads(result.stdout)
    assert (result.exit_code, document["done"]) == (0, True)
    assert {ack["status"] for ack in document["acknowledgements"]} <= {"accepted", "applied"}
    assert all(ack["lamp"] == "lamp-7" for ack in document["acknowledgements"])


@pytest.mark.parametrize("target", ["group/east", "all"])
def test_a_group_and_all_are_answered_by_their_lamps(
    target: str, hub: Mosquitto, lamp: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers to many are spread over 5 s, each by its id; these two come at once."""
    ids = {"group/east": EARLY_IDS[0], "all": EARLY_IDS[1]}
    monkeypatch.setattr("agent.cli.send.uuid.uuid4", lambda: UUID(int=ids[target] << 80))
    result = send(hub, "teststadt", target, "sync", "--json", "--wait", "1s")
    assert result.exit_code == 0
    assert {ack["lamp"] for ack in json.loads(result.stdout)["acknowledgements"]} == {"lamp-7"}


def test_a_command_that_a_lamp_rejects_is_status_1_with_its_reason(hub: Mosquitto, lamp: Agent) -> None:
    result = send(hub, "teststadt", "lamp-7", "dim", "20", "--for", "8d")
    assert result.exit_code == 1
    assert "rejected" in result.stdout
    assert "duration_s" in result.stdout


def test_a_lamp_that_is_not_there_does_not_answer(hub: Mosquitto) -> None:
    result = send(hub, "teststadt", "nobody", "sync", "--wait", "100ms", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"done": False, "acknowledgements": []}


@pytest.mark.parametrize(
    "arguments",
    [
        ("teststadt", "lamp-7", "dim"),
        ("teststadt", "lamp-7", "dim", "101"),
        ("teststadt", "lamp-7", "dim", "nan"),
        ("teststadt", "lamp-7", "resume", "40"),
        ("teststadt", "lamp-7", "resume", "--for", "1h"),
        ("teststadt", "all", "sync", "--for", "1h"),
        ("teststadt", "lamp-7", "self-test", "--for", "1h"),
        ("teststadt", "lamp-7", "explode"),
        ("teststadt", "lamp-7", "dim", "40", "--for", "2"),
        ("teststadt", "lamp-#", "dim", "40"),
        ("test/stadt", "lamp-7", "dim", "40"),
        ("teststadt", "lamp-7"),
    ],
)
def test_what_is_no_command_is_misuse(arguments: tuple[str, ...], hub: Mosquitto) -> None:
    assert send(hub, *arguments).exit_code == 2


def test_without_a_broker_it_is_said_which_one_does_not_answer() -> None:
    result = CliRunner().invoke(cli, ["send", "--broker", "mqtt://127.0.0.1:9", "teststadt", "lamp-7", "sync"])
    assert result.exit_code == 1
    assert "no broker answers at 127.0.0.1:9" in result.stderr


def test_a_broker_s_address_that_is_none_and_a_missing_password_are_said(hub: Mosquitto, tmp_path: Path) -> None:
    wrong = CliRunner().invoke(cli, ["send", "--broker", "http://127.0.0.1", "teststadt", "lamp-7", "sync"])
    assert wrong.exit_code in (1, 2)
    assert "mqtt" in wrong.stderr
    assert "Traceback" not in wrong.output
    missing = send(hub, "--password-file", str(tmp_path / "none"), "teststadt", "lamp-7", "sync")
    assert missing.exit_code == 2


def test_a_frozen_broker_is_given_up(hub: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.cli.operator.CONNECT_S", 0.3)
    hub.freeze()
    try:
        result = send(hub, "teststadt", "lamp-7", "sync")
    finally:
        hub.thaw()
    assert result.exit_code == 1
    assert "no answer within" in result.stderr


def test_what_others_publish_on_the_topics_is_passed_over(hub: Mosquitto, lamp: Agent) -> None:
    stranger = Operator(hub.port, "answers/#")  # it listens to nobody, least of all to itself
    for payload in (b"\xff", b"[]", b'{"id": 3}', b'{"simulated": "yes"}'):
        stranger.send(f"{BASE}/ack", payload)
        stranger.send("streetlight/v1/teststadt/lamp/strange/status", payload, retain=True)
    result = send(hub, "teststadt", "lamp-7", "dim", "50")
    stranger.close()
    assert result.exit_code == 0
