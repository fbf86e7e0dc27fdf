"""A pole under observation: after each turn what was true is accounted for, and what has changed is written down."""

from agent.core.localtime import NightSpan
from agent.core.reporter import StateKey
from agent.effects import Effect, Send
from agent.messages import Edge
from agent.messages import Event as EventMessage
from agent.records import Instant
from agent.settings.model import Settings
from agent.simulation.faults.inject import prepared
from agent.simulation.loop import Scene, VirtualLamp
from agent.simulation.luminaire import DEFAULT_NOMINAL_W
from agent.simulation.preview.passersby import Watch
from agent.simulation.preview.request import Request
from agent.simulation.preview.tally import DARK_DEG, Held, Tally
from agent.simulation.preview.timeline import Timeline

SETTLE_S = 3600.0  # before the first noon: the start, the first readings, and what is alarmed only after a quarter of an hour
TOLD_AS_ALARMS = frozenset({"deviceReset", "watchdogTripped"})  # they only occur, and say all the same that something was wrong


class WatchedPole:
    """Moments are lamp time unless a name says utc."""

    def __init__(self, settings: Settings, noon_utc_s: float, request: Request) -> None:
        self._nominal_w = settings.luminaire.nominal_power_w or DEFAULT_NOMINAL_W
        self._tally: Tally | None = None  # of the night that has begun
        self._outline: StateKey | None = None
        self._alarms: tuple[str, ...] = ()
        scene = Scene(noon_utc_s - SETTLE_S, request.seed, request.weather, request.traffic)
        self.lamp = VirtualLamp(settings, scene, self._note, self._look, prepared(settings, request.faults, SETTLE_S))
        self._sun = self.lamp.world.street.sun
        self._watch = Watch(self.lamp)
        self._held, self._held_from_s = self._true_now(), 0.0
        self.timeline = Timeline(self.lamp, settings) if request.timeline else None
        self.arrivals_utc_s: list[float] = []
        self.occurred: list[tuple[float, str]] = []

    def utc_s(self) -> float:
        return self.lamp.world.time.utc_s(self.lamp.now_s)

    def begin(self, span: NightSpan) -> Tally:
        """A night begins now; the one before has ended."""
        self._held_from_s = self.lamp.now_s
        self._tally = Tally(span, self._sun, self._nominal_w)
        for name in self._alarms:
            self._tally.alarm(name)
        return self._tally

    def end(self) -> None:
        """The night is over."""
        self._account()

    def row(self) -> None:
        """An account and a row are due, whether anything has changed or not: the sun moves on."""
        self._account()
        if self.timeline is not None:
            self.timeline.add()

    def _note(self, _now: Instant, effect: Effect) -> None:
        if self._tally is None or not isinstance(effect, Send) or not isinstance(effect.message, EventMessage):
            return
        if effect.message.edge is Edge.OCCURRED and effect.message.event in TOLD_AS_ALARMS:
            self._tally.alarm(effect.message.event)
            self.occurred.append((self.utc_s(), effect.message.event))

    def _look(self) -> None:
        if self._tally is not None and self._watch.waits:
            for was_lit in self._watch.judged(self.lamp.now_s, self._held.emitted_percent):
                self._tally.passers_by_lit_1s += was_lit
        if self.lamp.stirred:
            self._look_at_lamp()
        self._look_at_street()
        self._look_at_agent()
        if self.timeline is not None and self._tally is not None:
            self.timeline.look(self._held.emitted_percent)

    def _look_at_lamp(self) -> None:
        circuit, held = self.lamp.world.lamp, self._held
        percent, power_w = circuit.light_and_power()
        able = circuit.defects.able
        if percent != held.emitted_percent or power_w != held.power_w or able is not held.can_light:
            self._account()
            self._held = Held(percent, power_w, able)

    def _account(self) -> None:
        """For what has been true since the last account."""
        time = self.lamp.world.time
        if self._tally is not None:
            from_s, to_s = time.utc_s(self._held_from_s), time.utc_s(self.lamp.now_s)
            self._tally.hold(self._held, from_s, to_s)
        self._held_from_s = self.lamp.now_s

    def _look_at_street(self) -> None:
        arrivals = self._watch.arrivals()
        if not arrivals or self._tally is None:
            return
        utc_s = self.utc_s()
        self.arrivals_utc_s.extend([utc_s] * arrivals)
        if self._held.emitted_percent > 0 or self._sun.elevation_deg(utc_s) < DARK_DEG:
            self._tally.passers_by += arrivals
            self._watch.expect(arrivals, self.lamp.now_s)

    def _look_at_agent(self) -> None:
        outline = None if self.lamp.process is None else self.lamp.process.controller.outline
        if outline is self._outline:
            return
        self._outline = outline
        self._alarms = () if outline is None else outline.alarms
        if self._tally is not None:
            for name in self._alarms:
                self._tally.alarm(name)

    def _true_now(self) -> Held:
        circuit = self.lamp.world.lamp
        return Held(*circuit.light_and_power(), circuit.defects.able)
