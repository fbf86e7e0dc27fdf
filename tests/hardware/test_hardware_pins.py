"""Motion inputs and the relay on gpiozero's mock pins; and the factory, which fails in words."""

import gc
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from agent.events import MotionEdge
from agent.hardware.output import OutputError
from agent.hardware.pins import GpioError, MotionInput, RelayOutput, gpio_factory
from agent.settings.hardware import MotionSensor, Relay


class Sensor:
    """A motion input on a mock pin, with the clock in our hand."""

    def __init__(self, settings: MotionSensor, found: bool = False) -> None:
        self.factory = MockFactory()
        self.now_s = 0.0
        self.edges: list[MotionEdge] = []
        self.pin: MockPin = self.factory.pin(settings.gpio)
        self.line(found)
        self.input = MotionInput(settings, 2, self.factory, self.edges.append, lambda: self.now_s)

    def line(self, high: bool) -> None:
        self.pin.drive_high() if high else self.pin.drive_low()

    def at(self, now_s: float, high: bool) -> None:
        self.now_s = now_s
        self.line(high)

    def told(self) -> list[tuple[bool, float]]:
        edges, self.edges[:] = list(self.edges), []
        return [(edge.active, edge.at_s) for edge in edges]


PIR = MotionSensor(17, debounce_s=0.05)


@pytest.mark.parametrize("found", [True, False])
def test_the_state_found_at_start_is_told(found: bool) -> None:
    sensor = Sensor(PIR, found)
    assert sensor.edges == [MotionEdge(2, found, 0.0)]


def test_the_first_edge_counts_at_once() -> None:
    sensor = Sensor(PIR)
    sensor.told()
    sensor.at(0.001, True)
    assert sensor.told() == [(True, 0.001)]


def test_a_low_line_can_be_presence() -> None:
    sensor = Sensor(MotionSensor(17, active_high=False), found=True)
    assert sensor.told() == [(False, 0)]
    sensor.at(1, False)
    assert sensor.told() == [(True, 1)]


def test_bounces_are_ignored_and_the_line_as_it_then_stands_is_told_by_settle() -> None:
    sensor = Sensor(PIR)
    sensor.told()
    sensor.at(1.00, True)
    sensor.at(1.01, False)
    sensor.at(1.02, True)
    sensor.at(1.03, False)
    assert sensor.told() == [(True, 1.00)]
    assert sensor.input.settle(1.04) == pytest.approx(1.05)
    assert not sensor.told()
    assert sensor.input.settle(1.05) == pytest.approx(1.10)  # what was told is debounced in turn
    assert sensor.told() == [(False, 1.05)]
    assert sensor.input.settle(1.10) is None
    assert not sensor.told()


def test_a_line_that_stands_as_told_settles_in_silence() -> None:
    sensor = Sensor(PIR)
    sensor.at(1.00, True)
    sensor.at(1.01, False)
    sensor.at(1.02, True)
    sensor.told()
    assert sensor.input.settle(1.05) is None
    assert not sensor.told()


def test_an_edge_after_the_debounce_counts_even_if_nobody_settled() -> None:
    sensor = Sensor(PIR)
    sensor.at(1.00, True)
    sensor.told()
    sensor.at(1.20, False)
    assert sensor.told() == [(False, 1.20)]


def test_an_edge_that_was_lost_is_found_by_settle_on_the_line_itself() -> None:
    sensor = Sensor(PIR)
    sensor.at(1.00, True)
    sensor.told()
    sensor.pin.when_changed = None  # as a kernel does whose queue of edges is full
    sensor.at(1.01, False)
    sensor.input.settle(1.05)
    assert sensor.told() == [(False, 1.05)]


def test_without_debounce_every_change_is_told() -> None:
    sensor = Sensor(MotionSensor(17, debounce_s=0))
    sensor.told()
    for step in range(4):
        sensor.at(step / 1000, step % 2 == 0)
    assert len(sensor.told()) == 4
    assert sensor.input.settle(1) is None


def test_a_line_already_in_use_is_named() -> None:
    sensor = Sensor(PIR)
    with pytest.raises(GpioError, match="GPIO17"):
        MotionInput(PIR, 0, sensor.factory, sensor.edges.append, lambda: 0.0)


def test_a_closed_input_is_silent() -> None:
    sensor = Sensor(PIR)
    sensor.told()
    sensor.input.close()
    sensor.at(1, True)
    assert not sensor.told()


