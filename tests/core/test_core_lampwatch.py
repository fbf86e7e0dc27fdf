"""The lamp watched by its power: what the meter says of lamp, driver and relay."""

from dataclasses import replace

import pytest
from core_commands import HOUR_S
from core_street import METERED, Street, constant

from agent.commands import Dim
from agent.core.alarms import Alarm
from agent.core.lampwatch import CYCLE_S, QUIET_S, WARM_UP_S, LampWatch
from agent.core.sampling import JUDGED_S
from agent.effects import Send
from agent.events import Measured
from agent.messages import Event
from agent.records import Part, Ramp
from agent.settings.hardware import Output, Relay
from agent.settings.model import Luminaire, Settings

LAMP = Luminaire(nominal_power_w=42.0, standby_power_w=0.6)
WITH_RELAY = Settings(luminaire=LAMP, output=Output("pwm", gpio=18, relay=Relay(23)))
WITHOUT_RELAY = Settings(luminaire=LAMP, output=Output("pwm", gpio=18))
LATER_S = WARM_UP_S + 1


def nothing_told(_alarm: Alarm) -> bool:
    return False


def told(power_w: float, level: float, settings: Settings = WITH_RELAY) -> set[Alarm]:
    """What one reading under a steady lamp makes true."""
    watch = LampWatch()
    watch.measured(power_w, LATER_S, Ramp.steady(level), settings, nothing_told)
    return {alarm for alarm, true in watch.truths(good=True).items() if true}


