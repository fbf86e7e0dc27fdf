"""When a converter finishes: the time that a virtual chip keeps by itself."""

from math import floor, inf, nextafter


class Converter:
    """Conversions that end at ``first_s`` and then every ``period_s``; None: there is only the one. It begins stopped."""

    def __init__(self) -> None:
        self.stop()

    def start(self, first_s: float, period_s: float | None = None) -> None:
        self._first_s = first_s
        self._period_s = period_s
        self.fresh_at_s = first_s  # from then on there is a result that has not been told

    def stop(self) -> None:
        self.start(inf)

    def finished(self, now_s: float) -> bool:
        """Whether a conversion has finished since the start."""
        return now_s >= self._first_s

    def fresh_end_s(self, now_s: float) -> float | None:
        """When the newest finished conversion ended; None where that has been told already, or none has finished."""
        if now_s < self.fresh_at_s:
            return None
        if self._period_s is None:
            self.fresh_at_s = inf
            return self._first_s
        end_s = self._first_s + floor((now_s - self._first_s) / self._period_s) * self._period_s
        self.fresh_at_s = max(end_s + self._period_s, nextafter(now_s, inf))
        return end_s
