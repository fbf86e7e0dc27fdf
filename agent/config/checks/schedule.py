"""Programmes and calendar: names that nobody defined, nights that nobody covers, entries that never come."""

from collections.abc import Iterator
from itertools import pairwise

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Path, warning
from agent.config.problems import quoted
from agent.config.wording import alternatives, nearest
from agent.settings.model import Settings
from agent.settings.schedule import Anchor, CalendarRule, ProgrammeEntry, TimeOfNight, Weekday

_NOON_S = 43_200.0
_DAY_S = 86_400.0


def unknown_programme(settings: Settings, _: Written) -> Iterator[Finding]:
    for path, name in _named(settings):
        if name not in settings.programmes:
            likely = nearest(name, settings.programmes)
            hint = f"write {likely}" if likely else f"write {alternatives(settings.programmes)}" if settings.programmes else ""
            yield Finding(path, f"there is no programme {quoted(name)}", hint or "write it under programmes")


def _named(settings: Settings) -> Iterator[tuple[Path, str]]:
    if settings.calendar.default is not None:
        yield ("calendar", "default"), settings.calendar.default
    for index, rule in enumerate(settings.calendar.rules):
        yield ("calendar", "rules", index, "programme"), rule.programme


def no_default(settings: Settings, _: Written) -> Iterator[Finding]:
    """A single programme is the default by itself; of several one must be named, unless the rules cover the year."""
    calendar = settings.calendar
    if calendar.default is not None or len(settings.programmes) < 2 or _covers_the_year(calendar.rules):
        return
    first = next(iter(settings.programmes))
    message = "is missing: of several programmes none would hold" + (" on the nights without a rule" if calendar.rules else "")
    yield Finding(("calendar", "default"), message, f"write default: {first} under calendar, or another of them")


def _covers_the_year(rules: tuple[CalendarRule, ...]) -> bool:
    days = {day for rule in rules if rule.first is None and rule.last is None for day in rule.days or Weekday}
    return days == set(Weekday)


def unused_programme(settings: Settings, _: Written) -> Iterator[Finding]:
    used = {name for _, name in _named(settings)}
    if len(settings.programmes) < 2 or not used or not used <= settings.programmes.keys():
        return
    for name in settings.programmes:
        if name not in used:
            yield warning(("programmes", name), "no night uses it", "name it in calendar, or remove it")


def half_a_period(settings: Settings, _: Written) -> Iterator[Finding]:
    for index, rule in enumerate(settings.calendar.rules):
        path = ("calendar", "rules", index)
        if rule.first is not None and rule.last is None:
            yield warning((*path, "first"), "without to it ends with the year", "write to as well")
        if rule.last is not None and rule.first is None:
            yield warning((*path, "last"), "without from it begins with the year", "write from as well")


def entries_out_of_order(settings: Settings, _: Written) -> Iterator[Finding]:
    for name, programme in settings.programmes.items():
        for index, (above, entry) in enumerate(pairwise(programme), 1):
            if _is_before(entry, above):
                message = "is before the entry above it, and is reached together with it"
                yield warning(
                    ("programmes", name, index, "at"), message, "put the entries in the order of the night, noon to noon"
                )


def _is_before(entry: ProgrammeEntry, above: ProgrammeEntry) -> bool:
    """Only where it is certain whatever the season: two times of day, two of the same sun, or a sunset below a sunrise."""
    if entry.at.anchor is above.at.anchor:
        return _in_the_night_s(entry.at) < _in_the_night_s(above.at)
    is_turned = entry.at.anchor is Anchor.SUNSET and above.at.anchor is Anchor.SUNRISE
    return is_turned and entry.at.offset_s <= 0 <= above.at.offset_s


def _in_the_night_s(time: TimeOfNight) -> float:
    """Since the noon that begins the night; of the sun's times the offset."""
    return (time.offset_s - _NOON_S) % _DAY_S if time.anchor is Anchor.MIDNIGHT else time.offset_s


CHECKS = (
    Check(unknown_programme, needs=(("programmes",),)),
    Check(no_default, needs=(("programmes",), ("calendar",))),
    Check(unused_programme, needs=(("calendar",),)),
    Check(half_a_period),
    Check(entries_out_of_order),
)
