"""What a running lamp says to a real broker, held against the contract by hand: its own types are not asked."""

import re
from typing import Any

import pytest
from support.agent import BASE, Agent, MakeAgent, eventually
from support.broker import Mosquitto
from support.operator import Operator

pytestmark = pytest.mark.process

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
NIGHT_UTC = "2026-12-21T22:0"
NUMBER, TEXT = (int, float), (str,)
QUALITIES = {"unsynced", "suspect", "rtc", "ntp"}


def fits(message: dict[str, Any], shape: dict[str, tuple[type, ...]]) -> None:
    """Exactly these fields, of these types; a bool is no number, and what ends in ``at`` is a moment."""
    assert set(message) == set(shape)
    for name, types in shape.items():
        value = message[name]
        assert isinstance(value, types), f"{name}: {value!r}"
        assert bool in types or not isinstance(value, bool), f"{name}: {value!r}"
        if name in ("at", "until", "since") and value is not None:
            assert MOMENT.fullmatch(value), f"{name}: {value!r}"


@pytest.fixture
def operator(broker: Mosquitto) -> Any:
    client = Operator(broker.port)
    yield client
    client.close()


@pytest.fixture
def lamp(make_agent: MakeAgent, broker: Mosquitto) -> Agent:
    return make_agent(broker.url).start()


def latest(operator: Operator, end: str) -> dict[str, Any]:
    operator.wait_topic(end)
    return next(seen.json for seen in reversed(operator.seen) if seen.topic.endswith(end))


def settled(operator: Operator) -> dict[str, Any]:
    """The state once the lamp has found its programme and the outbox has drained."""
    wanted = operator.wait(lambda seen: seen.topic == f"{BASE}/state" and seen.json["actual_level"] == 60)
    return wanted[-1].json


def acks(operator: Operator, command_id: str, count: int) -> list[dict[str, Any]]:
    found = operator.wait(lambda seen: seen.topic == f"{BASE}/ack" and seen.json["id"] == command_id, count)
    return [seen.json for seen in found]


def test_birth_info_state_alarms_and_telemetry_are_as_the_contract_has_them(lamp: Agent, operator: Operator) -> None:
    state = settled(operator)
    status, info = latest(operator, "/status"), latest(operator, "/info")
    telemetry = operator.wait_topic(f"{BASE}/telemetry", count=3)[-1].json
    event = operator.wait_topic(f"{BASE}/event")[0].json
    alarms = latest(operator, "/alarms")

    shape: dict[str, tuple[type, ...]] = dict.fromkeys(("status", "boot_id", "at", "agent_version", "config_version"), TEXT)
    fits(status, shape | {"boot_reason": TEXT, "time_quality": TEXT, "session": (int,), "simulated": (bool,)})
    assert (status["status"], status["session"], status["simulated"]) == ("ready", 1, True)
    assert (status["boot_reason"], status["time_quality"]) == ("powerOn", "ntp")

    nullable = (str, type(None))
    shape = {"at": TEXT, "simulated": (bool,), "model": nullable, "serial": nullable, "os": nullable, "agent_version": TEXT}
    shape |= {"config_version": TEXT, "location": (dict,), "groups": (list,), "luminaire": (dict,)}
    fits(info, shape | {"parts": (list,), "verbs": (list,)})
    assert info["location"] == {"latitude": 51.4344, "longitude": 6.7623, "time_zone": "Europe/Berlin"}
    assert info["groups"] == ["east"]
    assert info["luminaire"]["nominal_power_w"] == 42
    assert {part["name"]: part["driver"] for part in info["parts"]} == {
        "output": "pwm",
        "light": "veml7700",
        "power": "ina226",
        "temperature": "tmp102",
        "relay": "gpio",
    }
    assert all(set(part) == {"name", "driver", "identity"} for part in info["parts"])
    assert set(info["verbs"]) == {"dim", "emergency", "resume", "identify", "self-test", "sync"}

    shape = dict.fromkeys(("at", "slot", "cause", "reason", "programme", "time_quality"), TEXT)
    shape |= dict.fromkeys(("target_level", "feedback_level", "actual_level", "output_level"), NUMBER)
    shape |= dict.fromkeys(("measured_level", "light_level_lx"), (int, float, type(None)))
    shape |= {
        "version": (int,),
        "night": (dict,),
        "override": (type(None),),
        "alarms": (list,),
        "next": (dict,),
        "outbox": (dict,),
    }
    fits(state, shape)
    assert state["at"].startswith(NIGHT_UTC)
    assert (state["slot"], state["cause"], state["reason"], state["programme"]) == (
        "programme",
        "programme",
        "programme even",
        "even",
    )
    assert [state[name] for name in ("target_level", "feedback_level", "actual_level", "output_level")] == [60] * 4
    fits(state["night"], {"is": (bool,), "by": TEXT, "since": TEXT})
    assert state["night"]["is"] is True
    assert state["night"]["by"] in {"photocell", "sun", "learnt", "unknown", "mode"}
    assert (set(state["next"]), set(state["outbox"])) == ({"at", "level"}, {"pending", "dropped"})
    assert (state["alarms"], state["time_quality"]) == ([], "ntp")

    stamps: dict[str, tuple[type, ...]] = {"at": TEXT, "uptime_s": NUMBER, "time_quality": TEXT, "boot_id": TEXT}
    stamps |= {"seq": (int,), "historical": (bool,)}
    shape = stamps | dict.fromkeys(("feedback_level", "actual_level", "active_energy_wh", "operating_hours"), NUMBER)
    measured = ("light_level_lx", "temperature_c", "supply_voltage_v", "supply_current_a", "active_power_w")
    shape |= dict.fromkeys(measured, (int, float, type(None))) | {"switch_on_count": (int,), "supply_loss_count": (int,)}
    if "soc_temperature_c" in telemetry:
        shape |= {"soc_temperature_c": (int, float, type(None))}
    if "quality" in telemetry:
        shape |= {"quality": (dict,)}
    fits(telemetry, shape)
    assert telemetry["boot_id"] == status["boot_id"]
    assert telemetry["historical"] is False
    assert telemetry["time_quality"] in QUALITIES

    fits(event, stamps | {"event": TEXT, "edge": TEXT, "severity": TEXT, "attributes": (dict,)})
    assert (event["event"], event["edge"], event["attributes"]) == ("deviceReset", "occurred", {"reason": "powerOn"})
    assert (event["seq"], event["severity"]) == (1, "minor")
    fits(alarms, {"at": TEXT, "active": (list,)})
    assert alarms["active"] == []

    late = Operator(int(lamp.status["link"]["broker"].rpartition(":")[2]))
    late.wait(lambda seen: seen.retained, count=4)
    late.close()
    kept = {seen.topic.rpartition("/")[2] for seen in late.seen if seen.retained}
    assert kept == {"status", "info", "state", "alarms"}


