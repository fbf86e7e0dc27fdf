"""Explain, the sources: what each says, whether it is believed, and what to do where it is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.core.alarms import Alarm, Family
from agent.core.alarmtable import KINDS
from agent.core.meter import NOMINAL_W
from agent.core.nightwatch import NightWatch
from agent.core.photocell import CONVICT_S, Photocell
from agent.core.presence import LineReport, LineState
from agent.core.sources import MISSES, Health
from agent.core.views import Sight
from agent.core.words import ClockWords, lux_words, span_words
from agent.records import Fault, Part, Quality, Quantity, TimeQuality

ADVICE = {
    Fault.NOT_THERE: "check its wires, its supply and its address",
    Fault.HUNG_BUS: "check the bus's wires and pull-ups",
    Fault.WRONG_CHIP: "check its driver and its address in the config",
    Fault.GARBAGE: "check its wires and its supply",
    Fault.FAILED: "see `journalctl -u streetlight-agent`",
}
NO_ANSWER = "if that lasts, see `journalctl -u streetlight-agent`"
MEASURED = {
    Part.POWER: Quantity.ACTIVE_POWER_W,
    Part.TEMPERATURE: Quantity.TEMPERATURE_C,
    Part.SOC: Quantity.SOC_TEMPERATURE_C,
}
FOUND_BY: Mapping[Part, tuple[Alarm, ...]] = {  # what a source that is believed says to be wrong elsewhere
    Part.POWER: tuple(
        alarm
        for alarm, kind in KINDS.items()
        if kind.family in (Family.LAMP, Family.SUPPLY)
        and alarm not in (Alarm.CONTROL_GEAR_COMM_FAILURE, Alarm.LAMP_END_OF_LIFE, Alarm.SELF_TEST_FAILED, Alarm.METER_FAULT)
    ),
    Part.TEMPERATURE: (Alarm.TEMPERATURE_TOO_HIGH, Alarm.TEMPERATURE_TOO_LOW, Alarm.FIRE_DETECTED),
    Part.SOC: (Alarm.OVER_TEMPERATURE_SOC, Alarm.POWER_SUPPLY_UNDERVOLTAGE),
}


@dataclass(frozen=True, slots=True)
class SourceLine:
    """``good``: whether it is believed."""

    name: str
    good: bool
    words: str


def source_lines(
    sight: Sight, watch: NightWatch, lines: tuple[LineReport, ...], learnt_utc_s: float | None, at: ClockWords
) -> tuple[SourceLine, ...]:
    """Those that are configured; ``lines`` are the motion sensors', ``learnt_utc_s`` is when the power curve was learnt."""
    found = [_clock(sight, watch)]
    if watch.sun is not None:
        found.append(_sun(sight, watch.sun.elevation_deg(sight.time.utc_s), at))
    if watch.photocell is not None:
        found.append(_light(sight, watch.photocell, at))
    for number, report in enumerate(lines, 1):
        found.append(_motion("motion" if len(lines) == 1 else f"motion {number}", report, at))
    found += [_measured(part, sight, learnt_utc_s, at) for part in MEASURED if part in sight.sources]
    return tuple(found)


# --- clock and sun


def _clock(sight: Sight, watch: NightWatch) -> SourceLine:
    keeper = watch.timekeeper
    confirmed = ", confirmed by a dusk or dawn" if keeper.confirmed else ""
    match sight.time.quality:
        case TimeQuality.NTP:
            words = f"synchronised by NTP{confirmed}"
        case TimeQuality.RTC:
            words = f"set by the RTC{confirmed or ', not confirmed by a dusk or dawn yet'}"
        case TimeQuality.SUSPECT if keeper.suspected_by is not None:
            words = f"suspect: a {keeper.suspected_by.value} came more than an hour off the sun's; check lamp.location and NTP"
        case TimeQuality.SUSPECT:
            off_s = sight.now.utc_s - sight.time.utc_s
            stepped = f"{'ahead' if off_s > 0 else 'back'} by {span_words(abs(off_s))}"
            words = f"suspect: the host's clock was set {stepped}; the time before goes on here. Check NTP"
        case TimeQuality.UNSYNCED:
            words = "not synchronised; check the network and `timedatectl`"
    return SourceLine("clock", sight.time.trusted, words)


def _sun(sight: Sight, elevation_deg: float, at: ClockWords) -> SourceLine:
    if not sight.time.usable:
        return SourceLine("sun", good=False, words="not asked, because the clock is not believed")
    words = f"at {elevation_deg:.1f} degrees"
    if sight.plan is not None and sight.plan.sunset_utc_s is not None and sight.plan.sunrise_utc_s is not None:
        sets, rises = (
            at(sight.now.mono_s + utc_s - sight.time.utc_s) for utc_s in (sight.plan.sunset_utc_s, sight.plan.sunrise_utc_s)
        )
        words += f"; sunset {sets}, sunrise {rises}"
    return SourceLine("sun", good=True, words=words)


# --- the photocell


