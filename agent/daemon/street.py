"""The simulated street in the daemon: one thread lets people pass, and the drivers stand on the virtual chips."""

import threading

from agent.clock import Clock
from agent.hardware.rig import Bottom
from agent.settings.model import Settings
from agent.simulation.world import World

LONGEST_WAIT_S = 1.0


class StreetThread:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._stop = threading.Event()
        self._world = World.build(
            settings,
            lambda: clock.now().mono_s,
            clock.now(),
            spend_s=lambda seconds: self._wait(clock.host_delay_s(seconds)),
        )
        self.bottom = Bottom(self._world.bus, self._world.sysfs, lambda: self._world.pin_factory)

    def run(self) -> None:
        """The thread's body: people come and go as lamp time runs."""
        while not self._stop.is_set():
            now_s = self._clock.now().mono_s
            self._world.advance(now_s)
            self._wait(min(LONGEST_WAIT_S, self._clock.host_delay_s(self._world.next_change_s() - now_s)))

    def stop(self) -> None:
        self._stop.set()

    def _wait(self, host_s: float) -> None:
        self._stop.wait(max(0.0, host_s))
