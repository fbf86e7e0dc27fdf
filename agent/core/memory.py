"""When the core writes down what nobody asked it to promise: counters, the last time, what is left of an override."""

from math import inf

from agent.core.timekeeping import Time
from agent.ledger import Counters, Watermark
from agent.records import ClockSource, Instant, TimeQuality

OFTEN_S = 285.0  # energy and hours, and what is left of a command, are safe within 5 minutes, the writing itself included
SELDOM_S = 3600.0
SAMPLE_OFTEN_S, SAMPLE_SELDOM_S = 60.0, 900.0  # how old the counters in a sample may be
SAMPLE_AHEAD_S = 1.0  # so long before a sample its counters are put on disk, which they must have reached to be told
WITHIN_S = 1.0


def believed_utc_s(mark: Watermark) -> float:
    """The last time on disk (POSIX seconds), which no good clock is behind; 0 where that was nobody's belief."""
    return mark.utc_s if mark.time_quality in (TimeQuality.NTP, TimeQuality.RTC) else 0.0


class MarkTimer:
    """Says when the next mark is due (monotonic seconds), what it says of the time, and which was the last to reach the disk."""

    def __init__(self, now_s: float, kernel_boot_id: str = "") -> None:
        self._last_s = now_s
        self._kernel_boot_id = kernel_boot_id
        self.counters: Counters | None = None  # known to be on disk: what is published of them never falls. None: not known
        self._promised: tuple[int, Counters] | None = None
        self._ntp_utc_s: float | None = None

    def due(self, now_s: float, *, often: bool, sample_s: float) -> bool:
        """``sample_s``: when the next sample goes out, with the counters of the last mark, which must not be too old."""
        if now_s < self.next_s(often=often, sample_s=sample_s):
            return False
        self._last_s = now_s
        return True

    def next_s(self, *, often: bool, sample_s: float) -> float:
        for_itself_s = self._last_s + (OFTEN_S if often else SELDOM_S)
        for_sample_s = max(sample_s - SAMPLE_AHEAD_S, self._last_s + (SAMPLE_OFTEN_S if often else SAMPLE_SELDOM_S))
        return min(for_itself_s, for_sample_s)

    def promised(self, promise: int, counters: Counters) -> None:
        """A mark is on its way to the disk."""
        self._promised = promise, counters

    def on_disk(self, promise: int, *, durable: bool) -> bool:
        """The storage has answered; whether for the newest mark, for an older one is not waited for any more."""
        if self._promised is None or self._promised[0] != promise:
            return False
        if durable:
            self.counters = self._promised[1]
        return True

    def watermark(self, now: Instant, time: Time, offset_s: float | None = None) -> Watermark:
        if now.clock is ClockSource.NTP and time.trusted:
            self._ntp_utc_s = time.utc_s
        return Watermark(time.utc_s, time.quality, self._ntp_utc_s, offset_s, self._kernel_boot_id, now.mono_s)

    def hurry(self) -> None:
        """The next mark is due now: something was counted that will not be seen again."""
        self._last_s = -inf

    def restore(self, mark: Watermark | None, counters: Counters | None) -> None:
        """What is on disk; no counters where that could not be read."""
        self.counters = counters
        if mark is not None and self._ntp_utc_s is None:
            self._ntp_utc_s = mark.ntp_utc_s
