"""Starts the real daemon on mock pins beside a real mosquitto, and prints what was measured. Asserts nothing."""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from support.broker import Mosquitto

from agent import __version__
from bench.bare import Echo, HandOver, interpreter
from bench.control_room import ControlRoom, client
from bench.daemon import Daemon

AT_REST, RAISED, DIMMED = 40.0, 100.0, (20.0, 30.0)  # the levels of the bench's config, and what is asked by command


@dataclass(frozen=True, slots=True)
class Effort:
    """How often each thing is done."""

    starts: int
    edges: int  # under 20: so many in a minute are chatter, which the lamp ignores
    commands: int


SHORT, FULL = Effort(4, 6, 6), Effort(15, 18, 60)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its samples, and those of what is measured beside it."""

    name: str
    unit: str
    beside: str
    samples: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def text(self) -> str:
        ratio = median(self.samples) / median(self.bare)
        return f"{self.name:<31}{self._figures(self.samples)}   {self._figures(self.bare)} {self.beside:<26}{ratio:>6.1f}"

    def _figures(self, samples: Sequence[float]) -> str:
        return f"{median(samples):>8.2f} {max(samples):>8.2f} {self.unit:<4}n={len(samples):<3}"


@dataclass(frozen=True, slots=True)
class Table:
    memory: Row = field(default_factory=lambda: Row("memory (RSS)", "MiB", "bare interpreter"))
    first_lit: Row = field(default_factory=lambda: Row("start to light, config new", "ms", "bare interpreter"))
    lit: Row = field(default_factory=lambda: Row("start to light", "ms", "bare interpreter"))
    heard: Row = field(default_factory=lambda: Row("start to first MQTT message", "ms", "bare interpreter"))
    moved: Row = field(default_factory=lambda: Row("motion edge to light", "ms", "queue between two threads"))
    obeyed: Row = field(default_factory=lambda: Row("command to light", "ms", "publish to subscriber"))

    def rows(self) -> list[Row]:
        return [self.memory, self.first_lit, self.lit, self.heard, self.moved, self.obeyed]


def main(arguments: Sequence[str]) -> None:
    if arguments not in ([], ["--short"]):
        sys.exit("usage: scripts/bench [--short]")
    with tempfile.TemporaryDirectory(prefix="streetlight-bench-") as folder:
        table = measure(Path(folder), SHORT if arguments else FULL)
    sys.stdout.write(report(table))


def report(table: Table) -> str:
    heads = f"{'median':>8} {'worst':>8}"
    return "\n".join(
        (
            f"streetlight-agent {__version__}, Python {platform.python_version()}, {os.cpu_count()} x {platform.machine()}",
            f"{'':<31}{heads:<27}   {heads:<27} {'beside it':<26}{'ratio':>6}",
            *(row.text() for row in table.rows()),
            "",
        )
    )


def measure(folder: Path, effort: Effort) -> Table:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a pole has its modules compiled since their installation
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    table = Table()
    mosquitto = Mosquitto(folder / "mosquitto")
    mosquitto.start()
    try:
        make_client = client(mosquitto.port)
        room = ControlRoom(make_client)
        echo, hand_over = Echo(make_client, room.publish), HandOver()
        with_daemon(folder / "old", mosquitto.url, lambda _: room.birth_s())  # compiles the modules
        with_daemon(folder / "new", mosquitto.url, lambda daemon: note_start(daemon, room, table.first_lit, None))
        for _ in range(effort.starts):
            note_interpreter(table)
            with_daemon(folder / "old", mosquitto.url, lambda daemon: note_start(daemon, room, table.lit, table.heard))
        with_daemon(folder / "old", mosquitto.url, lambda daemon: note_answers(daemon, room, echo, hand_over, table, effort))
    finally:
        mosquitto.stop()
    return table


def with_daemon(state: Path, broker: str, look: Callable[[Daemon], object]) -> None:
    daemon = Daemon(state, broker)
    try:
        look(daemon)
    finally:
        daemon.end()


def note_interpreter(table: Table) -> None:
    began_ms, memory_mib = interpreter()
    for row in (table.first_lit, table.lit, table.heard):
        row.bare.append(began_ms)
    table.memory.bare.append(memory_mib)


def note_start(daemon: Daemon, room: ControlRoom, lit: Row, heard: Row | None) -> None:
    lit.samples.append((daemon.light().at_s - daemon.started_s) * 1000)
    heard_s = room.birth_s()
    if heard is not None:
        heard.samples.append((heard_s - daemon.started_s) * 1000)


def note_answers(daemon: Daemon, room: ControlRoom, echo: Echo, hand_over: HandOver, table: Table, effort: Effort) -> None:
    daemon.light(AT_REST)  # the first readings are in
    room.birth_s()
    for _ in range(effort.edges):
        daemon.move(presence=True)
        table.moved.samples.append((daemon.light(RAISED).at_s - daemon.edge_s()) * 1000)
        daemon.move(presence=False)
        daemon.light(AT_REST)
        table.moved.bare.append(hand_over.ms())
    for number in range(effort.commands):
        level = DIMMED[number % 2]
        asked_s = room.dim(level)
        table.obeyed.samples.append((daemon.light(level).at_s - asked_s) * 1000)
        table.obeyed.bare.append(echo.ms())
        time.sleep(0.05)
    table.memory.samples.append(daemon.memory_mib)


if __name__ == "__main__":
    main(sys.argv[1:])
