"""Identify and self-test through the whole core: who may begin one, what the lamp does meanwhile, and how each ends."""

from dataclasses import replace

import pytest
from core_commands import AT_60, street
from core_explain import slot, source
from core_street import METERED, POWER_ON, Street, constant
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.commands import Dim, EmergencyLight, Envelope, Identify, Resume, SelfTest
from agent.core.demand import Slot
from agent.core.meter import expected_power_w
from agent.core.report import Report
from agent.core.verdict import Verdict
from agent.effects import Sample
from agent.events import Event, MotionEdge, Reconfigured, TechnicianRelease, TechnicianRuns, TechnicianSet
from agent.ledger import Course
from agent.messages import Ack
from agent.messages import Event as EventMessage
from agent.records import ClockSource, Part
from agent.settings.hardware import PowerMeter
from agent.settings.model import Limits, Luminaire, Settings, TelemetrySettings

NIGHT = replace(METERED, programmes=AT_60.programmes)
A = Envelope("a", "self-test", delivery=7)
TEST_S = 120.0  # a steady lamp needs no more
NOON = "2026-06-21 12:00"


def lit(given_settings: Settings = NIGHT, **kwargs: object) -> Street:
    return street(given_settings, **kwargs)


def report(one: Street) -> Report:
    found = one.controller.self_test()
    assert found is not None
    return found


def after_a_test(one: Street, after_s: float = TEST_S) -> Report:
    one.tell(TechnicianRuns(SelfTest()))
    one.run(one.passed_s + after_s)
    return report(one)


def targets(one: Street, from_s: float) -> list[float]:
    """The levels at which the lamp has arrived since, in order."""
    return [ramp.end_level for at_s, ramp in one.levels if at_s >= from_s]


# --- the self-test


def test_by_night_it_steps_down_to_the_floor_and_gives_the_lamp_back() -> None:
    one = lit()
    found = after_a_test(one)
    assert (found.verdict, found.findings, found.running) == (Verdict.PASSED, (), False)
    assert targets(one, 60) == [100, 70, 40, 10, 60]
    assert (one.state.slot, one.level) == ("programme", 60)
    assert [(step.level, step.measured_w) for step in found.steps] == [(100, 42), (70, 29.58), (40, 17.16), (10, 4.74)]


def test_by_day_it_ends_in_the_dark_it_came_from() -> None:
    one = lit(start=NOON)
    assert one.level == 0
    assert after_a_test(one).verdict is Verdict.PASSED
    assert targets(one, 60) == [100, 70, 40, 10, 0]
    assert (one.state.slot, one.level) == ("programme", 0)


def test_while_it_runs_state_and_explain_say_so_and_until_when() -> None:
    one = lit()
    one.tell(TechnicianRuns(SelfTest()))
    one.run(62)
    assert (one.state.slot, one.state.cause, one.state.target_level) == ("maintenance", "selfTest", 100)
    assert one.state.reason == "self-test at the pole since 23:01:00 until 23:03:34 at the latest"
    assert slot(one, Slot.MAINTENANCE) == (100, one.state.reason, None)
    assert report(one).running
    assert report(one).until == "2026-12-21T22:03:34.000Z"


def test_the_meter_is_read_each_second_while_it_runs_however_seldom_the_config_wants_it() -> None:
    seldom = replace(NIGHT, sensors=replace(NIGHT.sensors, power=PowerMeter("ina226", shunt_ohm=0.1, every_s=600)))
    one = lit(seldom)
    assert after_a_test(one).verdict is Verdict.PASSED
    periods = [sample.every_s for sample in one.of(Sample) if sample.part is Part.POWER]
    assert 1.0 in periods
    assert periods[-1] == 600


def test_without_a_meter_the_levels_are_shown_and_nothing_is_claimed() -> None:
    one = lit(AT_60)
    found = after_a_test(one, 40)
    assert (found.verdict, found.learnt) == (Verdict.NOT_MEASURED, False)
    assert "no meter is configured" in found.message
    assert targets(one, 60) == [100, 70, 40, 10, 60]
    assert "selfTestFailed" not in one.state.alarms


@pytest.mark.parametrize(("draws_w", "code"), [(0.6, "lampFailure"), (42.0, "dimmingFailure"), (5.0, "dimmingFailure")])
def test_a_lamp_that_fails_raises_the_alarm_and_one_that_passes_later_clears_it(draws_w: float, code: str) -> None:
    one = lit()
    one.draws_w = draws_w
    found = after_a_test(one)
    assert (found.verdict, [finding.code for finding in found.findings]) == (Verdict.FAILED, [code])
    assert "selfTestFailed" in one.state.alarms
    again = one.restarted().run(30)
    assert "selfTestFailed" in again.state.alarms  # only another test can tell
    assert after_a_test(again).verdict is Verdict.PASSED
    assert "selfTestFailed" not in again.state.alarms


