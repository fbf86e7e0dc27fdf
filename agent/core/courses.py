"""Courses: identify and self-test, which hold the maintenance slot by themselves, one at a time, and end by themselves."""

from typing import Protocol

from agent.commands import Envelope, Identify, Refusal, SelfTest
from agent.core.alarms import Occurrence
from agent.core.basket import Basket
from agent.core.demand import Cause
from agent.core.identify import DEFAULT_S, MOST_S, Blink
from agent.core.learnt import LearntCurve, bench_of
from agent.core.light import Light
from agent.core.maintenance import MaintenanceSlot
from agent.core.overrides import BrokerSlot
from agent.core.report import Interruption, Outcome, Report, ended, message, running
from agent.core.selftest import SelfTest as Test
from agent.core.selftest import levels_to_try, lowest_lit
from agent.core.surroundings import Surroundings
from agent.core.timekeeping import Time
from agent.core.verdict import Judgement, Verdict, judge
from agent.events import Measured, TechnicianRelease, TechnicianRuns, TechnicianSet
from agent.ledger import Course, LearntPower
from agent.messages import rfc3339
from agent.records import Instant, Part, Quality, Quantity
from agent.settings.model import Settings


class Answered(Protocol):
    """Who answers commands."""

    def course_ended(
        self, command_id: str, code: str | None, words: str | None, now: Instant, time: Time, basket: Basket
    ) -> None:
        """The last acknowledgement of a course."""
        ...


