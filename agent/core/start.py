"""The start: how long the lamp keeps the level that it found, and how long commands wait for the ledger."""

from agent.core.light import Light
from agent.core.maintenance import MaintenanceSlot
from agent.core.nightwatch import NightWatch
from agent.core.surroundings import Surroundings

OPEN_S = 10.0  # at most so long commands wait for the ledger, which knows whether they are repeats
START_S = 5.0  # at most so long the level found is kept until ledger and first readings are in
BRIGHT_START_S = 60.0  # or so long, while the sky is about to prove that it is day


class Start:
    """Looks at the parts of the core and changes none. Monotonic seconds."""

    def __init__(self, now_s: float, light: Light, watch: NightWatch, around: Surroundings, maintenance: MaintenanceSlot) -> None:
        self.at_s = now_s
        self._light = light
        self._watch = watch
        self._around = around
        self._maintenance = maintenance

    def keeps_what_it_found(self, now_s: float) -> bool:
        """While starting, until ledger and first light reading are in, but no longer than 5 s; and while the start is delayed.

        A lamp that was off, under a sky over 1,000 lx, stays off until that has lasted long enough to be believed: an agent that
        is started again without a clock must not light it by day each time.

        Never against the technician, whose hand needs neither ledger nor light to be obeyed.
        """
        if self._maintenance.demand is not None or not self._light.starting:
            return False
        if now_s < self._light.delayed_until_s:
            return True
        if not self._light.lit and self._watch.day_is_about_to_be_proven(now_s):
            return now_s - self.at_s < BRIGHT_START_S
        if now_s - self.at_s >= START_S:
            return False
        seen = self._watch.photocell is None or self._watch.photocell.dark is not None
        return not (self._around.restored and seen)

    def opens_desk(self, now_s: float) -> bool:
        """Whether commands have waited long enough."""
        return now_s >= self.at_s + OPEN_S

    def moments(self) -> tuple[float, ...]:
        """When one of these answers changes by itself."""
        return self.at_s + START_S, self.at_s + OPEN_S, self.at_s + BRIGHT_START_S, self._light.delayed_until_s
