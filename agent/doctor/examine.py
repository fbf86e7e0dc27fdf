"""The examination: every field in the order in which a technician mends, with the agent's eyes, and no hand on anything."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agent.clock import host_s, ntp_synchronised, utc_s
from agent.daemon.first import BUILT_UTC_S
from agent.doctor.agent import Agent, agent_lines
from agent.doctor.board import board_lines
from agent.doctor.bootconfig import read_boot_config
from agent.doctor.broker import Caller, broker_lines
from agent.doctor.certificates import file_lines
from agent.doctor.chips import Bench, chip_lines
from agent.doctor.clock import Clock, clock_lines
from agent.doctor.config import config_lines, read_config
from agent.doctor.disk import Disk, disk_lines, last_utc_s
from agent.doctor.eyes import SUDO, Eyes, eyes_lines, find_eyes, looking
from agent.doctor.host import Host
from agent.doctor.line import Line, Status, failed, warned
from agent.doctor.pins import Gpio, Holder, HostGpio, pin_lines
from agent.doctor.pwm import pwm_lines
from agent.doctor.readings import Pace
from agent.doctor.service import read_unit, service_lines
from agent.hardware.board import read_board
from agent.hardware.bus import Bus, SmbusBus
from agent.settings.model import Settings


class Buses:
    """The host's, each opened once."""

    def __init__(self) -> None:
        self._opened: dict[int, SmbusBus] = {}

    def __call__(self, number: int) -> SmbusBus:
        return self._opened.setdefault(number, SmbusBus(number))


@dataclass(frozen=True, slots=True)
class Tools:
    """What doctor looks with, and the time; the host's own unless a test brings others."""

    host: Host = field(default_factory=Host)
    bus: Callable[[int], Bus] = field(default_factory=Buses)
    gpio: Gpio = field(default_factory=HostGpio)
    pace: Pace = field(default_factory=lambda: Pace(host_s, time.sleep))
    utc_s: Callable[[], float] = utc_s
    ntp_synchronised: Callable[[], bool] = ntp_synchronised


def examine(file: Path, agent: Agent, tools: Tools) -> Iterator[Line]:
    """Line by line, as they are found. ``file`` is the config's."""
    host = tools.host
    unit, board = read_unit(host), read_board(host.root)
    eyes = find_eyes(unit)
    yield from _whatever("board", board_lines(board, host))
    yield from service_lines(unit)
    yield from _whatever("agent", agent_lines(agent, unit, host))
    yield from eyes_lines(eyes)
    with looking(eyes):
        config = read_config(file)
        yield from config_lines(config, agent.status, eyes)
        settings = config.settings
        holder = Holder(agent.holds_hardware(unit), agent.told)
        bench = Bench(settings, host, read_boot_config(host), eyes, tools.bus, tools.pace, holder)
        yield from _whatever("output", _output(bench, pi5=board.pi5))
        yield from _whatever("gpio", pin_lines(settings, tools.gpio, holder))
        yield from _whatever("i2c", chip_lines(bench))
        yield from _whatever("clock", _time(settings, tools))
        yield from _whatever("broker", _broker(settings, agent, eyes, tools))
        yield from _whatever("storage", disk_lines(settings.storage, Disk(host, eyes, unit)))


def _whatever(check: str, lines: Iterator[Line]) -> Iterator[Line]:
    """A field that doctor itself stumbles in, on a machine that is like none before, must not hide those after it."""
    try:
        yield from lines
    except Exception as error:  # noqa: BLE001  it is told, as a failure
        told = f"doctor itself fails here: {type(error).__name__}: {error}"
        yield failed(check, told, "tell those who maintain the agent, with the lines above")


def _output(bench: Bench, *, pi5: bool) -> Iterator[Line]:
    """Kernel PWM; a line, or a chip on a bus, is looked at among its kind."""
    output = bench.settings.output
    if output is None:
        yield failed("output", "the config names no valid output: nothing drives the lamp", "mend the section output in it")
    elif output.driver == "pwm":
        yield from pwm_lines(output, bench.host, bench.boot, bench.eyes, pi5=pi5)


def _time(settings: Settings, tools: Tools) -> Iterator[Line]:
    last_s = last_utc_s(Path(settings.storage.directory))
    clock = Clock(tools.utc_s(), tools.ntp_synchronised(), last_s, BUILT_UTC_S)
    yield from clock_lines(clock, tools.host, None if settings.lamp is None else settings.lamp.location)


def _broker(settings: Settings, agent: Agent, eyes: Eyes, tools: Tools) -> Iterator[Line]:
    if settings.broker is None or settings.lamp is None:
        yield failed("broker", "the config names no valid broker and lamp: nobody hears of it", "mend the sections in it")
        return
    now_s = tools.utc_s()
    files = list(file_lines(settings.broker, eyes, now_s))
    yield from files
    if any(line.status is Status.FAIL or line.remedy == SUDO for line in files):
        yield warned("broker", "not tried: its files come first", "mend what is said of them above, and look again")
        return
    link = None if agent.status is None else agent.status.link
    yield from broker_lines(settings.broker, Caller(settings.lamp, link, now_s, tools.pace.now_s))
