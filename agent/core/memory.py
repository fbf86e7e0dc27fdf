"""When the core writes down what nobody asked it to promise: counters, the last time, what is left of an override."""

from agent.core.timekeeping import Time
from agent.ledger import Watermark
from agent.records import ClockSource, Instant, TimeQuality

OFTEN_S = 240.0  # energy and hours, and what is left of a command, are safe within 5 minutes, the writing itself included
SELDOM_S = 3600.0
WITHIN_S = 30.0


def believed_utc_s(mark: Watermark) -> float:
    """The last time on disk (POSIX seconds), which no good clock is behind; 0 where that was nobody's belief."""
    return mark.utc_s if mark.time_quality in (TimeQuality.NTP, TimeQuality.RTC) else 0.0


class MarkTimer:
    """Says when the next mark is due (monotonic seconds), and what it says of the time."""

    def __init__(self, now_s: float) -> None:
        self._last_s = now_s
        self._ntp_utc_s: float | None = None

    def due(self, now_s: float, *, often: bool) -> bool:
        if now_s < self.next_s(often=often):
            return False
        self._last_s = now_s
        return True

    def next_s(self, *, often: bool) -> float:
        return self._last_s + (OFTEN_S if often else SELDOM_S)

    def watermark(self, now: Instant, time: Time) -> Watermark:
        if now.clock is ClockSource.NTP and time.trusted:
            self._ntp_utc_s = time.utc_s
        return Watermark(time.utc_s, time.quality, self._ntp_utc_s)

    def restore(self, mark: Watermark | None) -> None:
        if mark is not None and self._ntp_utc_s is None:
            self._ntp_utc_s = mark.ntp_utc_s
