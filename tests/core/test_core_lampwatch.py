"""The lamp watched by its power: what the meter says of lamp, driver and relay."""

import pytest

from agent.core.alarms import Alarm
from agent.core.lampwatch import WARM_UP_S, LampWatch
from agent.records import Ramp
from agent.settings.hardware import Output, Relay
from agent.settings.model import Luminaire, Settings

LAMP = Luminaire(nominal_power_w=42.0, standby_power_w=0.6)
WITH_RELAY = Settings(luminaire=LAMP, output=Output("pwm", gpio=18, relay=Relay(23)))
WITHOUT_RELAY = Settings(luminaire=LAMP, output=Output("pwm", gpio=18))
LATER_S = WARM_UP_S + 1


def told(power_w: float, level: float, settings: Settings = WITH_RELAY) -> set[Alarm]:
    """What one reading under a steady lamp makes true."""
    watch = LampWatch()
    watch.measured(power_w, LATER_S, Ramp.steady(level), settings)
    return {alarm for alarm, true in watch.truths(good=True).items() if true}


@pytest.mark.parametrize(
    ("power_w", "level", "alarms"),
    [
        (42.0, 100, set()),
        (35.0, 100, set()),  # within a fifth
        (30.0, 100, {Alarm.DIMMING_FAILURE}),
        (42.0, 30, {Alarm.DIMMING_FAILURE}),  # stuck at full
        (0.6, 100, {Alarm.LAMP_FAILURE}),  # the driver idles: the lamp is open
        (0.0, 100, {Alarm.RELAY_FAILURE}),  # not even the driver draws anything
        (0.0, 0, set()),
        (0.7, 0, set()),
        (42.0, 0, {Alarm.RELAY_FAILURE}),  # the contact is welded
    ],
)
def test_power_says_what_is_wrong(power_w: float, level: float, alarms: set[Alarm]) -> None:
    assert told(power_w, level) == alarms


def test_without_a_relay_a_lamp_that_draws_at_level_0_is_lit_against_our_will() -> None:
    assert told(42.0, 0, WITHOUT_RELAY) == {Alarm.LAMP_UNEXPECTED_ON}
    assert told(0.0, 100, WITHOUT_RELAY) == {Alarm.LAMP_FAILURE}


def test_a_small_lamp_is_not_judged_where_the_meter_cannot_tell() -> None:
    small = Settings(luminaire=Luminaire(nominal_power_w=2.0, standby_power_w=0.2, power_curve=((0, 0.2), (10, 0.4), (100, 2.0))))
    assert told(0.2, 10, small) == set()
    assert told(0.2, 100, small) == {Alarm.LAMP_FAILURE}


def test_nothing_is_judged_in_a_fade_or_before_the_driver_has_warmed_up() -> None:
    watch = LampWatch()
    ramp = Ramp(0, 100, 0, 10)
    for at_s in (5.0, 12.0, 10 + WARM_UP_S - 0.1):
        watch.measured(0.0, at_s, ramp, WITH_RELAY)
    assert watch.truths(good=True) == {}
    watch.measured(0.0, 10 + WARM_UP_S, ramp, WITH_RELAY)
    assert watch.truths(good=True)[Alarm.RELAY_FAILURE]


def test_a_meter_that_is_no_good_changes_nothing_that_was_told() -> None:
    watch = LampWatch()
    watch.measured(0.6, LATER_S, Ramp.steady(100), WITH_RELAY)
    assert watch.truths(good=False) == {}
    assert watch.truths(good=True)[Alarm.LAMP_FAILURE]


def readings(watch: LampWatch, powers_w: list[float], every_s: float, start_s: float = LATER_S) -> float:
    """The moment after the last of these readings at a constant 100 %."""
    at_s = start_s
    for power_w in powers_w:
        watch.measured(power_w, at_s, Ramp.steady(100), WITH_RELAY)
        at_s += every_s
    return at_s


def test_a_lamp_that_goes_off_and_on_by_itself_is_cycling_until_half_an_hour_is_quiet() -> None:
    watch = LampWatch()
    now_s = readings(watch, [42, 0.6, 42, 0.6, 42, 0.6], every_s=60)
    assert watch.cycles(now_s)
    now_s = readings(watch, [42] * 29, every_s=60, start_s=now_s)
    assert watch.cycles(now_s)
    now_s = readings(watch, [42] * 3, every_s=60, start_s=now_s)
    assert not watch.cycles(now_s)


def test_four_turns_or_five_in_more_than_ten_minutes_are_no_cycling() -> None:
    watch = LampWatch()
    assert not watch.cycles(readings(watch, [42, 0.6, 42, 0.6, 42], every_s=60))
    slow = LampWatch()
    assert not slow.cycles(readings(slow, [42, 0.6, 42, 0.6, 42, 0.6], every_s=200))


def test_what_is_suspected_is_read_often() -> None:
    watch = LampWatch()
    readings(watch, [42, 42], every_s=60)
    assert not watch.suspects(LATER_S + 120)
    readings(watch, [0.6], every_s=60, start_s=LATER_S + 120)
    assert watch.suspects(LATER_S + 121)
