"""What a lamp should draw, and which one trouble explains a power that is off: over sizes, levels and meters."""

from dataclasses import replace

import pytest
from core_street import LAMP
from hypothesis import given
from hypothesis import strategies as st

from agent.core.alarms import Alarm
from agent.core.expected import Expected, Former, expected, resolution_w, trouble
from agent.settings.hardware import PowerMeter
from agent.settings.model import AlarmRule, Luminaire, Settings, Supply

DIRECT = PowerMeter("ina226", shunt_ohm=0.02)
MAINS = PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154)
CURVE = ((0.0, 0.6), (10.0, 6.1), (100.0, 42.0))


def lamp(watts: float | None = 42.0, meter: PowerMeter = DIRECT, curve: tuple[tuple[float, float], ...] = ()) -> Settings:
    luminaire = Luminaire(nominal_power_w=watts, standby_power_w=0.6, supply=None, power_curve=curve)
    return replace(LAMP, luminaire=luminaire, sensors=replace(LAMP.sensors, power=meter))


def at(level: float, settings: Settings | None = None) -> Expected:
    found = expected(lamp() if settings is None else settings, level)
    assert found is not None
    return found


def nothing_up(_alarm: Alarm) -> bool:
    return False


def test_of_a_lamp_that_nobody_has_described_nothing_is_expected() -> None:
    assert expected(lamp(None), 100) is None
    assert expected(lamp(None, curve=CURVE), 100) is not None


@pytest.mark.parametrize(
    ("meter", "watts"),
    [
        (DIRECT, 0.1),
        (PowerMeter("ina219", shunt_ohm=0.1), 0.1),
        (PowerMeter("ina219", shunt_ohm=0.002), 2.4),  # 200 uV over 2 mOhm are 0.1 A, at 24 V
        (MAINS, 0.5),
    ],
)
def test_what_a_meter_can_tell_from_nothing_depends_on_its_kind_and_its_shunt(meter: PowerMeter, watts: float) -> None:
    assert resolution_w(lamp(meter=meter)) == pytest.approx(watts)


def test_where_only_two_points_are_known_a_dimmed_lamp_may_draw_more_than_straight() -> None:
    assert trouble(6.1, at(10), None, nothing_up) is None  # 4.7 W straight: what drivers lose does not fall with the light
    assert trouble(7.7, at(10, lamp(curve=CURVE)), None, nothing_up) is Alarm.LAMP_POWER_TOO_HIGH


@pytest.mark.parametrize(
    ("power_w", "level", "former", "alarm"),
    [
        (42.0, 60, None, Alarm.DIMMING_FAILURE),  # at full whatever it is told
        (6.0, 60, None, Alarm.DIMMING_FAILURE),  # at its minimum
        (25.4, 100, Former(25.4, 25.4), Alarm.DIMMING_FAILURE),  # where it was before
        (25.4, 100, None, Alarm.LAMP_POWER_TOO_LOW),
        (15.0, 60, Former(25.0, 42.0), Alarm.LAMP_POWER_TOO_LOW),  # it dims, and has lost heads
        (34.0, 60, None, Alarm.LAMP_POWER_TOO_HIGH),
        (60.0, 100, None, Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH),
        (3.0, 100, None, Alarm.LAMP_FAILURE),
    ],
)
def test_one_alarm_explains_a_power(power_w: float, level: float, former: Former | None, alarm: Alarm) -> None:
    curve = lamp(curve=CURVE)
    assert trouble(power_w, at(level, curve), former, nothing_up) is alarm


def test_what_was_told_as_too_little_ends_within_half_of_the_tolerance() -> None:
    def too_low_up(alarm: Alarm) -> bool:
        return alarm is Alarm.LAMP_POWER_TOO_LOW

    for power_w, alarm in ((33.0, Alarm.LAMP_POWER_TOO_LOW), (36.0, Alarm.LAMP_POWER_TOO_LOW), (38.5, None)):
        assert trouble(power_w, at(100), None, too_low_up) is alarm


def test_tolerances_and_absolute_thresholds_are_the_config_s() -> None:
    rules = {
        "lampPowerTooHigh": AlarmRule(above=2),
        "lampPowerTooLow": AlarmRule(below=15),
        "absoluteLampPowerTooHigh": AlarmRule(above=45),
        "absoluteLampPowerTooLow": AlarmRule(below=12),
    }
    settled = at(100, replace(lamp(), alarms=rules))
    powers = {40.0: None, 44.5: Alarm.LAMP_POWER_TOO_HIGH, 46.0: Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH}
    powers |= {28.0: None, 26.0: Alarm.LAMP_POWER_TOO_LOW, 11.0: Alarm.ABSOLUTE_LAMP_POWER_TOO_LOW}
    for power_w, alarm in powers.items():
        assert trouble(power_w, settled, None, nothing_up) is alarm


@given(st.floats(3, 400), st.floats(1, 100), st.floats(0.93, 1.07))
def test_a_lamp_of_any_size_at_any_level_that_draws_what_it_should_is_in_no_trouble(
    watts: float, level: float, off: float
) -> None:
    settings = lamp(watts, replace(DIRECT), ())
    found = at(level, replace(settings, luminaire=replace(settings.luminaire, supply=Supply("dc", 24))))
    if found.tells:
        assert trouble(off * found.lit_w, found, None, nothing_up) is None


@given(st.floats(3, 400), st.floats(1, 100))
def test_a_lamp_of_any_size_at_any_level_that_only_idles_has_failed_where_the_meter_can_tell(watts: float, level: float) -> None:
    found = at(level, lamp(watts))
    if found.tells:
        assert trouble(found.standby_w, found, None, nothing_up) is Alarm.LAMP_FAILURE
