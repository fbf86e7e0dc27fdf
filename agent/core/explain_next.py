"""Explain, the next change: what ends or begins first, as far as can be known now."""

from agent.core.demand import Demand, Slot, choose
from agent.core.views import Sight
from agent.core.words import ClockWords
from agent.ledger import StoredDemand

_LASTING = (Slot.PROGRAMME, Slot.DEFAULT)  # they never end; another level of theirs is no end
_Change = tuple[float, str]  # its moment (monotonic), and the words


def next_words(sight: Sight, waiting: tuple[StoredDemand, ...], at: ClockWords) -> str:
    """One sentence, short enough for a line of a panel."""
    winner = sight.decision.demand
    by_itself = _planned(sight, at) if winner.slot in _LASTING else _end(winner, sight, at)
    changes = [change for change in (by_itself, _start(winner, sight, waiting, at)) if change is not None]
    if changes:
        return min(changes)[1]
    awaits_dark = not sight.night.is_night and sight.time.usable
    return "the programme, as soon as the light falls" if awaits_dark else "nothing is planned, as far as can be known"


def _planned(sight: Sight, at: ClockWords) -> _Change | None:
    """What the programme does next by itself."""
    if sight.next is None:
        return None
    at_s = _mono_s(sight, sight.next.at_utc_s)
    if not sight.night.is_night:
        return at_s, f"sunset at {at(at_s)}; then {sight.next.level:.4g} %, when the light falls"
    if sight.next.level == 0:
        return at_s, f"sunrise at {at(at_s)}; then off, when it is light"
    return at_s, f"{sight.next.level:.4g} % at {at(at_s)}"


def _end(winner: Demand, sight: Sight, at: ClockWords) -> _Change | None:
    """When a demand ends by itself, and who has the say then."""
    until_s = winner.until_s
    if until_s is None:
        return None
    others = [one for one in sight.demands if one is not None and one.slot is not winner.slot]
    heir = choose(tuple(one for one in others if one.slot in _LASTING or one.until_s is None or one.until_s > until_s))
    level = _level_then(heir, sight, until_s)
    words = f"{winner.slot} until {at(until_s)}" + (", if nobody comes" if winner.slot is Slot.MOTION else "")
    return until_s, f"{words}; then {heir.slot}" + ("" if level is None else f" with {level:.4g} %")


def _level_then(heir: Demand, sight: Sight, then_s: float) -> float | None:
    """What the heir will ask for, in percent; None where that depends on the light of a dusk or dawn in between."""
    plan, then_utc_s = sight.plan, sight.time.utc_s + then_s - sight.now.mono_s
    if heir.slot is not Slot.PROGRAMME:
        return heir.level
    if plan is None or not plan.span.holds(then_utc_s):
        return None
    turn_utc_s = plan.sunrise_utc_s if sight.night.is_night else plan.sunset_utc_s
    if turn_utc_s is None or sight.time.utc_s < turn_utc_s <= then_utc_s:
        return None
    return plan.level_at(then_utc_s) if sight.night.is_night else heir.level


def _start(winner: Demand, sight: Sight, waiting: tuple[StoredDemand, ...], at: ClockWords) -> _Change | None:
    """When the first waiting dim command begins, unless a stronger slot hides it."""
    if not waiting or waiting[0].starts_utc_s is None or winner.slot in (Slot.MAINTENANCE, Slot.EMERGENCY):
        return None
    at_s = _mono_s(sight, waiting[0].starts_utc_s)
    return at_s, f"a dim command with {waiting[0].level:.4g} % at {at(at_s)}"


def _mono_s(sight: Sight, utc_s: float) -> float:
    return sight.now.mono_s + utc_s - sight.time.utc_s
