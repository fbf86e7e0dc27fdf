"""``set``, ``release`` and ``identify``: the technician's hand on the lamp."""

from pathlib import Path

import click
from msgspec import UNSET

from agent.cli.ask import ask_or_fail, find_socket, socket_options
from agent.cli.durations import DURATION
from agent.cli.levels import LEVEL
from agent.core.maintenance import DEFAULT_S
from agent.daemon.protocol import Reply, Request


@click.command("set")
@click.argument("level", type=LEVEL)
@click.option("--for", "duration_s", type=DURATION, help="How long, at most 8h. [default: 30min]")
@socket_options
def set_level(level: float, duration_s: float | None, socket: Path | None, config: Path | None) -> None:
    """Hold the lamp at LEVEL percent, whatever programme and broker say."""
    seconds = DEFAULT_S if duration_s is None else duration_s
    _tell(ask_or_fail(find_socket(socket, config), Request("set", level, seconds)))
    if level == 0:
        click.echo("The lamp is dark but LIVE: its supply is not isolated by this command.")


@click.command()
@socket_options
def release(socket: Path | None, config: Path | None) -> None:
    """Give the lamp back; it fades in 30 s to what else is asked of it: a dim, its programme."""
    _tell(ask_or_fail(find_socket(socket, config), Request("release")))


@click.command()
@click.option("--for", "duration_s", type=DURATION, help="How long, at most 60s. [default: 20s]")
@socket_options
def identify(duration_s: float | None, socket: Path | None, config: Path | None) -> None:
    """Blink, so that the lamp is seen from the ground; at night not below the floor."""
    _tell(ask_or_fail(find_socket(socket, config), Request("identify", duration_s=duration_s)))


def _tell(reply: Reply) -> None:
    if reply.status is not UNSET:
        state = reply.status.state
        click.echo(f"{reply.status.lamp}: {state.feedback_level:g} %, {state.reason}")
