"""The event loop in virtual time: one pole with its street, its supply, its clock and its agent; no sleeping, no threads."""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import inf

from agent.core.controller import Controller
from agent.effects import Effect
from agent.events import Event
from agent.hardware.lamp import Lamp
from agent.hardware.rig import Bottom
from agent.records import BootReason, Instant
from agent.settings.model import Settings
from agent.simulation.process import Observer, VirtualProcess
from agent.simulation.shelf import VirtualLedger
from agent.simulation.traffic import Traffic
from agent.simulation.wallclock import WallClock
from agent.simulation.weather import Weather
from agent.simulation.world import World

PI_BOOT_S = 15.0  # from power to the start of the agent


@dataclass(frozen=True, slots=True)
class Scene:
    """What is simulated beside the settings."""

    start_utc_s: float
    seed: int = 1
    weather: Weather = "clear"
    traffic: Traffic = "quiet"
    own_lx_at_full: float = 2.0
    boot_reason: BootReason = BootReason.POWER_ON


def nobody(_now: Instant, _effect: Effect) -> None:
    """Watches nothing."""


def nothing() -> None:
    """Does nothing."""


def as_it_is(_lamp: "VirtualLamp") -> None:
    """Changes nothing before the first start."""


class VirtualLamp:
    """``observer`` is shown each effect at its instant, ``after_turn`` called when all that was due at a moment is done.

    Lamp time starts at 0 s and is true, whatever the wall clock shows. ``prepare`` may change the pole before the agent first
    starts, and put things on the agenda.
    """

    def __init__(
        self,
        settings: Settings,
        scene: Scene,
        observer: Observer = nobody,
        after_turn: Callable[[], None] = nothing,
        prepare: Callable[["VirtualLamp"], None] = as_it_is,
    ) -> None:
        self._settings = settings
        self._observer = observer
        self._after_turn = after_turn
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.now_s = 0.0
        self.clock = WallClock(scene.start_utc_s)
        self.ledger = VirtualLedger()
        self.world = World.build(
            settings,
            lambda: self.now_s,
            Instant(0.0, scene.start_utc_s),
            seed=scene.seed,
            weather=scene.weather,
            traffic=scene.traffic,
            own_lx_at_full=scene.own_lx_at_full,
            spend_s=self._spend,
        )
        self._street_s = self.world.next_change_s()
        self.stirred = True  # something in this turn can have changed the light
        self._bottom = Bottom(self.world.bus, self.world.sysfs, lambda: self.world.pin_factory, sleep=self._spend)
        self.process: VirtualProcess | None = None
        self._boots_of_the_pi = 0
        self.powered = True
        self.linked = True
        self.config_invalid = False
        prepare(self)
        if self.powered:
            self.start(scene.boot_reason)

    def now(self) -> Instant:
        """As the lamp's own clocks have it."""
        return self.clock.instant(self.now_s)

    @property
    def controller(self) -> Controller:
        """The core; there must be a process."""
        return self._running().controller

    @property
    def lamp(self) -> Lamp | None:
        return self._running().lamp

    # --- the agenda

    def at(self, at_s: float, event: Event) -> None:
        """Let an event reach the agent at a moment that is still to come; nobody hears it while no process runs."""
        self.call(at_s, lambda: self.process.tell(event) if self.process is not None else None)

    def call(self, at_s: float, action: Callable[[], None]) -> None:
        """Let anything happen at a moment that is still to come."""
        heappush(self._agenda, (at_s, next(self._order), action))

    def run_until(self, end_s: float) -> None:
        """Let everything happen that is due before a moment of lamp time, and end at that moment."""
        while (next_s := self.next_s()) < end_s:
            self.now_s = max(self.now_s, next_s)
            self._turn()
        self.now_s = max(self.now_s, end_s)
        self._turn()

    def next_s(self) -> float:
        """When something happens next."""
        agenda_s = self._agenda[0][0] if self._agenda else inf
        process_s = inf if self.process is None else self.process.next_s(self.now_s)
        return min(agenda_s, process_s, self._street_s)

    def _turn(self) -> None:
        self.stirred = False
        if self.now_s >= self._street_s:
            self._let_pass()
        while self._agenda and self._agenda[0][0] <= self.now_s:
            heappop(self._agenda)[2]()
            self.stirred = True
        if self.process is not None and self.process.turn(self.now_s):
            self.stirred = True
        self._after_turn()

    def _let_pass(self) -> None:
        self.world.advance(self.now_s)
        self._street_s = self.world.next_change_s()

    # --- the life of the process

    def start(self, reason: BootReason) -> None:
        """A process begins; there must be none."""
        self._boots_of_the_pi += reason is BootReason.POWER_ON
        self.process = VirtualProcess(
            self._settings,
            self._bottom,
            self.now,
            self.ledger,
            self._observer,
            reason,
            kernel_boot_id=f"virtual-{self._boots_of_the_pi}",
            linked=self.linked,
            config_invalid=self.config_invalid,
        )
        self._let_pass()  # the pins that it has opened are held by the street again

    def kill(self) -> None:
        """The process is gone at once; the hardware stays as it is."""
        if self.process is not None:
            self.ledger.cut(self.now_s)
            self.process.die()
            self.process = None
            self.world.agent_died()

    def start_later(self, after_s: float, reason: BootReason) -> None:
        """A process begins after a while, unless there is one by then, or no power for it."""
        self.call(self.now_s + after_s, lambda: self.start(reason) if self.powered and self.process is None else None)

    def cut_power(self) -> None:
        """The pole goes dark, and with it the agent."""
        self.kill()
        self.powered = False
        self.world.cut_power()

    def restore_power(self) -> None:
        """Power is back; the Pi boots, and the agent follows after ``PI_BOOT_S``."""
        self.powered = True
        self.world.restore_power(self.now_s)
        self.start_later(PI_BOOT_S, BootReason.POWER_ON)

    def _running(self) -> VirtualProcess:
        if self.process is None:
            raise RuntimeError("the agent's process does not run")
        return self.process

    def _spend(self, seconds: float) -> None:
        self.now_s += seconds
