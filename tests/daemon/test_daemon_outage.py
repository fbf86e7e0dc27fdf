"""The broker is away, the agent is killed meanwhile and starts again: nothing is missing in the end, and nothing done twice."""

import signal
from collections import defaultdict

import pytest
from support.agent import BASE, Agent, MakeAgent, eventually
from support.broker import Mosquitto
from support.operator import Operator, Seen

pytestmark = pytest.mark.process
DIM = {"id": "c-1", "level": 25, "duration_s": 7200}


def records(operator: Operator) -> dict[str, set[int]]:
    """What has arrived of each boot, by ``seq``."""
    found: dict[str, set[int]] = defaultdict(set)
    for seen in list(operator.seen):
        if seen.topic in (f"{BASE}/telemetry", f"{BASE}/event"):
            found[seen.json["boot_id"]].add(seen.json["seq"])
    return found


def said_of(operator: Operator, command_id: str, count: int) -> list[Seen]:
    return operator.wait(lambda seen: seen.topic == f"{BASE}/ack" and seen.json["id"] == command_id, count, within_s=15)


def pending(agent: Agent) -> int:
    count: int = agent.status["state"]["outbox"]["pending"]
    return count


def test_every_record_of_every_boot_arrives_the_override_holds_and_the_command_is_still_known(
    make_agent: MakeAgent, broker: Mosquitto
) -> None:
    lamp = make_agent(broker.url).start()
    before = Operator(broker.port)
    before.wait_status("ready")  # a command that comes before the lamp has its first session is nobody's
    before.send(f"{BASE}/command/dim", DIM)
    until = said_of(before, "c-1", 2)[1].json["until"]
    first = before.wait_topic(f"{BASE}/telemetry", count=2)[0].json["boot_id"]
    broker.stop()
    eventually(lambda: not lamp.status["link"]["connected"])
    before.close()
    eventually(lambda: pending(lamp) >= 3)
    waiting = pending(lamp)
    eventually(lambda: pending(lamp) >= waiting + 2)  # more than flush_every later: what waited is on disk
    lamp.kill()

    lamp.start()
    second = lamp.status["boot_id"]
    eventually(lambda: lamp.level == 25)  # full at first: simulated pins have been let go of
    eventually(lambda: pending(lamp) >= waiting + 5)
    lamp.kill()
    lamp.start()
    third = lamp.status["boot_id"]
    eventually(lambda: lamp.level == 25)
    assert lamp.status["state"]["override"]["until"] == until
    lamp.tell(signal.SIGSTOP)  # so that nothing is told before somebody listens
    broker.start()
    after = Operator(broker.port)
    lamp.tell(signal.SIGCONT)
    after.wait_status("ready", within_s=20)
    after.wait(lambda seen: seen.topic == f"{BASE}/telemetry" and not seen.json["historical"], count=3, within_s=20)
    eventually(lambda: pending(lamp) <= 1)

    assert first not in (second, third)
    seen = records(after)
    for boot in (second, third):
        assert sorted(seen[boot]) == list(range(1, max(seen[boot]) + 1)), boot
    arrived = sorted(records(before)[first] | seen[first])
    assert arrived == list(range(1, arrived[-1] + 1))
    assert len(records(before)[first]) < len(arrived)
    assert len(seen[first] | seen[second]) >= waiting
    late = [one.json["historical"] for one in after.seen if one.topic == f"{BASE}/telemetry" and one.json["boot_id"] != third]
    assert late
    assert all(late)
    after.send(f"{BASE}/command/dim", DIM | {"level": 90})
    again = said_of(after, "c-1", 1)[0].json
    assert (again["status"], again["level"]) == ("applied", 25)
    assert lamp.level == 25
    after.close()


def test_without_any_broker_it_lights_answers_and_ends_as_it_should(agent: Agent) -> None:
    eventually(lambda: agent.level == 60)
    eventually(lambda: agent.status["state"]["actual_level"] == 60)
    assert agent.status["link"] == {
        "broker": "mqtt://127.0.0.1:9",
        "connected": False,
        "trouble": "127.0.0.1:9: Connection refused; check broker.url, and that the broker runs",
    }
    eventually(lambda: pending(agent) > 0)

    assert agent.stop() == 0

    assert '"not connected to the broker"' in agent.log
    assert "Traceback" not in agent.log
    agent.start()
    assert pending(agent) > 0  # what was not told is kept
