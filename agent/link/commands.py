"""From a payload to a command: every rule of the contract that can be judged without knowing the lamp's state."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from agent.commands import BrokerSlot, Command, Dim, EmergencyLight, Envelope, Identify, Refusal, Resume, SelfTest, Sync
from agent.delivery import ReplyTo
from agent.events import CommandArrived, CommandRefused
from agent.link.fields import Fields, shown
from agent.link.refusals import RefusalCode, Refused
from agent.link.topics import CommandTopic, Target

Value = TypeVar("Value", float, str)

LARGEST_BYTES = 16 * 1024
ID_CHARACTERS = 64
ISSUER_CHARACTERS = 256
VERB_CHARACTERS = 64  # of an unknown one, in the answer
DIM_MOST_S = 7 * 86_400.0
EMERGENCY_MOST_S = 86_400.0
IDENTIFY_MOST_S = 60.0
FADE_MOST_S = 300.0  # as the fades of the config
TTL_MOST_S = 366 * 86_400.0


class Verb(StrEnum):
    DIM = "dim"
    EMERGENCY = "emergency"
    RESUME = "resume"
    IDENTIFY = "identify"
    SELF_TEST = "self-test"
    SYNC = "sync"


ONE_LAMP_ONLY = frozenset({Verb.IDENTIFY, Verb.SELF_TEST})
RETAINED = Refusal(RefusalCode.RETAINED.value, "a command must not be published with the retain flag; publish it without")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A command as MQTT brought it."""

    topic: CommandTopic
    payload: bytes
    delivery: int | None = None
    retained: bool = False
    message_expiry: bool = False
    reply_to: ReplyTo | None = None


def understand(incoming: Incoming) -> CommandArrived | CommandRefused | None:
    """None for an empty payload, which only clears what was retained. Raises nothing, whatever the bytes."""
    if not incoming.payload:
        return None
    envelope = Envelope(
        id=None,
        verb=incoming.topic.verb[:VERB_CHARACTERS],
        delivery=incoming.delivery,
        retained=incoming.retained,
        to_many=incoming.topic.target is not Target.LAMP,
        message_expiry=incoming.message_expiry,
        reply_to=incoming.reply_to,
    )
    try:
        fields = Fields(_object(incoming.payload))
        envelope = replace(envelope, id=_required("id", fields.text("id", 1, ID_CHARACTERS)))
        if not incoming.retained:
            return CommandArrived(_with_times(envelope, fields), _command(incoming.topic, fields))
        refusal = RETAINED
    except Refused as refused:  # that it was retained counts first, even where nothing else could be read
        refusal = RETAINED if incoming.retained else refused.refusal()
    return CommandRefused(envelope, refusal)


def _object(payload: bytes) -> Mapping[str, object]:
    """Read with the standard library, for it takes NaN: so the answer can still name the id, and the field that is none."""
    if len(payload) > LARGEST_BYTES:
        raise Refused(RefusalCode.TOO_LARGE, f"payload: {len(payload)} bytes; at most {LARGEST_BYTES}")
    try:
        value = json.loads(payload.decode("utf-8"))
    except RecursionError as error:
        raise Refused(RefusalCode.BAD_JSON, "payload: nested too deeply") from error
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError, a number of over 4300 digits
        raise Refused(RefusalCode.BAD_JSON, f"payload: not JSON: {shown(str(error))}") from error
    if not isinstance(value, dict):
        raise Refused(RefusalCode.BAD_JSON, f"payload: must be a JSON object, not {shown(value)}")
    return value


def _with_times(envelope: Envelope, fields: Fields) -> Envelope:
    return replace(
        envelope,
        issued_utc_s=fields.moment("issued_at"),
        expires_utc_s=fields.moment("expires_at"),
        ttl_s=fields.number("ttl_s", 0, TTL_MOST_S),
        issuer=fields.text("issuer", 0, ISSUER_CHARACTERS),
    )


def _command(topic: CommandTopic, fields: Fields) -> Command:
    try:
        verb = Verb(topic.verb)
    except ValueError as error:
        known = ", ".join(Verb)
        raise Refused(RefusalCode.UNKNOWN_VERB, f"verb: {shown(topic.verb)} is unknown; one of {known}") from error
    if verb in ONE_LAMP_ONLY and topic.target is not Target.LAMP:
        raise Refused(RefusalCode.NOT_FOR_GROUPS, f"verb: {verb} is for one lamp only, not for groups or all")
    return _READERS[verb](fields)


def _dim(fields: Fields) -> Dim:
    fields.exclude("duration_s", "until")
    dim = Dim(
        level=_required("level", fields.number("level", 0, 100)),
        duration_s=fields.number("duration_s", 0, DIM_MOST_S, above_least=True),
        until_utc_s=fields.moment("until"),
        start_utc_s=fields.moment("start_at"),
        fade_s=fields.number("fade_s", 0, FADE_MOST_S),
        nights_only=fields.flag("nights_only") or False,
    )
    if dim.until_utc_s is not None and dim.start_utc_s is not None:
        lasts_s = dim.until_utc_s - dim.start_utc_s
        if not 0 < lasts_s <= DIM_MOST_S:
            raise Refused(RefusalCode.OUT_OF_RANGE, "until: must be after start_at, by at most 7 days")
    return dim


def _emergency(fields: Fields) -> EmergencyLight:
    return EmergencyLight(fields.number("duration_s", 0, EMERGENCY_MOST_S, above_least=True))


def _resume(fields: Fields) -> Resume:
    return Resume(fields.choice("slot", BrokerSlot))


def _identify(fields: Fields) -> Identify:
    return Identify(fields.number("duration_s", 0, IDENTIFY_MOST_S, above_least=True))


_READERS: Mapping[Verb, Callable[[Fields], Command]] = {
    Verb.DIM: _dim,
    Verb.EMERGENCY: _emergency,
    Verb.RESUME: _resume,
    Verb.IDENTIFY: _identify,
    Verb.SELF_TEST: lambda _: SelfTest(),
    Verb.SYNC: lambda _: Sync(),
}


def _required(name: str, value: Value | None) -> Value:
    if value is None:
        raise Refused(RefusalCode.MISSING, f"{name}: is required")
    return value
