"""Metering: energy, hours and counts never fall, and cover the gaps, measured or estimated."""

from dataclasses import replace

import pytest
from core_street import LAMP, METERED, Street, constant
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from agent.core.load import Load
from agent.core.meter import Meter, expected_power_w, interpolate, level_from_power
from agent.events import Measured
from agent.ledger import Counters
from agent.messages import Telemetry
from agent.records import Part, Quantity, Ramp, Reading
from agent.settings.hardware import PowerMeter
from agent.settings.model import Luminaire, Settings, TelemetrySettings

LUMINAIRE = Luminaire(nominal_power_w=42, standby_power_w=0.6)
CURVED = Luminaire(nominal_power_w=42, power_curve=((0, 0.6), (10, 6.1), (100, 42)))


@pytest.mark.parametrize(("level", "watts"), [(0, 0.6), (10, 6.1), (55, 24.05), (100, 42), (5, 3.35)])
def test_the_power_curve_is_straight_between_its_points(level: float, watts: float) -> None:
    assert expected_power_w(CURVED, level) == pytest.approx(watts)


def test_without_a_curve_power_goes_straight_from_standby_to_nominal() -> None:
    assert expected_power_w(LUMINAIRE, 50) == pytest.approx(21.3)
    assert expected_power_w(Luminaire(), 100) > 0  # an estimate even where nothing is configured


def test_beyond_its_ends_a_curve_is_level() -> None:
    points = ((10.0, 1.0), (20.0, 3.0))
    assert (interpolate(points, 0), interpolate(points, 30)) == (1.0, 3.0)


@given(st.floats(1, 100), st.sampled_from([LUMINAIRE, CURVED]))
def test_the_level_read_from_the_power_is_the_level_that_draws_it(level: float, luminaire: Luminaire) -> None:
    assert level_from_power(luminaire, expected_power_w(luminaire, level)) == pytest.approx(level, abs=0.1)


def test_standby_is_level_zero() -> None:
    assert level_from_power(LUMINAIRE, 0.6) == 0
    assert level_from_power(LUMINAIRE, 0.0) == 0


LOAD = Load(LUMINAIRE)


def said(watts: float, at_s: float = 0.0) -> Reading:
    return Reading(Quantity.ACTIVE_POWER_W, watts, at_s)


def counted(until_s: float, ramp: Ramp, reading: Reading | None = None, load: Load = LOAD) -> Counters:
    meter = Meter(Counters(), 0.0)
    meter.advance(until_s, ramp, load, reading)
    return meter.counters(0)


@given(
    st.lists(st.tuples(st.floats(0, 4000), st.sampled_from([0.0, 10.0, 50.0, 100.0]), st.none() | st.floats(-5, 60)), max_size=30)
)
def test_counters_never_fall(stretches: list[tuple[float, float, float | None]]) -> None:
    meter, now_s, before = Meter(Counters(5.0, 100.0, 3), 0.0), 0.0, Counters(5.0, 100.0, 3)
    for lasts_s, level, watts in stretches:
        now_s += lasts_s
        meter.lights(level > 0)
        meter.advance(now_s, Ramp.steady(level), LOAD, None if watts is None else said(watts))
        after = meter.counters(0)
        assert after.active_energy_wh >= before.active_energy_wh
        assert 0 <= after.estimated_wh <= after.active_energy_wh
        assert after.operating_s >= before.operating_s
        assert after.switch_on_count >= before.switch_on_count
        before = after


