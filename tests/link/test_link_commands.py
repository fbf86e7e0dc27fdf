"""What a payload becomes: a command, a refusal that names the field, or nothing; whatever the bytes."""

import json
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.commands import BrokerSlot, Dim, EmergencyLight, Identify, Resume, SelfTest, Sync
from agent.delivery import ReplyTo
from agent.events import CommandArrived, CommandRefused
from agent.link.commands import Incoming, Verb, understand
from agent.link.topics import CommandTopic, Target
from agent.messages import Ack, AckStatus

NEW_YEAR_S = 1_767_225_600.0  # 2026-01-01T00:00:00Z


def dim(**fields: object) -> Incoming:
    return command("dim", {"id": "c-1", "level": 40} | fields)


def command(verb: str, payload: object, target: Target = Target.LAMP) -> Incoming:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Incoming(CommandTopic(target, verb), body, delivery=7)


def arrived(incoming: Incoming) -> CommandArrived:
    event = understand(incoming)
    assert isinstance(event, CommandArrived), event
    return event


def refused(incoming: Incoming) -> tuple[str, str, str | None]:
    """Code, message and id of the refusal."""
    event = understand(incoming)
    assert isinstance(event, CommandRefused), event
    return event.refusal.code, event.refusal.message, event.envelope.id


def test_a_full_dim_is_read_with_every_field() -> None:
    event = arrived(
        dim(
            issued_at="2026-01-01T01:00:00+01:00",
            expires_at="2026-01-01T00:10:00.500Z",
            ttl_s=60,
            issuer="control room",
            duration_s=600,
            start_at="2025-12-31T19:00:00-05:00",
            fade_s=2.5,
            nights_only=True,
            colour="unknown fields are ignored",
        )
    )

    assert event.command == Dim(40.0, duration_s=600.0, start_utc_s=NEW_YEAR_S, fade_s=2.5, nights_only=True)
    assert (event.envelope.id, event.envelope.verb, event.envelope.delivery) == ("c-1", "dim", 7)
    assert event.envelope.issued_utc_s == NEW_YEAR_S
    assert event.envelope.expires_utc_s == NEW_YEAR_S + 600.5
    assert (event.envelope.ttl_s, event.envelope.issuer) == (60.0, "control room")


@pytest.mark.parametrize(
    ("verb", "payload", "expected"),
    [
        ("dim", {"level": 0, "until": "2026-01-01T00:00:00Z"}, Dim(0.0, until_utc_s=NEW_YEAR_S)),
        ("dim", {"level": 100.0, "duration_s": 604_800}, Dim(100.0, duration_s=604_800.0)),
        ("emergency", {}, EmergencyLight()),
        ("emergency", {"duration_s": 86_400}, EmergencyLight(86_400.0)),
        ("resume", {}, Resume()),
        ("resume", {"slot": "emergency"}, Resume(BrokerSlot.EMERGENCY)),
        ("identify", {"duration_s": 60}, Identify(60.0)),
        ("self-test", {}, SelfTest()),
        ("sync", {}, Sync()),
    ],
)
def test_each_verb_has_its_command(verb: str, payload: dict[str, object], expected: object) -> None:
    assert arrived(command(verb, {"id": "c-1"} | payload)).command == expected


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"level": None}, "wrongType", "level: must be a number from 0 to 100, not null"),
        ({"level": True}, "wrongType", "level: must be a number from 0 to 100, not true"),
        ({"level": "bright"}, "wrongType", 'level: must be a number from 0 to 100, not "bright"'),
        ({"level": float("nan")}, "wrongType", "level: must be a number from 0 to 100, not NaN"),
        ({"level": float("inf")}, "outOfRange", "level: must be a number from 0 to 100, not Infinity"),
        ({"level": -0.1}, "outOfRange", "level: must be a number from 0 to 100, not -0.1"),
        ({"level": 10**400}, "outOfRange", "level: must be a number from 0 to 100, not 1000"),
        ({"duration_s": 604_801}, "outOfRange", "duration_s: must be a number above 0 and at most 604800, not 604801"),
        ({"duration_s": 0}, "outOfRange", "duration_s: must be a number above 0 and at most 604800, not 0"),
        (
            {"duration_s": 60, "until": "2026-01-01T00:00:00Z"},
            "conflict",
            "duration_s: cannot stand beside until; give one of them",
        ),
        ({"until": "tomorrow"}, "wrongType", 'until: must be a time such as 2026-12-21T23:00:00Z, not "tomorrow"'),
        ({"until": "2026-01-01T00:00:00"}, "wrongType", "until: must be a time such as"),
        ({"until": 1_767_225_600}, "wrongType", "until: must be a time such as"),
        (
            {"start_at": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
            "outOfRange",
            "until: must be after start_at, by at most 7 days",
        ),
        ({"fade_s": -1}, "outOfRange", "fade_s: must be a number from 0 to 300, not -1"),
        ({"nights_only": 1}, "wrongType", "nights_only: must be true or false, not 1"),
        ({"nights_only": 0}, "wrongType", "nights_only: must be true or false, not 0"),
        ({"ttl_s": -1}, "outOfRange", "ttl_s: must be a number from 0 to 31622400, not -1"),
        ({"ttl_s": []}, "wrongType", "ttl_s: must be a number from 0 to 31622400, not a list"),
        ({"issued_at": {}}, "wrongType", "issued_at: must be a time such as 2026-12-21T23:00:00Z, not an object"),
        ({"issuer": 7}, "wrongType", "issuer: must be text of 0 to 256 characters, not 7"),
    ],
)
def test_a_field_that_is_wrong_is_named_and_the_id_is_told(fields: dict[str, object], code: str, message: str) -> None:
    actual_code, actual_message, command_id = refused(dim(**fields))

    assert (actual_code, command_id) == (code, "c-1")
    assert actual_message.startswith(message)


