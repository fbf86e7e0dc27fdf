"""Asks the running daemon through its control socket."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from agent.daemon.places import CONFIG, STATE, socket_to_ask
from agent.daemon.protocol import Reply, Request

TIMEOUT_S = 5.0
F = TypeVar("F", bound=Callable[..., Any])


class NotRunning(click.ClickException):
    """Nobody answers; exit status 1."""


class Unanswered(NotRunning):
    """Somebody is there, who may not be asked or does not answer."""


def socket_options(command: F) -> F:
    """``--socket`` and ``-c``, which say where the daemon listens."""
    socket_option = click.option("--socket", type=click.Path(path_type=Path), help="The daemon's control socket.")
    config_option = click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path),
        help="The daemon's config file.",
    )
    return socket_option(config_option(command))


def find_socket(explicit: Path | None, config: Path | None) -> Path:
    state = STATE
    if explicit is None and config is not None:
        from agent.config.compiler import compile_text

        try:
            settings = compile_text(config.read_text(encoding="utf-8", errors="replace"), str(config)).settings
        except OSError as error:
            raise click.ClickException(f"{config}: {error.strerror}; name the config file that the daemon runs on") from error
        if settings is not None:
            state = Path(settings.storage.directory)
    return socket_to_ask(explicit, state)


def ask(path: Path, request: Request) -> Reply:
    """The daemon's answer. Raises NotRunning."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(TIMEOUT_S)
            client.connect(str(path))
            client.sendall(msgspec.json.encode(request) + b"\n")
            with client.makefile("rb") as stream:
                line = stream.readline()
        return msgspec.json.decode(line, type=Reply)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        start = f"start it with `systemctl start streetlight-agent`, or `streetlight-agent run -c {CONFIG}`"
        raise NotRunning(f"no agent is running (nobody listens on {path}); {start}") from error
    except PermissionError as error:
        raise Unanswered(f"{path}: you may not ask the agent; use sudo, or join the group streetlight") from error
    except (OSError, msgspec.MsgspecError) as error:
        raise Unanswered(f"{path}: the agent does not answer ({error}); see `journalctl -u streetlight-agent`") from error


def ask_or_fail(path: Path, request: Request) -> Reply:
    """As ``ask``; a refusal is exit status 1."""
    reply = ask(path, request)
    if reply.error is not None:
        raise click.ClickException(reply.error)
    return reply