def test_the_end_is_an_event_with_the_power_at_each_level() -> None:
    one = lit()
    after_a_test(one)
    (event,) = [event for event in one.sent(EventMessage) if event.event == "selfTestEnded"]
    assert event.attributes["verdict"] == "passed"
    assert (event.attributes["power_w_at_100"], event.attributes["power_w_at_10"]) == (42, 4.74)


def test_telemetry_and_energy_go_on_while_it_runs() -> None:
    one = lit(replace(NIGHT, telemetry=TelemetrySettings(every_s=10)))
    before, before_wh = len(one.telemetry), one.controller._instruments.counters().active_energy_wh
    one.tell(TechnicianRuns(SelfTest()))
    one.run(124)  # 16 s at each of the four levels
    samples = one.telemetry[before:]
    assert [sample.active_power_w for sample in samples] == [42, 29.58, 29.58, 17.16, 4.74, 4.74]
    counted_wh = one.controller._instruments.counters().active_energy_wh - before_wh
    assert counted_wh == pytest.approx(16 * (42 + 29.58 + 17.16 + 4.74) / 3600, rel=0.05)


# --- the learnt curve


PLATE_ONLY = replace(NIGHT, luminaire=Luminaire(nominal_power_w=42, standby_power_w=0.6))


BENT = Luminaire(standby_power_w=0.6, power_curve=((0, 0.6), (10, 6.1), (100, 42)))  # draws more at low levels than its share


def test_what_a_test_has_learnt_is_expected_from_then_on_and_after_a_restart_and_a_power_cut() -> None:
    one = lit(PLATE_ONLY, truly=BENT)
    assert after_a_test(one).learnt
    luminaire = one.controller.sight().settings.luminaire
    assert [expected_power_w(luminaire, level) for level in (10, 40, 100)] == pytest.approx([6.1, 18.07, 42], abs=0.01)
    for again in (one.restarted(), one.restarted(boot=POWER_ON, dark_s=60)):
        kept = again.run(20).controller.sight().settings.luminaire
        assert expected_power_w(kept, 10) == pytest.approx(6.1, abs=0.01)


def test_explain_says_by_which_test_the_power_is_expected() -> None:
    one = lit(PLATE_ONLY, truly=BENT)
    after_a_test(one)
    assert source(one, "power") == (True, "26.0 W measured, 26.0 W expected at 60 % by the self-test of 23:02:00")


def test_it_is_dropped_and_said_so_when_the_config_describes_another_lamp() -> None:
    one = lit(PLATE_ONLY, truly=BENT)
    after_a_test(one)
    other = replace(PLATE_ONLY, luminaire=replace(PLATE_ONLY.luminaire, nominal_power_w=60.0))
    one.tell(Reconfigured(other, "2"))
    assert expected_power_w(one.controller.sight().settings.luminaire, 100) == 60
    assert ("powerCurveDropped", "occurred") in one.happened
    assert one.on_disk().learnt.curve is None


def test_so_it_is_when_the_config_was_changed_while_the_agent_was_down() -> None:
    one = lit(PLATE_ONLY, truly=BENT)
    after_a_test(one)
    curved = replace(PLATE_ONLY, luminaire=replace(PLATE_ONLY.luminaire, power_curve=((0, 0.6), (100, 40))))
    again = one.restarted(settings=curved).run(10)
    assert expected_power_w(again.controller.sight().settings.luminaire, 100) == 40
    assert ("powerCurveDropped", "occurred") in again.happened


# --- identify


def test_identify_blinks_between_full_and_the_lowest_that_is_allowed_and_ends_by_itself() -> None:
    one = lit(replace(NIGHT, limits=Limits(floor=15)))
    one.tell(TechnicianRuns(Identify(4.0)))
    one.run(62)
    assert (one.state.cause, one.state.reason) == ("identify", "identify at the pole: blinks until 23:01:04")
    one.run(100)
    assert targets(one, 60) == [15, 100, 15, 100, 60]
    assert one.state.slot == "programme"


