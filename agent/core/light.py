"""The light: the decision in force, the ramp that brings the lamp there, and whether it has arrived."""

from zlib import crc32

from agent.core.demand import Cause, Demand, Slot
from agent.core.fading import fade
from agent.core.limits import Decision
from agent.records import Boot, BootReason, Ramp
from agent.settings.model import Settings


class Light:
    """Monotonic seconds, levels in percent. It begins at the level found on the output, or full, and keeps that at first."""

    def __init__(self, found_level: float | None, now_s: float, delay_s: float = 0.0, *, untold: bool = False) -> None:
        """``delay_s``: after a power cut, stay off for so long, so that a street does not come on at once.

        ``untold``: the output keeps a level that nobody can read. It is left alone until the first decision, which is then put in
        force at once: most often it is the level that is there, and a fade from anywhere else would show.
        """
        self.untold = untold
        self.delayed_until_s = now_s + delay_s
        level = 0.0 if delay_s > 0 else 100.0
        if found_level is not None:
            level = found_level
        self.decision = Decision(Demand(Slot.DEFAULT, level, Cause.STARTING, now_s), level, level, ())
        self.ramp = Ramp.steady(level, now_s)
        self.changed_s = now_s
        self._settled = True

    @property
    def starting(self) -> bool:
        return self.decision.demand.cause is Cause.STARTING

    @property
    def lit(self) -> bool:
        """On, or on its way there."""
        return self.ramp.end_level > 0

    def follow(self, decision: Decision, settings: Settings, now_s: float) -> bool:
        """Put a decision in force; whether that takes a new ramp."""
        if decision is self.decision:
            return False
        before, self.decision = self.decision, decision
        ramp = fade(before, decision, self.ramp, settings, now_s)
        if self.untold:
            self.untold, self.ramp = False, Ramp.steady(decision.light_level, now_s)
            self.changed_s, self._settled = now_s, False
            return True
        if decision.light_level == self.ramp.end_level:  # on the way already; another slot or command may want it sooner
            now, was = decision.demand, before.demand
            same = self._settled or (now.slot, now.name) == (was.slot, was.name)
            if same or ramp.end_s >= self.ramp.end_s:
                return False
        self.ramp = ramp
        self.changed_s, self._settled = now_s, False
        return True

    def arrived(self, now_s: float) -> bool:
        return now_s >= self.ramp.end_s

    def settle(self) -> bool:
        """The lamp has arrived; True the first time that this is said of a ramp."""
        first, self._settled = not self._settled, True
        return first

    def next_s(self) -> float | None:
        """When the ramp ends, until that has been told."""
        return None if self._settled else self.ramp.end_s


def start_delay_s(settings: Settings, boot: Boot) -> float:
    """After a power cut only: the same lamp always waits as long, each lamp of a street differently."""
    if boot.reason is not BootReason.POWER_ON or settings.lamp is None:
        return 0.0
    return settings.luminaire.start_delay_max_s * crc32(settings.lamp.id.encode()) / 2**32
