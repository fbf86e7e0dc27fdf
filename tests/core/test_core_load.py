"""The load: other loads on the pole are learnt in the dark, and no power that nobody can draw is ever counted."""

from dataclasses import replace

import pytest
from core_street import LAMP, METERED, Street, constant
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from agent.core.load import Load
from agent.core.meter import expected_power_w
from agent.messages import Telemetry
from agent.records import Part, Quality, Quantity, Ramp, Reading
from agent.settings.hardware import Output, PowerMeter, Relay
from agent.settings.model import Limits, Luminaire, Settings, TelemetrySettings

HOUR_S = 3600.0
LIT = replace(METERED, programmes=constant(50).programmes, telemetry=TelemetrySettings(every_s=60))
LIT_W = expected_power_w(LAMP.luminaire, 50)
POLE = replace(LIT, sensors=replace(LIT.sensors, power=PowerMeter("ina226", shunt_ohm=0.1, measures="pole")))
WITH_RELAY = Output("pwm", gpio=18, relay=Relay(gpio=23))


def dark(settings: Settings) -> Settings:
    """The lamp off in the night."""
    return replace(settings, programmes=constant(0).programmes, limits=Limits(floor=0))


def wh(street: Street, from_s: float, to_s: float) -> tuple[float, list[Telemetry]]:
    """What was counted in an hour or so, and the samples of that time."""
    street.run(from_s)
    before = street.telemetry
    street.run(to_s)
    samples = street.telemetry[len(before) :]
    return samples[-1].active_energy_wh - (before[-1].active_energy_wh or 0.0), samples  # type: ignore[operator]


# --- what no lamp draws


@pytest.mark.parametrize("watts", [-42.0, -2.1, 1e9, 600.0, float("inf"), float("-inf"), float("nan")])
def test_a_power_that_cannot_be_is_neither_counted_nor_told_and_the_meter_is_at_fault(watts: float) -> None:
    street = Street(LIT)
    street.draws_w = watts
    counted_wh, samples = wh(street, 600, 600 + HOUR_S)
    assert counted_wh == pytest.approx(LIT_W, rel=0.03)
    assert samples[-1].active_power_w == pytest.approx(LIT_W, abs=0.01)
    assert samples[-1].quality == {"active_power_w": "estimated", "active_energy_wh": "estimated"}
    assert street.happened[1:] == [("meterFault", "raised")]


def test_one_absurd_reading_is_passed_over_and_nothing_is_told_of_it() -> None:
    street = Street(LIT)
    street.at(900, lambda: setattr(street, "draws_w", 1e9))
    street.at(961, lambda: setattr(street, "draws_w", None))
    counted_wh, _ = wh(street, 600, 600 + HOUR_S)
    assert counted_wh == pytest.approx(LIT_W, rel=0.03)
    assert [name for name, _ in street.happened] == ["deviceReset"]


@given(st.floats(0, 42 * 10))
def test_what_a_lamp_may_draw_even_in_trouble_is_believed(watts: float) -> None:
    reading = Reading(Quantity.ACTIVE_POWER_W, watts, 0.0)
    assert Load(LAMP.luminaire).judged((reading,)) == (reading,)


def test_a_zero_error_of_the_shunt_is_believed_and_takes_nothing_off_the_energy() -> None:
    street = Street(dark(LIT))
    street.draws_w = -0.5
    counted_wh, samples = wh(street, 600, 600 + HOUR_S)
    assert counted_wh == pytest.approx(0, abs=0.0011)
    assert (samples[-1].active_power_w, samples[-1].quality) == (-0.5, UNSET)


@pytest.mark.parametrize(("nominal_w", "most_w"), [(42.0, 520.0), (5.0, 150.0), (None, 4100.0)])
def test_how_much_is_too_much_goes_by_the_lamp(nominal_w: float | None, most_w: float) -> None:
    load = Load(Luminaire(nominal_power_w=nominal_w))
    judged = [load.judged((Reading(Quantity.ACTIVE_POWER_W, watts, 0.0),)) for watts in (most_w, most_w + 1)]
    assert [reading.quality for (reading,) in judged] == [Quality.OK, Quality.SUSPECT]


# --- a relay


def test_behind_an_open_relay_not_even_the_standby_power_is_estimated() -> None:
    assert Load.of(replace(LAMP, output=WITH_RELAY)).power_w(0) == 0
    assert Load.of(LAMP).power_w(0) == LAMP.luminaire.standby_power_w
    sample = Street(replace(dark(LAMP), output=WITH_RELAY)).run(1200).telemetry[-1]
    assert sample.active_power_w == 0


# --- a meter of the whole pole


def test_a_meter_of_the_pole_counts_what_the_pole_draws() -> None:
    street = Street(POLE)
    street.draws_w = LIT_W + 30
    counted_wh, samples = wh(street, 600, 600 + HOUR_S)
    assert counted_wh == pytest.approx(LIT_W + 30, rel=0.03)
    assert (samples[-1].active_power_w, samples[-1].quality) == (LIT_W + 30, UNSET)
    assert street.state.measured_level is None
    assert [name for name, _ in street.happened] == ["deviceReset"]


def test_without_its_meter_a_pole_is_estimated_by_the_lamp_and_what_was_drawn_beside_it_in_the_dark() -> None:
    street = Street(POLE, "2026-12-21 12:00")
    street.draws_w = 5.0 + LAMP.luminaire.standby_power_w
    street.run_to("2026-12-21 16:00")
    street.dead.add(Part.POWER)
    sample = street.run_to("2026-12-21 20:00").telemetry[-1]
    assert street.level == 50
    assert sample.active_power_w == pytest.approx(LIT_W + 5.0, abs=0.01)
    assert sample.quality == {"active_power_w": "estimated", "active_energy_wh": "estimated"}


def test_a_heater_that_comes_and_goes_is_known_by_its_mean() -> None:
    load = Load.of(replace(POLE, output=WITH_RELAY))
    for minute in range(600):
        load = load.seen(43.5 if minute // 5 % 2 else 3.5, 60.0 * minute + 10, Ramp.steady(0))
    assert load.other_w == pytest.approx(23.5, abs=4)


def test_what_a_lit_lamp_draws_teaches_nothing_of_the_other_loads_and_neither_does_one_that_has_just_gone_out() -> None:
    load = Load.of(POLE)
    assert load.seen(90.0, 1000.0, Ramp.steady(50)) == load
    assert load.seen(90.0, 1009.0, Ramp(50, 0, 990.0, 1000.0)) == load
    assert load.seen(5.6, 1010.0, Ramp(50, 0, 990.0, 1000.0)).other_w == pytest.approx(5.0)


def test_a_meter_at_the_lamp_knows_of_no_other_loads() -> None:
    load = Load.of(LIT)
    assert load.seen(90.0, 1000.0, Ramp.steady(0)) == load
    assert Load.of(LIT, before=replace(Load.of(POLE), other_w=9.0)).other_w is None
    assert Load.of(POLE, before=replace(Load.of(POLE), other_w=9.0)).other_w == 9.0