@pytest.mark.parametrize(
    ("payload", "code", "field"),
    [
        (b"{", "badJson", "payload"),
        (b"\xff\xfe", "badJson", "payload"),
        (b"[1]", "badJson", "payload"),
        (b"null", "badJson", "payload"),
        (b"[" * 16_000, "badJson", "payload"),
        (b'{"id":' + b"9" * 5_000 + b"}", "badJson", "payload"),
        (b'{"id":"' + b"x" * 17_000 + b'"}', "tooLarge", "payload"),
        (b'{"level":40}', "missing", "id"),
        (b'{"id":"","level":40}', "outOfRange", "id"),
        (b'{"id":7,"level":40}', "wrongType", "id"),
        (b'{"id":"\\ud800","level":40}', "wrongType", "id"),
        (b'{"id":"' + b"x" * 65 + b'","level":40}', "outOfRange", "id"),
    ],
)
def test_without_a_readable_id_it_is_refused_all_the_same(payload: bytes, code: str, field: str) -> None:
    actual_code, message, command_id = refused(command("dim", payload))

    assert (actual_code, command_id) == (code, None)
    assert message.startswith(f"{field}: ")


def test_the_longest_payload_and_the_longest_id_are_taken() -> None:
    start = b'{"id":"' + b"x" * 64 + b'","level":40,"pad":"'
    payload = start + b"y" * (16 * 1024 - len(start) - 2) + b'"}'

    assert len(payload) == 16 * 1024
    assert arrived(command("dim", payload)).envelope.id == "x" * 64


def test_a_missing_level_is_named() -> None:
    assert refused(command("dim", {"id": "c-1"})) == ("missing", "level: is required", "c-1")


@pytest.mark.parametrize(("verb", "most_s"), [("emergency", 86_400), ("identify", 60)])
def test_a_duration_above_the_most_is_refused(verb: str, most_s: int) -> None:
    assert refused(command(verb, {"id": "c-1", "duration_s": most_s + 1}))[0] == "outOfRange"


def test_an_unknown_slot_is_refused() -> None:
    assert refused(command("resume", {"id": "c-1", "slot": "motion"}))[:2] == (
        "outOfRange",
        'slot: must be override or emergency, not "motion"',
    )


def test_an_unknown_verb_is_refused_and_the_known_ones_are_told() -> None:
    code, message, command_id = refused(command("explode", {"id": "c-1"}))

    assert (code, command_id) == ("unknownVerb", "c-1")
    assert all(verb in message for verb in Verb)


@pytest.mark.parametrize("verb", ["identify", "self-test"])
@pytest.mark.parametrize("target", [Target.GROUP, Target.ALL])
def test_what_is_for_one_lamp_is_refused_for_many(verb: str, target: Target) -> None:
    assert refused(command(verb, {"id": "c-1"}, target))[0] == "notForGroups"
    assert isinstance(understand(command(verb, {"id": "c-1"})), CommandArrived)


def test_a_group_command_says_that_many_answer() -> None:
    assert arrived(command("dim", {"id": "c-1", "level": 1}, Target.GROUP)).envelope.to_many
    assert not arrived(dim()).envelope.to_many


@pytest.mark.parametrize("payload", [b'{"id":"c-1","level":40}', b"rubbish", b"x" * 20_000])
def test_a_retained_command_is_refused_as_such_whatever_it_says(payload: bytes) -> None:
    code, _, command_id = refused(replace(command("dim", payload), retained=True))

    assert code == "retained"
    assert command_id == ("c-1" if b"c-1" in payload else None)


@pytest.mark.parametrize("retained", [True, False])
def test_an_empty_payload_is_ignored(retained: bool) -> None:
    assert understand(replace(command("dim", b""), retained=retained)) is None


def test_where_the_answer_is_wanted_and_that_the_broker_counts_its_age_is_passed_on() -> None:
    reply_to = ReplyTo("answers/here", b"\x00\xff")
    event = arrived(replace(dim(), reply_to=reply_to, message_expiry=True))

    assert event.envelope.reply_to == reply_to
    assert event.envelope.message_expiry


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "id",
        "level",
        "duration_s",
        "until",
        "start_at",
        "fade_s",
        "nights_only",
        "slot",
        "ttl_s",
        "issued_at",
        "expires_at",
        "issuer",
    ]
)
PAYLOADS = st.binary(max_size=200) | st.dictionaries(FIELDS, JSON).map(lambda value: json.dumps(value).encode())


@settings(deadline=None)  # the machine may be busy
@given(
    payload=PAYLOADS,
    verb=st.sampled_from([*Verb, "", "explode"]) | st.text(max_size=200),
    target=st.sampled_from(Target),
    retained=st.booleans(),
)
def test_nothing_escapes_and_every_refusal_can_be_answered(payload: bytes, verb: str, target: Target, retained: bool) -> None:
    event = understand(Incoming(CommandTopic(target, verb), payload, retained=retained))

    if isinstance(event, CommandRefused):
        refusal, envelope = event.refusal, event.envelope
        ack = Ack(envelope.id, "l", "dim", AckStatus.REJECTED, durable=False, code=refusal.code, message=refusal.message)
        assert msgspec.json.decode(msgspec.json.encode(ack))["message"]
        assert len(refusal.message) < 300
    elif event is not None:
        assert 1 <= len(event.envelope.id or "") <= 64
        assert not retained
    else:
        assert payload == b""