def test_by_day_it_begins_with_light_and_never_goes_off_in_between() -> None:
    one = lit(start=NOON)
    one.tell(TechnicianRuns(Identify()))
    one.run(79.9)
    assert targets(one, 60)[:3] == [100, 10, 100]
    assert 0 not in targets(one, 60)
    assert len(targets(one, 60)) == 20
    one.run(120)
    assert one.level == 0


def test_what_cannot_be_seen_is_refused() -> None:
    one = lit(replace(NIGHT, limits=Limits(floor=97)))
    refusal = one.controller.refusal(Identify())
    assert refusal is not None
    assert refusal.code == "notVisible"
    one.tell(TechnicianRuns(Identify()))
    assert one.run(70).state.slot == "programme"


# --- by command


def test_a_command_is_accepted_applied_and_ended_with_the_verdict() -> None:
    one = lit()
    one.command(SelfTest(), A)
    one.run(60 + TEST_S)
    accepted, applied, last = one.sent(Ack)
    assert [ack.status.value for ack in (accepted, applied, last)] == ["accepted", "applied", "ended"]
    assert accepted.until == "2026-12-21T22:03:34.000Z"
    assert (last.code, last.message, last.durable) == ("passed", "the lamp obeys, and draws 42.0 W at 100 %", True)
    one.command(SelfTest(), A)
    one.run(one.passed_s + 1)
    assert one.sent(Ack)[-1] == last
    assert one.state.slot == "programme"


def test_identify_is_ended_without_a_code() -> None:
    one = lit()
    one.command(Identify(3.0), A, verb="identify")
    one.run(70)
    assert one.acks == [("a", "accepted"), ("a", "applied"), ("a", "ended")]
    assert not one.sent(Ack)[-1].code


@pytest.mark.parametrize("command", [Identify(), SelfTest()])
@pytest.mark.parametrize("holder", ["set", "identify", "self-test", "emergency"])
def test_it_is_refused_while_maintenance_or_an_emergency_holds(command: Identify | SelfTest, holder: str) -> None:
    one = lit()
    match holder:
        case "set":
            one.tell(TechnicianSet(50, 600))
        case "emergency":
            one.command(EmergencyLight())
        case _:
            one.tell(TechnicianRuns(Identify() if holder == "identify" else SelfTest()))
    one.run(65)
    one.command(command, A)
    ack = one.run(66).sent(Ack)[-1]
    assert (ack.id, ack.status.value, ack.code) == ("a", "rejected", "busy")
    refusal = one.controller.refusal(command)
    assert refusal is not None
    assert ack.message == refusal.message


def test_a_dim_is_masked_while_it_runs_and_applied_when_it_is_over() -> None:
    one = lit()
    one.command(SelfTest(), A)
    one.run(70)
    one.command(Dim(20), A, id="b", verb="dim")
    one.run(71)
    assert [(ack.id, ack.code) for ack in one.sent(Ack)][-1] == ("b", "masked")
    one.run(60 + TEST_S + 40)
    assert one.acks[-2:] == [("a", "ended"), ("b", "applied")]
    assert one.level == 20


@pytest.mark.parametrize("command", [Identify(60.0), SelfTest()])
def test_an_emergency_ends_it_and_has_its_light_at_once(command: Identify | SelfTest) -> None:
    one = lit()
    one.command(command, A)
    one.run(100)
    one.command(EmergencyLight(), A, id="e", verb="emergency")
    one.run(104)
    assert (one.state.slot, one.level) == ("emergency", 100)
    ended = next(ack for ack in one.sent(Ack) if ack.id == "a" and ack.status.value == "ended")
    assert (ended.code, "emergency" in str(ended.message)) == ("interrupted", True)
    assert ("e", "applied") in one.acks
    assert not [ack for ack in one.sent(Ack) if ack.code == "masked"]


@pytest.mark.parametrize("event", [TechnicianRelease(), TechnicianSet(35, 600)])
def test_the_hand_at_the_pole_ends_it(event: Event) -> None:
    one = lit()
    one.command(SelfTest(), A)
    one.run(80)
    one.tell(event)
    one.run(130)
    assert one.level == (35 if isinstance(event, TechnicianSet) else 60)
    assert one.sent(Ack)[-1].code == "interrupted"
    assert report(one).verdict is Verdict.INTERRUPTED


def test_another_luminaire_in_the_config_ends_it_and_another_fade_in_motion_does_not() -> None:
    one = lit()
    one.command(SelfTest(), A)
    one.run(70)
    one.tell(Reconfigured(replace(NIGHT, motion=replace(NIGHT.motion, hold_s=5)), "2"))
    assert report(one).running
    one.tell(Reconfigured(replace(NIGHT, luminaire=replace(NIGHT.luminaire, nominal_power_w=60)), "3"))
    assert report(one).verdict is Verdict.INTERRUPTED


