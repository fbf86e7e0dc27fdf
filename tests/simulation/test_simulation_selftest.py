"""The self-test on a whole simulated pole: real core, drivers and lamp over virtual chips, sound and with what can break."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.commands import Identify, SelfTest
from agent.config.compiler import compile_file
from agent.core.report import Report
from agent.core.verdict import Verdict
from agent.effects import Drive, Effect
from agent.events import TechnicianRuns
from agent.records import BootReason, Fault, Instant, Part
from agent.settings.hardware import PowerMeter
from agent.settings.model import Settings
from agent.simulation.loop import Scene, VirtualLamp

BERLIN = ZoneInfo("Europe/Berlin")
NOON, NIGHT = "2026-12-21 12:00", "2026-12-21 23:00"
BEGINS_S, LONGEST_S = 300.0, 240.0
Break = Callable[[VirtualLamp], None]


def shipped(**power: object) -> Settings:
    compiled, _ = compile_file(Path(__file__).parents[2] / "configs/simulated.yaml")
    assert compiled.settings is not None, compiled.problems
    meter = compiled.settings.sensors.power
    assert meter is not None
    return replace(compiled.settings, sensors=replace(compiled.settings.sensors, power=replace(meter, **power)))


def by_plate(settings: Settings) -> Settings:
    return replace(settings, luminaire=replace(settings.luminaire, power_curve=()))


class Pole:
    """A lamp whose self-test begins five minutes after its start. ``contact`` are the relay's openings and closings."""

    def __init__(self, start: str = NIGHT, settings: Settings | None = None, broken: Break | None = None) -> None:
        utc_s = datetime.fromisoformat(start).replace(tzinfo=BERLIN).timestamp()
        self.effects: list[Effect] = []
        self.contact: list[tuple[float, bool]] = []
        self.lamp = VirtualLamp(settings or shipped(), Scene(utc_s, traffic="none"), self._note, self._look)
        if broken is not None:
            self.lamp.call(BEGINS_S - 60, lambda: broken(self.lamp))

    def _note(self, _now: Instant, effect: Effect) -> None:
        self.effects.append(effect)

    def _look(self) -> None:
        supplied = self.lamp.world.lamp.power_w() > 0
        if not self.contact or self.contact[-1][1] is not supplied:
            self.contact.append((self.lamp.now_s, supplied))

    def tested(self, at_s: float = BEGINS_S) -> Report:
        self.lamp.at(at_s, TechnicianRuns(SelfTest()))
        self.lamp.run_until(at_s + LONGEST_S)
        report = self.lamp.controller.self_test()
        assert report is not None
        assert not report.running
        return report

    def codes(self) -> list[str]:
        return [finding.code for finding in self.tested().findings]


@pytest.mark.parametrize("start", [NOON, NIGHT])
def test_a_sound_lamp_passes_and_is_then_as_it_was(start: str) -> None:
    pole = Pole(start)
    pole.lamp.run_until(BEGINS_S)
    before = pole.lamp.world.lamp.emitted_percent()
    report = pole.tested()
    assert (report.verdict, report.learnt) == (Verdict.PASSED, False)
    assert [step.level for step in report.steps] == ([100, 70, 40, 10, 0] if start == NOON else [100, 70, 40, 10])
    assert all(abs(step.deviation_percent) < 2 for step in report.steps if step.deviation_percent is not None)
    assert pole.lamp.world.lamp.emitted_percent() == pytest.approx(before)
    assert pole.lamp.controller.state().alarms == ()


def test_by_day_the_relay_closes_once_and_opens_once() -> None:
    pole = Pole(NOON)
    pole.tested()
    assert [supplied for at_s, supplied in pole.contact if at_s >= BEGINS_S] == [True, False]


def dead(lamp: VirtualLamp) -> None:
    lamp.world.lamp.defects.source_open = True


def weak(lamp: VirtualLamp) -> None:
    lamp.world.lamp.defects.strings_out = 0.25


def deaf(lamp: VirtualLamp) -> None:
    lamp.world.lamp.defects.deaf = True


def welded(lamp: VirtualLamp) -> None:
    lamp.world.lamp.defects.contact_closed = True


def stays_open(lamp: VirtualLamp) -> None:
    lamp.world.lamp.defects.contact_closed = False


def refuses(lamp: VirtualLamp) -> None:
    lamp.world.sysfs.fail(5)


@pytest.mark.parametrize("settings", [shipped(), by_plate(shipped())], ids=["power_curve", "nominal_power_w"])
@pytest.mark.parametrize(
    ("broken", "code", "words", "remedy"),
    [
        (dead, "lampFailure", "at 100 % it draws 0.6 W, 42.0 W expected: no light", "replace the lamp"),
        (weak, "lampPowerTooLow", "W, 42.0 W expected: part of it is dark", "look up"),
        (deaf, "dimmingFailure", "at 10 %: it does not dim", "check the dimming line"),
        (welded, "relayFailure", "the relay's contact is welded", "replace the relay"),
        (stays_open, "relayFailure", "the relay does not close", "check relay, fuse"),
        (refuses, "controlGearCommFailure", "refuses what is written", "doctor"),
    ],
)
def test_what_is_broken_is_named_with_its_remedy(broken: Break, code: str, words: str, remedy: str, settings: Settings) -> None:
    report = Pole(NOON, settings, broken).tested()
    assert report.verdict is Verdict.FAILED
    (finding,) = report.findings
    assert finding.code == code
    assert words in finding.what
    assert remedy in finding.remedy


