"""A street for the core alone: an event loop in virtual time with a sky, passers-by, commands and a disk, all scripted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from core_ledger import on_disk

from agent.commands import Command, Dim, EmergencyLight, Envelope, Identify, Resume, SelfTest
from agent.core.controller import Controller
from agent.core.meter import expected_power_w
from agent.effects import Drive, Effect, Present, Promise, Remember, Sample, Send, Step
from agent.events import CommandArrived, Event, LinkChanged, Measured, MotionEdge, Restored, Stored, Woken
from agent.ledger import Memory
from agent.messages import Ack, State, Telemetry
from agent.messages import Event as EventMessage
from agent.records import Boot, BootReason, ClockSource, Instant, Part, Quality, Quantity, Ramp, Reading
from agent.settings.hardware import LightSensor, MotionSensor, Output, PowerMeter, Sensors
from agent.settings.model import Broker, Lamp, Location, Luminaire, Motion, Settings
from agent.settings.schedule import Anchor, Calendar, Programme, ProgrammeEntry, TimeOfNight
from agent.simulation.daylight import SunTrack, sunlight_lx

BERLIN = ZoneInfo("Europe/Berlin")
DUISBURG = Location(51.4344, 6.7623, "Europe/Berlin")
POWER_ON = Boot("boot-1", BootReason.POWER_ON, found_level=None, kernel_boot_id="kernel-1")
RESTART = Boot("boot-2", BootReason.RESTART, found_level=0.0, kernel_boot_id="kernel-1")
DISK_S = 0.01  # from a promise to its storing

Sky = Callable[[float], float]
T = TypeVar("T")


def utc(text: str) -> float:
    """POSIX seconds of a local time in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def clock(hour: int, minute: int = 0) -> TimeOfNight:
    return TimeOfNight(Anchor.MIDNIGHT, hour * 3600 + minute * 60)


RESIDENTIAL: Programme = (
    ProgrammeEntry(TimeOfNight(Anchor.SUNSET), 100),
    ProgrammeEntry(clock(22, 30), 60),
    ProgrammeEntry(clock(0, 30), 30),
    ProgrammeEntry(TimeOfNight(Anchor.SUNRISE, -2700), 70),
)

LAMP = Settings(
    lamp=Lamp("duisburg-altstadt", "lamp-0042", ("koenigstrasse",), DUISBURG),
    output=Output("pwm", gpio=18),
    broker=Broker("mqtts://broker.example:8883"),
    luminaire=Luminaire(nominal_power_w=42, standby_power_w=0.6),
    sensors=Sensors(light=LightSensor("veml7700"), motion=(MotionSensor(17),)),
    programmes={"residential": RESIDENTIAL},
    calendar=Calendar("residential"),
    motion=Motion(raise_to=100),
)
METERED = replace(LAMP, sensors=replace(LAMP.sensors, power=PowerMeter("ina226", shunt_ohm=0.1)))


def constant(level: float) -> Settings:
    """The lamp with one level for the whole night."""
    return replace(LAMP, programmes={"residential": (ProgrammeEntry(TimeOfNight(Anchor.SUNSET), level),)})


def clear_sky(place: Location = DUISBURG) -> Sky:
    track = SunTrack(place.latitude, place.longitude)
    return lambda utc_s: sunlight_lx(track.elevation_deg(utc_s))