@pytest.mark.parametrize(
    ("power_w", "level", "alarms"),
    [
        (42.0, 100, set()),
        (35.0, 100, set()),  # within a fifth
        (30.0, 100, {Alarm.LAMP_POWER_TOO_LOW}),  # a head is dead
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
    assert told(0.6, 100, WITHOUT_RELAY) == {Alarm.LAMP_FAILURE}


def test_where_not_even_the_driver_draws_anything_day_or_night_it_is_the_gear() -> None:
    assert told(0.0, 100, WITHOUT_RELAY) == {Alarm.LAMP_FAILURE, Alarm.CONTROL_GEAR_FAILURE}
    assert told(0.0, 0, WITHOUT_RELAY) == {Alarm.CONTROL_GEAR_FAILURE}


def test_a_small_lamp_is_not_judged_where_the_meter_cannot_tell() -> None:
    small = Settings(luminaire=Luminaire(nominal_power_w=2.0, standby_power_w=0.2, power_curve=((0, 0.2), (10, 0.4), (100, 2.0))))
    assert told(0.2, 10, small) == set()
    assert told(0.2, 100, small) == {Alarm.LAMP_FAILURE}


def test_nothing_is_judged_in_a_fade_or_before_the_driver_has_warmed_up() -> None:
    watch = LampWatch()
    ramp = Ramp(0, 100, 0, 10)
    for at_s in (5.0, 12.0, 10 + WARM_UP_S - 0.1):
        watch.measured(0.0, at_s, ramp, WITH_RELAY, nothing_told)
    assert watch.truths(good=True) == {}
    watch.measured(0.0, 10 + WARM_UP_S, ramp, WITH_RELAY, nothing_told)
    assert watch.truths(good=True)[Alarm.RELAY_FAILURE]


def test_a_meter_that_is_no_good_changes_nothing_that_was_told() -> None:
    watch = LampWatch()
    watch.measured(0.6, LATER_S, Ramp.steady(100), WITH_RELAY, nothing_told)
    assert watch.truths(good=False) == {}
    assert watch.truths(good=True)[Alarm.LAMP_FAILURE]


def readings(watch: LampWatch, powers_w: list[float], every_s: float, start_s: float = LATER_S) -> float:
    """The moment after the last of these readings at a constant 100 %."""
    at_s = start_s
    for power_w in powers_w:
        watch.measured(power_w, at_s, Ramp.steady(100), WITH_RELAY, nothing_told)
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


# --- how often it is read


def test_what_is_wrong_and_not_told_yet_is_read_often_and_what_is_told_and_steady_is_not() -> None:
    watch = LampWatch()
    readings(watch, [42, 42], every_s=60)
    assert not watch.suspects(LATER_S + 120, nothing_told)
    readings(watch, [0.6], every_s=60, start_s=LATER_S + 120)
    assert watch.suspects(LATER_S + 121, nothing_told)
    steady_s = LATER_S + 120 + CYCLE_S + 1  # its turn from lit to dark is ten minutes ago
    assert watch.suspects(steady_s, nothing_told)
    assert not watch.suspects(steady_s, lambda alarm: alarm is Alarm.LAMP_FAILURE)


def test_an_alarm_whose_condition_is_gone_is_read_often_until_it_is_cleared() -> None:
    watch = LampWatch()
    readings(watch, [42], every_s=1)
    assert watch.suspects(LATER_S, lambda alarm: alarm is Alarm.DIMMING_FAILURE)
    assert not watch.suspects(LATER_S, nothing_told)


def test_an_alarm_of_before_a_restart_is_no_reason_while_nothing_is_found_yet() -> None:
    assert not LampWatch().suspects(LATER_S, lambda alarm: alarm is Alarm.LAMP_FAILURE)


def test_a_lamp_that_cycles_is_read_often_until_half_an_hour_is_quiet_told_or_not() -> None:
    watch = LampWatch()
    now_s = readings(watch, [42, 0.6, 42, 0.6, 42, 0.6, 42], every_s=60)
    last_turn_s = now_s - 60

    def told(alarm: Alarm) -> bool:
        return alarm is Alarm.CYCLING_FAILURE

    assert watch.suspects(last_turn_s + QUIET_S, told)
    readings(watch, [42], every_s=1, start_s=last_turn_s + QUIET_S + 1)
    assert watch.suspects(last_turn_s + QUIET_S + 1, told)  # it is still to be cleared
    assert not watch.suspects(last_turn_s + QUIET_S + 1, nothing_told)


# --- through the core


def power_readings(street: Street, from_s: float, to_s: float) -> int:
    """How often the meter was read in that time."""
    start_s = street.mono_at_start_s
    moments = [now.mono_s - start_s for event, now in street.events if isinstance(event, Measured) and event.part is Part.POWER]
    return sum(from_s < at_s <= to_s for at_s in moments)


def failed_lamp() -> Street:
    """In the night, an hour after its lamp has failed."""
    street = Street(replace(METERED, programmes=constant(60).programmes)).run(HOUR_S)
    street.draws_w = METERED.luminaire.standby_power_w
    return street.run(2 * HOUR_S)


def test_a_failed_lamp_is_read_closely_until_it_is_told_and_then_once_a_minute() -> None:
    street = failed_lamp()
    assert ("lampFailure", "raised") in street.happened
    assert power_readings(street, HOUR_S, HOUR_S + 90) > 20
    assert power_readings(street, 1.5 * HOUR_S, 2 * HOUR_S) <= 31


def test_a_failed_lamp_that_is_replaced_is_judged_from_close_readings() -> None:
    street = failed_lamp()
    street.draws_w = None
    street.run(2 * HOUR_S + 75)
    assert street.happened[-1] == ("lampFailure", "cleared")
    cleared_s = max(at_s for at_s, one in street.done if isinstance(one, Send) and isinstance(one.message, Event))
    assert 10 <= cleared_s - 2 * HOUR_S <= 72
    assert power_readings(street, cleared_s - 10, cleared_s) >= 9
    street.run(3 * HOUR_S)
    assert power_readings(street, 2.5 * HOUR_S, 3 * HOUR_S) <= 31


def test_a_failed_lamp_that_shows_life_for_a_moment_stays_failed() -> None:
    street = failed_lamp()
    street.draws_w = None
    while not power_readings(street, 2 * HOUR_S, 2 * HOUR_S + 61):
        street.run(street.passed_s + 1)
    street.run(street.passed_s + 5)
    street.draws_w = METERED.luminaire.standby_power_w
    street.run(3 * HOUR_S)
    assert street.happened[-1] == ("lampFailure", "raised")
    assert power_readings(street, 2.75 * HOUR_S, 3 * HOUR_S) <= 16


def test_a_failed_lamp_is_read_closely_again_after_a_change_of_level() -> None:
    street = failed_lamp()
    street.command(Dim(30))
    street.run(2 * HOUR_S + 8 + JUDGED_S)
    assert power_readings(street, 2 * HOUR_S + 1, 2 * HOUR_S + 8 + JUDGED_S) >= 7
    street.run(3 * HOUR_S)
    assert power_readings(street, 2.5 * HOUR_S, 3 * HOUR_S) <= 31


def test_a_lamp_that_cycles_is_read_closely_for_the_half_hour_in_which_it_must_be_quiet() -> None:
    street = Street(replace(METERED, programmes=constant(60).programmes)).run(HOUR_S)

    def turn() -> None:
        street.draws_w = None if street.draws_w is not None else METERED.luminaire.standby_power_w

    for number in range(8):
        street.at(HOUR_S + 90 * number, turn)  # every minute and a half; at the end it is lit
    last_s = HOUR_S + 90 * 7
    street.run(last_s + QUIET_S - 60)
    assert ("cyclingFailure", "raised") in street.happened
    assert ("cyclingFailure", "cleared") not in street.happened
    assert power_readings(street, last_s, last_s + QUIET_S - 60) >= QUIET_S - 70
    street.run(last_s + QUIET_S + 600)
    assert street.happened[-1] == ("cyclingFailure", "cleared")
    assert power_readings(street, last_s + QUIET_S + 120, last_s + QUIET_S + 600) <= 9