def test_motion_changes_nothing_while_it_runs() -> None:
    one = lit()
    one.tell(TechnicianRuns(SelfTest()))
    one.passer_by(110)
    one.run(112)
    assert one.level < 100
    assert one.state.presence is True


@pytest.mark.parametrize("command", [Identify(60.0), SelfTest()])
def test_after_a_kill_the_lamp_follows_its_ladder_and_the_command_is_answered(command: Identify | SelfTest) -> None:
    one = lit()
    one.command(command, A, verb="identify" if isinstance(command, Identify) else "self-test")
    again = one.run(80).restarted().run(40)
    assert (again.state.slot, again.level) == ("programme", 60)
    (ack,) = again.sent(Ack)
    assert (ack.id, ack.verb, ack.status.value, ack.code) == ("a", one.sent(Ack)[0].verb, "ended", "interrupted")
    assert ("selfTestEnded", "occurred") in again.happened or isinstance(command, Identify)
    assert again.on_disk().course == Course()
    assert again.restarted().run(40).acks == []


def test_with_a_failed_disk_it_runs_all_the_same() -> None:
    one = lit(durable=False)
    one.command(SelfTest(), A)
    one.run(60 + TEST_S)
    assert [(ack.status.value, ack.durable) for ack in one.sent(Ack)][::2] == [("accepted", False), ("ended", False)]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "rejected"),  # it may be of yesterday, and asks for less light than there is
        ({"ttl_s": 60.0}, "accepted"),
        ({"message_expiry": True}, "accepted"),
    ],
)
def test_without_a_clock_less_light_needs_somebody_who_vouches_for_the_command_s_age(
    more: dict[str, object], status: str
) -> None:
    one = Street(NIGHT, source=ClockSource.UNSYNCED).run(60)
    one.command(SelfTest(), A, **more)
    ack = one.run(62).sent(Ack)[0]
    assert ack.status.value == status
    assert (ack.code == "clockUntrusted") is (status == "rejected")


def test_a_command_that_comes_too_late_is_expired() -> None:
    one = lit()
    one.command(SelfTest(), A, issued_utc_s=one.now.utc_s - 100, ttl_s=60.0)
    assert one.run(62).acks == [("a", "expired")]


# --- laws


meddling = st.one_of(
    st.just(TechnicianRelease()),
    st.builds(TechnicianSet, st.floats(30, 100), st.just(30.0)),
    st.builds(TechnicianRuns, st.sampled_from([Identify(), Identify(60.0), SelfTest(), SelfTest(afresh=True)])),
    st.sampled_from([Dim(0.0, duration_s=60), EmergencyLight(duration_s=30), Resume(), Identify(), SelfTest()]),
    st.just("passer-by"),
    st.sampled_from([None, 0.0, 0.6, 20.0, 42.0, 300.0]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 60), meddling), min_size=1, max_size=12),
    st.sampled_from([10.0, 25.0, 60.0]),
    st.booleans(),
    st.sampled_from([NOON, "2026-12-21 23:00"]),
)
def test_whatever_happens_it_is_never_below_the_floor_at_night_and_within_minutes_the_lamp_follows_its_ladder(
    script: list[tuple[float, object]], floor: float, metered: bool, start: str
) -> None:
    base = NIGHT if metered else constant(60)
    one = lit(replace(base, limits=Limits(floor=floor)), start=start)
    for number, (after_s, what) in enumerate(script):
        one.run(one.passed_s + after_s)
        if what == "passer-by":
            one.tell(MotionEdge(0, True, one.now.mono_s))
            one.tell(MotionEdge(0, False, one.now.mono_s))
        elif what is None or isinstance(what, float):
            one.draws_w = what
        elif isinstance(what, Dim | EmergencyLight | Resume | Identify | SelfTest):
            one.command(what, A, id=f"n-{number}")
        else:
            one.tell(what)  # type: ignore[arg-type]
    one.run(one.passed_s + 300)
    assert (one.state.slot, one.level) == ("programme", 0 if start == NOON else 60)
    by_hand = start == NOON or any(isinstance(what, TechnicianSet) and what.level < floor for _, what in script)
    assert by_hand or all(ramp.end_level >= floor for at_s, ramp in one.levels if at_s >= 30)
    last = {ack.id: ack.status.value for ack in one.sent(Ack)}
    assert "accepted" not in last.values()
