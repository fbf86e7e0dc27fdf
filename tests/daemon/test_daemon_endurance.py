"""The daemon as systemd, an operator with a broken program, and an impatient person know it: it lives, and ends when asked."""

import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.agent import BASE, Agent, MakeAgent, eventually
from support.broker import Mosquitto
from support.operator import Operator

pytestmark = pytest.mark.process
MALFORMED = (
    b"\xff\xfe" * 150,
    b'{"id": "m", "level": ' + b"9" * 250,
    b'{"id": "m", "level": "' + b"x" * 250 + b'"}',
    b'{"level": 20, "pad": "' + b"y" * 250 + b'"}',
    b"[" * 300,
)


def test_two_thousand_malformed_commands_hold_up_neither_the_valid_ones_nor_the_lamp(
    make_agent: MakeAgent, broker: Mosquitto
) -> None:
    lamp = make_agent(broker.url).start()
    operator = Operator(broker.port)
    operator.wait(lambda seen: seen.topic == f"{BASE}/state" and seen.json["actual_level"] == 60)
    for number in range(2000):
        operator.send(f"{BASE}/command/dim", MALFORMED[number % len(MALFORMED)], qos=0)
        if number % 200 == 0:
            operator.send(f"{BASE}/command/dim", {"id": f"v-{number}", "level": 20 + number / 100}, qos=0)

    valid = [f"v-{number}" for number in range(0, 2000, 200)]
    for command_id in valid:
        operator.wait(lambda seen, wanted=command_id: seen.topic == f"{BASE}/ack" and seen.json["id"] == wanted)  # type: ignore[misc]
    eventually(lambda: lamp.level == 38)
    refused = [seen.json for seen in operator.seen if seen.topic == f"{BASE}/ack" and seen.json["status"] == "rejected"]
    operator.close()

    assert lamp.lives
    assert 10 <= len(refused) < 200  # ten a second; the rest is counted
    assert {ack["code"] for ack in refused} <= {"badJson", "wrongType", "missing"}
    assert all(ack["message"] for ack in refused)
    assert lamp.stop() == 0
    assert "Traceback" not in lamp.log


def drain(listener: socket.socket) -> None:
    """Take what was sent so far."""
    listener.setblocking(False)
    with suppress(BlockingIOError):
        while listener.recv(4096):
            pass


def test_systemd_hears_ready_and_then_the_watchdog_until_the_process_stands_still(make_agent: MakeAgent, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(15)
        lamp = make_agent()
        lamp.launch(environment={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"})
        first = systemd.recv(4096).decode()
        assert first.startswith("READY=1\nSTATUS=")
        systemd.settimeout(1)
        heard = [systemd.recv(4096) for _ in range(4)]
        assert b"WATCHDOG=1" in heard

        lamp.tell(signal.SIGSTOP)
        drain(systemd)
        systemd.settimeout(1)
        with pytest.raises(TimeoutError):
            systemd.recv(4096)
        lamp.tell(signal.SIGCONT)

        systemd.settimeout(5)
        lamp.tell(signal.SIGTERM)
        told = b""
        while told != b"STOPPING=1":
            told = systemd.recv(4096)
        assert lamp.wait(5) == 0


@pytest.mark.parametrize("broker_is", ["away", "frozen"])
def test_it_ends_in_time_on_either_signal_whatever_the_broker_does(
    broker_is: str, make_agent: MakeAgent, broker: Mosquitto
) -> None:
    lamp = make_agent(broker.url).start()
    eventually(lambda: lamp.status["link"]["connected"])
    if broker_is == "away":
        broker.stop()
        assert lamp.stop(signal.SIGINT) == 0
    else:
        broker.freeze()
        assert lamp.stop(signal.SIGTERM) == 0
    assert not lamp.socket.exists()


def test_a_ledger_that_the_card_has_damaged_is_told_to_the_operator_though_a_new_one_works(
    make_agent: MakeAgent, broker: Mosquitto
) -> None:
    lamp = make_agent(broker.url).start()
    assert lamp.stop() == 0
    ledger = lamp.state / "ledger.db"
    ledger.write_bytes(ledger.read_bytes()[:100] + b"\xaa" * (ledger.stat().st_size - 100))
    operator = Operator(broker.port)

    lamp.start("--speed", "60")

    def told(edge: str) -> dict[str, Any]:
        (seen,) = operator.wait(
            lambda seen: seen.topic == f"{BASE}/event" and seen.json["event"] == "storageDegraded" and seen.json["edge"] == edge
        )
        return seen.json

    raised, cleared = told("raised"), told("cleared")
    operator.close()
    assert cleared["uptime_s"] - raised["uptime_s"] >= 60
    assert (lamp.state / "ledger.db.damaged-1").exists()
    assert lamp.level == 60


def test_rubbish_on_the_control_socket_stops_nothing(agent: Agent) -> None:
    for line in (b"\xff\n", b"{}\n", b"x" * 3000 + b"\n", b'{"do": "set", "level": 1e999}\n', b'{"do": "release"}\n'):
        assert agent.say(line).endswith(b"}\n")
    assert agent.ask("set", level=40)["status"]["state"]["slot"] == "maintenance"
    assert "explanation" in agent.ask("explain")


def test_the_technician_s_hand_survives_a_crash_of_the_agent_in_the_same_boot_of_the_pi(agent: Agent) -> None:
    agent.ask("set", level=17, duration_s=600)
    eventually(lambda: agent.status["state"]["actual_level"] == 17)
    time.sleep(0.5)  # it is not promised: nobody waits for the disk
    agent.kill()
    agent.start()
    eventually(lambda: agent.level == 17)
