"""When: times of day and of the sun, programmes, and the calendar that chooses among them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import annotated_types as at

from agent.settings.marks import Doc, Key, Percent


class Anchor(StrEnum):
    MIDNIGHT = "midnight"  # a local time of day
    SUNSET = "sunset"
    SUNRISE = "sunrise"


@dataclass(frozen=True, slots=True)
class TimeOfNight:
    """``22:30`` is midnight + 81,000 s, in local time; ``sunrise-45min`` is sunrise - 2,700 s."""

    anchor: Anchor
    offset_s: float = 0.0


class Weekday(StrEnum):
    """In the order of ``datetime.weekday()``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """``12-24``; 02-29 exists."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    at: Annotated[
        TimeOfNight, Doc("When the level begins: a local time of day, or sunset / sunrise with an offset.", "sunrise-45min")
    ]
    level: Annotated[Percent, Doc("Level in percent of full light.", "60")]


Programme = Annotated[tuple[ProgrammeEntry, ...], at.MinLen(1)]


@dataclass(frozen=True, slots=True)
class CalendarRule:
    """The first that matches wins; days and dates must both match where both are given."""

    programme: Annotated[str, Doc("The programme of the nights that match.", "residential")]
    days: Annotated[tuple[Weekday, ...], Doc("Days on which the night begins.")] = ()
    first: Annotated[MonthDay | None, Key("from"), Doc("First date, MM-DD, inclusive.", "12-24")] = None
    last: Annotated[MonthDay | None, Key("to"), Doc("Last date, MM-DD, inclusive; may lie in the next year.", "01-01")] = None


@dataclass(frozen=True, slots=True)
class Calendar:
    default: Annotated[str | None, Doc("The programme of the nights that no rule matches.")] = None
    rules: Annotated[tuple[CalendarRule, ...], Doc("First match wins.")] = ()
