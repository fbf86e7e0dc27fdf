"""The event loop in virtual time: the real core, drivers and lamp over the virtual bottom; no sleeping, no threads."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from zoneinfo import ZoneInfo

from agent.core.controller import Controller
from agent.effects import Drive, Effect, Promise, Sample, Step
from agent.events import Event, LinkChanged, MotionEdge, Restored, Stored, Woken
from agent.hardware.output import OutputError
from agent.hardware.rig import Bottom, build_lamp
from agent.hardware.senses import build_motion, build_samplers
from agent.ledger import Memory
from agent.records import Boot, BootReason, ClockSource, Instant, Part
from agent.settings.model import Settings
from agent.simulation.traffic import Traffic
from agent.simulation.weather import Weather
from agent.simulation.world import World

FADE_STEP_S = 0.25  # the daemon fades in steps of 20 ms; nothing here can see the difference
Observer = Callable[[Instant, Effect], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What is simulated beside the settings."""

    start_utc_s: float
    seed: int = 1
    weather: Weather = "clear"
    traffic: Traffic = "quiet"
    own_lx_at_full: float = 2.0
    boot_reason: BootReason = BootReason.POWER_ON


class VirtualLamp:
    """One lamp and its street in virtual time. ``observer`` is shown each effect at its instant; lamp time starts at 0 s."""

    def __init__(self, settings: Settings, scene: Scene, observer: Observer = lambda _now, _effect: None) -> None:
        self._start_utc_s = scene.start_utc_s
        self._observer = observer
        self.now_s = 0.0
        self._lamp_next_s = float("inf")
        self._inbox: deque[Event] = deque()
        self._agenda: list[tuple[float, int, Event]] = []
        self._order = count()
        self.world = World.build(
            settings,
            lambda: self.now_s,
            self.now(),
            seed=scene.seed,
            weather=scene.weather,
            traffic=scene.traffic,
            own_lx_at_full=scene.own_lx_at_full,
            spend_s=self._spend,
        )
        bottom = Bottom(self.world.bus, self.world.sysfs, lambda: self.world.pin_factory, sleep=self._spend)
        self.lamp = build_lamp(settings, bottom, self._output_failed)
        found = None if self.lamp is None or scene.boot_reason is BootReason.POWER_ON else self.lamp.found_level()
        boot = Boot("virtual", scene.boot_reason, found, simulated=True)
        self.controller = Controller(settings, boot, self.now(), ZoneInfo)
        self._samplers = list(build_samplers(settings, bottom, _raise).values())
        self._motion = build_motion(settings, bottom, self._edge, lambda: self.now_s)
        self._step = self.controller.start(self.now())
        self._carry(self._step)
        self._inbox.extend((Restored(Memory(), durable=True), LinkChanged(connected=True)))

    def now(self) -> Instant:
        return Instant(self.now_s, self._start_utc_s + self.now_s, ClockSource.NTP)

    def at(self, at_s: float, event: Event) -> None:
        """Let an event happen at a moment of lamp time that is still to come."""
        heappush(self._agenda, (at_s, next(self._order), event))

    def run_until(self, end_s: float) -> None:
        """Let everything happen that is due before a moment of lamp time, and end at that moment."""
        while (next_s := self._next_s()) < end_s:
            self.now_s = max(self.now_s, next_s)
            self._turn()
        self.now_s = max(self.now_s, end_s)
        self._turn()

    # --- one turn

    def _next_s(self) -> float:
        moments = [self._step.wake_at_s, self.world.next_change_s(), self._lamp_next_s]
        moments += [sampler.next_due_s() for sampler in self._samplers]
        moments += [at_s for at_s in (motion.settle(self.now_s) for motion in self._motion) if at_s is not None]
        if self._agenda:
            moments.append(self._agenda[0][0])
        return self.now_s if self._inbox else min(moments)

    def _turn(self) -> None:
        self.world.advance(self.now_s)
        for motion in self._motion:
            motion.settle(self.now_s)
        self._move_lamp()
        while self._agenda and self._agenda[0][0] <= self.now_s:
            self._inbox.append(heappop(self._agenda)[2])
        for sampler in self._samplers:
            if sampler.next_due_s() <= self.now_s:
                self._inbox.extend(sampler.run_due(self.now_s))
        if not self._inbox and self.now_s >= self._step.wake_at_s:
            self._inbox.append(Woken())
        while self._inbox:
            self._step = self.controller.step(self._inbox.popleft(), self.now())
            self._carry(self._step)

    def _carry(self, step: Step) -> None:
        for effect in step.effects:
            match effect:
                case Drive(ramp):
                    if self.lamp is not None:
                        self.lamp.drive(ramp)
                        self._move_lamp()
                case Sample(part, every_s):
                    for sampler in self._samplers:
                        sampler.set_every(part, every_s)
                case Promise(number):
                    self._inbox.append(Stored(number, durable=True))
                case _:
                    pass
            self._observer(self.now(), effect)

    def _move_lamp(self) -> None:
        if self.lamp is None:
            return
        next_s = self.lamp.advance(self.now_s)
        self._inbox.extend(self.lamp.take_events())
        self._lamp_next_s = float("inf") if next_s is None else max(next_s, min(self.now_s + FADE_STEP_S, self._fade_ends_s()))

    def _fade_ends_s(self) -> float:
        ends_s = self.controller.ramp.end_s
        return ends_s if ends_s > self.now_s else float("inf")

    # --- what the bottom calls

    def _edge(self, edge: MotionEdge) -> None:
        self._inbox.append(edge)

    def _spend(self, seconds: float) -> None:
        self.now_s += seconds

    def _output_failed(self, part: Part, error: OutputError) -> None:
        """The lamp tells of it by an event as well."""


def _raise(part: Part, error: Exception) -> None:
    """A driver that raises anything but BusError has a bug, and no test may pass over it."""
    raise AssertionError(f"the driver of {part} has a bug") from error