@given(
    st.lists(st.floats(0.01, 5000), min_size=1, max_size=20),
    st.sampled_from([Ramp(100, 10, 900, 908, 10), Ramp(0, 60, 900, 902, 10), Ramp(50, 0, 0, 300, 10), Ramp.steady(70)]),
    st.none() | st.floats(0, 60),
    st.floats(0, 2000),
)
def test_what_is_counted_does_not_depend_on_how_often_it_is_looked(
    looks_s: list[float], ramp: Ramp, watts: float | None, at_s: float
) -> None:
    meter, now_s, reading = Meter(Counters(), 0.0), 0.0, None if watts is None else said(watts, at_s)
    for after_s in looks_s:
        now_s += after_s
        meter.advance(now_s, ramp, LOAD, reading)
    at_once, in_steps = counted(now_s, ramp, reading), meter.counters(0)
    assert in_steps.operating_s == pytest.approx(at_once.operating_s)
    within_a_fade_wh = 42 * (ramp.end_s - ramp.start_s) / 3600  # a long look may leave it, and then has no reading of it
    assert in_steps.active_energy_wh == pytest.approx(at_once.active_energy_wh, abs=within_a_fade_wh + 1e-6)


def test_a_gap_is_counted_whole_however_long() -> None:
    gap = counted(7200.0, Ramp.steady(100))
    assert gap.active_energy_wh == gap.estimated_wh == pytest.approx(84)
    assert gap.operating_s == 7200


def test_a_gap_in_which_a_fade_ran_is_counted_by_the_fade_and_not_by_its_ends() -> None:
    gap = counted(7200.0, Ramp(100, 0, 0.0, 8.0, 10))
    assert gap.operating_s == 8
    assert gap.active_energy_wh == pytest.approx((0.6 * 7192 + 23.37 * 8) / 3600)


def test_a_clock_that_stands_still_counts_nothing() -> None:
    meter = Meter(Counters(), 10.0)
    for _ in range(3):
        meter.advance(10.0, Ramp.steady(100), LOAD, said(42))
    assert meter.counters(0) == Counters()


def test_what_is_measured_outranks_what_is_estimated() -> None:
    measured = counted(3600.0, Ramp.steady(100), said(30.0))
    assert (measured.active_energy_wh, measured.estimated_wh) == (pytest.approx(30), 0)


def test_a_reading_from_before_a_change_of_level_does_not_speak_for_the_new_one() -> None:
    changed = counted(3600.0, Ramp(100, 10, 100.0, 108.0, 10), said(42.0, at_s=50.0))
    assert changed.active_energy_wh == changed.estimated_wh
    settled = counted(3600.0, Ramp(100, 10, 0.0, 8.0, 10), said(4.7, at_s=9.0))
    assert settled.active_energy_wh == pytest.approx(4.7, abs=0.01)


def test_a_fade_is_estimated_by_its_course() -> None:
    mean_w = (expected_power_w(LUMINAIRE, 100) + expected_power_w(LUMINAIRE, 10)) / 2
    assert counted(100.0, Ramp(100, 10, 0.0, 100.0, 10)).active_energy_wh == pytest.approx(mean_w * 100 / 3600)


def test_what_the_ledger_knew_comes_on_top() -> None:
    meter = Meter(Counters(), 0.0)
    meter.advance(3600.0, Ramp.steady(100), LOAD, None)
    meter.add(Counters(1000.0, 7200.0, 5, estimated_wh=10.0))
    assert meter.counters(0).active_energy_wh == pytest.approx(1042)
    assert meter.counters(0).estimated_wh == pytest.approx(52)
    assert meter.counters(0).switch_on_count == 5


def test_switching_on_counts_and_the_state_found_does_not() -> None:
    meter = Meter(Counters(), 0.0)
    for lit in (True, True, False, False, True, False, True):
        meter.lights(lit)
    assert meter.counters(0).switch_on_count == 2


# --- through the core


def test_a_night_is_metered_to_the_watt_hour() -> None:
    street = Street(constant(50), "2026-12-21 22:00").run(4 * 3600)
    assert street.telemetry[-1].active_energy_wh == pytest.approx(expected_power_w(LAMP.luminaire, 50) * 4, rel=0.01)
    assert street.telemetry[-1].operating_hours == pytest.approx(4, abs=0.018)  # as of the last mark, at most a minute ago


