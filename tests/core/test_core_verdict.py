"""The verdict of a self-test: what is said of lamps that are sound, and of those that are not."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.basket import Basket
from agent.core.learnt import LearntCurve
from agent.core.selftest import Sample
from agent.core.timekeeping import Timekeeper
from agent.core.verdict import Bench, Trouble, Verdict, judge
from agent.effects import Remember, Send
from agent.ledger import LearntPower
from agent.records import Instant
from agent.settings.hardware import Output, Relay
from agent.settings.model import Luminaire, Settings

DAY = (100.0, 70.0, 40.0, 10.0, 0.0)
CURVE = ((0.0, 0.6), (10.0, 6.1), (100.0, 42.0))
CURVED = Luminaire(nominal_power_w=42, standby_power_w=0.6, power_curve=CURVE)
BY_TYPE = Luminaire(nominal_power_w=42, standby_power_w=0.6)
UNKNOWN = Luminaire(standby_power_w=0.6)
LAMPS = pytest.mark.parametrize("luminaire", [CURVED, BY_TYPE, UNKNOWN], ids=["power_curve", "nominal_power_w", "neither"])


def basket_of_a_step() -> Basket:
    basket, now = Basket(), Instant(10.0, 1_796_000_000.0)
    basket.begin(10.0, Timekeeper().look(now))
    return basket


def tried(watts: Callable[[float], float | None], levels: tuple[float, ...] = DAY) -> tuple[Sample, ...]:
    return tuple(Sample(level, level, watts(level)) for level in levels)


def sound(level: float) -> float:
    """Draws more at low levels than its share of the nominal power, as drivers do; nothing behind an open relay."""
    return 6.1 + (level - 10) * 35.9 / 90 if level > 0 else 0.0


def told(luminaire: Luminaire, watts: Callable[[float], float | None], **bench: bool) -> tuple[Verdict, list[Trouble]]:
    judgement = judge(tried(watts), Bench(luminaire, has_relay=True, **bench))  # type: ignore[arg-type]
    return judgement.verdict, [finding.what for finding in judgement.findings]


@LAMPS
def test_a_sound_lamp_passes_whatever_the_config_says_of_it(luminaire: Luminaire) -> None:
    assert told(luminaire, sound) == (Verdict.PASSED, [])


@LAMPS
@pytest.mark.parametrize(
    ("watts", "troubles"),
    [
        (lambda level: 0.6 if level > 0 else 0.0, [Trouble.LAMP]),
        (lambda _: 0.0, [Trouble.RELAY]),  # not even the driver draws anything: the contact stays open
        (lambda level: 42.0 if level > 0 else 0.0, [Trouble.DIMMING]),
        (lambda level: sound(level) if level > 0 else 42.0, [Trouble.RELAY]),
        (lambda _: 42.0, [Trouble.RELAY, Trouble.DIMMING]),
        (lambda level: sound(110 - level) if level > 0 else 0.0, [Trouble.DIMMING]),  # a signal the wrong way round
        (lambda level: sound(level if level > 40 else 100) if level > 0 else 0.0, [Trouble.DIMMING]),
    ],
    ids=["dead", "relay open", "stuck at full", "relay welded", "welded and stuck", "inverted", "stuck below half"],
)
def test_a_lamp_that_does_not_obey_fails_whatever_the_config_says_of_it(
    luminaire: Luminaire, watts: Callable[[float], float], troubles: list[Trouble]
) -> None:
    assert told(luminaire, watts) == (Verdict.FAILED, troubles)


@pytest.mark.parametrize("luminaire", [CURVED, BY_TYPE], ids=["power_curve", "nominal_power_w"])
@pytest.mark.parametrize(("share", "trouble"), [(0.5, Trouble.TOO_LOW), (0.75, Trouble.TOO_LOW), (1.3, Trouble.TOO_HIGH)])
def test_a_lamp_that_draws_another_power_at_every_level_is_told_once(
    luminaire: Luminaire, share: float, trouble: Trouble
) -> None:
    assert told(luminaire, lambda level: share * sound(level)) == (Verdict.FAILED, [trouble])


@pytest.mark.parametrize("share", [0.82, 1.18])
def test_what_lamps_of_one_type_differ_by_is_no_fault(share: float) -> None:
    assert told(CURVED, lambda level: share * sound(level)) == (Verdict.PASSED, [])


def test_a_level_that_does_not_fit_the_curve_between_two_that_do_is_a_fault_of_dimming() -> None:
    assert told(CURVED, lambda level: 30.0 if level == 40 else sound(level)) == (Verdict.FAILED, [Trouble.DIMMING])


def test_an_output_that_refuses_is_told_alone_for_the_readings_mean_nothing() -> None:
    assert told(CURVED, lambda _: 42.0, output_failed=True) == (Verdict.FAILED, [Trouble.OUTPUT])


def test_without_a_relay_level_0_draws_the_standby_power_and_more_is_light_against_our_will() -> None:
    idle = judge(tried(lambda level: sound(level) or 0.6), Bench(CURVED))
    assert idle.verdict is Verdict.PASSED
    lit = judge(tried(lambda level: sound(level) or 12.0), Bench(CURVED))
    assert [finding.what for finding in lit.findings] == [Trouble.UNEXPECTED_ON]


def test_what_was_not_measured_is_never_passed() -> None:
    assert told(CURVED, lambda _: None) == (Verdict.NOT_MEASURED, [])
    assert told(CURVED, lambda level: None if level == 40 else sound(level)) == (Verdict.NOT_MEASURED, [])
    assert told(CURVED, lambda level: None if level == 40 else 42.0)[0] is Verdict.FAILED


# --- by what was learnt


OWN = ((0.0, 0.6), (10.0, 6.1), (40.0, 18.07), (70.0, 30.03), (100.0, 42.0))


@pytest.mark.parametrize(("share", "verdict"), [(0.92, Verdict.PASSED), (0.88, Verdict.FAILED), (1.12, Verdict.FAILED)])
def test_a_lamp_is_held_closer_against_itself_than_against_its_type(share: float, verdict: Verdict) -> None:
    judgement = judge(tried(lambda level: share * sound(level)), Bench(BY_TYPE, OWN, has_relay=True))
    assert judgement.verdict is verdict


def test_a_lamp_that_grows_weaker_test_by_test_fails_by_its_type_plate() -> None:
    faded = tuple((level, 0.75 * watts) for level, watts in OWN)
    judgement = judge(tried(lambda level: 0.75 * sound(level)), Bench(BY_TYPE, faded, has_relay=True))
    assert [finding.what for finding in judgement.findings] == [Trouble.TOO_LOW]


# --- of a meter that sees the whole pole


POLE_W = 3.5


@pytest.mark.parametrize("luminaire", [CURVED, BY_TYPE, UNKNOWN])
def test_by_day_the_rest_of_the_pole_is_taken_off(luminaire: Luminaire) -> None:
    bench = Bench(luminaire, has_relay=True, whole_pole=True)
    judgement = judge(tried(lambda level: POLE_W + sound(level)), bench)
    assert judgement.verdict is Verdict.PASSED
    assert [row.measured_w for row in judgement.rows] == pytest.approx([sound(level) for level in DAY])


def test_at_night_the_lowest_level_stands_for_the_rest_of_the_pole_where_its_power_is_known() -> None:
    night = DAY[:-1]
    for luminaire, verdict in ((CURVED, Verdict.PASSED), (BY_TYPE, Verdict.NOT_MEASURED)):
        bench = Bench(luminaire, has_relay=True, whole_pole=True)
        assert judge(tried(lambda level: POLE_W + sound(level), night), bench).verdict is verdict
        assert judge(tried(lambda _: POLE_W + 42.0, night), bench).verdict is Verdict.FAILED


def test_a_welded_relay_is_seen_in_the_power_of_the_whole_pole() -> None:
    judgement = judge(tried(lambda level: POLE_W + (sound(level) or 42.0)), Bench(CURVED, has_relay=True, whole_pole=True))
    assert [finding.what for finding in judgement.findings] == [Trouble.RELAY]


# --- laws


watts_of_five = st.lists(st.one_of(st.none(), st.floats(0, 500)), min_size=5, max_size=5)
benches = st.builds(
    Bench,
    st.sampled_from([CURVED, BY_TYPE, UNKNOWN]),
    st.sampled_from([(), OWN]),
    has_relay=st.booleans(),
    whole_pole=st.booleans(),
    output_failed=st.booleans(),
)


@given(watts_of_five, benches)
def test_whatever_was_read_there_is_a_verdict_and_findings_are_there_exactly_where_it_failed(
    watts: list[float | None], bench: Bench
) -> None:
    judgement = judge(tuple(Sample(level, level, power_w) for level, power_w in zip(DAY, watts, strict=True)), bench)
    assert (judgement.verdict is Verdict.FAILED) == bool(judgement.findings)
    assert [row.asked for row in judgement.rows] == list(DAY)
    if judgement.verdict is Verdict.PASSED:
        assert None not in watts
        lit_w = [row.measured_w or 0.0 for row in judgement.rows if row.level > 0]
        assert lit_w[0] > lit_w[-1]


@given(watts_of_five)
def test_what_is_learnt_rises_with_the_level_or_nearly_and_covers_every_level(watts: list[float | None]) -> None:
    settings = Settings(luminaire=BY_TYPE, output=Output("pwm", gpio=18, relay=Relay(23)))
    samples = tuple(Sample(level, level, power_w) for level, power_w in zip(DAY, watts, strict=True))
    learnt = LearntCurve()
    if learnt.learn(judge(samples, Bench(BY_TYPE, has_relay=True)), settings, 0.0, afresh=False):
        assert (learnt.points[0], learnt.points[-1][0]) == ((0, 0.6), 100)
        assert [level for level, _ in learnt.points] == sorted({level for level, _ in learnt.points})


# --- what is learnt


SETTINGS = Settings(luminaire=BY_TYPE, output=Output("pwm", gpio=18, relay=Relay(23)))


def learnt_of(luminaire: Luminaire, watts: Callable[[float], float | None], levels: tuple[float, ...] = DAY) -> LearntCurve:
    curve, settings = LearntCurve(), replace(SETTINGS, luminaire=luminaire)
    curve.learn(judge(tried(watts, levels), Bench(luminaire, has_relay=True)), settings, 1000.0, afresh=False)
    return curve


def test_a_test_that_passed_teaches_the_curve_with_the_standby_power_at_0() -> None:
    points = learnt_of(BY_TYPE, sound).points
    assert [level for level, _ in points] == [level for level, _ in OWN]
    assert [watts for _, watts in points] == pytest.approx([watts for _, watts in OWN], abs=0.01)


def test_a_test_that_failed_and_a_config_that_has_a_curve_teach_nothing() -> None:
    assert learnt_of(BY_TYPE, lambda level: 0.5 * sound(level)).points == ()
    assert learnt_of(CURVED, sound).points == ()


def test_beyond_the_brightest_level_the_curve_goes_straight_on() -> None:
    levels = (80.0, 56.0, 32.0, 10.0, 0.0)  # virtual_light_output: 80
    assert learnt_of(BY_TYPE, sound, levels).points[-1] == (100, pytest.approx(42.0, abs=0.05))


def test_without_a_type_plate_the_first_curve_stands_until_another_is_asked_for() -> None:
    settings = replace(SETTINGS, luminaire=UNKNOWN)
    curve = learnt_of(UNKNOWN, sound)
    weaker = judge(tried(lambda level: 0.95 * sound(level)), Bench(UNKNOWN, curve.points, has_relay=True))
    assert weaker.verdict is Verdict.PASSED
    assert not curve.learn(weaker, settings, 2000.0, afresh=False)
    assert curve.learn(weaker, settings, 2000.0, afresh=True)


@pytest.mark.parametrize(
    "other", [{"nominal_power_w": 60.0}, {"standby_power_w": 1.0}, {"minimum_level": 5.0}, {"power_curve": CURVE}]
)
def test_a_curve_is_dropped_once_the_config_describes_another_lamp_and_that_is_told(other: dict[str, float]) -> None:
    curve, basket = learnt_of(BY_TYPE, sound), basket_of_a_step()
    slower = replace(SETTINGS, luminaire=replace(BY_TYPE, fade_up_s=5.0))
    assert curve.configure(slower, basket) == replace(slower, luminaire=replace(slower.luminaire, power_curve=curve.points))
    assert basket.is_empty
    given_settings = replace(SETTINGS, luminaire=replace(BY_TYPE, **other))  # type: ignore[arg-type]
    assert curve.configure(given_settings, basket) is given_settings
    assert curve.points == ()
    kept, told = basket.take()
    assert kept == Remember((LearntPower(),), 1)
    assert isinstance(told, Send)


def test_without_anything_learnt_the_settings_are_the_config_s() -> None:
    assert LearntCurve().configure(SETTINGS, basket_of_a_step()) is SETTINGS