def test_dim_resume_and_sync_are_done_and_acknowledged_and_a_repeat_changes_nothing(lamp: Agent, operator: Operator) -> None:
    settled(operator)
    dim = {"id": "c-1", "level": 25.5, "duration_s": 3600, "issuer": "control room"}
    operator.send(f"{BASE}/command/dim", dim, ResponseTopic="answers/7", CorrelationData=b"\x01")

    accepted, applied = acks(operator, "c-1", 2)
    shape: dict[str, tuple[type, ...]] = dict.fromkeys(("id", "lamp", "verb", "status", "until", "at", "time_quality"), TEXT)
    for ack in (accepted, applied):
        fits(ack, shape | {"level": NUMBER, "durable": (bool,), "uptime_s": NUMBER})
        assert (ack["lamp"], ack["verb"], ack["level"], ack["durable"]) == ("lamp-7", "dim", 25.5, True)
        assert ack["until"].startswith("2026-12-21T23:0")
    assert [accepted["status"], applied["status"]] == ["accepted", "applied"]
    state = operator.wait(lambda seen: seen.topic == f"{BASE}/state" and seen.json["slot"] == "override")[-1].json
    fits(state["override"], {"id": TEXT, "level": NUMBER, "until": TEXT, "issuer": TEXT})
    assert (state["feedback_level"], state["cause"], state["override"]["id"]) == (25.5, "dim", "c-1")
    eventually(lambda: lamp.status["state"]["actual_level"] == 25.5)

    operator.send(f"{BASE}/command/dim", {"id": "c-2", "level": 80, "duration_s": 3600})
    assert [ack["status"] for ack in acks(operator, "c-2", 2)] == ["accepted", "applied"]
    assert acks(operator, "c-1", 3)[-1]["status"] == "superseded"
    operator.send(f"{BASE}/command/dim", dim)
    again = acks(operator, "c-1", 4)[-1]
    assert (again["status"], again["level"], again["until"]) == ("superseded", 25.5, accepted["until"])
    assert lamp.level == 80

    operator.send("streetlight/v1/teststadt/group/east/command/resume", {"id": "r-7"})  # of this id the spread is short
    assert acks(operator, "c-2", 3)[-1]["status"] == "ended"
    assert "applied" in [ack["status"] for ack in acks(operator, "r-7", 2)]
    assert lamp.level == 60

    operator.forget()
    operator.send(f"{BASE}/command/sync", {"id": "s-1"})
    for end in ("/status", "/info", "/state", "/alarms"):
        operator.wait_topic(f"{BASE}{end}")
    assert acks(operator, "s-1", 1)[0]["status"] in ("accepted", "applied")