def test_with_a_good_meter_the_energy_is_measured_and_with_a_dead_one_estimated() -> None:
    good = Street(METERED, "2026-12-21 22:00").run(3600).telemetry[-1]
    assert good.quality is UNSET
    assert good.active_power_w == pytest.approx(expected_power_w(LAMP.luminaire, 60), abs=0.1)

    street = Street(METERED, "2026-12-21 22:00")
    street.dead.add(Part.POWER)
    dead = street.run(3600).telemetry[-1]
    assert dead.active_power_w == pytest.approx(expected_power_w(LAMP.luminaire, 60), abs=0.1)
    assert dead.quality == {"active_power_w": "estimated", "active_energy_wh": "estimated"}
    assert dead.supply_voltage_v is None
    assert dead.active_energy_wh == pytest.approx(good.active_energy_wh, rel=0.02)
    assert [name for name, _ in street.happened if name.endswith(("Fault", "Failure"))] == ["meterFault"]


def test_a_lamp_without_a_meter_says_what_it_should_draw_and_that_this_is_estimated() -> None:
    sample = Street(constant(50)).run(400).telemetry[-1]
    assert sample.active_power_w == pytest.approx(expected_power_w(LAMP.luminaire, 50), abs=0.1)
    assert sample.quality == {"active_power_w": "estimated", "active_energy_wh": "estimated"}
    assert sample.supply_voltage_v is UNSET
    assert Street(constant(50)).state.measured_level is None


def test_energy_is_said_to_be_estimated_even_where_nobody_says_what_the_lamp_draws() -> None:
    sample = Street(replace(constant(50), luminaire=Luminaire())).run(400).telemetry[-1]
    assert sample.active_power_w is UNSET
    assert sample.quality == {"active_energy_wh": "estimated"}


def test_the_measured_level_is_null_while_the_meter_is_not_good() -> None:
    street = Street(replace(METERED, programmes=constant(50).programmes)).run(120)
    assert street.state.measured_level == pytest.approx(50, abs=0.1)
    street.dead.add(Part.POWER)
    assert street.run(600).state.measured_level is None


MAINS = replace(
    METERED, sensors=replace(METERED.sensors, power=PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154))
)


def sampled(settings: Settings, *said: dict[Quantity, float]) -> Telemetry:
    """The first sample, after the meter has said this, and nothing before or after."""
    street = Street(replace(settings, telemetry=TelemetrySettings(every_s=10)))
    street.dead.add(Part.POWER)
    for at_s, values in enumerate(said, start=8):
        street.run(at_s)
        readings = tuple(Reading(quantity, value, street.now.mono_s) for quantity, value in values.items())
        street.tell(Measured(Part.POWER, readings))
    return street.run(10).telemetry[-1]


def test_a_meter_of_the_mains_has_its_power_factor_and_frequency_published() -> None:
    sample = sampled(MAINS, {Quantity.ACTIVE_POWER_W: 42.0, Quantity.POWER_FACTOR: 0.96431, Quantity.FREQUENCY_HZ: 49.986})
    assert (sample.active_power_w, sample.power_factor, sample.frequency_hz) == (42.0, 0.964, 49.99)


def test_the_power_factor_of_a_current_that_flows_no_more_is_null() -> None:
    lit, dark = {Quantity.ACTIVE_POWER_W: 42.0, Quantity.POWER_FACTOR: 0.96431}, {Quantity.ACTIVE_POWER_W: 0.0}
    sample = sampled(MAINS, lit, dark)
    assert (sample.active_power_w, sample.power_factor) == (0.0, None)


def test_a_direct_current_has_neither_power_factor_nor_frequency() -> None:
    for sample in (sampled(METERED, {Quantity.ACTIVE_POWER_W: 42.0}), Street(LAMP).run(400).telemetry[-1]):
        assert (sample.power_factor, sample.frequency_hz) == (UNSET, UNSET)
