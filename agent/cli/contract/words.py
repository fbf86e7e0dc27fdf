"""The words that stand where a message's type only says text: they are the core's, which the messages do not know."""

from collections.abc import Iterable, Mapping
from typing import Any

from agent.core.alarms import Alarm, Occurrence
from agent.core.demand import Cause, Slot
from agent.core.night import By
from agent.core.verdict import Verdict
from agent.link.commands import Verb
from agent.link.refusals import RefusalCode

Schema = dict[str, Any]

ANSWER_CODES = ("masked", "clockUntrusted", "tooMany", "busy", "notVisible", *Verdict, *RefusalCode)


def _one_of(words: Iterable[str]) -> Schema:
    """These and no others, until a new version of the topics."""
    return {"type": "string", "enum": list(words)}


def _known(words: Iterable[str]) -> Schema:
    """These as of now; a reader must bear with others, for a later agent may have more."""
    return {"anyOf": [{"type": "string", "enum": list(words)}, {"type": "string"}]}


def _each(of: Schema) -> Schema:
    return {"type": "array", "items": of}


WORDS: Mapping[tuple[str, str], Schema] = {
    ("State", "slot"): _one_of(Slot),
    ("State", "cause"): _known(Cause),
    ("State", "alarms"): _each(_known(Alarm)),
    ("NightView", "by"): _one_of(By),
    ("AlarmView", "event"): _known(Alarm),
    ("Event", "event"): _known((*Alarm, *Occurrence)),
    ("Info", "verbs"): _each(_known(Verb)),
    ("Ack", "code"): _known(ANSWER_CODES),
}
