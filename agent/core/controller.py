"""The core: one function in spirit, ``step(event, now) -> effects and when to be woken``. It owns all that must be remembered."""

from msgspec import UNSET

from agent.core.alarms import OCCURRENCES, Alarm, Occurrence
from agent.core.basket import Basket
from agent.core.deciding import Decider
from agent.core.demand import Cause, Demand, Slot
from agent.core.desk import CommandDesk
from agent.core.explain import Explanation, explain
from agent.core.fading import fade
from agent.core.limits import Decision
from agent.core.maintenance import MaintenanceSlot
from agent.core.memory import WITHIN_S, MarkTimer
from agent.core.meter import Meter
from agent.core.nightwatch import NightWatch, ZoneOf
from agent.core.presence import Presence
from agent.core.reporter import Reporter
from agent.core.sources import Sources
from agent.core.timekeeping import Timekeeper
from agent.core.views import Sight, state, state_key, telemetry
from agent.core.words import clock_words, reason
from agent.effects import Drive, PresentAll, Restamp, Sample, Stamp, Step
from agent.events import (
    CommandArrived,
    CommandRefused,
    ConfigInvalid,
    Event,
    LinkChanged,
    Measured,
    MotionEdge,
    OutboxChanged,
    OutputFailed,
    OutputWorks,
    ReadFailed,
    Reconfigured,
    Restored,
    Stored,
    TechnicianRelease,
    TechnicianSet,
    Woken,
)
from agent.ledger import Counters, MaintenanceEnded
from agent.messages import Edge, OutboxView, State
from agent.records import Boot, Instant, Part, Quantity, Ramp, TimeQuality
from agent.settings.model import Settings

START_S = 5.0  # at most so long the level found is kept until ledger and first readings are in
SLOW_S = 60.0  # the period of a source that cannot change a decision now
AFTER_CHANGE_S = 60.0  # so long after a change of level the power is read often
LOOK_S = 60.0  # the wall clock is looked at this often at least