@dataclass
class Street:
    """Moments are seconds since the start. The wall clock is ``wall_off_s`` off the true time and claims ``source``."""

    settings: Settings = LAMP
    start: str = "2026-12-21 23:00"
    boot: Boot = POWER_ON
    memory: Memory | None = field(default_factory=Memory)  # None: the ledger never answers
    source: ClockSource = ClockSource.NTP
    wall_off_s: float = 0.0
    sky: Sky = field(default_factory=clear_sky)
    own_lx: float = 0.0  # what the lamp at 100 % adds to its own photocell
    draws_w: float | None = None  # in the place of what the lamp should draw
    truly: Luminaire | None = None  # what hangs there, where the config says otherwise
    durable: bool | None = True  # None: the disk never answers
    mono_at_start_s: float = 1000.0
    passed_s: float = 0.0
    dead: set[Part] = field(default_factory=set)
    done: list[tuple[float, Effect]] = field(default_factory=list)
    events: list[tuple[Event, Instant]] = field(default_factory=list)
    levels: list[tuple[float, Ramp]] = field(default_factory=list)
    steps: int = 0

    def __post_init__(self) -> None:
        self._order = count()
        self._queue: list[tuple[float, int, Event | Callable[[], None]]] = []
        self._polls: dict[Part, float] = {}
        self._periods: dict[Part, float] = {}
        self._deliveries = count(1)
        sensors = self.settings.sensors
        for part, sensor in ((Part.LIGHT, sensors.light), (Part.POWER, sensors.power)):
            if sensor is not None:
                self._periods[part], self._polls[part] = sensor.every_s, 0.1
        self.controller = Controller(self.settings, self.boot, self.now, ZoneInfo)
        self._carry_out(self.controller.start(self.now))
        if self.memory is not None:
            self.at(0.05, Restored(self.memory, durable=True))
        self.at(0.2, LinkChanged(connected=True))

    # --- the script

    @property
    def now(self) -> Instant:
        return Instant(self.mono_at_start_s + self.passed_s, utc(self.start) + self.passed_s + self.wall_off_s, self.source)

    def when(self, text: str) -> float:
        """Seconds from the start to a local time."""
        return utc(text) - utc(self.start)

    def at(self, at_s: float, what: Event | Callable[[], None]) -> None:
        """Let something happen then: an event, or a change of the world."""
        heappush(self._queue, (at_s, next(self._order), what))

    def passer_by(self, at_s: float, stays_s: float = 1.0) -> None:
        self.at(at_s, MotionEdge(0, True, self.mono_at_start_s + at_s))
        self.at(at_s + stays_s, MotionEdge(0, False, self.mono_at_start_s + at_s + stays_s))

    def command(self, command: Command, envelope: Envelope | None = None, **fields: object) -> None:
        """A command arrives now; ``fields`` are the envelope's."""
        verbs = {Dim: "dim", EmergencyLight: "emergency", Resume: "resume", Identify: "identify", SelfTest: "self-test"}
        verb = verbs.get(type(command), "sync")
        base = Envelope(f"id-{next(self._deliveries)}", verb, None) if envelope is None else envelope
        self.tell(CommandArrived(replace(base, **fields), command))  # type: ignore[arg-type]

    def tell(self, event: Event) -> Step:
        """An event arrives now."""
        self.steps += 1
        self.events.append((event, self.now))
        step = self.controller.step(event, self.now)
        self._carry_out(step)
        return step

    def restarted(self, dark_s: float = 0.0, **changes: object) -> "Street":
        """The same pole after a restart of the agent, or with ``boot=POWER_ON`` after a power cut that took so long."""
        start = datetime.fromtimestamp(utc(self.start) + self.passed_s + dark_s, BERLIN).replace(tzinfo=None).isoformat()
        kept = {"settings": self.settings, "source": self.source, "sky": self.sky, "wall_off_s": self.wall_off_s}
        kept["truly"] = self.truly
        here = {"boot": replace(RESTART, found_level=self.level), "mono_at_start_s": self.now.mono_s}
        return Street(**{**kept, **here, "start": start, "memory": self.on_disk(), **changes})  # type: ignore[arg-type]

    # --- time

    def run(self, until_s: float) -> "Street":
        """Let time pass up to a moment, that moment included."""
        while (at_s := self._next_s()) <= until_s:
            self.passed_s = max(self.passed_s, at_s)
            self._turn()
        self.passed_s = max(self.passed_s, until_s)
        return self

    def run_to(self, text: str) -> "Street":
        return self.run(self.when(text))

    def _next_s(self) -> float:
        queued = self._queue[0][0] if self._queue else float("inf")
        return min(queued, self._wake_s, *self._polls.values(), float("inf"))

    def _turn(self) -> None:
        if self._queue and self._queue[0][0] <= self.passed_s:
            what = heappop(self._queue)[2]
            if callable(what):
                what()
            else:
                self.tell(what)
            return
        for part, at_s in self._polls.items():
            if at_s <= self.passed_s:
                self._polls[part] = self.passed_s + self._periods[part]
                if part not in self.dead:
                    self.tell(Measured(part, (self._reading(part),)))
                return
        self.tell(Woken())

    def _reading(self, part: Part) -> Reading:
        if part is Part.POWER:
            luminaire = self.truly or self.settings.luminaire
            watts = expected_power_w(luminaire, self.level) if self.draws_w is None else self.draws_w
            return Reading(Quantity.ACTIVE_POWER_W, watts, self.now.mono_s)
        lx = self.sky(utc(self.start) + self.passed_s) + self.own_lx * self.level / 100
        return Reading(Quantity.LIGHT_LEVEL_LX, lx, self.now.mono_s, Quality.OK)

    def _carry_out(self, step: Step) -> None:
        self._wake_s = step.wake_at_s - self.mono_at_start_s
        for effect in step.effects:
            self.done.append((self.passed_s, effect))
            match effect:
                case Drive(ramp):
                    self.levels.append((self.passed_s, ramp))
                case Sample(part, every_s) if part in self._polls:
                    self._periods[part] = every_s
                    self._polls[part] = min(self._polls[part], self.passed_s + every_s)
                case Promise(number) if self.durable is not None:
                    self.at(self.passed_s + DISK_S, Stored(number, self.durable))
                case _:
                    pass

    # --- what can be seen

    @property
    def level(self) -> float:
        """The light now, in percent."""
        return self.level_at(self.passed_s)

    def level_at(self, at_s: float) -> float:
        untold = Ramp.steady(100)  # what an output keeps that nobody has driven yet
        ramp = next((ramp for since_s, ramp in reversed(self.levels) if since_s <= at_s), untold)
        return ramp.level_at(self.mono_at_start_s + at_s)

    @property
    def state(self) -> State:
        return self.controller.state()

    def on_disk(self) -> Memory:
        return on_disk([effect for _, effect in self.done if isinstance(effect, Promise | Remember)])

    def of(self, kind: type[T]) -> list[T]:
        """All effects of a kind so far."""
        return [effect for _, effect in self.done if isinstance(effect, kind)]

    @property
    def states(self) -> list[tuple[float, State]]:
        return [(at_s, one.message) for at_s, one in self.done if isinstance(one, Present) and isinstance(one.message, State)]

    def sent(self, kind: type[T]) -> list[T]:
        return [one.message for one in self.of(Send) if isinstance(one.message, kind)]

    @property
    def acks(self) -> list[tuple[str | None, str]]:
        """(id, status) of every acknowledgement, in order."""
        return [(ack.id, ack.status.value) for ack in self.sent(Ack)]

    @property
    def happened(self) -> list[tuple[str, str]]:
        """(event, edge), in order."""
        return [(event.event, event.edge.value) for event in self.sent(EventMessage)]

    @property
    def telemetry(self) -> list[Telemetry]:
        return self.sent(Telemetry)

    @property
    def switchings(self) -> int:
        """Changes between 0 and more."""
        lit = [ramp.end_level > 0 for _, ramp in self.levels]
        return sum(a is not b for a, b in pairwise(lit))
