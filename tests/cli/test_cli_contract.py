"""The schemas of the contract: what they take of commands is what a lamp takes, and nothing that is wrong gets past them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.broker import Mosquitto
from support.contract import misfit, problem, validator
from support.operator import Operator

from agent.cli.contract.document import document
from agent.cli.contract.examples import DIMMED, published
from agent.delivery import Channel
from agent.events import CommandArrived
from agent.link.commands import Incoming, Verb, understand
from agent.link.topics import CommandTopic, Retained, Target
from agent.link.wire import encode

BASE = "streetlight/v1/s/lamp/l"
STATE: dict[str, Any] = json.loads(encode(DIMMED))

SURELY_BEYOND = [-0.1, 10**400, None, True, False, [], {}, [1], {"level": 1}]
EDGES = [0, 0.0, 0.1, 60, 60.1, 100, 100.1, 300, 300.1, 86_400, 86_401, 604_800, 604_801, 31_622_400, 31_622_401]
MOMENTS = ["2026-12-21T23:00:00Z", "2026-12-21t23:00:00.5z", "2026-12-21 23:00:00+01:00", "2026-12-22T05:00:00-00:30"]
NO_MOMENTS = [
    "now",
    "2026-12-21",
    "2026-12-21T23:00Z",
    "2026-12-21T23:00:00",
    "23:00:00Z",
    "2026-12-21T23:00:00+0",
    " " + MOMENTS[0],
]
TEXTS = ["", "c-1", "x" * 64, "x" * 65, "ä" * 256, "ä" * 257, "override", "emergency", "motion"]
VALUES = [*SURELY_BEYOND, *EDGES, *MOMENTS, *NO_MOMENTS, *TEXTS]
FIELDS = sorted({name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", {})})
SHORTEST = {"id": "c-1", "level": 40}


def taken(verb: Verb, payload: dict[str, object]) -> bool:
    return isinstance(understand(Incoming(CommandTopic(Target.LAMP, verb), json.dumps(payload).encode())), CommandArrived)


@pytest.mark.parametrize("verb", Verb)
def test_a_lamp_takes_a_command_exactly_if_its_schema_does_whatever_stands_in_any_field(verb: Verb) -> None:
    schema = validator(verb, is_open=True)
    tried = [SHORTEST | {name: value} for name in FIELDS for value in VALUES] + [{}, {"id": "c-1"}, {"level": 40}]
    answers = [(payload, taken(verb, payload)) for payload in tried]
    assert {answer for _, answer in answers} == {True, False}
    assert [payload for payload, answer in answers if schema.is_valid(payload) is not answer] == []


@given(payload=st.fixed_dictionaries({"id": st.just("c-1"), "level": st.floats(0, 100)}, optional={
    "duration_s": st.floats(0, 604_800, exclude_min=True), "fade_s": st.floats(0, 300), "ttl_s": st.floats(0, 3600),
    "nights_only": st.booleans(), "issuer": st.text(st.characters(codec="utf-8"), max_size=256),
    **dict.fromkeys(("issued_at", "expires_at", "until"), st.sampled_from(MOMENTS)),
    "start_at": st.just("2026-12-20T12:00:00Z"),  # before each ``until``, by less than 7 days: no schema can compare the two
}))  # fmt: skip
def test_whatever_stands_together_in_a_dim_a_lamp_takes_exactly_if_the_schema_does(payload: dict[str, object]) -> None:
    assert taken(Verb.DIM, payload) is validator(Verb.DIM, is_open=True).is_valid(payload)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"colour": "red"}, "colour"),
        ({"actual_level": None}, "actual_level"),
        ({"actual_level": 100.5}, "actual_level"),
        ({"at": "2026-12-21T22:04:10Z"}, "at"),
        ({"slot": "moon"}, "slot"),
        ({"cause": "boredom"}, "cause"),
        ({"alarms": ["lampFailure", "lampHappy"]}, "alarms[1]"),
        ({"night": {"is": True, "by": "sun"}}, "since"),
        ({"time_quality": "gnss"}, "time_quality"),
        ({"presence": 1}, "presence"),
    ],
)
def test_a_state_that_is_not_as_its_type_has_it_is_seen(change: dict[str, object], where: str) -> None:
    assert problem(f"{BASE}/state", encode(DIMMED)) is None
    found = problem(f"{BASE}/state", json.dumps(STATE | change).encode())
    assert found is not None
    assert where in found


def test_a_field_that_is_missing_is_seen_even_if_the_type_has_a_default_for_it() -> None:
    sample = json.loads(published()[Channel.TELEMETRY]["measured"])
    del sample["active_energy_wh"]
    found = problem(f"{BASE}/telemetry", json.dumps(sample).encode())
    assert found is not None
    assert "active_energy_wh" in found


def test_what_is_published_where_no_lamp_publishes_is_nobodys_message() -> None:
    assert problem("streetlight/v1/s/lamp/l/command/dim", b"rubbish") is None
    assert problem("streetlight/v1/s/all/command/dim", b"rubbish") is None
    assert problem(f"{BASE}/state", b"rubbish") is not None


@pytest.mark.process
def test_a_message_that_is_not_as_its_type_has_it_fails_whichever_test_sees_it(broker: Mosquitto) -> None:
    operator = Operator(broker.port)
    operator.send(f"{BASE}/state", {**STATE, "slot": "moon"})
    with pytest.raises(AssertionError, match=r"state: \$\.slot: 'moon'"):
        operator.wait_topic("/state")
    with pytest.raises(AssertionError, match="moon"):
        operator.close()


def test_a_reader_by_the_published_schemas_bears_with_what_a_later_version_adds() -> None:
    later = STATE | {"colour_k": 3000, "cause": "moonlight", "alarms": ["poleLeans"]}
    assert validator(Retained.STATE, is_open=True).is_valid(later)
    assert misfit(Retained.STATE, json.dumps(later).encode()) is not None