class Controller:
    """Not for two threads. ``zone_of`` turns an IANA name into a time zone, which the core cannot do without I/O."""

    def __init__(self, settings: Settings, boot: Boot, now: Instant, zone_of: ZoneOf) -> None:
        self._boot = boot
        self._zone_of = zone_of
        self._started_s = now.mono_s
        self._timekeeper = Timekeeper(not_before_utc_s=boot.built_utc_s)
        self._maintenance = MaintenanceSlot()
        self._basket = Basket()
        self._mark = MarkTimer(now.mono_s)
        self._meter = Meter(Counters(), now.mono_s)
        self._presences_before = 0
        self._outbox = OutboxView(0, 0)
        self._storage_failed = self._config_invalid = self._linked = False
        self._output_faults: set[Part] = set()
        self._restored = self._was_trusted = False
        self._desk = CommandDesk("" if settings.lamp is None else settings.lamp.id)
        self._decider = Decider(self._maintenance, self._desk.emergency, self._desk.override)
        self._desk.asks(self._decider)
        self._configure(settings, now)
        level = 100.0 if boot.found_level is None else boot.found_level
        self.ramp = Ramp.steady(level, now.mono_s)
        self._changed_level_s = now.mono_s
        self._settled = True
        starting = Demand(Slot.DEFAULT, level, Cause.STARTING, now.mono_s)
        self._decision: Decision = Decision(starting, level, level, ())
        self._demands: tuple[Demand | None, ...] = (starting,)
        self._meter.lights(level > 0)
        self._due_s = now.mono_s

    def _configure(self, settings: Settings, now: Instant) -> None:
        """Take settings in force; what they do not touch is kept."""
        self._settings = settings
        self._watch = NightWatch(settings, self._timekeeper, now.mono_s, self._zone_of)
        self._presence = Presence(len(settings.sensors.motion))
        self._decider.configure(settings, self._watch, self._presence)
        self._reporter = Reporter(settings.alarms, settings.telemetry.every_s, now.mono_s)
        self._parts = configured_parts(settings)
        self._sources = Sources(self._parts, now.mono_s)

    # --- the step

    def start(self, now: Instant) -> Step:
        """The first effects: the lamp at the level found, or full."""
        self._stamp(now)
        self._basket.add(Drive(self.ramp))
        self._decide(now)
        return Step(self._basket.take(), self._due_s)

    def step(self, event: Event, now: Instant) -> Step:
        """Take one event. Deterministic: the same events at the same instants give the same effects."""
        self._stamp(now)
        self._meter.advance(now.mono_s, self.ramp, self._settings.luminaire, self._measured_w(now))
        if self._take(event, now) or now.mono_s >= self._due_s:
            self._decide(now)
        return Step(self._basket.take(), self._due_s)

    def _stamp(self, now: Instant) -> None:
        self._now, self._time = now, self._timekeeper.look(now)
        self._night = self._decider.look(now, self._time)
        uptime_s = now.mono_s - self._started_s
        self._basket.stamp = Stamp(uptime_s, self._time.utc_s, self._time.quality)
        if self._time.trusted and not self._was_trusted:
            self._basket.add(Restamp(self._time.utc_s - uptime_s, self._time.quality))
        self._was_trusted = self._time.trusted

    def _take(self, event: Event, now: Instant) -> bool:
        """Note what has happened; whether it can change anything that is decided or told."""
        match event:
            case Measured():
                return self._measured(event, now)
            case ReadFailed():
                self._sources.failed(event.part, event.fault)
            case MotionEdge():
                self._presence.edge(event.sensor, event.active, event.at_s)
            case CommandArrived(envelope, command):
                self._desk.arrived(envelope, command, now, self._time, self._basket)
            case CommandRefused(envelope, refusal):
                self._desk.refused(envelope, refusal, now, self._time, self._basket)
            case Stored():
                self._desk.on_disk(event.promise, now, self._time, self._basket, durable=event.durable)
                self._storage_failed = not event.durable
            case TechnicianSet() | TechnicianRelease():
                self._technician(event, now)
            case Restored():
                self._restore(event, now)
            case Reconfigured():
                self._configure(event.settings, now)
                self._config_invalid = False
            case _:
                self._note_surroundings(event)
        return not isinstance(event, Woken)

    def _note_surroundings(self, event: Event) -> None:
        match event:
            case LinkChanged(connected):
                self._linked = connected
            case OutboxChanged():
                if event.pending == 0 and self._outbox.pending > 0:
                    self._reporter.want_state()
                self._outbox = OutboxView(event.pending, event.dropped)
                self._storage_failed = event.degraded
            case OutputFailed(part):
                self._output_faults.add(part)
            case OutputWorks(part):
                self._output_faults.discard(part)
            case ConfigInvalid():
                self._config_invalid = True
            case _:
                pass

    def _measured(self, event: Measured, now: Instant) -> bool:
        at_s = event.readings[0].at_s if event.readings else now.mono_s
        self._sources.measured(event.part, event.readings, at_s)
        if event.part is not Part.LIGHT or self._watch.photocell is None:
            return False
        cell = self._watch.photocell
        before = cell.dark, cell.candidate_since_s, cell.near_threshold()
        for reading in event.readings:
            self._watch.light(reading, self.ramp.level_at(reading.at_s), steady=reading.at_s >= self.ramp.end_s, now=now)
        return before != (cell.dark, cell.candidate_since_s, cell.near_threshold())

    def _technician(self, event: TechnicianSet | TechnicianRelease, now: Instant) -> None:
        match event:
            case TechnicianSet(level, duration_s):
                self._maintenance.set(level, duration_s, now.mono_s)
                entry = self._maintenance.memory(self._boot.kernel_boot_id)
                severity = OCCURRENCES[Occurrence.LOCAL_OVERRIDE]
                self._basket.event(Occurrence.LOCAL_OVERRIDE, Edge.OCCURRED, severity, {"level": level})
                if entry is not None:
                    self._basket.remember((entry,), within_s=0)
            case TechnicianRelease():
                if self._maintenance.release():
                    self._basket.remember((MaintenanceEnded(),), within_s=0)

    def _restore(self, event: Restored, now: Instant) -> None:
        memory = event.memory
        self._restored, self._storage_failed = True, not event.durable
        self._desk.restore(memory, now)
        self._maintenance.restore(memory.maintenance, self._boot.kernel_boot_id, now.mono_s)
        self._meter.add(memory.counters)
        self._presences_before = memory.counters.presence_count
        self._reporter.alarms.restore(memory.alarms)
        self._mark.restore(memory.watermark)
        if memory.watermark is not None:
            self._timekeeper.remember(memory.watermark.utc_s, memory.watermark.ntp_utc_s)
        severity = OCCURRENCES[Occurrence.DEVICE_RESET]
        self._basket.event(Occurrence.DEVICE_RESET, Edge.OCCURRED, severity, {"reason": self._boot.reason.value})

    # --- the decision

    def _decide(self, now: Instant) -> None:
        self._desk.advance(now, self._time, self._basket)
        if self._maintenance.advance(now.mono_s):
            self._basket.remember((MaintenanceEnded(),), within_s=0)
        self._desk.maintained = self._maintenance.demand is not None
        if not self._starting(now):
            self._demands = self._decider.demands()
            self._drive(self._decider.decide(self._demands), now)
        if now.mono_s >= self.ramp.end_s and not self._output_faults:
            if not self._settled:
                self._settled = True
                self._reporter.want_state()
            self._desk.settled(self._decision.demand, now, self._time, self._basket)
        self._sample(now)
        self._tell(now)
        self._due_s = self._next_s(now)

    def _starting(self, now: Instant) -> bool:
        """Whether the level found is still kept: until ledger and first light reading are in, or 5 s are over."""
        if self._decision.demand.cause is not Cause.STARTING or now.mono_s - self._started_s >= START_S:
            return False
        seen = self._watch.photocell is None or self._watch.photocell.dark is not None
        return not (self._restored and seen)

    def _drive(self, decision: Decision, now: Instant) -> None:
        before, self._decision = self._decision, decision
        if decision.light_level == self.ramp.end_level:
            return
        self.ramp = fade(before, decision, self.ramp, self._settings, now.mono_s)
        self._changed_level_s, self._settled = now.mono_s, False
        self._meter.lights(decision.light_level > 0)
        self._basket.add(Drive(self.ramp))

    def _sample(self, now: Instant) -> None:
        """Read often what can change a decision, the rest once a minute."""
        for part, (every_s, _) in self._parts.items():
            match part:
                case Part.LIGHT:
                    often = self._watch.wants_light_often(self._time) or now.mono_s - self._changed_level_s < AFTER_CHANGE_S / 2
                case Part.POWER:
                    often = now.mono_s - self._changed_level_s < AFTER_CHANGE_S
                case _:
                    often = False
            period_s = every_s if often else max(every_s, SLOW_S)
            if self._sources.set_every(part, period_s, now.mono_s):
                if part is Part.LIGHT and self._watch.photocell is not None:
                    self._watch.photocell.set_period(period_s, now.mono_s)
                self._basket.add(Sample(part, period_s))

    def _tell(self, now: Instant) -> None:
        """Alarms, acknowledgements, telemetry, marks for the ledger, and last the state that shows it all."""
        self._reporter.watch(self._truths(now), now, self._time, self._basket)
        self._desk.flush(now, self._basket)
        sight = self.sight()
        if self._reporter.telemetry_due(now.mono_s):
            self._basket.telemetry(telemetry(sight, self._counters()))
        if self._mark.due(now.mono_s, lit=self.ramp.end_level > 0):
            mark = self._mark.watermark(now, self._time)
            self._basket.remember((self._counters(), mark, *self._desk.memory(now)), WITHIN_S)
        if self._desk.wants_sync:
            self._desk.wants_sync = False
            self._basket.add(PresentAll())
            self._reporter.present_alarms(self._time, self._basket)
            self._reporter.want_state()
        if self._reporter.state_due(state_key(sight), now.mono_s):
            self._reporter.present_state(state(sight), now.mono_s, self._basket)

    def _truths(self, now: Instant) -> dict[Alarm, bool]:
        cell = self._watch.photocell
        return self._sources.truths(now.mono_s) | {
            Alarm.PHOTOCELL_FAULT: cell is not None and cell.convicted,
            Alarm.CONTROL_GEAR_COMM_FAILURE: bool(self._output_faults),
            Alarm.TIME_UNSYNCED: self._time.quality is TimeQuality.UNSYNCED,
            Alarm.TIME_STEPPED: self._timekeeper.stepped,
            Alarm.FALLBACK_ACTIVE: self._watch.falls_back(self._time),
            Alarm.INVALID_CONFIG: self._config_invalid,
            Alarm.STORAGE_DEGRADED: self._storage_failed,
            Alarm.COMMUNICATION_FAILURE: not self._linked and self._settings.broker is not None,
        }

    def _next_s(self, now: Instant) -> float:
        """The next moment at which something changes by itself; never more than a minute away, to look at the clock."""
        lit = self.ramp.end_level > 0
        moments = [
            now.mono_s + LOOK_S,
            self._watch.next_s(),
            self._desk.next_s(now, self._time),
            self._reporter.next_s(now.mono_s),
            self._mark.next_s(lit=lit),
            self._sources.next_stale_s(now.mono_s),
            None if self._settled else self.ramp.end_s,
            self._started_s + START_S if self._decision.demand.cause is Cause.STARTING else None,
            *(demand.until_s for demand in self._demands if demand is not None),
            *(self._changed_level_s + after_s for after_s in (AFTER_CHANGE_S / 2, AFTER_CHANGE_S)),
        ]
        return min(at_s for at_s in moments if at_s is not None and at_s > now.mono_s)

    # --- what can be seen

    def _measured_w(self, now: Instant) -> float | None:
        """Active power by a meter at the lamp while it is good."""
        meter = self._settings.sensors.power
        if meter is None or meter.measures != "lamp":
            return None
        return self._sources.value(Part.POWER, Quantity.ACTIVE_POWER_W, now.mono_s)

    def _counters(self) -> Counters:
        return self._meter.counters(self._presences_before + self._presence.count)

    def sight(self) -> Sight:
        """Everything there is to see, as of the last step."""
        now, cell = self._now, self._watch.photocell
        has_motion = bool(self._settings.sensors.motion)
        return Sight(
            now=now,
            time=self._time,
            zone=self._watch.zone,
            settings=self._settings,
            night=self._night,
            demands=self._demands,
            decision=self._decision,
            ramp=self.ramp,
            plan=self._watch.plan(self._time),
            next=self._watch.next_change(self._time),
            presence=self._presence.is_present(now.mono_s, self._settings.motion.hold_s) if has_motion else UNSET,
            light_level_lx=UNSET if cell is None else (cell.lx if cell.fresh(now.mono_s) else None),
            sources=self._sources,
            override=self._desk.override.held,
            alarms=tuple(alarm.value for alarm, _ in self._reporter.alarms.active()),
            outbox=self._outbox,
        )

    def state(self) -> State:
        """The state as it would be published now."""
        return state(self.sight())

    def summary(self) -> str:
        """The level undertaken, and why, in one line."""
        at = clock_words(self._now, self._time, self._watch.zone)
        return f"{self._decision.feedback_level:g} %: {reason(self._decision.demand, at)}"

    def explain(self) -> Explanation:
        return explain(self.sight(), self._watch)

    @property
    def time(self) -> Time:
        """As it was believed at the last step; may be read from any thread."""
        return self._time

    @property
    def uptime_s(self) -> float:
        return self._now.mono_s - self._started_s

    def sun_elevation_deg(self) -> float | None:
        """Of the sun, by the time that is believed."""
        return None if self._watch.sun is None else self._watch.sun.elevation_deg(self._time.utc_s)


def configured_parts(settings: Settings) -> dict[Part, tuple[float, int | None]]:
    """The parts that are read, each with its shortest period in seconds and its bus."""
    sensors = settings.sensors
    found: dict[Part, tuple[float, int | None]] = {Part.SOC: (SLOW_S, None)}
    for part, sensor in ((Part.LIGHT, sensors.light), (Part.POWER, sensors.power), (Part.TEMPERATURE, sensors.temperature)):
        if sensor is not None:
            found[part] = sensor.every_s, sensor.bus
    return found