class Courses:
    """Looks at the light, the night and the emergency; what it asks for, it lends to the maintenance slot."""

    def __init__(
        self,
        settings: Settings,
        slot: MaintenanceSlot,
        emergency: BrokerSlot,
        light: Light,
        around: Surroundings,
        learnt: LearntCurve,
    ) -> None:
        self._settings = settings
        self._slot = slot
        self._emergency = emergency
        self._light = light
        self._around = around
        self._learnt = learnt
        self._blink: Blink | None = None
        self._test: Test | None = None
        self._command = Course()  # whose course it is; nobody's at the pole
        self._output_failed = False  # since the self-test began
        self._afresh = False  # it is held against the config alone
        self._number = 0
        self._outcome: Outcome | None = None
        self.is_night = True  # by the last look at the sky
        self.failed: bool | None = None  # by the last self-test with a verdict; None: none in this run

    def answers_to(self, answered: Answered) -> None:
        self._answered = answered

    def configure(self, settings: Settings, now: Instant, time: Time, basket: Basket) -> None:
        """``settings``: as the config has them, without what was learnt."""
        other = self._test is not None and settings.luminaire != self._settings.luminaire
        self._settings = settings
        if other:
            self.interrupt(Interruption.RECONFIGURED, now, time, basket)

    # --- beginning

    def refusal(self, command: Identify | SelfTest) -> Refusal | None:
        """Why it cannot be begun now."""
        held = self._slot.demand
        if self._emergency.held is not None:
            return Refusal("busy", "an emergency lights the street; try again when it is over")
        if held is not None:
            what = {Cause.IDENTIFY: "identify runs", Cause.SELF_TEST: "a self-test runs"}
            words = what.get(held.cause, f"the lamp is set to {held.level:.4g} % at the pole")
            return Refusal("busy", f"{words}; wait until that is over, or end it with `release` at the pole")
        if isinstance(command, Identify) and not self._blinking(command, 0.0).visible:
            return Refusal(
                "notVisible",
                f"no step can be seen between {self._low():.4g} and 100 %, which minimum_level or limits.floor leaves",
            )
        return None

    def lowest(self, command: Identify | SelfTest) -> float:
        """The least level (percent) that it will ask for."""
        return self._low() if isinstance(command, Identify) else levels_to_try(self._settings, is_night=self.is_night)[-1]

    def begin(self, command: Identify | SelfTest, now_s: float, envelope: Envelope | None = None) -> float:
        """Hold the slot; nobody else may. ``envelope`` is a command's. The moment at which it is over at the latest."""
        name, issuer = (None, None) if envelope is None else (envelope.id, envelope.issuer)
        self._command = Course() if envelope is None else Course(envelope.id, envelope.verb)
        match command:
            case Identify():
                self._blink = self._blinking(command, now_s, name, issuer)
                self._slot.lent = self._blink.demand(now_s)
                return self._blink.ends_s
            case SelfTest():
                levels = levels_to_try(self._settings, is_night=self.is_night)
                metered = self._settings.sensors.power is not None
                self._test = Test(levels, now_s, metered=metered, name=name, issuer=issuer)
                self._slot.lent = self._test.demand
                self._number, self._outcome = self._number + 1, None
                self._output_failed, self._afresh = False, command.afresh
                return self._test.ends_by_s

    def at_pole(
        self, event: TechnicianSet | TechnicianRelease | TechnicianRuns, now: Instant, time: Time, basket: Basket
    ) -> None:
        """Somebody at the pole wants a level, or a course, of whose refusal who asks is told beforehand; or nothing any more."""
        match event:
            case TechnicianRuns(course):
                if self.refusal(course) is None:
                    self.begin(course, now.mono_s)
            case TechnicianSet() | TechnicianRelease():
                self.interrupt(Interruption.AT_POLE, now, time, basket)
                self._slot.take(event, now.mono_s, basket)

    def _low(self) -> float:
        return lowest_lit(self._settings, is_night=self.is_night)

    def _blinking(self, command: Identify, now_s: float, name: str | None = None, issuer: str | None = None) -> Blink:
        lasts_s = DEFAULT_S if command.duration_s is None else min(command.duration_s, MOST_S)
        low = self._low()
        low_first = self._light.ramp.level_at(now_s) > (100 + low) / 2
        return Blink(low, low_first, now_s, now_s + lasts_s, name, issuer)

    # --- running

    def measured(self, event: Measured) -> bool:
        """Take a reading of the meter; whether the self-test can go on because of it."""
        if self._test is None or event.part is not Part.POWER:
            return False
        for reading in event.readings:
            if reading.quantity is Quantity.ACTIVE_POWER_W and reading.quality is Quality.OK:
                return self._test.metered(reading.value, reading.at_s, self._light)
        return False

    def advance(self, now: Instant, time: Time, basket: Basket) -> bool:
        """Ask for what is next, or end; whether a power curve was learnt with that."""
        if self._blink is None and self._test is None:
            return False
        if self._emergency.held is not None:
            self.interrupt(Interruption.EMERGENCY, now, time, basket)
        elif self._blink is not None:
            asked = self._blink.demand(now.mono_s)
            if asked is None:
                self._end(None, None, now, time, basket)
            elif self._slot.lent is None or self._slot.lent.level != asked.level:
                self._slot.lent = asked
        elif self._test is not None:
            self._output_failed |= bool(self._around.output_faults)
            self._test.advance(now.mono_s, self._light)
            self._slot.lent = self._test.demand
            if self._test.demand is None:
                return self._judge(self._test, now, time, basket)
        return False

    def next_s(self, now_s: float) -> float | None:
        """When it asks for something else, at the latest (monotonic)."""
        if self._blink is not None:
            return self._blink.next_s(now_s)
        return None if self._test is None else self._test.next_s()

    # --- ending

    def interrupt(self, why: Interruption, now: Instant, time: Time, basket: Basket) -> None:
        """End what runs, if anything does, before its time."""
        if self._test is not None:
            self._conclude(self._test, Judgement(Verdict.INTERRUPTED), now, time, basket, why)
        elif self._blink is not None:
            self._end("interrupted", why.value, now, time, basket)

    def restore(self, memory: Course, now: Instant, time: Time, basket: Basket) -> None:
        """A course that an earlier run did not bring to its end is answered now; the lamp follows its ladder again."""
        if memory.command_id is not None:
            words = Interruption.RESTARTED.value
            self._answered.course_ended(memory.command_id, Verdict.INTERRUPTED.value, words, now, time, basket)
            if memory.verb == "self-test":
                told: dict[str, str | float | bool | None] = {
                    "id": memory.command_id,
                    "verdict": Verdict.INTERRUPTED.value,
                    "message": words,
                }
                basket.occurred(Occurrence.SELF_TEST_ENDED, told)
            basket.remember((self._command,), within_s=1)

    def _judge(self, test: Test, now: Instant, time: Time, basket: Basket) -> bool:
        points = () if self._afresh else self._learnt.points
        judgement = judge(test.samples, bench_of(self._settings, points, output_failed=self._output_failed))
        learnt = not test.derated and self._learnt.learn(judgement, self._settings, time.utc_s, afresh=self._afresh)
        if learnt:
            basket.remember((LearntPower(self._learnt.curve),), within_s=1)
        if judgement.verdict in (Verdict.PASSED, Verdict.FAILED):
            self.failed = judgement.verdict is Verdict.FAILED
        self._conclude(test, judgement, now, time, basket, learnt=learnt)
        return learnt

    def _conclude(
        self,
        test: Test,
        judgement: Judgement,
        now: Instant,
        time: Time,
        basket: Basket,
        why: Interruption | None = None,
        *,
        learnt: bool = False,
    ) -> None:
        meter = self._settings.sensors.power
        whole_pole = meter is not None and meter.measures == "pole"
        self._outcome = outcome = Outcome(test, judgement, meter is not None, whole_pole, learnt, why)
        told: dict[str, str | float | bool | None] = {"verdict": judgement.verdict.value, "message": message(outcome)}
        told |= {"id": self._command.command_id, "learnt": learnt}
        told |= {f"power_w_at_{row.level:.4g}": row.measured_w and round(row.measured_w, 2) for row in judgement.rows}
        basket.occurred(Occurrence.SELF_TEST_ENDED, told)
        self._end(judgement.verdict.value, message(outcome), now, time, basket)

    def _end(self, code: str | None, words: str | None, now: Instant, time: Time, basket: Basket) -> None:
        command, self._command = self._command, Course()
        self._blink = self._test = self._slot.lent = None
        if command.command_id is not None:
            self._answered.course_ended(command.command_id, code, words, now, time, basket)
            basket.remember((self._command,), within_s=1)

    # --- what can be seen

    def report(self, now: Instant, time: Time) -> Report | None:
        """Of the self-test that runs, or of the last one in this run; None before the first."""
        if self._test is not None:
            until = rfc3339(time.utc_s + self._test.ends_by_s - now.mono_s) if time.trusted else None
            return running(self._number, self._test, until)
        return None if self._outcome is None else ended(self._number, self._outcome)
