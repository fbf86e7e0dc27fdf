"""Software PWM on gpiozero's mock pins: the share of time, a line taken by somebody else, and how it is left."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from agent.hardware.output import OutputError
from agent.hardware.pins import GpioError
from agent.hardware.softpwm import SoftwarePwm
from agent.records import Fault

GPIO, FREQUENCY_HZ = 24, 200


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory(pin_class=MockPWMPin)


def pwm_on(factory: MockFactory, *, inverted: bool = False) -> tuple[SoftwarePwm, MockPWMPin]:
    return SoftwarePwm(lambda: factory, GPIO, FREQUENCY_HZ, inverted=inverted), factory.pin(GPIO)


@pytest.mark.parametrize(("inverted", "high"), [(False, 0.3), (True, 0.7)])
def test_the_line_is_high_for_the_share_of_time_that_is_asked_for(factory: MockFactory, inverted: bool, high: float) -> None:
    pwm, pin = pwm_on(factory, inverted=inverted)
    assert pwm.set_fraction(0.3)
    assert (pin.function, pin.frequency, pin.state) == ("output", FREQUENCY_HZ, pytest.approx(high))


@pytest.mark.parametrize(("fraction", "high"), [(-1.0, 0), (0.0, 0), (1.0, 1), (2.0, 1)])
def test_drive_ends_at_nothing_and_at_full(factory: MockFactory, fraction: float, high: float) -> None:
    pwm, pin = pwm_on(factory)
    pwm.set_fraction(fraction)
    assert pin.state == high


def test_a_level_that_does_not_change_is_not_written_again(factory: MockFactory) -> None:
    pwm, pin = pwm_on(factory)
    pwm.set_fraction(0.3)
    pin.clear_states()
    pwm.set_fraction(0.3)
    pwm.reassert()
    assert len(pin.states) == 1


def test_nothing_is_claimed_and_nothing_is_found_before_it_is_first_set(factory: MockFactory) -> None:
    pwm, pin = pwm_on(factory)
    assert pwm.fraction() is None
    pwm.reassert()
    assert pin.function == "input"


@pytest.mark.parametrize("harm", ["made an input", "pulses stopped", "another duty"])
def test_a_line_that_something_else_has_set_is_set_again_and_told_of_once(factory: MockFactory, harm: str) -> None:
    pwm, pin = pwm_on(factory)
    pwm.set_fraction(0.3)
    if harm == "another duty":
        pin.state = 0.9
    else:
        pin.frequency = None
        pin.function = "input" if harm == "made an input" else "output"
    with pytest.raises(OutputError, match="is it used twice") as caught:
        pwm.reassert()
    assert caught.value.fault is Fault.GARBAGE
    assert (pin.function, pin.frequency, pin.state) == ("output", FREQUENCY_HZ, pytest.approx(0.3))
    assert pwm.set_fraction(0.3)
    pwm.reassert()


class StiffPin(MockPWMPin):
    """Takes every write and keeps its level."""

    def _set_state(self, value: float) -> None:
        pass


def test_a_line_that_does_not_follow_is_an_error() -> None:
    pwm, _ = pwm_on(MockFactory(pin_class=StiffPin))
    with pytest.raises(OutputError, match="GPIO24 does not keep"):
        pwm.set_fraction(0.3)


def test_pins_that_cannot_be_had_are_an_error_and_asked_for_again(factory: MockFactory) -> None:
    asked = 0

    def pins() -> MockFactory:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise GpioError("the GPIO chip cannot be opened")
        return factory

    pwm = SoftwarePwm(pins, GPIO, FREQUENCY_HZ)
    with pytest.raises(OutputError, match="output: GPIO24: the GPIO chip cannot be opened"):
        pwm.set_fraction(0.3)
    pwm.set_fraction(0.3)
    assert factory.pin(GPIO).state == pytest.approx(0.3)


@pytest.mark.parametrize(("inverted", "fraction", "high"), [(False, 0.3, 1), (True, 0.3, 0), (False, 0.0, 0), (True, 0.0, 1)])
def test_at_an_orderly_end_a_lit_lamp_is_left_at_full_and_a_dark_one_dark(
    factory: MockFactory, inverted: bool, fraction: float, high: float
) -> None:
    pwm, pin = pwm_on(factory, inverted=inverted)
    pwm.set_fraction(fraction)
    pwm.put_down()
    assert pin.state == high


def test_an_output_that_was_never_set_is_not_touched_at_the_end(factory: MockFactory) -> None:
    pwm, pin = pwm_on(factory)
    pwm.put_down()
    pwm.leave()
    assert pin.function == "input"


def test_a_line_that_was_left_is_as_it_was_and_can_be_claimed_again(factory: MockFactory) -> None:
    pwm, pin = pwm_on(factory)
    pwm.set_fraction(0.3)
    pwm.leave()
    assert (pin.function, pin.frequency, pin.state) == ("output", FREQUENCY_HZ, pytest.approx(0.3))
    again, _ = pwm_on(factory)
    again.set_fraction(0.6)
    assert pin.state == pytest.approx(0.6)
