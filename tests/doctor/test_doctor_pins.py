"""The pins: the library, the chip, and each line, with the agent running and without."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from doctor_pole import FakeGpio, by_check

from agent.core.explain_sources import SourceLine
from agent.doctor.line import Line, Status
from agent.doctor.pins import Holder, HostGpio, pin_lines
from agent.hardware.gpiochip import LineInfo
from agent.hardware.pins import GpioError
from agent.settings.hardware import MotionSensor, Output, Relay, Sensors
from agent.settings.model import Settings

NORMALLY_OPEN = Relay(23, contact="normally_open")
HELD = {17: LineInfo(used=True, output=False, consumer="lg"), 23: LineInfo(used=True, output=True, consumer="lg")}
DEFAULT = Settings(output=Output("pwm", 18, relay=Relay(23)), sensors=Sensors(motion=(MotionSensor(17),)))


def with_relay(relay: Relay) -> Settings:
    return Settings(output=Output("pwm", 18, relay=relay))


def with_motion(*sensors: MotionSensor) -> Settings:
    return Settings(sensors=Sensors(motion=sensors))


def lines_of(gpio: FakeGpio, settings: Settings = DEFAULT, told: Mapping[str, SourceLine] | None = None) -> dict[str, Line]:
    """``told``: what the running agent says; None where none runs."""
    return dict(by_check(pin_lines(settings, gpio, Holder(told is not None, told or {}))))


def test_a_pole_without_relay_and_motion_needs_no_pins() -> None:
    assert not lines_of(FakeGpio(broken="nobody asks"), Settings(output=Output("pwm", 18)))


def test_what_keeps_the_library_from_its_chip_is_said_in_the_agents_own_words_with_their_remedy() -> None:
    lines = lines_of(FakeGpio(broken="the lgpio installed is an empty stub; remove it, apt install python3-lgpio"))
    assert lines == {
        "gpio": Line("gpio", Status.FAIL, "the lgpio installed is an empty stub", "remove it, apt install python3-lgpio")
    }


# --- without the agent


def test_without_the_agent_the_levels_are_told_as_what_they_mean() -> None:
    lines = lines_of(FakeGpio(high={17}, number=4))
    assert lines["gpio"].what == "lgpio opens /dev/gpiochip4"
    assert lines["relay"] == Line("relay", Status.PASS, "GPIO23 is low: the coil is idle, the lamp supplied")
    assert lines["motion"] == Line("motion", Status.PASS, "GPIO17 is high: somebody is there")


@pytest.mark.parametrize(
    ("relay", "high", "supplied"),
    [
        (Relay(23), True, False),
        (Relay(23, active_high=False), True, True),
        (Relay(23, active_high=False), False, False),
        (NORMALLY_OPEN, False, False),
        (NORMALLY_OPEN, True, True),
    ],
)
def test_a_relay_that_cuts_the_lamp_off_is_a_warning(relay: Relay, high: bool, supplied: bool) -> None:
    line = lines_of(FakeGpio(high={23} if high else set()), with_relay(relay))["relay"]
    assert ("supplied" in line.what) is supplied
    assert line.status is (Status.PASS if supplied else Status.WARN)


def test_a_motion_sensor_that_is_active_low_is_understood() -> None:
    line = lines_of(FakeGpio(), with_motion(MotionSensor(17, active_high=False)))["motion"]
    assert line.what == "GPIO17 is low: somebody is there"


def test_the_line_of_software_pwm_is_looked_at_too() -> None:
    settings = Settings(output=Output("gpio_pwm", 24, frequency_hz=200))
    assert lines_of(FakeGpio(), settings)["output"] == Line("output", Status.PASS, "GPIO24 is low, and free")
    held = {24: LineInfo(used=True, output=True, consumer="lg")}
    assert lines_of(FakeGpio(held), settings, told={})["output"].what == "the agent holds GPIO24 as an output"


def test_whoever_else_holds_a_line_is_named() -> None:
    gpio = FakeGpio({**HELD, 23: LineInfo(used=True, output=True, consumer="gpio-fan")})
    lines = lines_of(gpio)
    assert (lines["relay"].status, lines["relay"].what) == (Status.FAIL, "GPIO23 is held by gpio-fan")
    assert lines["motion"].what == "GPIO17 is held by lg"  # for no agent runs


def test_a_line_with_another_function_has_no_holder() -> None:
    line = lines_of(FakeGpio({23: LineInfo(used=True, output=False, consumer="")}), with_relay(Relay(23)))["relay"]
    assert "another function, such as SPI" in line.what


def test_a_line_that_cannot_be_asked_about_names_its_part() -> None:
    line = lines_of(FakeGpio(missing={17}), with_motion(MotionSensor(17)))["motion"]
    assert (line.status, line.what) == (Status.FAIL, "GPIO17 cannot be read: Invalid argument")
    assert line.remedy == "check the gpio of the motion in the config"


# --- beside the agent


def test_with_the_agent_its_lines_are_its_own_and_nothing_is_read_from_them() -> None:
    lines = lines_of(FakeGpio(HELD), told={})
    assert lines["relay"] == Line("relay", Status.PASS, "the agent holds GPIO23 as an output")
    assert lines["motion"] == Line("motion", Status.PASS, "the agent holds GPIO17 as an input")


def test_what_the_agent_says_of_a_motion_sensor_stands_beside_its_line() -> None:
    told = {"motion": SourceLine("motion", good=True, words="nobody since 23:04:10")}
    assert lines_of(FakeGpio(HELD), told=told)["motion"].what == "the agent holds GPIO17 as an input; nobody since 23:04:10"
    told = {
        "motion": SourceLine("motion", good=False, words="silent: not an edge since 12 Nov 23:04; check the sensor and its cable")
    }
    line = lines_of(FakeGpio(HELD), told=told)["motion"]
    assert (line.status, line.remedy) == (Status.WARN, "check the sensor and its cable")


def test_of_several_motion_sensors_each_has_its_own_words() -> None:
    settings = with_motion(MotionSensor(17), MotionSensor(23))
    told = {f"motion {number}": SourceLine(f"motion {number}", good=True, words=f"words {number}") for number in (1, 2)}
    lines = list(pin_lines(settings, FakeGpio(HELD), Holder(True, told)))
    assert [line.what.partition("; ")[2] for line in lines] == ["", "words 1", "words 2"]


def test_a_line_that_the_running_agent_does_not_hold_is_a_failure() -> None:
    line = lines_of(FakeGpio(), with_relay(Relay(23)), told={})["relay"]
    assert (line.status, line.what) == (Status.FAIL, "the agent runs and does not hold GPIO23")


# --- the host's own


def test_a_machine_without_pins_says_so_and_leaves_no_pipe_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if list(Path("/dev").glob("gpiochip*")):
        pytest.skip("this machine has pins")
    with pytest.raises(GpioError, match=r".+; .+"):
        HostGpio().chip()
    assert not list(tmp_path.iterdir())


def test_the_empty_stub_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pip finds one for a new Python: it imports, and has nothing."""
    (tmp_path / "lgpio.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(GpioError, match=r"empty stub.*apt install python3-lgpio"):
        HostGpio().chip()


def test_a_library_that_kills_its_process_does_not_kill_doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lgpio.py").write_text("import os\nos.abort()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(GpioError, match="ends the process"):
        HostGpio().chip()


def test_the_child_that_opens_the_chip_needs_neither_daemon_nor_compiler() -> None:
    code = "import sys, agent.hardware.pins; sys.exit('agent.daemon' in sys.modules or 'agent.config' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0
