"""Our lgpio pins, on a chip of our own under gpiozero: a line keeps its level, and lgpio's errors come as OSError."""

import struct
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from gpiozero.pins import Factory
from gpiozero.pins.local import LocalPiFactory

from agent.hardware import gpiochip
from agent.hardware.output import OutputError
from agent.hardware.pins import GpioError, RelayOutput, gpio_factory
from agent.hardware.softpwm import SoftwarePwm
from agent.settings.hardware import Relay

PI_4B = 0xC03114
OUTPUT = 1 << 1  # of lgpio's mode bits


class LgpioError(Exception):
    pass


class Lgpio(ModuleType):
    """As much of lgpio as gpiozero calls for an output, over one chip whose lines keep what they are given."""

    error = LgpioError
    SET_PULL_NONE, SET_PULL_UP, SET_PULL_DOWN = 128, 32, 64  # as 0.2 names them; 0.1 said SET_BIAS_
    RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3

    def __init__(self, levels: dict[int, int]) -> None:
        super().__init__("lgpio")
        self.levels = levels  # of what drives the line, inside or outside
        self.outputs: set[int] = set()
        self.driven: list[int] = []  # each level that an output was given
        self.pulses: list[tuple[int, float, float]] = []  # line, Hz, percent of the time high; 0 Hz ends them
        self.fails = False
        self.opened: int | None = None

    def gpiochip_open(self, chip: int) -> int:
        if self.fails:
            raise LgpioError("can not open gpiochip")
        self.opened = chip
        return chip

    def gpio_claim_input(self, handle: int, line: int, flags: int = 0) -> None:
        self._check()
        self.outputs.discard(line)

    def gpio_claim_output(self, handle: int, line: int, level: int = 0, flags: int = 0) -> None:
        self._check()
        self.outputs.add(line)
        self._drive(line, level)

    def gpio_get_mode(self, handle: int, line: int) -> int:
        self._check()
        return OUTPUT if line in self.outputs else 0

    def gpio_read(self, handle: int, line: int) -> int:
        self._check()
        return self.levels[line]

    def gpio_write(self, handle: int, line: int, level: int) -> None:
        self._check()
        self._drive(line, level)

    def tx_pwm(self, handle: int, line: int, frequency_hz: float, duty_percent: float) -> None:
        self._check()
        self.pulses.append((line, frequency_hz, duty_percent))

    def _drive(self, line: int, level: int) -> None:
        self.levels[line] = int(level)
        self.driven.append(int(level))

    def _check(self) -> None:
        if self.fails:
            raise LgpioError("bad GPIO read")


@pytest.fixture
def lgpio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lgpio]:
    module = Lgpio({23: 1})
    monkeypatch.setitem(sys.modules, "lgpio", module)
    for name in ("gpiozero.pins.lgpio", "agent.hardware.lines"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: PI_4B)
    monkeypatch.setattr(gpiochip, "line_level", lambda chip, line: bool(module.levels[line]))
    yield module
    LocalPiFactory.pins.clear()
    for name in ("gpiozero.pins.lgpio", "agent.hardware.lines"):
        sys.modules.pop(name, None)


@pytest.fixture
def factory(lgpio: Lgpio) -> Factory:
    return gpio_factory()


def test_a_relay_found_energised_is_never_let_go_by_claiming_it(lgpio: Lgpio, factory: Factory) -> None:
    relay = RelayOutput(Relay(23), factory)
    assert not relay.supplied()
    assert lgpio.driven == [1]


def test_a_relay_found_idle_is_never_energised_by_claiming_it(lgpio: Lgpio, factory: Factory) -> None:
    lgpio.levels[23] = 0
    assert RelayOutput(Relay(23), factory).supplied()
    assert lgpio.driven == [0]


def test_a_relay_that_is_claimed_again_keeps_the_level_it_was_last_given(lgpio: Lgpio, factory: Factory) -> None:
    relay = RelayOutput(Relay(23), factory)
    relay.set_supplied(True)
    relay.leave()
    lgpio.driven.clear()
    assert RelayOutput(Relay(23), factory).supplied()
    assert lgpio.driven == [0]


def test_a_failing_chip_comes_as_an_output_error_and_the_relay_works_again_after_it(lgpio: Lgpio, factory: Factory) -> None:
    relay = RelayOutput(Relay(23), factory)
    lgpio.fails = True
    for _ in range(2):
        with pytest.raises(OutputError, match="bad GPIO read"):
            relay.set_supplied(True)
    lgpio.fails = False
    relay.set_supplied(True)
    lgpio.fails = True
    with pytest.raises(OutputError, match="bad GPIO read"):
        relay.supplied()


def test_software_pwm_pulses_at_its_frequency_to_a_fraction_of_a_percent(lgpio: Lgpio, factory: Factory) -> None:
    pwm = SoftwarePwm(lambda: factory, 23, 200)
    pwm.set_fraction(0.295)
    pwm.set_fraction(1.0)
    assert lgpio.driven == [1]  # claimed at the level found
    assert lgpio.pulses[-2:] == [(23, 200, pytest.approx(29.5)), (23, 200, 100)]
    assert all(frequency_hz == 200 for _, frequency_hz, _ in lgpio.pulses)


def test_software_pwm_on_a_failing_chip_is_an_output_error_and_pulses_again_after_it(lgpio: Lgpio, factory: Factory) -> None:
    pwm = SoftwarePwm(lambda: factory, 23, 200)
    lgpio.fails = True
    with pytest.raises(OutputError, match=r"output: GPIO23: .*bad GPIO read"):
        pwm.set_fraction(0.3)
    lgpio.fails = False
    pwm.set_fraction(0.3)
    lgpio.fails = True
    for _ in range(2):
        with pytest.raises(OutputError, match="bad GPIO read"):
            pwm.set_fraction(0.4)
    lgpio.fails = False
    pwm.set_fraction(0.4)
    assert lgpio.pulses[-1] == (23, 200, pytest.approx(40))


def test_the_chip_that_is_opened_is_the_headers_whatever_its_number(lgpio: Lgpio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.hardware.pins.header_chip", lambda: 15)
    gpio_factory()
    assert lgpio.opened == 15


def test_a_chip_that_cannot_be_opened_says_what_to_do(lgpio: Lgpio) -> None:
    lgpio.fails = True
    with pytest.raises(GpioError, match="group gpio"):
        gpio_factory()


def test_a_machine_that_is_no_pi_is_told_of_simulate(lgpio: Lgpio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "lgpio", lgpio)

    def unknown() -> int:
        from gpiozero.exc import PinUnknownPi

        raise PinUnknownPi("unable to locate Pi revision")

    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", unknown)
    with pytest.raises(GpioError, match="--simulate"):
        gpio_factory()


def test_a_line_is_asked_for_as_it_is() -> None:
    request = gpiochip.line_request(23)
    assert len(request) == 592  # sizeof(struct gpio_v2_line_request)
    assert struct.unpack_from("=I", request, 0) == (23,)
    assert request[256:288].rstrip(b"\0") == b"streetlight-agent"
    assert struct.unpack_from("=Q", request, 288) == (0,)  # no flag: neither input nor output
    assert struct.unpack_from("=I", request, 560) == (1,)  # one line


def test_a_chip_that_is_not_there_is_an_os_error(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        gpiochip.line_level(0, 23, str(tmp_path))
