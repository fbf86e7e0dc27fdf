"""Explain, the night: who says that it is night or day, by which numbers, and what is about to change."""

from agent.core.night import By
from agent.core.nightwatch import NightWatch
from agent.core.photocell import Photocell
from agent.core.sun import SUNSET_DEG
from agent.core.views import Sight
from agent.core.words import ClockWords, lux_words, witness_words


def night_words(sight: Sight, at: ClockWords) -> str:
    """The verdict in one sentence."""
    return f"{_what(sight)} since {at(sight.night.since_s)}: {witness_words(sight.night.by)}"


def night_facts(sight: Sight, watch: NightWatch, at: ClockWords) -> tuple[str, ...]:
    """What the verdict rests on, a sentence each."""
    if sight.night.by is By.MODE:
        return (f"night.mode is {sight.settings.night.mode}: it is night whenever the agent runs",)
    facts = [_sun(sight, watch), _photocell(sight, watch, at)]
    if watch.sun is None or not sight.time.usable:
        facts.append(_without_sun(sight, watch, at))
    return tuple(facts)


def _what(sight: Sight) -> str:
    return "night" if sight.night.is_night else "day"


def _sun(sight: Sight, watch: NightWatch) -> str:
    if watch.sun is None:
        return "the sun is not asked: lamp.location is not configured"
    if not sight.time.usable:
        return "the sun is not asked: the clock is not believed"
    rule = sight.settings.night
    lower, upper = rule.twilight_deg
    elevation = watch.sun.elevation_deg(sight.time.utc_s)
    here = f"the sun is at {elevation:.1f} degrees"
    if rule.mode == "photocell" and _hears(sight, watch):
        return f"{here}, and is not asked: night.mode is photocell"
    if rule.mode == "sun" and not watch.timekeeper.rtc_alone:
        return f"{here}: night.mode is sun, and below {SUNSET_DEG:.1f} degrees it is night"
    if elevation < lower:
        return f"{here}: below {lower:g} it is night, whatever the photocell says"
    if elevation <= upper:
        unheard = "" if _hears(sight, watch) else "; it is not heard, so it is night"
        return f"{here}: between {lower:g} and {upper:g} the photocell decides{unheard}"
    if watch.timekeeper.rtc_alone:
        return f"{here}: above {upper:g} it is day, unless the photocell is dark, for only an RTC has set the clock"
    return f"{here}: above {upper:g} it is day, whatever the photocell says"


def _hears(sight: Sight, watch: NightWatch) -> bool:
    return watch.photocell is not None and watch.photocell.good(sight.now.mono_s)


def _photocell(sight: Sight, watch: NightWatch, at: ClockWords) -> str:
    cell, rule = watch.photocell, sight.settings.night
    if cell is None:
        return "there is no photocell: sensors.light is not configured"
    if not _hears(sight, watch):
        return "the photocell is not heard; the source light says why"
    is_now = "dark" if cell.dark else "bright"
    words = f"the photocell has been {is_now} since {at(cell.changed_s)} and is at {lux_words(cell.lx or 0.0)}: dark is below "
    words += f"{rule.on_below_lx:g} lx, bright above {rule.off_above_lx:g} lx, each for {rule.dwell_s:g} s"
    if cell.candidate_since_s is not None:
        words += f"; {_candidate(cell, cell.candidate_since_s, sight, at)}"
    return words


def _candidate(cell: Photocell, since_s: float, sight: Sight, at: ClockWords) -> str:
    """The dwell that runs: what it will be, and when, if the light stays as it is."""
    rule = sight.settings.night
    beyond = f"above {rule.off_above_lx:g} lx" if cell.dark else f"below {rule.on_below_lx:g} lx"
    left_s = since_s + rule.dwell_s - sight.now.mono_s
    when = f"in {left_s:.0f} s" if left_s >= 1 else "with its next reading"
    decides = sight.night.by is By.PHOTOCELL and (sight.time.usable or rule.mode == "photocell")
    turns = ("day" if cell.dark else "night") if decides else ("bright" if cell.dark else "dark")
    return f"it has been {beyond} since {at(since_s)}, and {when} it is {turns}"


def _without_sun(sight: Sight, watch: NightWatch, at: ClockWords) -> str:
    if sight.night.by is By.PHOTOCELL and sight.settings.night.mode == "photocell":
        return "night.mode is photocell: it decides while it is heard"
    if sight.night.by is By.PHOTOCELL:
        proof = "over 1,000 lx that vary prove that it is day"
        return f"without the sun, {'a dark photocell means night' if sight.night.is_night else proof}"
    if sight.night.by is By.LEARNT:
        change_s = watch.learnt.next_change_s(sight.now.mono_s)
        until = "" if change_s is None else f", until {at(change_s)} unless the photocell knows better"
        return f"without the sun, the dusk and the dawn last seen by the photocell say that it is {_what(sight)}{until}"
    return "without the sun, only over 1,000 lx that vary prove a day, and no night has been learnt since the start"
