"""The rig: the lamp over whatever output the settings name, and a sentence where one cannot be made."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

from agent.hardware.bus import Bus
from agent.hardware.output import OutputError
from agent.hardware.pins import GpioError
from agent.hardware.rig import Bottom, Rig, build_rig
from agent.records import Fault, Part, Ramp
from agent.settings.hardware import Output, Relay
from agent.settings.model import Luminaire, Settings
from agent.simulation.chips.gp8403 import Gp8403Chip
from agent.simulation.chips.mcp4725 import Mcp4725Chip
from agent.simulation.chips.pca9685 import Pca9685Chip
from agent.simulation.fitting import Buses
from agent.simulation.sysfs import VirtualSysfs


class Board:
    """All that an output can stand on, and every failure that is told."""

    def __init__(self) -> None:
        self.dac, self.volts, self.pwm = Mcp4725Chip(0), Gp8403Chip(0), Pca9685Chip()
        buses = Buses(lambda: 0.0, lambda _: None)
        self.bus = buses.bus(1)
        for address, chip in ((0x62, self.dac), (0x58, self.volts), (0x40, self.pwm)):
            self.bus.plug(address, chip)
        self.pins = MockFactory(pin_class=MockPWMPin)
        self.sysfs = VirtualSysfs(lambda: 0.0, lambda _: 20.0, udev_s=0.0)
        self.bottom = Bottom(buses.bus, self.sysfs, lambda: self.pins)
        self.told: list[tuple[Part, str]] = []

    def rig(self, output: Output | None, bottom: Bottom | None = None) -> Rig | None:
        settings = Settings(output=output, luminaire=Luminaire(minimum_level=10))
        return build_rig(settings, bottom or self.bottom, self._tell)

    def _tell(self, part: Part, error: OutputError) -> None:
        self.told.append((part, str(error)))

    def wire(self, driver: str) -> float | None:
        match driver:
            case "pwm":
                return self.sysfs.high_fraction(18)
            case "gpio_pwm":
                return float(self.pins.pin(24).state)
            case "mcp4725":
                return self.dac.high_fraction()
            case "gp8403":
                return self.volts.high_fraction(1)
        return self.pwm.high_fraction(5)


OUTPUTS = [
    Output("pwm", gpio=18),
    Output("gpio_pwm", gpio=24, frequency_hz=200),
    Output("mcp4725", address=0x62),
    Output("gp8403", channel=1),
    Output("pca9685", channel=5),
]


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.driver)
def test_every_output_is_driven_to_the_level(board: Board, output: Output) -> None:
    rig = board.rig(output)
    assert rig is not None
    rig.lamp.drive(Ramp.steady(40))
    rig.lamp.advance(0)
    assert board.wire(output.driver) == pytest.approx(0.4, abs=0.0002)
    assert board.told == []


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.driver)
def test_what_is_on_a_bus_is_carried_and_all_else_is_not(board: Board, output: Output) -> None:
    rig = board.rig(output)
    assert rig is not None
    assert (rig.carried is not None) is (output.driver in ("mcp4725", "gp8403", "pca9685"))
    assert (rig.software is not None) is (output.driver == "gpio_pwm")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        (Output("pwm"), "output.gpio: is missing, and pwm needs it"),
        (Output("gpio_pwm"), "output.gpio: is missing, and gpio_pwm needs it"),
        (Output("mcp4725"), "output.address: is missing, and mcp4725 needs it"),
        (Output("gp8403"), "output.channel: is missing, and gp8403 needs it"),
        (Output("pca9685"), "output.channel: is missing, and pca9685 needs it"),
    ],
)
def test_an_output_that_lacks_a_key_says_which_and_nothing_is_driven(board: Board, output: Output, words: str) -> None:
    assert board.rig(output) is None
    assert [part for part, _ in board.told] == [Part.OUTPUT]
    assert board.told[0][1].startswith(words)


def test_without_an_output_there_is_no_lamp_and_nothing_to_tell(board: Board) -> None:
    assert board.rig(None) is None
    assert board.told == []


def test_a_chip_that_does_not_answer_at_the_start_is_no_reason_not_to_have_a_lamp(board: Board) -> None:
    board.bus.disturb(0x62, Fault.NOT_THERE)
    rig = board.rig(Output("mcp4725", address=0x62))
    assert rig is not None
    assert rig.lamp.untold
    rig.lamp.drive(Ramp.steady(40))
    rig.lamp.advance(0)
    assert [part for part, _ in board.told] == [Part.OUTPUT]
    board.bus.mend(0x62)
    rig.lamp.advance(1)
    assert board.dac.high_fraction() == pytest.approx(0.4, abs=0.0002)


def test_pins_that_cannot_be_had_leave_the_relay_alone_and_the_output_is_driven(board: Board) -> None:
    def no_pins() -> MockFactory:
        raise GpioError("the GPIO chip cannot be opened")

    def bus(number: int) -> Bus:
        return board.bottom.bus(number)

    rig = board.rig(Output("mcp4725", address=0x62, relay=Relay(23)), Bottom(bus, board.sysfs, no_pins))
    assert rig is not None
    rig.lamp.drive(Ramp.steady(40))
    rig.lamp.advance(0)
    assert board.dac.high_fraction() == pytest.approx(0.4, abs=0.0002)
    assert board.told == [(Part.RELAY, "output.relay: the GPIO chip cannot be opened")]
