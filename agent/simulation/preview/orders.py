"""Commands of a preview as they are written: ``dim 0 for=2h@23:00``, ``set``, ``emergency``, ``resume``."""

import re
from dataclasses import dataclass
from datetime import time

from agent.commands import BrokerSlot, Command, Dim, EmergencyLight, Envelope, Resume
from agent.config.durations import seconds
from agent.config.findings import Mistake
from agent.config.wording import alternatives, nearest
from agent.core.maintenance import DEFAULT_S
from agent.events import CommandArrived, Event, TechnicianSet

TTL_S = 60.0  # as the operator's ``send`` has it
_LONGEST_S = {"dim": 7 * 86_400.0, "emergency": 86_400.0, "set": 8 * 3600.0}
_VERBS = ("dim", "set", "emergency", "resume")
_FORM = "write such as 'dim 40 for=2h@23:00', 'set 0 for=10min@22:00', 'emergency@01:30', 'resume@02:00'"
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


class OrderError(ValueError):
    """A command that cannot be read: what is wrong with it, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command at a local time; it acts the first time that a clock there shows it. ``by_broker``: it needs the link."""

    what: Command | TechnicianSet
    verb: str
    at: time
    text: str  # as it was written

    def __str__(self) -> str:
        return self.text

    @property
    def by_broker(self) -> bool:
        return not isinstance(self.what, TechnicianSet)

    def event(self, number: int, utc_s: float) -> Event:
        """As it arrives at the agent: the broker's as ``send`` stamps it, with the true time."""
        if isinstance(self.what, TechnicianSet):
            return self.what
        return CommandArrived(
            Envelope(
                id=f"preview-{number}",
                verb=self.verb,
                delivery=number,
                issued_utc_s=utc_s,
                ttl_s=TTL_S,
                issuer="preview",
                message_expiry=True,
            ),
            self.what,
        )


def parse_order(text: str) -> Order:
    """Raises OrderError."""
    what, at_sign, when = text.strip().rpartition("@")
    if not at_sign:
        raise OrderError(f"{text!r}: no time is said; {_FORM}")
    verb, *words = what.split() or [""]
    try:
        return Order(_command(verb, words), verb, _time(when.strip()), text.strip())
    except Mistake as mistake:
        raise OrderError(f"{text!r}: {mistake}; {_FORM}") from mistake


def _time(text: str) -> time:
    found = _TIME.fullmatch(text)
    try:
        if found is not None:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass  # 25:00 is said in the same words
    raise Mistake(f"{text!r} after @ is no time of day", "")


def _command(verb: str, words: list[str]) -> Command | TechnicianSet:
    """Raises Mistake."""
    match verb:
        case "dim":
            return Dim(_level(verb, words), duration_s=_duration_s(verb, words[1:]))
        case "set":
            return TechnicianSet(_level(verb, words), _duration_s(verb, words[1:]) or DEFAULT_S)
        case "emergency":
            return EmergencyLight(_duration_s(verb, words))
        case "resume":
            return Resume(_slot(words))
        case _:
            meant = nearest(verb, _VERBS)
            raise Mistake(f"there is no command {verb!r}" + (f", perhaps {meant} is meant" if meant else ""), "")


def _level(verb: str, words: list[str]) -> float:
    try:
        level = float(words[0])
    except (IndexError, ValueError):
        raise Mistake(f"{verb} needs a level in percent", "") from None
    if not 0 <= level <= 100:
        raise Mistake(f"the level {words[0]} is not between 0 and 100 percent", "")
    return level


def _duration_s(verb: str, words: list[str]) -> float | None:
    if not words:
        return None
    first, *more = words
    if more or not first.startswith("for="):
        raise Mistake(f"{verb} does not understand {' '.join(words)!r}", "")
    duration_s = seconds(first.removeprefix("for="))
    if not 0 < duration_s <= _LONGEST_S[verb]:
        raise Mistake(f"{first} is out of range: {verb} lasts at most {_LONGEST_S[verb] / 3600:g} hours", "")
    return duration_s


def _slot(words: list[str]) -> BrokerSlot | None:
    if not words:
        return None
    if len(words) == 1 and words[0] in tuple(BrokerSlot):
        return BrokerSlot(words[0])
    raise Mistake(f"resume takes {alternatives(BrokerSlot)}, or nothing for both", "")
