"""A token bucket: so many a second, with a burst; told the time."""


class Bucket:
    """Full at first. Times are monotonic seconds and do not go back."""

    def __init__(self, per_s: float, burst: int, now_s: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = float(burst)
        self._filled_s = now_s

    def take(self, now_s: float) -> bool:
        """Whether one more may pass now; if so it has."""
        if self.ready_at_s(now_s) > now_s:
            return False
        self._tokens -= 1
        return True

    def ready_at_s(self, now_s: float) -> float:
        """When the next may pass."""
        self._tokens = min(self._burst, self._tokens + (now_s - self._filled_s) * self._per_s)
        self._filled_s = now_s
        return now_s if self._tokens >= 1 else now_s + (1 - self._tokens) / self._per_s