def relay_on(found: bool, relay: Relay) -> tuple[RelayOutput, MockPin]:
    """The line is found at a level, as the last run left it."""
    factory = MockFactory()
    pin = factory.pin(relay.gpio)
    pin.function = "output"
    pin.state = found
    pin.clear_states()
    return RelayOutput(relay, factory), pin


@pytest.mark.parametrize(
    ("active_high", "contact", "line_that_supplies"),
    [
        (True, "normally_closed", False),
        (True, "normally_open", True),
        (False, "normally_closed", True),
        (False, "normally_open", False),
    ],
)
def test_supplied_is_said_in_terms_of_the_lamp_whatever_the_wiring(active_high, contact, line_that_supplies) -> None:
    relay, pin = relay_on(line_that_supplies, Relay(23, active_high, contact))
    assert relay.supplied()
    relay.set_supplied(False)
    assert pin.state is not line_that_supplies
    assert not relay.supplied()
    relay.set_supplied(True)
    assert pin.state is line_that_supplies


@pytest.mark.parametrize("found", [True, False])
def test_the_line_is_claimed_at_the_level_at_which_it_is_found(found: bool) -> None:
    relay, pin = relay_on(found, Relay(23))
    relay.supplied()
    assert [state.state for state in pin.states] == [found]


@pytest.mark.parametrize("level", [True, False])
def test_the_line_keeps_its_level_when_the_relay_is_left_or_forgotten(level: bool) -> None:
    for forget in (False, True):
        relay, pin = relay_on(False, Relay(23, contact="normally_open"))
        relay.set_supplied(level)
        if not forget:
            relay.leave()
        del relay
        gc.collect()
        assert (pin.function, pin.state) == ("output", level)


def test_a_line_that_was_left_can_be_claimed_again_without_a_change() -> None:
    relay, pin = relay_on(False, Relay(23))
    relay.set_supplied(False)
    relay.leave()
    pin.clear_states()
    assert not relay.supplied()
    assert [state.state for state in pin.states] == [True]


class StiffPin(MockPin):
    """Takes every write and keeps its level."""

    def _set_state(self, value) -> None:
        pass


def test_a_line_that_does_not_follow_is_an_error() -> None:
    relay = RelayOutput(Relay(23), MockFactory(pin_class=StiffPin))
    with pytest.raises(OutputError, match="does not keep"):
        relay.set_supplied(False)


class BrokenPin(MockPin):
    broken = True

    def _set_state(self, value) -> None:
        if self.broken:
            raise OSError(5, "bad GPIO write")
        super()._set_state(value)


def test_a_failing_chip_is_an_error_that_names_the_relay_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    relay = RelayOutput(Relay(23), MockFactory(pin_class=BrokenPin))
    with pytest.raises(OutputError, match=r"output\.relay: GPIO23: .*bad GPIO write"):
        relay.set_supplied(False)
    monkeypatch.setattr(BrokenPin, "broken", False)
    relay.set_supplied(False)
    assert not relay.supplied()


class Unimportable:
    """Stands before the import machinery and raises what importing lgpio raises on a badly installed host."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "lgpio":
            raise self.error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("No module named 'lgpio'"), "apt install python3-lgpio"),
        (FileNotFoundError(2, "No such file or directory: '.lgd-nfy-3'"), "WorkingDirectory= or LG_WD"),
    ],
)
def test_an_lgpio_that_cannot_be_imported_says_what_to_do(monkeypatch: pytest.MonkeyPatch, error: Exception, words: str) -> None:
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Unimportable(error), *sys.meta_path])
    with pytest.raises(GpioError, match=words):
        gpio_factory()


def test_the_empty_stub_is_seen_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", ModuleType("lgpio"))
    with pytest.raises(GpioError, match="empty stub"):
        gpio_factory()


@pytest.mark.process
@pytest.mark.skipif(sys.version_info >= (3, 13), reason="lgpio is no dependency there: it comes from apt")
def test_the_lgpio_that_we_require_is_not_taken_for_the_stub(tmp_path: Path) -> None:
    code = "from agent.hardware.pins import GpioError, gpio_factory\ntry: gpio_factory()\nexcept GpioError as error: print(error)"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True)
    assert "stub" not in run.stdout  # here, most likely: that this is no Raspberry Pi


def test_the_message_names_the_folder_that_lgpio_cannot_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Unimportable(FileNotFoundError(2, "no")), *sys.meta_path])
    monkeypatch.delenv("LG_WD", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GpioError, match=str(tmp_path)):
        gpio_factory()
