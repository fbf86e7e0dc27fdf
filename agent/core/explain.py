"""Explain: why the lamp is at its level, every slot, limit and source, in words that a technician can act on."""

from dataclasses import dataclass

from agent.core.explain_limits import LimitLine, limit_lines
from agent.core.explain_next import next_words
from agent.core.explain_night import night_facts, night_words
from agent.core.explain_slots import SlotLine, slot_lines
from agent.core.explain_sources import SourceLine, source_lines
from agent.core.instruments import Instruments
from agent.core.nightwatch import NightWatch
from agent.core.views import Sight
from agent.core.words import ClockWords, limit_words, moment_words, reason
from agent.ledger import StoredDemand
from agent.records import Part


@dataclass(frozen=True, slots=True)
class Insight:
    """What can be looked into beside the sight."""

    watch: NightWatch
    instruments: Instruments
    waiting: tuple[StoredDemand, ...]  # dim commands with a start that is still to come, in their order
    learnt_utc_s: float | None  # when a self-test learnt the power curve that is in force
    disobedient: frozenset[Part]  # output and relay, where they refuse what is written


@dataclass(frozen=True, slots=True)
class Explanation:
    """``summary`` is one sentence; the rest is what it rests on. ``limits`` are those that bite, ``all_limits`` all of them."""

    summary: str
    slots: tuple[SlotLine, ...]
    limits: tuple[str, ...]
    all_limits: tuple[LimitLine, ...]
    night: str
    night_facts: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    next: str


def explain(sight: Sight, insight: Insight) -> Explanation:
    at = moment_words(sight.now, sight.time, sight.zone)
    instruments, now_s = insight.instruments, sight.now.mono_s
    return Explanation(
        summary=_summary(sight, insight.disobedient, at),
        slots=slot_lines(sight, insight.waiting, at),
        limits=tuple(limit_words(limit) for limit in sight.decision.limits),
        all_limits=limit_lines(sight, instruments.meter.operating_s / 3600, instruments.temperature_c(now_s)),
        night=night_words(sight, at),
        night_facts=night_facts(sight, insight.watch, at),
        sources=source_lines(sight, insight.watch, instruments.presence.lines(now_s), insight.learnt_utc_s, at),
        next=next_words(sight, insight.waiting, at),
    )


def _summary(sight: Sight, disobedient: frozenset[Part], at: ClockWords) -> str:
    words = f"{sight.actual_level:g} %: {reason(sight.decision.demand, at)}"
    words += "".join(f", {limit_words(limit)}" for limit in sight.decision.limits)
    if sight.now.mono_s < sight.ramp.end_s:
        words += f"; on its way to {sight.ramp.end_level:.4g} %, there at {at(sight.ramp.end_s)}"
    if disobedient:
        parts = " and ".join(sorted(disobedient))
        words += f"; but the light may be another, for the {parts} cannot be set: check overlay, pins and rights"
    return words
