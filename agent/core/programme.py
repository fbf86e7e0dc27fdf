"""The calendar and its programmes: which levels a night asks for, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo

from agent.core.localtime import NightSpan, moment, night_span
from agent.core.sun import SUNSET_DEG, Sun
from agent.settings.schedule import Anchor, Calendar, CalendarRule, MonthDay, Programme, TimeOfNight, Weekday

_HALF_DAY_S = 43_200.0
_WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class Switch:
    at_utc_s: float
    level: float  # percent


@dataclass(frozen=True, slots=True)
class Plan:
    """What one night asks for. Without a programme there is nothing to evaluate and the default slot takes over."""

    span: NightSpan
    programme: str | None
    switches: tuple[Switch, ...]  # ascending; until the first is reached, its level holds already
    sunset_utc_s: float | None  # None: the sun does not set (or rise) in this span
    sunrise_utc_s: float | None

    def level_at(self, utc_s: float) -> float | None:
        """Percent; None without a programme."""
        if not self.switches:
            return None
        reached = [switch.level for switch in self.switches if switch.at_utc_s <= utc_s]
        return reached[-1] if reached else self.switches[0].level

    def next_switch(self, utc_s: float) -> Switch | None:
        """The next moment at which the level becomes another."""
        now = self.level_at(utc_s)
        return next((switch for switch in self.switches if switch.at_utc_s > utc_s and switch.level != now), None)

    def next_change(self, utc_s: float) -> Switch | None:
        """At night: the next switch, or the sunrise, which ends the night with level 0."""
        switch, sunrise_s = self.next_switch(utc_s), self.sunrise_utc_s
        if sunrise_s is not None and sunrise_s > utc_s and (switch is None or sunrise_s <= switch.at_utc_s):
            return Switch(sunrise_s, 0.0)
        return switch


class Planner:
    """Plans nights as they are asked for and remembers the last two; moments are POSIX seconds."""

    def __init__(self, programmes: Mapping[str, Programme], calendar: Calendar, sun: Sun, zone: tzinfo) -> None:
        self._programmes = programmes
        self._calendar = calendar
        self._sun = sun
        self._zone = zone
        self._plans: tuple[Plan, ...] = ()

    def plan(self, utc_s: float) -> Plan:
        """The plan of the night that a moment belongs to."""
        for plan in self._plans:
            if plan.span.holds(utc_s):
                return plan
        self._plans = (self._make(night_span(utc_s, self._zone)), *self._plans[:1])
        return self._plans[0]

    def next_sunset(self, utc_s: float) -> Switch | None:
        """The next sunset within a day, and the level that the programme has for it (full light without one)."""
        for plan in (self.plan(utc_s), self.plan(self.plan(utc_s).span.end_utc_s)):
            if plan.sunset_utc_s is not None and plan.sunset_utc_s > utc_s:
                level = plan.level_at(plan.sunset_utc_s)
                return Switch(plan.sunset_utc_s, 100.0 if level is None else level)
        return None

    def _make(self, span: NightSpan) -> Plan:
        sunset_s = self._sun.crossing(span.start_utc_s, span.end_utc_s, SUNSET_DEG, rising=False)
        sunrise_s = self._sun.crossing(span.start_utc_s, span.end_utc_s, SUNSET_DEG, rising=True)
        name = programme_of(span.date, self._calendar, self._programmes)
        switches: list[Switch] = []
        for entry in self._programmes[name] if name is not None else ():
            at_s = self._moment(entry.at, span, sunset_s, sunrise_s)
            if switches:
                at_s = max(at_s, switches[-1].at_utc_s)  # entries apply in the order written
            switches.append(Switch(at_s, entry.level))
        return Plan(span, name, tuple(switches), sunset_s, sunrise_s)

    def _moment(self, when: TimeOfNight, span: NightSpan, sunset_s: float | None, sunrise_s: float | None) -> float:
        match when.anchor:
            case Anchor.MIDNIGHT:
                day = span.date if when.offset_s >= _HALF_DAY_S else date.fromordinal(span.date.toordinal() + 1)
                return moment(day, when.offset_s, self._zone)
            case Anchor.SUNSET:  # where there is none, the solar noon that begins the night stands for it
                return (self._sun.noon(span.start_utc_s) if sunset_s is None else sunset_s) + when.offset_s
            case Anchor.SUNRISE:
                return (self._sun.noon(span.end_utc_s) if sunrise_s is None else sunrise_s) + when.offset_s


def programme_of(day: date, calendar: Calendar, programmes: Mapping[str, Programme]) -> str | None:
    """The name of the programme of the night that begins on a date; a calendar that says nothing means the only one there is."""
    for rule in calendar.rules:
        if rule.programme in programmes and _matches(rule, day):
            return rule.programme
    if calendar.default is not None:
        return calendar.default if calendar.default in programmes else None
    return next(iter(programmes)) if len(programmes) == 1 else None


def _matches(rule: CalendarRule, day: date) -> bool:
    if rule.days and _WEEKDAYS[day.weekday()] not in rule.days:
        return False
    today = MonthDay(day.month, day.day)
    first, last = rule.first or MonthDay(1, 1), rule.last or MonthDay(12, 31)
    if first <= last:
        return first <= today <= last
    return today >= first or today <= last  # over New Year