def _light(sight: Sight, cell: Photocell, at: ClockWords) -> SourceLine:
    now_s = sight.now.mono_s
    health = sight.sources.health(Part.LIGHT, now_s)
    if cell.lx is None or not cell.fresh(now_s):
        return SourceLine(Part.LIGHT, good=False, words=_silence(Part.LIGHT, health, sight, at))
    reading = sight.sources.reading(Part.LIGHT, Quantity.LIGHT_LEVEL_LX)
    saturated = reading is not None and reading.quality is Quality.SATURATED
    lux = lux_words(cell.lx) + (", or more: the end of its range" if saturated else "")
    if cell.convicted_s is not None:
        words = f"{lux}, which the sun contradicts: covered, stuck or floodlit, and not believed since {at(cell.convicted_s)}"
        advice = "clean or move it; a dusk or dawn within an hour of the sun's acquits it"
        return SourceLine(Part.LIGHT, good=False, words=f"{words}; {advice}")
    if not cell.good(now_s):
        words = f"{lux}, back after a silence; believed from {at(cell.heard_from_s)} on"
        return SourceLine(Part.LIGHT, good=False, words=words)
    words = f"{lux}, {'dark' if cell.dark else 'bright'} since {at(cell.changed_s)}"
    if cell.own_light.at_full_lx > 0:
        words += f"; the lamp itself adds {cell.own_light.at_full_lx:.3g} lx at 100 %, taken off"
    if cell.contradicts_since_s is not None:
        since, until = at(cell.contradicts_since_s), at(cell.contradicts_since_s + CONVICT_S)
        words += f"; contradicts the sun since {since}, and is believed no longer than until {until}"
    if health.fault is not None:
        words += f"; {_silence(Part.LIGHT, health, sight, at)}"
    return SourceLine(Part.LIGHT, good=True, words=words)


# --- motion


def _motion(name: str, report: LineReport, at: ClockWords) -> SourceLine:
    never = report.moment_s == float("-inf")
    match report.state:
        case LineState.QUIET:
            return SourceLine(name, good=True, words="nobody since the start" if never else f"nobody since {at(report.moment_s)}")
        case LineState.ACTIVE:
            return SourceLine(name, good=True, words=f"somebody since {at(report.moment_s)}")
        case LineState.STUCK:
            words = f"stuck: active since {at(report.moment_s)} without a break, and raises nothing any more; check the sensor"
        case LineState.CHATTERS:
            words = f"chatters: not counted before {at(report.moment_s)}, after ten minutes of calm; check its wires"
        case LineState.SILENT:
            words = f"silent: not an edge since {at(report.moment_s)}; check the sensor and its cable"
    return SourceLine(name, good=False, words=words)


# --- what is measured


def _measured(part: Part, sight: Sight, learnt_utc_s: float | None, at: ClockWords) -> SourceLine:
    health = sight.sources.health(part, sight.now.mono_s)
    value = sight.sources.value(part, MEASURED[part], sight.now.mono_s)
    if value is not None:
        words = _power(value, sight, learnt_utc_s, at) if part is Part.POWER else f"{value:.1f} °C"
        told = (f"; {alarm}: {KINDS[alarm].remedy}" for alarm in FOUND_BY.get(part, ()) if alarm in sight.alarms)
        return SourceLine(part, good=True, words=words + "".join(told))
    words = (None if health.fault else _nonsense(part, sight)) or _silence(part, health, sight, at)
    if part is Part.POWER:
        words += "; energy is estimated"
    elif part is Part.TEMPERATURE and sight.settings.limits.derating is not None:
        words += "; no derating"
    return SourceLine(part, good=False, words=words)


def _power(watts: float, sight: Sight, learnt_utc_s: float | None, at: ClockWords) -> str:
    load = sight.load
    if load.whole_pole:
        words = f"{watts:.1f} W, of the whole pole: the lamp is not judged by it"
        return words if load.other_w is None else f"{words}; {load.other_w:.1f} W were drawn beside it while it was dark"
    words = f"{watts:.1f} W measured, {load.power_w(sight.actual_level):.1f} W expected at {sight.actual_level:g} %"
    if learnt_utc_s is not None:
        words += f" by the self-test of {at(sight.now.mono_s + learnt_utc_s - sight.time.utc_s)}"
    if not load.is_known:
        words += f" of a lamp of {NOMINAL_W:g} W, for luminaire.nominal_power_w is not configured: it is not judged by that"
    return words


def _nonsense(part: Part, sight: Sight) -> str | None:
    """What a part last said, where that cannot be, and what to do."""
    reading = sight.sources.reading(part, MEASURED[part])
    if reading is not None and reading.quality is Quality.SATURATED:
        return f"says {reading.value:.1f} W or more, the end of its range: its shunt or current sensor is too large for this load"
    if reading is None or reading.quality is not Quality.SUSPECT:
        return None
    if reading.value < 0:
        return f"says {reading.value:.1f} W, and a lamp feeds nothing back: swap the two wires at the shunt"
    words = f"says {reading.value:.3g} W, more than the {sight.load.most_w:g} W that can be"
    return f"{words}; check its scales or its shunt_ohm in the config"


def _silence(part: Part, health: Health, sight: Sight, at: ClockWords) -> str:
    """Since when a part has not been read, why, and what to do."""
    fault = health.fault
    if fault is None and part is not Part.SOC and Alarm.I2C_BUS_FAULT in sight.alarms:
        fault = Fault.HUNG_BUS  # seen at another chip's turn
    if health.read_at_s == float("-inf"):
        words = "no reading yet"
    elif 0 < health.still_to_read < MISSES:
        return f"read again, and believed after {health.still_to_read} more good readings"
    else:
        words = f"silent since {at(health.read_at_s)}"
    return f"{words}; {NO_ANSWER}" if fault is None else f"{words}: {fault.value}; {ADVICE[fault]}"
