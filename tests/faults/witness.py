"""Watches a virtual lamp through its nights and writes down what was promised about: dark, daylight, switchings, alarms."""

from dataclasses import dataclass, field

from agent.effects import Effect, Send
from agent.messages import Edge
from agent.messages import Event as EventMessage
from agent.records import Instant
from agent.simulation.daylight import SunTrack
from agent.simulation.faults.fault import Fault
from agent.simulation.faults.inject import prepared
from agent.simulation.loop import Scene, VirtualLamp
from faults.nights import SETTLED_S, Night, settings_for

DAY_S = 86_400.0
DARK_DEG, LIGHT_DEG = -6.0, 5.0
LIT_PERCENT = 1.0
PROVEN_LX = 1000.0
PROOF_S = 30.0  # a proof of day takes 20, a reading and the fade come on top
LOOK_S = 20.0  # while nothing changes


@dataclass(slots=True)
class Account:
    """One night, in seconds."""

    dark_s: float = 0.0  # sun below -6 degrees, the lamp able to light, and it does not
    first_dark_s: float | None = None  # since noon
    daylit_s: float = 0.0  # sun above 5 degrees, and lit
    brightly_daylit_s: float = 0.0  # and over 1,000 lx of daylight too, for longer than a proof of day takes
    switchings: int = 0


@dataclass(slots=True)
class Course:
    """What came of it. ``light``: (lamp time, percent emitted) at each change."""

    nights: list[Account]
    alarms: set[str] = field(default_factory=set)
    light: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    at_s: float
    percent: float
    able: bool
    driven: bool  # the agent wants light


class Witness:
    """One lamp, one course."""

    def __init__(self, night: Night, faults: tuple[Fault, ...], nights: int) -> None:
        settings = settings_for(night.place)
        start_utc_s = night.noon_utc_s - SETTLED_S
        self._sun = SunTrack(night.place.latitude, night.place.longitude)
        self._course = Course([Account() for _ in range(nights)])
        self._seen: _Seen | None = None
        self._bright_since_s: float | None = None
        scene = Scene(start_utc_s, weather=night.weather, traffic="none")
        self._lamp = VirtualLamp(settings, scene, self._note, self._look, prepared(settings, faults, SETTLED_S))

    def watch(self) -> Course:
        self._lamp.run_until(SETTLED_S + DAY_S * len(self._course.nights))
        return self._course

    def _note(self, _now: Instant, effect: Effect) -> None:
        if isinstance(effect, Send) and isinstance(effect.message, EventMessage) and effect.message.edge is not Edge.CLEARED:
            self._course.alarms.add(str(effect.message.event))

    def _look(self) -> None:
        lamp, last = self._lamp, self._seen
        circuit = lamp.world.lamp
        percent, able = circuit.emitted_percent(), circuit.defects.able
        driven = lamp.process.controller.ramp.end_level > 0 if lamp.process is not None else last is None or last.driven
        if last is not None:
            same = percent == last.percent and able is last.able and driven is last.driven
            if same and lamp.now_s - last.at_s < LOOK_S:
                return
            self._account(last, driven=driven)
        if last is None or percent != last.percent:
            self._course.light.append((lamp.now_s, percent))
        self._seen = _Seen(lamp.now_s, percent, able, driven)

    def _account(self, last: _Seen, *, driven: bool) -> None:
        """For what held since the last look."""
        number = int((last.at_s - SETTLED_S) // DAY_S)
        if not 0 <= number < len(self._course.nights):
            return
        night, world, lasted_s = self._course.nights[number], self._lamp.world, self._lamp.now_s - last.at_s
        utc_s = world.time.utc_s(last.at_s)
        elevation_deg = self._sun.elevation_deg(utc_s)
        night.switchings += driven is not last.driven
        lit = last.percent >= LIT_PERCENT
        if last.able and not lit and elevation_deg < DARK_DEG:
            night.dark_s += lasted_s
            if night.first_dark_s is None:
                night.first_dark_s = (last.at_s - SETTLED_S) % DAY_S
        bright = self._is_bright(last.at_s)
        if last.able and lit and elevation_deg > LIGHT_DEG:
            night.daylit_s += lasted_s
            night.brightly_daylit_s += lasted_s if bright else 0.0

    def _is_bright(self, at_s: float) -> bool:
        world = self._lamp.world
        if world.street.daylight_lx(world.time.utc_s(at_s)) <= PROVEN_LX:
            self._bright_since_s = None
        elif self._bright_since_s is None:
            self._bright_since_s = at_s
        return self._bright_since_s is not None and at_s - self._bright_since_s >= PROOF_S
