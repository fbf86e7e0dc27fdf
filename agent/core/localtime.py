"""Local time, through both clock changes: the night that a moment belongs to, and the moment of a time of day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class NightSpan:
    """A day as lighting counts it: from noon, local time, to the next; it is named after the date on which it began."""

    date: date
    start_utc_s: float
    end_utc_s: float

    def holds(self, utc_s: float) -> bool:
        return self.start_utc_s <= utc_s < self.end_utc_s


NOON_S = 43_200.0


def night_span(utc_s: float, zone: tzinfo) -> NightSpan:
    """The span that holds a moment (POSIX seconds)."""
    local = datetime.fromtimestamp(utc_s, zone)
    began = local.date() if local.hour >= 12 else local.date() - timedelta(days=1)
    return NightSpan(began, moment(began, NOON_S, zone), moment(began + timedelta(days=1), NOON_S, zone))


def moment(day: date, second_of_day: float, zone: tzinfo) -> float:
    """POSIX seconds of a local time of day.

    A time that the clocks jump over is reached with the jump; of one that they show twice, the first counts.
    """
    naive = datetime.combine(day, time.min) + timedelta(seconds=second_of_day)
    first = naive.replace(tzinfo=zone, fold=0)
    at_s = first.timestamp()
    if datetime.fromtimestamp(at_s, zone).replace(tzinfo=None) == naive:
        return at_s
    return _jump(naive.replace(tzinfo=zone, fold=1).timestamp(), at_s, zone)


def _jump(before_s: float, after_s: float, zone: tzinfo) -> float:
    """The moment between the two at which the offset from UTC changes, to the second."""
    low, high = int(before_s), int(after_s)
    offset = _offset(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return float(high)


def _offset(utc_s: float, zone: tzinfo) -> timedelta | None:
    return datetime.fromtimestamp(utc_s, UTC).astimezone(zone).utcoffset()