@pytest.mark.parametrize("broken", [dead, weak, deaf])
def test_so_it_is_by_night(broken: Break) -> None:
    assert Pole(NIGHT, broken=broken).tested().verdict is Verdict.FAILED


@pytest.mark.parametrize(("broken", "verdict"), [(None, Verdict.PASSED), (welded, Verdict.FAILED), (weak, Verdict.FAILED)])
def test_a_meter_of_the_whole_pole_tells_as_much_by_day(broken: Break | None, verdict: Verdict) -> None:
    report = Pole(NOON, shipped(measures="pole"), broken).tested()
    assert report.verdict is verdict
    if verdict is Verdict.PASSED:
        assert report.steps[0].measured_w == pytest.approx(42, rel=0.02)


def test_a_meter_of_the_mains_tells_as_well() -> None:
    mains = PowerMeter("ade7953", volt_scale=26000, amp_scale=100000, watt_scale=154)
    settings = replace(shipped(), sensors=replace(shipped().sensors, power=mains))
    assert Pole(NIGHT, settings).tested().verdict is Verdict.PASSED
    assert Pole(NIGHT, settings, weak).codes() == ["lampPowerTooLow"]


def test_a_meter_that_does_not_answer_is_no_verdict_on_the_lamp() -> None:
    pole = Pole(NIGHT)
    meter = pole.lamp.world.chips[Part.POWER]
    meter.bus.disturb(meter.address, Fault.NOT_THERE)
    report = pole.tested()
    assert report.verdict is Verdict.NOT_MEASURED
    assert "explain" in report.message
    assert "selfTestFailed" not in pole.lamp.controller.state().alarms


def test_what_a_lamp_draws_at_low_levels_is_learnt_by_its_type_plate_and_kept_over_a_power_cut() -> None:
    """At 10 % this driver draws 6.1 W; in proportion to its type plate it would be 4.7."""
    pole = Pole(NOON, by_plate(shipped()))
    pole.lamp.world.lamp._power_curve = shipped().luminaire.power_curve
    report = pole.tested()
    assert (report.verdict, report.learnt) == (Verdict.PASSED, True)
    assert [step.fits for step in report.steps] == [True, True, True, None, True]
    pole.lamp.cut_power()
    pole.lamp.restore_power()
    pole.lamp.run_until(pole.lamp.now_s + 60)
    curve = dict(pole.lamp.controller.sight().settings.luminaire.power_curve)
    assert curve[10] == pytest.approx(6.1, abs=0.1)
    again = pole.tested(pole.lamp.now_s + 60)
    assert [step.fits for step in again.steps] == [True] * 5


@pytest.mark.parametrize("after_s", [3.0, 20.0, 60.0, 80.0])
@pytest.mark.parametrize("start", [NOON, NIGHT])
def test_killed_in_the_middle_the_lamp_is_soon_what_it_was(start: str, after_s: float) -> None:
    pole = Pole(start)
    pole.lamp.run_until(BEGINS_S)
    before = pole.lamp.world.lamp.emitted_percent()
    pole.lamp.at(BEGINS_S, TechnicianRuns(SelfTest()))
    pole.lamp.run_until(BEGINS_S + after_s)
    pole.lamp.kill()
    pole.lamp.run_until(BEGINS_S + after_s + 2)
    pole.lamp.start_later(0.0, BootReason.CRASH)
    pole.lamp.run_until(BEGINS_S + after_s + 120)
    assert pole.lamp.world.lamp.emitted_percent() == pytest.approx(before)
    assert pole.lamp.controller.self_test() is None


def test_identify_blinks_in_steps_of_a_second_and_moves_no_contact_in_between() -> None:
    pole = Pole(NOON)
    pole.lamp.run_until(BEGINS_S)
    pole.effects.clear()
    pole.lamp.at(BEGINS_S, TechnicianRuns(Identify()))
    seen: list[float] = []
    for second in range(20):
        pole.lamp.run_until(BEGINS_S + second + 0.9)
        seen.append(round(pole.lamp.world.lamp.emitted_percent()))
    pole.lamp.run_until(BEGINS_S + 120)
    assert seen == [100, 10] * 10
    assert [supplied for at_s, supplied in pole.contact if at_s >= BEGINS_S] == [True, False]
    starts = [effect.ramp.start_s for effect in pole.effects if isinstance(effect, Drive)]
    assert all(later - earlier <= 1.001 for earlier, later in pairwise(starts[:20]))
