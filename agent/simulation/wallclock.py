"""The pole's wall clock in virtual time: right, unset, behind, stepped or drifting; and what the host says of it."""

from dataclasses import dataclass

from agent.records import ClockSource, Instant


@dataclass(slots=True)
class WallClock:
    """``true_utc_s`` belongs to lamp time 0. The error is what the clock shows beyond the truth, as of ``since_s``."""

    true_utc_s: float
    error_s: float = 0.0
    drift: float = 0.0  # seconds of error a second
    since_s: float = 0.0
    source: ClockSource = ClockSource.NTP
    _last: Instant | None = None  # the same object for all that ask at one moment

    def instant(self, now_s: float) -> Instant:
        if self._last is None or self._last.mono_s != now_s:
            self._last = Instant(now_s, self.true_utc_s + now_s + self._error_at(now_s), self.source)
        return self._last

    def _error_at(self, now_s: float) -> float:
        return self.error_s + self.drift * (now_s - self.since_s)

    def jump(self, by_s: float, now_s: float) -> None:
        """The clock is set by so much; NTP's claim on it stays."""
        self.error_s, self.since_s, self._last = self._error_at(now_s) + by_s, now_s, None

    def drift_by(self, ppm: float, now_s: float) -> None:
        self.error_s, self.since_s, self.drift, self._last = self._error_at(now_s), now_s, ppm / 1e6, None

    def boot(self, error_s: float, now_s: float, source: ClockSource = ClockSource.UNSYNCED) -> None:
        """What the clock shows after a boot without a battery-backed clock."""
        self.error_s, self.since_s, self.drift, self.source, self._last = error_s, now_s, 0.0, source, None