def test_a_self_test_is_answered_with_its_verdict_and_told_as_an_event_and_identify_with_its_end(
    make_agent: MakeAgent, broker: Mosquitto, operator: Operator
) -> None:
    lamp = make_agent(broker.url).start("--speed", "40")
    settled(operator)
    asker = Operator(broker.port, "answers/#")
    operator.send(f"{BASE}/command/self-test", {"id": "t-1"}, ResponseTopic="answers/7", CorrelationData=b"\x01")
    operator.wait(lambda seen: seen.topic == f"{BASE}/state" and seen.json["cause"] == "selfTest")
    operator.send(f"{BASE}/command/identify", {"id": "i-0"})
    refused = acks(operator, "i-0", 1)[0]
    assert (refused["status"], refused["code"], "self-test" in refused["message"]) == ("rejected", "busy", True)

    accepted, applied, ended = acks(operator, "t-1", 3)
    assert [ack["status"] for ack in (accepted, applied, ended)] == ["accepted", "applied", "ended"]
    assert MOMENT.fullmatch(accepted["until"])
    shape: dict[str, tuple[type, ...]] = dict.fromkeys(("id", "lamp", "verb", "status", "at", "time_quality"), TEXT)
    shape |= {"durable": (bool,), "uptime_s": NUMBER, "code": TEXT, "message": TEXT, "until": TEXT}
    fits(ended, shape)
    assert (ended["code"], ended["durable"]) == ("passed", True)
    assert [seen.json["status"] for seen in asker.wait_topic("answers/7", 3)] == ["accepted", "applied", "ended"]
    asker.close()
    (event,) = operator.wait(lambda seen: seen.topic == f"{BASE}/event" and seen.json["event"] == "selfTestEnded")
    told = event.json["attributes"]
    assert (event.json["edge"], told["verdict"], told["id"]) == ("occurred", "passed", "t-1")
    assert told["power_w_at_100"] == pytest.approx(42, rel=0.02)

    eventually(lambda: lamp.status["state"]["slot"] == "programme")
    operator.send(f"{BASE}/command/identify", {"id": "i-1", "duration_s": 10})
    assert [ack["status"] for ack in acks(operator, "i-1", 3)] == ["accepted", "applied", "ended"]
    operator.send("streetlight/v1/teststadt/group/east/command/self-test", {"id": "t-2"})
    refused = acks(operator, "t-2", 1)[0]
    assert (refused["status"], refused["code"]) == ("rejected", "notForGroups")


def test_a_self_test_that_a_kill_ends_is_answered_by_the_next_run(lamp: Agent, operator: Operator) -> None:
    settled(operator)
    operator.send(f"{BASE}/command/self-test", {"id": "t-1"})
    acks(operator, "t-1", 2)
    lamp.kill()
    lamp.start()
    ended = operator.wait(lambda seen: seen.topic == f"{BASE}/ack" and seen.json["status"] == "ended")[0].json
    assert (ended["id"], ended["code"], ended["verb"]) == ("t-1", "interrupted", "self-test")
    eventually(lambda: lamp.status["state"]["actual_level"] == 60)


def test_it_says_goodbye_when_it_is_asked_to_end_and_its_will_is_told_when_it_is_killed(
    lamp: Agent, make_agent: MakeAgent, operator: Operator
) -> None:
    first = operator.wait_status("ready")[0].json

    assert lamp.stop() == 0

    goodbye = operator.wait_status("disconnected")[0].json
    assert (goodbye["boot_id"], goodbye["session"]) == (first["boot_id"], 1)
    lamp.start()
    second = operator.wait_status("ready", count=2)[1].json
    assert second["boot_id"] != first["boot_id"]
    assert second["boot_reason"] == "restart"
    lamp.kill()
    will = operator.wait_status("lost")[0].json
    assert (will["boot_id"], will["session"]) == (second["boot_id"], 1)
    lamp.start()
    third = operator.wait_status("ready", count=3)[2].json
    assert third["boot_reason"] == "crash"
