"""A lamp over each output in virtual time: it dims, goes dark, comes back, restarts without a flicker, and bears its faults."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.config.compiler import compile_file
from agent.effects import Effect, Send
from agent.events import TechnicianSet
from agent.messages import Event as EventMessage
from agent.records import BootReason, Instant, Part
from agent.settings.hardware import Output, Relay
from agent.settings.model import Settings
from agent.settings.schedule import Anchor, Calendar, ProgrammeEntry, TimeOfNight
from agent.simulation.chips.pca9685 import Pca9685Chip
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.inject import prepared
from agent.simulation.loop import Scene, VirtualLamp

SHIPPED = Path(__file__).parents[2] / "configs/simulated.yaml"
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT, DAY, BEFORE_DUSK, BEFORE_DAWN = "2026-12-21 23:00", "2026-12-21 13:00", "2026-12-21 16:00", "2026-12-22 07:00"
RELAY = Relay(23)
LEVEL = 30.0

OUTPUTS = {
    "pwm": Output("pwm", gpio=18, relay=RELAY),
    "gpio_pwm": Output("gpio_pwm", gpio=24, frequency_hz=200, relay=RELAY),
    "mcp4725": Output("mcp4725", address=0x62, relay=RELAY),
    "gp8403": Output("gp8403", channel=1, relay=RELAY),
    "pca9685": Output("pca9685", channel=7, address=0x41, relay=RELAY),
}
ON_A_BUS = ("mcp4725", "gp8403", "pca9685")
READABLE = ("mcp4725", "pca9685")
STEP = 100 / 4095  # percent: the coarsest of them

every_output = pytest.mark.parametrize("name", OUTPUTS)
on_a_bus = pytest.mark.parametrize("name", ON_A_BUS)


def lamp_with(output: Output, level: float = LEVEL) -> Settings:
    compiled, _ = compile_file(SHIPPED)
    assert compiled.settings is not None, compiled.problems
    all_night = (ProgrammeEntry(TimeOfNight(Anchor.SUNSET), level),)
    return replace(compiled.settings, output=output, programmes={"all-night": all_night}, calendar=Calendar("all-night"))


@dataclass
class Pole:
    """A lamp at 30 % all night, and all the light that it gave; moments are seconds from the start."""

    output: Output
    start: str = NIGHT
    faults: tuple[str, ...] = ()
    level: float = LEVEL
    light: list[tuple[float, float]] = field(default_factory=list)  # each change of it
    happened: list[tuple[float, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        start_utc_s = datetime.fromisoformat(self.start).replace(tzinfo=BERLIN).timestamp()
        settings = lamp_with(self.output, self.level)
        prepare = prepared(settings, map(parse_fault, self.faults))
        self.lamp = VirtualLamp(settings, Scene(start_utc_s, traffic="none"), self._note, self._look, prepare)

    def _note(self, now: Instant, effect: Effect) -> None:
        if isinstance(effect, Send) and isinstance(effect.message, EventMessage):
            self.happened.append((now.mono_s, effect.message.event, effect.message.edge))

    def _look(self) -> None:
        emitted = self.lamp.world.lamp.emitted_percent()
        if not self.light or self.light[-1][1] != emitted:
            self.light.append((self.lamp.now_s, emitted))

    def run(self, until_s: float) -> "Pole":
        self.lamp.run_until(until_s)
        return self

    def hand(self, level: float) -> None:
        self.lamp.at(self.lamp.now_s, TechnicianSet(level, 3600.0))

    def restart(self, after_s: float = 3.0) -> None:
        self.lamp.kill()
        self.lamp.start_later(after_s, BootReason.CRASH)

    @property
    def now(self) -> float:
        return self.lamp.world.lamp.emitted_percent()

    @property
    def wire(self) -> float | None:
        """What is on the dimming wire, as a share."""
        return self.lamp.world.drive.wire()

    @property
    def relay_closed(self) -> bool:
        return not self.lamp.world.pin_factory.pin("GPIO23").state

    def light_since(self, at_s: float) -> list[float]:
        """All the light there was from then on."""
        held = [light for at, light in self.light if at <= at_s][-1:]
        return held + [light for at, light in self.light if at > at_s]

    def dark_s(self, end_s: float) -> float:
        """For how long there was less than 1 %."""
        moments = [*self.light, (end_s, 100.0)]
        return sum(after - at for (at, light), (after, _) in pairwise(moments) if light < 1)

    def alarms(self) -> set[str]:
        return {event for _, event, edge in self.happened if edge == "raised"}


# --- without a fault


@every_output
def test_the_light_is_the_level_that_was_decided(name: str) -> None:
    pole = Pole(OUTPUTS[name]).run(30)
    assert pole.now == pytest.approx(LEVEL, abs=STEP)
    pole.hand(70)
    pole.run(60)
    assert pole.now == pytest.approx(70, abs=STEP)


@every_output
@pytest.mark.parametrize("curve", ["linear", "logarithmic"])
@pytest.mark.parametrize("inverted", [False, True])
def test_inverted_lines_and_dali_s_curve_come_out_right(name: str, curve: str, inverted: bool) -> None:
    output = replace(OUTPUTS[name], inverted=inverted, curve="logarithmic" if curve == "logarithmic" else "linear")
    assert Pole(output).run(30).now == pytest.approx(LEVEL, rel=0.005)


@every_output
def test_off_opens_the_relay_and_parks_the_output_at_full_and_on_sets_the_level_before_it_closes(name: str) -> None:
    pole = Pole(OUTPUTS[name]).run(30)
    pole.hand(0)
    pole.run(60)
    assert (pole.now, pole.relay_closed, pole.wire) == (0, False, 1)
    pole.hand(20)
    pole.run(90)
    assert pole.relay_closed
    assert pole.now == pytest.approx(20, abs=STEP)
    assert max(pole.light_since(60)) <= 20 + STEP  # it does not flash at what was parked


@every_output
def test_without_a_relay_off_is_no_drive(name: str) -> None:
    pole = Pole(replace(OUTPUTS[name], relay=None)).run(30)
    pole.hand(0)
    pole.run(60)
    assert (pole.now, pole.wire) == (0, 0)


@every_output
def test_after_two_seconds_in_the_dark_light_comes_within_one(name: str) -> None:
    pole = Pole(OUTPUTS[name]).run(30)
    pole.hand(0)
    pole.run(60)
    dark_from_s = pole.light[-1][0]
    assert dark_from_s < 50
    pole.hand(100)
    pole.run(61)
    assert pole.now > 0


@every_output
def test_from_noon_to_noon_it_is_lit_all_night_and_dark_by_day(name: str) -> None:
    pole = Pole(OUTPUTS[name], "2026-12-21 12:00").run(24 * 3600)
    assert [light > 0 for _, light in pole.light].count(True) > 0
    switched = [light > 0 for _, light in pole.light[1:]]
    assert sum(one is not other for one, other in pairwise(switched)) <= 3
    assert not pole.alarms() & {"controlGearCommFailure", "i2cBusFault", "dimmingFailure", "lampFailure", "relayFailure"}


# --- restarts


@pytest.mark.parametrize("name", [name for name in OUTPUTS if name != "gpio_pwm"])
def test_a_restart_does_not_show_at_night(name: str) -> None:
    pole = Pole(OUTPUTS[name]).run(600)
    pole.restart()
    pole.run(700)
    assert pole.light_since(600) == pytest.approx([LEVEL], abs=STEP)


@every_output
def test_a_restart_by_day_lights_nothing(name: str) -> None:
    pole = Pole(OUTPUTS[name], DAY).run(600)
    assert pole.now == 0
    pole.restart()
    pole.run(700)
    assert pole.light_since(600) == [0]


def test_software_pwm_ends_with_the_agent_and_the_next_one_is_at_full_at_once() -> None:
    pole = Pole(OUTPUTS["gpio_pwm"]).run(600)
    pole.restart()
    pole.run(602)
    assert pole.now == 0  # the line happened to be low
    pole.run(603.1)
    assert pole.now == 100
    assert pole.run(700).now == pytest.approx(LEVEL, abs=STEP)


def test_software_pwm_that_is_put_down_in_order_leaves_a_lit_lamp_at_full() -> None:
    pole = Pole(OUTPUTS["gpio_pwm"]).run(600)
    assert pole.lamp.process is not None
    assert pole.lamp.process._rig is not None
    pole.lamp.process._rig.put_down()
    pole.restart()
    pole.run(602)
    assert pole.now == 100
    assert min(pole.light_since(600)) >= LEVEL - STEP


@every_output
def test_power_that_comes_back_lights_the_lamp_at_once_and_then_to_its_level(name: str) -> None:
    pole = Pole(OUTPUTS[name]).run(600)
    pole.lamp.cut_power()
    pole.run(700)
    assert pole.now == 0
    pole.lamp.restore_power()
    pole.run(700.01)
    assert pole.now == 100  # by its wiring
    assert pole.run(800).now == pytest.approx(LEVEL, abs=STEP)
    assert min(light for at, light in pole.light if at > 700) >= LEVEL - STEP


# --- faults


@every_output
def test_an_output_that_refuses_keeps_its_level_and_is_told_of_and_obeys_again_afterwards(name: str) -> None:
    pole = Pole(OUTPUTS[name], faults=("output.dead@23:10+10min",)).run(660)
    pole.hand(80)
    pole.run(1100)
    assert pole.now == pytest.approx(LEVEL, abs=STEP)
    assert "controlGearCommFailure" in pole.alarms()
    pole.run(1210)
    assert pole.now == pytest.approx(80, abs=STEP)


@every_output
@pytest.mark.parametrize("fault", ["output.dead", "bus.hang"])
@pytest.mark.parametrize(("start", "lit"), [(BEFORE_DUSK, True), (BEFORE_DAWN, False)])
def test_whatever_the_output_does_the_relay_switches(name: str, fault: str, start: str, lit: bool) -> None:
    pole = Pole(OUTPUTS[name], start, faults=(fault,)).run(3 * 3600)
    assert pole.relay_closed is lit
    assert (pole.now > 0) is lit


@every_output
def test_an_output_that_forgets_is_told_again_within_its_period(name: str) -> None:
    pole = Pole(OUTPUTS[name], faults=("output.reset@23:10:03",)).run(599)
    pole.run(611 if name in ON_A_BUS else 662)
    assert pole.now == pytest.approx(LEVEL, abs=STEP)
    assert min(pole.light_since(599)) >= LEVEL - STEP  # its wiring keeps it lit meanwhile
    assert max(pole.light_since(599)) == 100


@pytest.mark.parametrize("name", [name for name in OUTPUTS if name != "gp8403"])
def test_an_output_that_has_forgotten_is_told_of_where_it_can_be_read(name: str) -> None:
    pole = Pole(OUTPUTS[name], faults=("output.reset@23:10:03",)).run(700)
    assert pole.alarms() == {"controlGearCommFailure"}
    assert ("controlGearCommFailure", "cleared") in {(event, edge) for _, event, edge in pole.happened}


@on_a_bus
def test_a_hung_bus_keeps_the_level_is_one_alarm_and_is_obeyed_again_when_it_is_free(name: str) -> None:
    pole = Pole(OUTPUTS[name], faults=("bus.hang@23:10+10min",)).run(620)
    pole.hand(80)
    pole.run(1190)
    assert pole.now == pytest.approx(LEVEL, abs=STEP)
    assert pole.alarms() == {"i2cBusFault"}
    assert pole.run(1230).now == pytest.approx(80, abs=STEP)


@on_a_bus
def test_a_bus_that_hangs_from_the_start_leaves_the_light_to_the_wiring_and_the_relay(name: str) -> None:
    pole = Pole(OUTPUTS[name], faults=("bus.hang",)).run(3600)
    assert pole.dark_s(3600) == 0
    assert pole.relay_closed


@on_a_bus
def test_the_other_channels_and_the_sensors_of_the_bus_are_as_they_would_be(name: str) -> None:
    pole = Pole(OUTPUTS[name]).run(600)
    assert pole.lamp.controller.state().light_level_lx == pytest.approx(0, abs=2)
    assert not pole.alarms()


def test_the_other_channels_of_a_pca9685_are_left_alone() -> None:
    pole = Pole(OUTPUTS["pca9685"]).run(1)
    chip = pole.lamp.world.chips[Part.OUTPUT].chip
    assert isinstance(chip, Pca9685Chip)
    chip.write(b"\x0e\x00\x00\x00\x08", 0)
    pole.run(600)
    assert [chip.led(channel) for channel in range(16) if channel not in (2, 7)] == [b"\x00\x00\x00\x10"] * 14
    assert chip.led(2) == b"\x00\x00\x00\x08"
