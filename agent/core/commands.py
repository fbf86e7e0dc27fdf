"""Commands judged: repeats, expiry, order, the untrusted clock. What is obeyed moves the lamp at once and is promised on disk."""

from dataclasses import dataclass
from typing import Protocol

from agent.commands import BrokerSlot as SlotName
from agent.commands import Dim, EmergencyLight, Envelope, Resume
from agent.core.overrides import AHEAD_S, MOST_WAITING, BrokerSlot, Change, Held
from agent.core.timekeeping import Time
from agent.ledger import StoredDemand
from agent.records import Instant

DEFAULT_S = 2 * 3600.0
DIM_MOST_S = 7 * 86400.0
START_MOST_S = 31 * 86400.0  # ahead: what waits keeps one of few places, and a wrong year would keep it for ever


@dataclass(frozen=True, slots=True)
class Rejected:
    """Refused after all; ``remember`` is False where the same id may be tried again."""

    code: str
    message: str
    remember: bool = True


@dataclass(frozen=True, slots=True)
class Expired:
    """It came too late."""


@dataclass(frozen=True, slots=True)
class TooOld:
    """A newer command has touched its slot: superseded."""


@dataclass(frozen=True, slots=True)
class Obeyed:
    """It was carried out; ``held`` is what it put in force, ``waits`` whether that is still to come."""

    change: Change
    stored: StoredDemand | None = None
    waits: bool = False


Outcome = Rejected | Expired | TooOld | Obeyed


class WhatIf(Protocol):
    """The level that the lamp would undertake with these in the slots override and emergency, and nobody at the pole."""

    def __call__(self, override: Held | None, emergency: Held | None) -> float: ...


