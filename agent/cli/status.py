"""``status``: the running daemon's state, once or live."""

import shutil
import sys
import time
from pathlib import Path

import click
import msgspec
from msgspec import UNSET

from agent.cli.ask import NotRunning, ask_or_fail, find_socket, socket_options
from agent.cli.present import as_json, change_key, line, panel
from agent.daemon.protocol import Request, Status

EVERY_S = 0.5


@click.command()
@socket_options
@click.option("--watch", is_flag=True, help="Stay, and show every change: in place on a terminal, else a line each.")
@click.option("--json", "as_json_", is_flag=True, help="One JSON document; with --watch one a change, a line each.")
def status(socket: Path | None, config: Path | None, watch: bool, as_json_: bool) -> None:
    """Show what the lamp does now, and why."""
    path = find_socket(socket, config)
    if watch:
        _watch(path, json_lines=as_json_)
        return
    now = _status(path)
    click.echo(_json(now) if as_json_ else "\n".join(panel(now)))


def _status(path: Path) -> Status:
    found = ask_or_fail(path, Request("status")).status
    if found is UNSET:
        raise click.ClickException("the agent answered without its status; is it another version than this command?")
    return found


def _json(status: Status) -> str:
    return msgspec.json.encode(as_json(status)).decode()


def _watch(path: Path, *, json_lines: bool) -> None:
    """Until interrupted, or until the daemon is gone, which is exit status 1."""
    in_place = sys.stdout.isatty() and not json_lines
    before: object = None
    height = 0
    try:
        while True:
            try:
                now = _status(path)
            except NotRunning:
                if before is None:
                    raise
                raise NotRunning("the agent has ended") from None
            if in_place:
                width = shutil.get_terminal_size().columns
                height = _redraw(panel(now, width), width, height)
            elif change_key(now) != before:
                click.echo(_json(now) if json_lines else line(now))
                sys.stdout.flush()
            before = change_key(now)
            time.sleep(EVERY_S)
    except KeyboardInterrupt:
        return


def _redraw(rows: list[str], width: int, height: int) -> int:
    """Over the last picture, which may have been longer, line by line, so that nothing flickers; a row must not wrap."""
    up = f"\033[{height}A" if height else ""
    cut = (row if len(row) <= width else f"{row[: width - 1]}…" for row in rows)
    click.echo(up + "".join(f"\033[2K{row}\n" for row in cut) + "\033[J", nl=False)
    return len(rows)
