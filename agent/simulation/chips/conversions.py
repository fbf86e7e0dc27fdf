"""When a converter finishes: the time that a virtual chip keeps by itself."""

from dataclasses import dataclass
from math import floor, inf


@dataclass(frozen=True, slots=True)
class Conversions:
    """The first ends at ``first_s``, then one every ``period_s``; None: there is only the one."""

    first_s: float
    period_s: float | None = None

    def last_end_s(self, now_s: float) -> float | None:
        """When the newest finished conversion ended; None while the first still runs."""
        if now_s < self.first_s:
            return None
        if self.period_s is None:
            return self.first_s
        return self.first_s + floor((now_s - self.first_s) / self.period_s) * self.period_s


STOPPED = Conversions(inf)
