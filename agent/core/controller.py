"""The core: one function in spirit, ``step(event, now) -> effects and when to be woken``. It owns all that must be remembered."""

from math import inf

from agent.commands import Identify, Refusal, SelfTest
from agent.core.basket import Basket
from agent.core.demand import Demand, Slot, asked_by
from agent.core.explain import Explanation, Insight, explain
from agent.core.nightwatch import ZoneOf
from agent.core.parts import Parts
from agent.core.report import Report
from agent.core.reporter import StateKey
from agent.core.start import Start
from agent.core.telling import Moment
from agent.core.timekeeping import Time
from agent.core.views import Sight, standing
from agent.core.waking import Waking
from agent.core.words import clock_words, reason
from agent.effects import Drive, Restamp, Sample, Step
from agent.events import (
    CommandArrived,
    CommandRefused,
    Event,
    Measured,
    MotionEdge,
    ReadFailed,
    Reconfigured,
    Restored,
    Stored,
    TechnicianRelease,
    TechnicianRuns,
    TechnicianSet,
    Woken,
)
from agent.messages import State
from agent.records import Boot, Instant, Ramp
from agent.settings.model import Settings


class Controller:
    """Not for two threads. ``zone_of`` turns an IANA name into a time zone, which the core cannot do without I/O."""

    def __init__(self, settings: Settings, boot: Boot, now: Instant, zone_of: ZoneOf) -> None:
        self._parts = parts = Parts(settings, boot, now, zone_of)
        self._basket = Basket()
        self._around, self._light, self._watch, self._instruments = parts.around, parts.light, parts.watch, parts.instruments
        self._desk, self._courses, self._maintenance = parts.desk, parts.courses, parts.maintenance
        self._decider, self._teller = parts.decider, parts.teller
        self._start = Start(now.mono_s, parts.light, parts.watch, parts.around, parts.maintenance)
        self._waking = Waking(self._start, parts.light, parts.watch, parts.desk, parts.teller, parts.instruments)
        self._was_trusted = False
        self._demands: tuple[Demand | None, ...] = (self._light.decision.demand,)
        self._now = Instant(-inf, 0.0)  # nothing has been told yet
        self._quiet = Step((), self._waking.due_s)  # the answer while nothing comes of what is told

    # --- the step

    def start(self, now: Instant) -> Step:
        """The first effects: the lamp at the level found, or full; none where it keeps one that cannot be told."""
        self._stamp(now)
        if not self._light.untold:
            self._basket.add(Drive(self._light.ramp))
        self._decide(now)
        return self._answer()

    def step(self, event: Event, now: Instant) -> Step:
        """Take one event. Deterministic: the same events at the same instants give the same effects."""
        if now is not self._now:  # one moment may bring several events
            self._stamp(now)
            self._instruments.advance(self._light, now.mono_s)
        if self._take(event, now) or self._waking.decides(now.mono_s, self._time):
            self._decide(now)
        elif now.mono_s >= self._waking.due_s:
            self._teller.mark(self._moment(), self._basket)
            if self._waking.settles_periods(now.mono_s):
                self._set_periods(now)
            else:
                self._waking.plan(now.mono_s)
        return self._answer()

    def _answer(self) -> Step:
        """The same object while nothing comes of what is told: most readings change nothing."""
        due_s = self._waking.due_s
        if not self._basket.is_empty:
            return Step(self._basket.take(), due_s)
        if self._quiet.wake_at_s != due_s:
            self._quiet = Step((), due_s)
        return self._quiet

    def end(self, now: Instant) -> Step:
        """The last effects: what was counted goes to disk. The lamp stays as it is."""
        self._stamp(now)
        self._instruments.advance(self._light, now.mono_s)
        if self._around.restored:  # else what is on disk is more than what is known here
            self._teller.put_down(self._moment(), self._basket)
        return self._answer()

    def _stamp(self, now: Instant) -> None:
        self._now, self._time = now, self._watch.timekeeper.look(now)
        self._basket.begin(self.uptime_s, self._time)
        trusted = self._time.trusted
        if trusted is not self._was_trusted:
            if trusted:
                self._basket.add(Restamp(self._time.utc_s - self.uptime_s, self._time.quality))
            self._was_trusted = trusted

    def _take(self, event: Event, now: Instant) -> bool:
        """Note what has happened; whether it can change anything that is decided or told."""
        match event:
            case Measured():
                turned = self._instruments.measured(event, self._light, self._watch, now)
                return self._courses.measured(event) or turned
            case ReadFailed():
                self._instruments.sources.failed(event.part, event.fault, event.at_s)
            case MotionEdge():
                matters = self._instruments.presence.edge(event.sensor, event.active, event.at_s)
                if not matters and asked_by(Slot.MOTION, self._demands) is None:
                    self._waking.passed()
                    return False
            case CommandArrived(envelope, command):
                self._look(now)  # a command is judged by the level that would result
                self._desk.arrived(envelope, command, now, self._time, self._basket)
            case CommandRefused(envelope, refusal):
                self._desk.refused(envelope, refusal, now, self._time, self._basket)
            case Stored():
                return self._stored(event, now)
            case TechnicianSet() | TechnicianRelease() | TechnicianRuns():
                self._courses.at_pole(event, now, self._time, self._basket)
            case Restored(memory, durable):
                self._time = self._parts.restore(memory, now, self._start.at_s, self._basket, durable=durable)
            case Reconfigured(settings):
                self._courses.configure(settings, now, self._time, self._basket)
                self._parts.configure(settings, now, self._basket)
            case _:
                pass
        if self._around.note(event):
            self._teller.reporter.want_state()
        return not isinstance(event, Woken)

    def _stored(self, event: Stored, now: Instant) -> bool:
        """False for a mark while the disk does as before."""
        as_before = self._around.promise_failed is not event.durable
        self._around.note(event)
        self._desk.on_disk(event.promise, now, self._time, self._basket, durable=event.durable)
        return not (self._teller.on_disk(event.promise, durable=event.durable) and as_before)

    def _look(self, now: Instant) -> None:
        """Judge the night, by which the next questions are answered."""
        self._night = self._parts.look(now, self._time)

    def _open_desk(self, now: Instant) -> None:
        self._look(now)  # a command is judged by the level that would result
        self._desk.open(now, self._time, self._basket)

    # --- the decision

    def _decide(self, now: Instant) -> None:
        self._look(now)
        if not self._desk.is_open and self._start.opens_desk(now.mono_s):
            self._open_desk(now)
        self._desk.advance(now, self._time, self._basket)
        self._maintenance.advance(now.mono_s, self._basket)
        if self._courses.advance(now, self._time, self._basket):
            self._parts.configure_again(now, self._basket)
            self._look(now)
        self._desk.maintained(by_hand=self._maintenance.by_hand, by_course=self._maintenance.lent is not None)
        if not self._start.keeps_what_it_found(now.mono_s):
            self._demands = self._decider.demands()
            if self._light.follow(self._decider.decide(self._demands), self._parts.settings, now.mono_s):
                self._instruments.meter.lights(self._light.lit)
                self._basket.add(Drive(self._light.ramp))
        if self._light.arrived(now.mono_s) and not self._around.output_faults:
            if self._light.settle():
                self._teller.reporter.want_state()
            self._desk.settled(self._light.decision.demand, now, self._time, self._basket)
        self._teller.tell(self._moment(), self._basket)
        self._waking.decided(now, self._time, self._demands)
        self._set_periods(now)

    def _set_periods(self, now: Instant) -> None:
        is_up = self._teller.reporter.alarms.seems_up
        for part, every_s in self._instruments.new_periods(self._light, self._watch, self._time, now.mono_s, is_up).items():
            self._basket.add(Sample(part, every_s))
        self._waking.settled(now.mono_s)

    # --- what can be seen

    def _moment(self) -> Moment:
        return Moment(self._now, self._time, self._night, self._demands)

    def sight(self) -> Sight:
        """Everything there is to see, as of the last step."""
        return self._teller.sight(self._moment())

    @property
    def outline(self) -> StateKey | None:
        """What of the state makes a difference, as of the last decision: the same object until the next."""
        return self._teller.outline

    @property
    def ramp(self) -> Ramp:
        """What the lamp was last told to follow."""
        return self._light.ramp

    @property
    def time(self) -> Time:
        """As it was believed at the last step; may be read from any thread."""
        return self._time

    @property
    def uptime_s(self) -> float:
        return self._now.mono_s - self._start.at_s

    def state(self) -> State:
        """The state as it would be published now."""
        return standing(self.sight()).message()

    def refusal(self, course: Identify | SelfTest) -> Refusal | None:
        """Why somebody at the pole cannot have that now."""
        return self._courses.refusal(course)

    def self_test(self) -> Report | None:
        """How far the self-test is, or what has come of the last one; None where there was none in this run."""
        return self._courses.report(self._now, self._time)

    def summary(self) -> str:
        """The level undertaken, and why, in one line."""
        at = clock_words(self._now, self._time, self._watch.zone)
        return f"{self._light.decision.feedback_level:g} %: {reason(self._light.decision.demand, at)}"

    def explain(self) -> Explanation:
        disobedient = frozenset(self._around.output_faults)
        learnt_utc_s, waiting = self._parts.learnt.since_utc_s, self._desk.override.waiting
        return explain(self.sight(), Insight(self._watch, self._instruments, waiting, learnt_utc_s, disobedient))

    def sun_elevation_deg(self) -> float | None:
        """Of the sun, by the time that is believed."""
        return None if self._watch.sun is None else self._watch.sun.elevation_deg(self._time.utc_s)