class CommandJudge:
    """Owns no state but the two slots'."""

    def __init__(self, override: BrokerSlot, emergency: BrokerSlot, what_if: WhatIf) -> None:
        self._slots = {SlotName.OVERRIDE: override, SlotName.EMERGENCY: emergency}
        self._what_if = what_if

    def judge(self, envelope: Envelope, command: Dim | EmergencyLight | Resume, now: Instant, time: Time) -> Outcome:
        """Decide and, when it is to be obeyed, change the slots."""
        if time.trusted and _expired(envelope, time.utc_s):
            return Expired()
        issued_utc_s = envelope.issued_utc_s
        if time.trusted and issued_utc_s is not None and issued_utc_s > time.utc_s + AHEAD_S:
            issued_utc_s = time.utc_s
        match command:
            case Resume():
                return self._resume(envelope, command, issued_utc_s, time)
            case Dim():
                return self._hold(SlotName.OVERRIDE, envelope, command, issued_utc_s, now, time)
            case EmergencyLight():
                full = Dim(100.0, duration_s=command.duration_s)
                return self._hold(SlotName.EMERGENCY, envelope, full, issued_utc_s, now, time)

    def judge_course(self, envelope: Envelope, lowest: float, time: Time) -> Expired | Rejected | None:
        """Why identify or a self-test that asks for no less than ``lowest`` (percent) must not run now."""
        if time.trusted:
            return Expired() if _expired(envelope, time.utc_s) else None
        less = lowest < self._level({slot: state.held for slot, state in self._slots.items()})
        return _clock_untrusted(_LESS_LIGHT) if less and not _is_fresh(envelope) else None

    # --- dim, emergency

    def _hold(
        self, name: SlotName, envelope: Envelope, dim: Dim, issued_utc_s: float | None, now: Instant, time: Time
    ) -> Outcome:
        slot = self._slots[name]
        if slot.is_older(issued_utc_s):
            return TooOld()
        if not time.trusted and (dim.start_utc_s is not None or dim.until_utc_s is not None):
            return _clock_untrusted("start_at and until need a clock that is trusted, and this lamp's is not")
        start_utc_s = time.utc_s if dim.start_utc_s is None else dim.start_utc_s
        ends_utc_s = start_utc_s + _span_s(dim, start_utc_s)
        if ends_utc_s - start_utc_s > DIM_MOST_S:
            return Rejected("outOfRange", "until: more than 7 days after the start; send a shorter one")
        if start_utc_s - time.utc_s > START_MOST_S:
            return Rejected("outOfRange", "start_at: more than 31 days ahead; send the command again when its start is nearer")
        if dim.start_utc_s is not None and ends_utc_s <= start_utc_s:
            return Rejected("outOfRange", "until: not after start_at; give a later one")
        if ends_utc_s <= time.utc_s:
            return Expired()
        stored = StoredDemand(
            command_id=envelope.id or "",
            level=dim.level,
            fade_s=dim.fade_s,
            issuer=envelope.issuer,
            issued_utc_s=issued_utc_s,
            starts_utc_s=dim.start_utc_s,
            ends_utc_s=ends_utc_s if time.trusted else None,
            left_s=ends_utc_s - max(start_utc_s, time.utc_s),
            nights_only=dim.nights_only,
            expires_utc_s=None if time.trusted else _deadline(envelope),
        )
        if start_utc_s > time.utc_s:
            if len(slot.waiting) >= MOST_WAITING:
                return Rejected("tooMany", f"{MOST_WAITING} commands wait for their start_at already; resume ends them")
            slot.touched(issued_utc_s)
            slot.wait(stored)
            return Obeyed(Change(), stored, waits=True)
        if not time.trusted and not self._may_obey(envelope, name, Held(stored, now.mono_s, now.mono_s + stored.left_s)):
            return _clock_untrusted(_LESS_LIGHT)
        slot.touched(issued_utc_s)
        return Obeyed(slot.hold(stored, now.mono_s), stored)

    # --- resume

    def _resume(self, envelope: Envelope, resume: Resume, issued_utc_s: float | None, time: Time) -> Outcome:
        named = tuple(SlotName) if resume.slot is None else (resume.slot,)
        touched = [name for name in named if not self._slots[name].is_older(issued_utc_s)]
        if not touched:
            return TooOld()
        if not time.trusted and not self._may_resume(envelope, touched):
            return _clock_untrusted(_LESS_LIGHT)
        ended: tuple[str, ...] = ()
        for name in touched:
            self._slots[name].touched(issued_utc_s)
            ended += self._slots[name].clear().ended
        return Obeyed(Change(ended=ended))

    # --- without a clock

    def _may_obey(self, envelope: Envelope, name: SlotName, held: Held) -> bool:
        present = {slot: state.held for slot, state in self._slots.items()}
        return self._lights_or_is_fresh(envelope, present | {name: held})

    def _may_resume(self, envelope: Envelope, names: list[SlotName]) -> bool:
        present = {slot: state.held for slot, state in self._slots.items()}
        return self._lights_or_is_fresh(envelope, present | dict.fromkeys(names))

    def _lights_or_is_fresh(self, envelope: Envelope, after: dict[SlotName, Held | None]) -> bool:
        """More light is obeyed at any age; less only from a command whose age somebody else has counted."""
        if _is_fresh(envelope):
            return True
        before = {slot: state.held for slot, state in self._slots.items()}
        if (
            after[SlotName.EMERGENCY] is before[SlotName.EMERGENCY]
        ):  # it masks the dim for now; what counts is what comes after it
            after, before = after | {SlotName.EMERGENCY: None}, before | {SlotName.EMERGENCY: None}
        return self._level(after) >= self._level(before)

    def _level(self, held: dict[SlotName, Held | None]) -> float:
        return self._what_if(held[SlotName.OVERRIDE], held[SlotName.EMERGENCY])


_LESS_LIGHT = "less light needs an MQTT 5 message expiry, or ttl_s without issued_at, while this lamp's clock is not trusted"


def _clock_untrusted(message: str) -> Rejected:
    return Rejected("clockUntrusted", message, remember=False)


def _is_fresh(envelope: Envelope) -> bool:
    """Whether somebody else, or the receipt, vouches for its age."""
    return envelope.message_expiry or (envelope.ttl_s is not None and envelope.issued_utc_s is None)


def _deadline(envelope: Envelope) -> float | None:
    """The moment after which a command must not be obeyed; a ttl without an issue time counts from receipt: none."""
    deadlines = [] if envelope.expires_utc_s is None else [envelope.expires_utc_s]
    if envelope.ttl_s is not None and envelope.issued_utc_s is not None:
        deadlines.append(envelope.issued_utc_s + envelope.ttl_s)
    return min(deadlines, default=None)


def _expired(envelope: Envelope, utc_s: float) -> bool:
    deadline = _deadline(envelope)
    return deadline is not None and utc_s > deadline


def _span_s(dim: Dim, start_utc_s: float) -> float:
    if dim.until_utc_s is not None:
        return dim.until_utc_s - start_utc_s
    return DEFAULT_S if dim.duration_s is None else dim.duration_s
