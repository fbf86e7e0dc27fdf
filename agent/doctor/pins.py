"""The pins: the GPIO library and its chip, and each line in use: who holds it, and what it says."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from agent.core.explain_sources import SourceLine
from agent.doctor.host import COMMAND_S
from agent.doctor.line import Line, failed, failed_as_told, passed, warned
from agent.hardware.gpiochip import LineInfo, line_info, line_level
from agent.hardware.pins import GpioError
from agent.settings.hardware import MotionSensor, Relay
from agent.settings.model import Settings

AGENTS_NAME = "lg"  # by which lgpio claims its lines
OPEN = """\
import sys
from agent.hardware.pins import GpioError, gpio_factory
try:
    print(gpio_factory().chip)
except GpioError as error:
    sys.exit(f"{error}")
"""


class Gpio(Protocol):
    """Asks, and claims nothing for longer than it takes to read a level."""

    def chip(self) -> int:
        """The number of the chip that the agent opens. Raises GpioError."""
        ...

    def info(self, chip: int, line: int) -> LineInfo:
        """Raises OSError."""
        ...

    def level(self, chip: int, line: int) -> bool:
        """Whether a line that nobody holds is high, as it is. Raises OSError."""
        ...


class HostGpio:
    """The host's own."""

    def chip(self) -> int:
        """Asked in a process of its own: lgpio makes a pipe and a thread, and a broken one may do worse."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                ended = subprocess.run(  # noqa: S603  the agent's own words
                    [sys.executable, "-c", OPEN],
                    cwd=folder,
                    env={**os.environ, "LG_WD": folder},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=COMMAND_S,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise GpioError("lgpio hangs; restart the Pi") from error
        if ended.returncode != 0:
            said = ended.stderr.strip().splitlines()
            raise GpioError(said[-1] if said else f"lgpio ends the process that loads it ({ended.returncode}); install it anew")
        return int(ended.stdout)

    def info(self, chip: int, line: int) -> LineInfo:
        return line_info(chip, line)

    def level(self, chip: int, line: int) -> bool:
        return line_level(chip, line)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whether the agent runs, and so should hold its lines; ``told`` is then what it says of its sources, by name."""

    agent_runs: bool
    told: Mapping[str, SourceLine]


def pin_lines(settings: Settings, gpio: Gpio, holder: Holder) -> Iterator[Line]:
    """Nothing where no pin is in use beside the hardware's PWM."""
    output, motion = settings.output, settings.sensors.motion
    relay = None if output is None else output.relay
    dimmed = None if output is None or output.driver != "gpio_pwm" else output.gpio
    if relay is None and dimmed is None and not motion:
        return
    try:
        chip = gpio.chip()
    except GpioError as error:
        yield failed_as_told("gpio", str(error), "reinstall lgpio: apt install python3-lgpio")
        return
    yield passed("gpio", f"lgpio opens /dev/gpiochip{chip}")
    header = _Header(gpio, chip, holder)
    if dimmed is not None:
        yield header.line("output", dimmed, None)
    if relay is not None:
        yield header.line("relay", relay.gpio, relay)
    for number, sensor in enumerate(motion, 1):
        told = holder.told.get("motion" if len(motion) == 1 else f"motion {number}")
        yield _with_words(header.line("motion", sensor.gpio, sensor), told)


def _with_words(line: Line, told: SourceLine | None) -> Line:
    """What the agent says of a sensor whose line is as it should be."""
    if told is None or line.remedy is not None:
        return line
    words, _, advice = told.words.partition("; ")
    said = replace(line, what=f"{line.what}; {words}")
    return said if told.good else warned(line.check, said.what, advice or "walk by, and look again")


@dataclass(frozen=True, slots=True)
class _Header:
    """The lines of the header's chip. ``wired``: what hangs on a line, None for software PWM."""

    gpio: Gpio
    chip: int
    holder: Holder

    def line(self, check: str, number: int, wired: Relay | MotionSensor | None) -> Line:
        name = f"GPIO{number}"
        try:
            info = self.gpio.info(self.chip, number)
            if not info.used:
                return self._unheld(check, number, wired)
        except OSError as error:
            return failed(
                check, f"{name} cannot be read: {error.strerror or error}", f"check the gpio of the {check} in the config"
            )
        if self.holder.agent_runs and info.consumer == AGENTS_NAME:
            return passed(check, f"the agent holds {name} as an {'output' if info.output else 'input'}")
        if not info.consumer:
            remedy = "remove the dtoverlay= or dtparam= that uses it from config.txt, or take another line"
            return failed(check, f"{name} has another function, such as SPI or a UART", remedy)
        return failed(
            check, f"{name} is held by {info.consumer}", "end that program or remove its dtoverlay=, or take another line"
        )

    def _unheld(self, check: str, number: int, wired: Relay | MotionSensor | None) -> Line:
        name = f"GPIO{number}"
        if self.holder.agent_runs:
            return failed(check, f"the agent runs and does not hold {name}", "read why: `journalctl -u streetlight-agent -b`")
        high = self.gpio.level(self.chip, number)
        level = f"{name} is {'high' if high else 'low'}"
        match wired:
            case MotionSensor(active_high=active_high):
                return passed(check, f"{level}: {'somebody' if high == active_high else 'nobody'} is there")
            case Relay():
                return _relay(check, level, wired, energised=high == wired.active_high)
        return passed(check, f"{level}, and free")


def _relay(check: str, level: str, relay: Relay, *, energised: bool) -> Line:
    coil = f"{level}: the coil is {'energised' if energised else 'idle'}"
    if energised == (relay.contact == "normally_open"):
        return passed(check, f"{coil}, the lamp supplied")
    return warned(check, f"{coil}, the lamp cut off", "start the agent, which closes the contact at night")
