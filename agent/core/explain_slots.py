"""Explain, the slots: what each asks for, what it loses against, and why it asks for nothing."""

from dataclasses import dataclass

from agent.core.demand import Cause, Slot
from agent.core.views import Sight
from agent.core.words import ClockWords, printable, reason
from agent.ledger import StoredDemand


@dataclass(frozen=True, slots=True)
class SlotLine:
    """``loses_to``: the slot that has its way instead; None where this one has, or asks for nothing."""

    slot: Slot
    level: float | None  # percent; None: the slot asks for nothing
    reason: str
    wins: bool
    loses_to: Slot | None


def slot_lines(sight: Sight, waiting: tuple[StoredDemand, ...], at: ClockWords) -> tuple[SlotLine, ...]:
    """In the order of their priority; ``waiting`` are the dim commands whose start is still to come."""
    winner = sight.decision.demand
    demands = {demand.slot: demand for demand in sight.demands if demand is not None}
    lines = []
    for slot in Slot:
        demand = winner if slot is winner.slot else demands.get(slot)
        if demand is None:
            words = _silence(slot, sight, waiting, at)
            lines.append(SlotLine(slot, None, words, wins=False, loses_to=None))
        else:
            wins = demand is winner
            loses_to = None if wins else winner.slot
            lines.append(SlotLine(slot, round(demand.level, 1), reason(demand, at), wins, loses_to))
    return tuple(lines)


def _silence(slot: Slot, sight: Sight, waiting: tuple[StoredDemand, ...], at: ClockWords) -> str:
    """Why a slot asks for nothing."""
    if sight.decision.demand.cause is Cause.STARTING and slot is not Slot.MAINTENANCE:
        return "not asked yet: the agent is starting"
    match slot:
        case Slot.MAINTENANCE:
            return "nothing is set at the pole"
        case Slot.EMERGENCY:
            return "no emergency is in force"
        case Slot.OVERRIDE:
            return _no_override(sight, waiting, at)
        case Slot.MOTION:
            return _no_motion(sight)
        case Slot.PROGRAMME:
            return _no_programme(sight)
        case Slot.DEFAULT:
            return "not needed: a programme can be evaluated" if sight.night.is_night else "not needed by day"


def _no_override(sight: Sight, waiting: tuple[StoredDemand, ...], at: ClockWords) -> str:
    held = sight.override
    words = (
        "no dim command is in force" if held is None else f"dim command {printable(held.stored.command_id)} holds at night only"
    )
    if waiting and waiting[0].starts_utc_s is not None:
        first = at(sight.now.mono_s + waiting[0].starts_utc_s - sight.time.utc_s)
        words += f"; {len(waiting)} to come, the first at {first}"
    return words


def _no_motion(sight: Sight) -> str:
    if not sight.settings.sensors.motion:
        return "no motion sensor is configured"
    if not sight.presence:
        return "nobody is there"
    if not sight.night.is_night:
        return "somebody is there, which raises nothing by day"
    base = next(one for one in reversed(sight.demands) if one is not None)
    return f"somebody is there, and the {base.slot} asks for as much already: {base.level:.4g} %"


def _no_programme(sight: Sight) -> str:
    if not sight.settings.programmes:
        return "none is configured"
    if sight.zone is None:
        return "there is no local time: lamp.location is not configured"
    return (
        "the calendar has none for this night" if sight.plan is not None else "there is no time of day: the clock is not believed"
    )
