"""Times of the night and dates of the year as technicians write them: 22:30, sunrise-45min, 12-24."""

import re
from calendar import month_name
from datetime import date

from agent.config.durations import MOST_CHARACTERS, PATTERN, seconds
from agent.config.findings import Mistake
from agent.config.problems import quoted
from agent.settings.schedule import Anchor, MonthDay, TimeOfNight

CLOCK_PATTERN = r"([01]\d|2[0-3]):[0-5]\d"
SUN_PATTERN = rf"(sunset|sunrise)( ?[+-] ?(?=\d){PATTERN})?"
DATE_PATTERN = r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
MOST_OFFSET_S = 43_200.0  # half a day: beyond it another sunset is nearer
_LEAP_YEAR = 2024

_CLOCK = re.compile(r"(\d\d):(\d\d)", re.ASCII)
_LOOSE_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))?(?::\d\d)?\s*(am|pm|uhr|h)?", re.ASCII | re.IGNORECASE)
_SUN = re.compile(r"(sunset|sunrise)(?:\s*([+-])\s*(.+))?", re.ASCII)
_SUN_WORDS = {"sunset": ("sundown", "dusk", "set", "sonnenuntergang"), "sunrise": ("sunup", "dawn", "rise", "sonnenaufgang")}
_DATE = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_LOOSE_DATE = re.compile(r"(?:\d{4}[-/.])?(\d{1,2})[-/. ]+(\d{1,2})\.?(?:[-/.]?\d{4})?", re.ASCII)


def time_of_night(text: str) -> TimeOfNight:
    """Raises Mistake."""
    sun = _SUN.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
    if sun:
        return _by_the_sun(Anchor(sun[1]), sun[2], sun[3])
    clock = _CLOCK.fullmatch(text)
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        return TimeOfNight(Anchor.MIDNIGHT, int(clock[1]) * 3600.0 + int(clock[2]) * 60.0)
    raise _no_time(text)


def _by_the_sun(anchor: Anchor, sign: str | None, offset: str | None) -> TimeOfNight:
    if offset is None:
        return TimeOfNight(anchor)
    if offset.isdecimal():
        raise Mistake(f"{anchor}{sign}{offset} has no unit", f"write {anchor}{sign}{offset}min")
    offset_s = seconds(offset)
    if offset_s > MOST_OFFSET_S:
        raise Mistake(f"{offset} is more than 12h", "write an offset of at most 12h, or a time of day")
    return TimeOfNight(anchor, -offset_s if sign == "-" else offset_s)


def _no_time(text: str) -> Mistake:
    lower = text.lower().replace(" ", "")
    for word, meant in _SUN_WORDS.items():
        begins = next((each for each in (word, *meant) if lower.startswith(each)), None)
        if begins:
            rest = lower.removeprefix(begins)
            return Mistake(f"{quoted(text)} is not a time", f"write {word}{rest if rest[:1] in ('+', '-') else ''}")
    loose = _LOOSE_CLOCK.fullmatch(text)
    if loose:
        hour, minute = int(loose[1]), int(loose[2] or 0)
        if (loose[3] or "").lower() in ("am", "pm") and 1 <= hour <= 12:
            hour = hour % 12 + (12 if loose[3].lower() == "pm" else 0)
        if (hour, minute) == (24, 0):
            hour = 0
        if hour < 24 and minute < 60:
            return Mistake(f"{quoted(text)} is not how a time is written", f"write {hour:02}:{minute:02}")
        return Mistake(f"there is no time {quoted(text)}", "write 00:00 to 23:59")
    return Mistake(f"{quoted(text)} is not a time", "write a local time such as 22:30, or sunset, sunrise, sunrise-45min")


def month_day(text: str) -> MonthDay:
    """Raises Mistake; the 29th of February exists."""
    written = _DATE.fullmatch(text)
    if not written:
        loose = _LOOSE_DATE.fullmatch(text)
        meant = (_likely(int(loose[1]), int(loose[2])) if loose else None) or "MM-DD, such as 12-24"
        raise Mistake(f"{quoted(text)} is not how a date is written", f"write {meant}")
    month, day = int(written[1]), int(written[2])
    if not 1 <= month <= 12:
        meant = _likely(day, month) or "MM-DD, month first"
        raise Mistake(f"there is no month {written[1]}", f"write {meant}")
    last = _days_of(month)
    if not 1 <= day <= last:
        raise Mistake(f"{month_name[month]} has no day {written[2]}", f"write {month:02}-01 to {month:02}-{last}")
    return MonthDay(month, day)


def _likely(first: int, second: int) -> str | None:
    """The date that two numbers can mean: the year's order of the file before the order of Europe."""
    for month, day in ((first, second), (second, first)):
        if 1 <= month <= 12 and 1 <= day <= _days_of(month):
            return f"{month:02}-{day:02}"
    return None


def _days_of(month: int) -> int:
    following = date(_LEAP_YEAR + month // 12, month % 12 + 1, 1)
    return (following - date(_LEAP_YEAR, month, 1)).days
