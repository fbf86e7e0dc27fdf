"""Telling: what the rest of the world learns after each decision, and what can be asked about it."""

from math import inf
from typing import Any

from msgspec import UNSET, Struct

from agent.core.alarms import Alarm
from agent.core.basket import Basket
from agent.core.courses import Courses
from agent.core.demand import Demand, Limit
from agent.core.desk import CommandDesk
from agent.core.instruments import Instruments
from agent.core.light import Light
from agent.core.memory import WITHIN_S, MarkTimer, believed_utc_s
from agent.core.nightwatch import Night, NightWatch
from agent.core.reporter import Reporter, StateKey
from agent.core.snapshot import attributes
from agent.core.surroundings import Surroundings
from agent.core.timekeeping import Time
from agent.core.views import Sight, standing, telemetry
from agent.effects import PresentAll
from agent.ledger import Counters, Entry, Memory
from agent.records import Boot, Instant, TimeQuality
from agent.settings.model import Settings


class Moment(Struct, frozen=True, gc=False):
    """One decision and the time at which it was made."""

    now: Instant
    time: Time
    night: Night
    demands: tuple[Demand | None, ...]


class Teller:
    """Looks at the parts of the core; changes none but the reporter and the mark, whose rhythm it keeps."""

    def __init__(
        self,
        settings: Settings,
        light: Light,
        watch: NightWatch,
        instruments: Instruments,
        desk: CommandDesk,
        around: Surroundings,
        courses: Courses,
        now_s: float,
        boot: Boot,
    ) -> None:
        self._settings = settings
        self._light = light
        self._watch = watch
        self._instruments = instruments
        self._desk = desk
        self._around = around
        self._courses = courses
        self._mark = MarkTimer(now_s, boot.kernel_boot_id)
        self._sampled: Counters | None = None  # as the last sample told them
        self.reporter = Reporter(settings.alarms, settings.telemetry.every_s, now_s)
        instruments.asks(self.reporter.alarms.is_up)
        around.configure(settings)
        self._outlined: tuple[Any, ...] = ()
        self.outline: StateKey | None = None  # what of the state makes a difference, as of the last decision

    def configure(self, settings: Settings, now_s: float) -> None:
        self._settings = settings
        self._around.configure(settings)
        self.reporter.configure(settings.alarms, settings.telemetry.every_s, now_s)

    def restore(self, memory: Memory, time: Time, basket: Basket, *, durable: bool) -> float | None:
        """What earlier runs told and noted; the last time on disk that can be believed (POSIX seconds).

        ``durable``: all of it could be read.
        """
        self.reporter.alarms.restore(memory.alarms)
        self.reporter.present_alarms(time, basket)  # none is news too: an earlier run may have said otherwise
        self._sampled = memory.counters if durable else None
        self._mark.restore(memory.watermark, self._sampled)
        return None if memory.watermark is None else believed_utc_s(memory.watermark)

    def tell(self, moment: Moment, basket: Basket) -> None:
        """Alarms, acknowledgements, telemetry, marks for the ledger, and last the state that shows it all."""
        now, time = moment.now, moment.time
        if self._desk.is_open:  # what the ledger knows to be up is not raised again
            self.reporter.watch(self._truths(moment), now, time, lambda: attributes(self.sight(moment)), basket)
        self._desk.flush(now, basket)
        self.mark(moment, basket)
        if self.reporter.telemetry_due(now.mono_s):
            basket.telemetry(telemetry(self.sight(moment), self._mark.counters, self._sampled))
            self._sampled = self._mark.counters
        if self._desk.wants_sync:
            self._desk.wants_sync = False
            basket.add(PresentAll())
            self.reporter.present_alarms(time, basket)
            self.reporter.want_state()
        outline = self._outline_now(moment)
        if outline != self._outlined:
            self._outlined, self.outline = outline, StateKey(*outline)
        if self.outline is not None and self.reporter.state_due(self.outline, now.mono_s):
            self.reporter.present_state(lambda version: standing(self.sight(moment), version), now.mono_s, basket)

    def _outline_now(self, moment: Moment) -> tuple[Any, ...]:
        """The fields of a StateKey; far more often compared than changed."""
        decision, following, held = self._light.decision, self._watch.next_change(moment.time), self._desk.override.held
        demand = decision.demand
        return (
            demand.slot,
            demand.cause,
            demand.level,
            decision.feedback_level,
            moment.night.is_night,
            self._instruments.present(moment.now.mono_s),
            None if held is None else held.stored.command_id,
            None if following is None else (following.at_utc_s, following.level),
            moment.time.quality,
            self.reporter.alarms.names,
        )

    def mark(self, moment: Moment, basket: Basket) -> None:
        """Put a mark down where one is due."""
        sample_s = self.reporter.next_sample_s
        if self._around.restored and self._mark.due(moment.now.mono_s, often=self._marks_often, sample_s=sample_s):
            counters = self._instruments.counters()
            self._mark.promised(basket.promise((counters, *self._bearings(moment))), counters)

    def on_disk(self, promise: int, *, durable: bool) -> bool:
        """The storage has kept, or failed, a promise; whether it was the newest mark."""
        return self._mark.on_disk(promise, durable=durable)

    def hurry(self) -> None:
        """What has just been counted will not be seen again: the next mark is due now."""
        self._mark.hurry()

    def put_down(self, moment: Moment, basket: Basket) -> None:
        """The last mark of a run; nobody waits for it."""
        basket.remember((self._instruments.counters(), *self._bearings(moment)), WITHIN_S)

    def _bearings(self, moment: Moment) -> tuple[Entry, ...]:
        """What a mark holds beside the counters: the time, and what is left of a command."""
        watermark = self._mark.watermark(moment.now, moment.time, self._watch.timekeeper.ntp_offset_s)
        return watermark, *self._desk.memory(moment.now)

    @property
    def _marks_often(self) -> bool:
        """While lit, for energy and hours; while a command holds, for what is left of it."""
        return self._light.lit or self._desk.holds

    def _truths(self, moment: Moment) -> dict[Alarm, bool]:
        """What is true and untrue now; an alarm that cannot be judged is left out, and stays as it is."""
        cell, keeper, now_s = self._watch.photocell, self._watch.timekeeper, moment.now.mono_s
        truths = self._instruments.truths(now_s, lit=self._light.lit, is_night=moment.night.is_night)
        if self._around.bus_hangs:
            truths[Alarm.I2C_BUS_FAULT] = True
        truths |= self._around.truths(moment.time, self.reporter.alarms.is_up)
        if cell is None or cell.convicted or cell.vouched_for:
            truths[Alarm.PHOTOCELL_FAULT] = cell is not None and cell.convicted
        truths[Alarm.TIME_UNSYNCED] = moment.time.quality is TimeQuality.UNSYNCED
        truths[Alarm.TIME_STEPPED] = keeper.stepped
        truths[Alarm.FALLBACK_ACTIVE] = self._watch.falls_back(moment.time)
        truths[Alarm.PROTECTION_ACTIVE] = Limit.DERATING in self._light.decision.limits
        if self._courses.failed is not None:  # else what an earlier run has found stands
            truths[Alarm.SELF_TEST_FAILED] = self._courses.failed
        return truths

    def next_s(self, now_s: float) -> float:
        """When there is something to tell, at the latest (monotonic)."""
        return min(self.reporter.next_s(now_s), self._instruments.next_s(now_s))

    def mark_s(self) -> float:
        """When the next mark is due (monotonic)."""
        if not self._around.restored:
            return inf
        return self._mark.next_s(often=self._marks_often, sample_s=self.reporter.next_sample_s)

    def sight(self, moment: Moment) -> Sight:
        """Everything there is to see."""
        now, cell = moment.now, self._watch.photocell
        return Sight(
            now=now,
            time=moment.time,
            zone=self._watch.zone,
            settings=self._settings,
            night=moment.night,
            demands=moment.demands,
            decision=self._light.decision,
            ramp=self._light.ramp,
            plan=self._watch.plan(moment.time),
            next=self._watch.next_change(moment.time),
            presence=self._instruments.present(now.mono_s),
            light_level_lx=UNSET if cell is None else (cell.lx if cell.fresh(now.mono_s) else None),
            sources=self._instruments.sources,
            load=self._instruments.load,
            override=self._desk.override.held,
            alarms=self.reporter.alarms.names,
            outbox=self._around.outbox,
        )
