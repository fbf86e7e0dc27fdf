"""Identify: the lamp blinks, so that somebody on the ground can tell it from its neighbours, by day as well."""

from dataclasses import dataclass

from agent.core.demand import Cause, Demand, Slot

DEFAULT_S = 20.0
MOST_S = 60.0
PHASE_S = 1.0  # far below the three flashes a second that can harm, and a 0-10 V driver that softens its steps still follows
ROUNDING = 1e-4  # of a phase: the sum that ``next_s`` names may fall short of it by a hair
LEAST_CONTRAST = 5.0  # percent of full light: a step of less is not seen from the ground


@dataclass(frozen=True, slots=True)
class Blink:
    """Between full light and ``low``, the lowest level (percent) above 0 that is allowed: a relay would wear. Monotonic seconds.

    It begins with what the lamp does not do at the moment, so that the first step already shows.
    """

    low: float
    low_first: bool
    start_s: float
    ends_s: float
    name: str | None = None  # the command's id, and who sent it; None: asked for at the pole
    issuer: str | None = None

    @property
    def visible(self) -> bool:
        return 100 - self.low >= LEAST_CONTRAST

    def demand(self, now_s: float) -> Demand | None:
        """What it asks for; None once it is over."""
        if now_s >= self.ends_s:
            return None
        is_low = (self._phase(now_s) % 2 == 0) is self.low_first
        level = self.low if is_low else 100.0
        return Demand(Slot.MAINTENANCE, level, Cause.IDENTIFY, self.start_s, self.ends_s, self.name, self.issuer, fade_s=0.0)

    def next_s(self, now_s: float) -> float:
        """When it asks for something else."""
        return min(self.ends_s, self.start_s + (self._phase(now_s) + 1) * PHASE_S)

    def _phase(self, now_s: float) -> int:
        return int((now_s - self.start_s) / PHASE_S + ROUNDING)
