"""Where things are: the config file, the state directory, the control socket. Daemon and commands look in the same order."""

import os
from collections.abc import Mapping
from pathlib import Path

CONFIG = Path("/etc/streetlight-agent/agent.yaml")
STATE = Path("/var/lib/streetlight-agent")
RUNTIME = Path("/run/streetlight-agent")
SOCKET = "agent.sock"


def socket_candidates(state: Path, environment: Mapping[str, str] = os.environ) -> list[Path]:
    """In the order in which they are tried, after an explicit ``--socket``."""
    found = []
    if environment.get("RUNTIME_DIRECTORY"):
        found.append(Path(environment["RUNTIME_DIRECTORY"].split(":")[0]) / SOCKET)
    return [*found, RUNTIME / SOCKET, state / SOCKET]


def socket_to_make(explicit: Path | None, state: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the daemon listens: the first place that can be written; the last where none can, so that the error names it."""
    if explicit is not None:
        return explicit
    candidates = socket_candidates(state, environment)
    return next((path for path in candidates if path.parent.is_dir() and os.access(path.parent, os.W_OK)), candidates[-1])


def socket_to_ask(explicit: Path | None, state: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Where a command asks: the first socket that exists; the first candidate where none does."""
    if explicit is not None:
        return explicit
    candidates = socket_candidates(state, environment)
    return next((path for path in candidates if _is_there(path)), candidates[0])


def _is_there(path: Path) -> bool:
    try:
        return path.is_socket()
    except PermissionError:  # the folder is shut to us, as to whoever is not in the agent's group: asking says what to do
        return True
