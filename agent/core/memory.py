"""When the core writes down what nobody asked it to promise: counters, the last time, what is left of an override."""

from agent.core.timekeeping import Time
from agent.ledger import Counters, Watermark
from agent.records import ClockSource, Instant, TimeQuality

OFTEN_S = 285.0  # energy and hours, and what is left of a command, are safe within 5 minutes, the writing itself included
SELDOM_S = 3600.0
SAMPLE_OFTEN_S, SAMPLE_SELDOM_S = 60.0, 900.0  # how old the counters in a sample may be
WITHIN_S = 1.0


def believed_utc_s(mark: Watermark) -> float:
    """The last time on disk (POSIX seconds), which no good clock is behind; 0 where that was nobody's belief."""
    return mark.utc_s if mark.time_quality in (TimeQuality.NTP, TimeQuality.RTC) else 0.0


class MarkTimer:
    """Says when the next mark is due (monotonic seconds), and what it says of the time."""

    def __init__(self, now_s: float, kernel_boot_id: str = "") -> None:
        self._last_s = now_s
        self._kernel_boot_id = kernel_boot_id
        self.counters = Counters()  # as of the last mark: what is published is on disk, and so never falls
        self._ntp_utc_s: float | None = None

    def due(self, now_s: float, *, often: bool, samples: bool) -> bool:
        """``samples``: telemetry goes out in this step, with the counters of the last mark, which must not be too old."""
        with_sample = samples and now_s >= self._last_s + (SAMPLE_OFTEN_S if often else SAMPLE_SELDOM_S)
        if not with_sample and now_s < self.next_s(often=often):
            return False
        self._last_s = now_s
        return True

    def next_s(self, *, often: bool) -> float:
        return self._last_s + (OFTEN_S if often else SELDOM_S)

    def watermark(self, now: Instant, time: Time, offset_s: float | None = None) -> Watermark:
        if now.clock is ClockSource.NTP and time.trusted:
            self._ntp_utc_s = time.utc_s
        return Watermark(time.utc_s, time.quality, self._ntp_utc_s, offset_s, self._kernel_boot_id)

    def restore(self, mark: Watermark | None, counters: Counters) -> None:
        self.counters = counters
        if mark is not None and self._ntp_utc_s is None:
            self._ntp_utc_s = mark.ntp_utc_s
