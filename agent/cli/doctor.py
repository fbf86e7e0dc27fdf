"""``doctor``: the installation, a line for each promise, each failure with its remedy; for a terminal of 80 columns."""

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import msgspec
from msgspec import UNSET

from agent.cli.ask import NotRunning, Unanswered, ask, find_socket, socket_options
from agent.daemon.places import CONFIG
from agent.daemon.protocol import Request
from agent.doctor.agent import Agent
from agent.doctor.examine import Tools, examine
from agent.doctor.line import Line, Status

SHOWN = {Status.PASS: "pass", Status.WARN: "warn", Status.FAIL: "FAIL"}
COLOURS = {Status.PASS: "green", Status.WARN: "yellow", Status.FAIL: "red"}
NAME_WIDTH = 14
INDENT = " " * (6 + NAME_WIDTH)
LEAST_WIDTH = 60


@click.command()
@socket_options
@click.option("--json", "as_json", is_flag=True, help="One JSON list of lines.")
def doctor(socket: Path | None, config: Path | None, as_json: bool) -> None:
    """Check the installation: board, wiring, clock, broker, disk.

    It changes nothing, and can be used while the agent runs and while it does not. With sudo it sees what the agent sees.
    Warnings alone leave the exit status 0.
    """
    lines = examine(config or CONFIG, _asked(socket, config), Tools())
    found = list(lines) if as_json else list(_shown(lines))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    failures, warnings = (sum(line.status is status for line in found) for status in (Status.FAIL, Status.WARN))
    if not as_json:
        click.echo(f"{len(found)} checks: {_count(failures, 'failure')}, {_count(warnings, 'warning')}", err=True)
    raise SystemExit(1 if failures else 0)


def _asked(socket: Path | None, config: Path | None) -> Agent:
    """The running agent, or why there is no answer; a config that cannot be read is a line of its own."""
    try:
        path = find_socket(socket, config)
    except click.ClickException:
        path = find_socket(socket, None)
    try:
        status, explanation = ask(path, Request("status")).status, ask(path, Request("explain")).explanation
    except Unanswered as error:
        return Agent(silence=error.message, perhaps=True)
    except NotRunning as error:
        return Agent(silence=error.message)
    return Agent(None if status is UNSET else status, None if explanation is UNSET else explanation, perhaps=True)


def _shown(lines: Iterable[Line]) -> Iterator[Line]:
    """Each line as it is found: a bus that hangs takes its time."""
    width = max(LEAST_WIDTH, shutil.get_terminal_size().columns)
    for line in lines:
        click.echo(_row(line, width))
        yield line


def _row(line: Line, width: int) -> str:
    room = width - len(INDENT)
    what = _wrapped(line.what, room)
    rows = [f"{click.style(SHOWN[line.status], fg=COLOURS[line.status])}  {line.check:<{NAME_WIDTH}}{what[0]}"]
    rows += [INDENT + text for text in what[1:]]
    if line.remedy is not None:
        first, *others = _wrapped(line.remedy, room - 3)
        rows += [f"{INDENT}-> {first}", *(f"{INDENT}   {text}" for text in others)]
    return "\n".join(rows)


def _wrapped(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
