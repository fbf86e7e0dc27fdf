"""The control socket: commands at the pole ask the running daemon through it, one request a connection, in limited time."""

import os
import socket
import threading
from collections.abc import Callable
from errno import EADDRINUSE
from pathlib import Path

import msgspec
from structlog.typing import FilteringBoundLogger

from agent.clock import host_s
from agent.daemon.protocol import MOST_BYTES, Reply, Request, parse_request

CLIENT_S = 1.0  # a client that takes longer to ask, or to take the answer, is cut off: others are waiting
Ask = Callable[[Request], Reply]


class ControlSocket:
    """``ask`` is answered by the control thread; it must come back in bounded time."""

    def __init__(self, path: Path, ask: Ask, log: FilteringBoundLogger) -> None:
        self._path = path
        self._ask = ask
        self._log = log
        self._server: socket.socket | None = None
        self._stop = threading.Event()

    def run(self) -> None:
        """The thread's body. Raises OSError where the socket cannot be made."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if _is_alive(self._path):
            raise OSError(EADDRINUSE, "another agent listens there; give this one a --socket of its own", str(self._path))
        self._path.unlink(missing_ok=True)  # left by an earlier run
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as server:
            server.bind(str(self._path))
            os.chmod(self._path, 0o660)  # noqa: PTH101  the path is a socket's
            server.listen(8)
            self._server = server
            while not self._stop.is_set():
                try:
                    client, _ = server.accept()
                except OSError:
                    if self._stop.is_set():
                        break
                    raise
                with client:
                    self._serve(client)
        self._path.unlink(missing_ok=True)

    def stop(self) -> None:
        self._stop.set()
        if self._server is not None:
            try:
                self._server.shutdown(socket.SHUT_RDWR)  # wakes the accept
            except OSError:
                return  # it is closed already

    def _serve(self, client: socket.socket) -> None:
        try:
            line = _read_line(client, host_s() + CLIENT_S)
            if line:
                request = parse_request(line)
                reply = request if isinstance(request, Reply) else self._ask(request)
                client.settimeout(CLIENT_S)
                client.sendall(msgspec.json.encode(reply) + b"\n")
        except OSError as error:
            self._log.info("a client of the control socket went away", error=str(error))


def _is_alive(path: Path) -> bool:
    """Whether somebody answers at the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as probe:
        probe.settimeout(CLIENT_S)
        return probe.connect_ex(str(path)) == 0


def _read_line(client: socket.socket, until_s: float) -> bytes:
    """Raises TimeoutError, however the bytes are dribbled."""
    line = b""
    while not line.endswith(b"\n"):
        client.settimeout(max(0.001, until_s - host_s()))
        part = client.recv(MOST_BYTES)
        line += part
        if not part or len(line) > MOST_BYTES:
            break
    return line
