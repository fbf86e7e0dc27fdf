"""Explain: why the lamp is at its level, every slot, limit and source, in words that a technician can act on."""

from dataclasses import dataclass

from agent.core.alarms import Alarm
from agent.core.demand import Demand, Slot
from agent.core.nightwatch import NightWatch
from agent.core.views import Sight
from agent.core.words import ClockWords, clock_words, limit_words, reason, witness_words
from agent.records import Part, TimeQuality


@dataclass(frozen=True, slots=True)
class SlotLine:
    slot: Slot
    level: float | None  # percent; None: the slot asks for nothing
    reason: str
    wins: bool


@dataclass(frozen=True, slots=True)
class SourceLine:
    name: str
    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """``summary`` is one sentence; the rest is what it rests on."""

    summary: str
    slots: tuple[SlotLine, ...]
    limits: tuple[str, ...]
    night: str
    sources: tuple[SourceLine, ...]
    next: str


def explain(sight: Sight, watch: NightWatch) -> Explanation:
    at = clock_words(sight.now, sight.time, sight.zone)
    winner = sight.decision.demand
    why = reason(winner, at)
    return Explanation(
        summary=f"{sight.actual_level:g} %: {why}" + "".join(f", {limit_words(limit)}" for limit in sight.decision.limits),
        slots=tuple(_slot_line(slot, sight, winner, at) for slot in Slot),
        limits=tuple(limit_words(limit) for limit in sight.decision.limits),
        night=_night(sight, at),
        sources=_sources(sight, watch, at),
        next=_next(sight, at),
    )


def _slot_line(slot: Slot, sight: Sight, winner: Demand, at: ClockWords) -> SlotLine:
    demand = next((one for one in sight.demands if one is not None and one.slot is slot), None)
    if demand is not None:
        return SlotLine(slot, round(demand.level, 1), reason(demand, at), demand is winner or demand == winner)
    return SlotLine(slot, None, _silence(slot, sight), wins=False)


def _silence(slot: Slot, sight: Sight) -> str:
    """Why a slot asks for nothing."""
    match slot:
        case Slot.MAINTENANCE:
            return "nothing is set at the pole"
        case Slot.EMERGENCY:
            return "no emergency is in force"
        case Slot.OVERRIDE:
            held = sight.override
            return "no dim command is in force" if held is None else f"dim command {held.stored.command_id} holds at night only"
        case Slot.MOTION:
            return _no_motion(sight)
        case Slot.PROGRAMME:
            return "no programme can be evaluated"
        case Slot.DEFAULT:
            return "not needed: a programme can be evaluated" if sight.night.is_night else "not needed by day"


def _no_motion(sight: Sight) -> str:
    if not sight.settings.sensors.motion:
        return "no motion sensor is configured"
    if not sight.presence:
        return "nobody is there"
    return (
        "somebody is there, and the programme already asks for as much"
        if sight.night.is_night
        else "presence raises nothing by day"
    )


def _night(sight: Sight, at: ClockWords) -> str:
    what = "night" if sight.night.is_night else "day"
    return f"{what} since {at(sight.night.since_s)}: {witness_words(sight.night.by)}"


def _sources(sight: Sight, watch: NightWatch, at: ClockWords) -> tuple[SourceLine, ...]:
    lines = [_clock(sight, watch)]
    if watch.sun is not None:
        elevation = watch.sun.elevation_deg(sight.time.utc_s)
        usable = sight.time.usable
        words = f"at {elevation:.1f} degrees" if usable else "not asked, because the clock is not believed"
        lines.append(SourceLine("sun", usable, words))
    if watch.photocell is not None:
        lines.append(_photocell(sight, watch, at))
    faults = {Part.POWER: Alarm.METER_FAULT, Part.TEMPERATURE: Alarm.TEMPERATURE_SENSOR_FAULT}
    for part in (Part.POWER, Part.TEMPERATURE, Part.SOC):
        if part in sight.sources:
            good = sight.sources.fresh(part, sight.now.mono_s)
            told = faults.get(part)
            words = "read and plausible" if good else "not readable" + ("" if told is None else f" ({told}); see doctor")
            lines.append(SourceLine(part, good, words))
    return tuple(lines)


def _clock(sight: Sight, watch: NightWatch) -> SourceLine:
    keeper = watch.timekeeper
    words = {
        TimeQuality.NTP: "synchronised by NTP",
        TimeQuality.RTC: "set by the RTC" + ("" if keeper.confirmed else ", not yet confirmed by a dusk or dawn"),
        TimeQuality.SUSPECT: "suspect: "
        + (
            "it was stepped, and the time before the step is carried on"
            if keeper.stepped
            else "a dusk or dawn came more than an hour off; check the location and NTP"
        ),
        TimeQuality.UNSYNCED: "not synchronised; check the network and `timedatectl`",
    }[sight.time.quality]
    return SourceLine("clock", sight.time.trusted, words)


def _photocell(sight: Sight, watch: NightWatch, at: ClockWords) -> SourceLine:
    cell, now_s = watch.photocell, sight.now.mono_s
    if cell is None or cell.lx is None:
        return SourceLine(Part.LIGHT, good=False, words="has given no reading yet")
    if not cell.fresh(now_s):
        return SourceLine(Part.LIGHT, good=False, words=f"silent since {at(cell.read_at_s)}; see doctor")
    if cell.convicted:
        return SourceLine(
            Part.LIGHT, good=False, words=f"{cell.lx:.4g} lx, which the sun contradicts: covered, stuck or floodlit"
        )
    words = f"{cell.lx:.4g} lx, {'dark' if cell.dark else 'bright'} since {at(cell.changed_s)}"
    if cell.own_light.at_full_lx > 0:
        words += f"; the lamp itself adds {cell.own_light.at_full_lx:.3g} lx at 100 %, taken off"
    return SourceLine(Part.LIGHT, good=True, words=words)


def _next(sight: Sight, at: ClockWords) -> str:
    if sight.next is None:
        awaits_dark = not sight.night.is_night and sight.time.usable
        return "the programme, as soon as the light falls" if awaits_dark else "nothing is planned, as far as can be known"
    moment = at(sight.now.mono_s + sight.next.at_utc_s - sight.time.utc_s)
    if not sight.night.is_night:
        return f"sunset at {moment}; then {sight.next.level:g} %, when the light falls"
    if sight.next.level == 0:
        return f"sunrise at {moment}; then off, when it is light"
    return f"{sight.next.level:g} % at {moment}"
