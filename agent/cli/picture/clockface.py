"""Local time along a picture: where the hours stand, through both changes of the clocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Hour:
    utc_s: float
    words: str  # 22:00
    day: str | None  # at midnight: the day that begins


def hours(start_utc_s: float, end_utc_s: float, zone: tzinfo, every: int) -> Iterator[Hour]:
    """The full local hours that ``every`` divides; an hour that the clocks show twice comes twice."""
    at_s = start_utc_s
    while at_s <= end_utc_s:
        local = datetime.fromtimestamp(at_s, zone)
        if local.hour % every == 0 and local.minute == 0:
            yield Hour(at_s, local.strftime("%H:%M"), day_words(local) if local.hour == 0 else None)
        at_s += HOUR_S


def day_words(local: date) -> str:
    """``Mon 21 Dec``, in English whatever the locale."""
    return f"{_DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
