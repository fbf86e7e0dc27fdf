"""The core: one function in spirit, ``step(event, now) -> effects and when to be woken``. It owns all that must be remembered."""

from math import inf

from agent.commands import Identify, Refusal, SelfTest
from agent.core.alarms import Occurrence
from agent.core.basket import Basket
from agent.core.courses import Courses
from agent.core.deciding import Decider
from agent.core.demand import Demand, Slot, asked_by
from agent.core.desk import CommandDesk
from agent.core.explain import Explanation, Insight, explain
from agent.core.instruments import Instruments
from agent.core.learnt import LearntCurve
from agent.core.light import Light, start_delay_s
from agent.core.maintenance import MaintenanceSlot
from agent.core.nightwatch import NightWatch, ZoneOf
from agent.core.report import Report
from agent.core.reporter import StateKey
from agent.core.start import Start
from agent.core.surroundings import Surroundings
from agent.core.telling import Moment, Teller
from agent.core.timekeeping import Time, Timekeeper
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
from agent.ledger import Memory
from agent.messages import State
from agent.records import Boot, BootReason, Instant, Ramp
from agent.settings.model import Settings


class Controller:
    """Not for two threads. ``zone_of`` turns an IANA name into a time zone, which the core cannot do without I/O."""

    def __init__(self, settings: Settings, boot: Boot, now: Instant, zone_of: ZoneOf) -> None:
        self._boot = boot
        self._timekeeper = Timekeeper(not_before_utc_s=boot.built_utc_s)
        self._around = Surroundings()
        self._maintenance = MaintenanceSlot(boot.kernel_boot_id)
        self._basket = Basket()
        self._instruments = Instruments(settings, now.mono_s, boot.patience_s)
        self._was_trusted = False
        self._desk = CommandDesk("" if settings.lamp is None else settings.lamp.id)
        self._decider = Decider(self._maintenance, self._desk.emergency, self._desk.override)
        self._desk.asks(self._decider)
        self._light = Light(boot.found_level, now.mono_s, start_delay_s(settings, boot), untold=boot.untold)
        self._instruments.meter.lights(self._light.lit)
        self._given = self._settings = settings
        self._watch = NightWatch(settings, self._timekeeper, now.mono_s, zone_of, boot.patience_s)
        self._decider.configure(settings, self._watch, self._instruments.presence)
        self._learnt = LearntCurve()
        self._courses = Courses(settings, self._maintenance, self._desk.emergency, self._light, self._around, self._learnt)
        self._courses.answers_to(self._desk)
        self._desk.hands_to(self._courses)
        self._teller = Teller(
            settings, self._light, self._watch, self._instruments, self._desk, self._around, self._courses, now.mono_s, boot
        )
        self._start = Start(now.mono_s, self._light, self._watch, self._around, self._maintenance)
        self._waking = Waking(self._start, self._light, self._watch, self._desk, self._teller, self._instruments)
        self._demands: tuple[Demand | None, ...] = (self._light.decision.demand,)
        self._now = Instant(-inf, 0.0)  # nothing has been told yet
        self._quiet = Step((), self._waking.due_s)  # the answer while nothing comes of what is told

    def _configure(self, settings: Settings, now: Instant) -> None:
        """Take settings in force; what they do not touch is kept. What was learnt stands in for what they do not say."""
        self._given = settings
        self._settings = settings = self._learnt.configure(settings, self._basket)
        self._desk.rename("" if settings.lamp is None else settings.lamp.id)
        self._watch.configure(settings, now.mono_s)
        self._instruments.configure(settings, now.mono_s)
        self._decider.configure(settings, self._watch, self._instruments.presence)
        self._teller.configure(settings, now.mono_s)

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
        self._now, self._time = now, self._timekeeper.look(now)
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
                self._restore(memory, now, durable=durable)
            case Reconfigured(settings):
                self._courses.configure(settings, now, self._time, self._basket)
                self._configure(settings, now)
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

    def _restore(self, memory: Memory, now: Instant, *, durable: bool) -> None:
        mark, boot = memory.watermark, self._boot
        counted_s = None  # up to when the time of this boot of the Pi is in the counters
        if mark is not None and boot.reason is not BootReason.POWER_ON and mark.kernel_boot_id == boot.kernel_boot_id:
            self._timekeeper.carry(mark)
            self._time = self._timekeeper.look(now)
            counted_s = mark.mono_s
        self._desk.restore(memory, now)
        self._courses.restore(memory.course, now, self._time, self._basket)
        self._open_desk(now)
        self._maintenance.restore(memory.maintenance, now.mono_s)
        if self._learnt.restore(memory.learnt):
            self._configure(self._given, now)
        self._instruments.bridge(counted_s, self._start.at_s, boot.found_level)
        supply_lost = mark is not None and boot.reason is BootReason.POWER_ON and not boot.after_shutdown
        self._instruments.restore(memory.counters, supply_lost=supply_lost)
        if supply_lost:
            self._teller.hurry()
        last_utc_s = self._teller.restore(memory, self._time, self._basket, durable=durable)
        if memory.watermark is not None and last_utc_s is not None:
            self._timekeeper.remember(last_utc_s, memory.watermark.ntp_utc_s)
        self._basket.occurred(Occurrence.DEVICE_RESET, {"reason": self._boot.reason.value})
        if self._boot.reason is BootReason.WATCHDOG:
            self._basket.occurred(Occurrence.WATCHDOG_TRIPPED, {})

    def _look(self, now: Instant) -> None:
        """Judge the night, by which the next questions are answered."""
        operating_h = self._instruments.meter.operating_s / 3600
        self._night = self._decider.look(now, self._time, operating_h, self._instruments.temperature_c(now.mono_s))
        self._courses.is_night = self._night.is_night

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
            self._configure(self._given, now)
            self._look(now)
        self._desk.maintained(by_hand=self._maintenance.by_hand, by_course=self._maintenance.lent is not None)
        if not self._start.keeps_what_it_found(now.mono_s):
            self._demands = self._decider.demands()
            if self._light.follow(self._decider.decide(self._demands), self._settings, now.mono_s):
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
        learnt_utc_s, waiting = self._learnt.since_utc_s, self._desk.override.waiting
        return explain(self.sight(), Insight(self._watch, self._instruments, waiting, learnt_utc_s, disobedient))

    def sun_elevation_deg(self) -> float | None:
        """Of the sun, by the time that is believed."""
        return None if self._watch.sun is None else self._watch.sun.elevation_deg(self._time.utc_s)
