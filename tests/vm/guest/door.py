"""Commands for the guest, through the virtio port that its back door (overlay/opt/guest/door) answers."""

import socket
import time
from pathlib import Path
from typing import BinaryIO

import msgspec


class Outcome(msgspec.Struct, frozen=True):
    """How a command in the guest ended; ``status`` -1: not in time."""

    number: int
    status: int
    out: str
    err: str


class CommandError(AssertionError):
    """A command that had to succeed did not; a failed assertion, for it is tests that give them."""

    def __init__(self, command: str, outcome: Outcome) -> None:
        super().__init__(f"{command}\nexit status {outcome.status}\n{outcome.out}{outcome.err}")
        self.outcome = outcome


class Door:
    """One command at a time. Raises ConnectionError when the guest is gone, TimeoutError when it does not answer."""

    def __init__(self, path: Path, boot_s: float) -> None:
        self._socket = _connect(path)
        self._lines: BinaryIO = self._socket.makefile("rb")
        self._number = 0
        self._socket.settimeout(boot_s)
        self._next_outcome()  # said by the guest when it is up

    def run(self, command: str, stdin: str = "", timeout_s: float = 60) -> Outcome:
        self._number += 1
        request = {"number": self._number, "command": command, "stdin": stdin, "timeout_s": timeout_s}
        self._socket.settimeout(timeout_s + 30)
        self._socket.sendall(msgspec.json.encode(request) + b"\n")
        outcome = self._next_outcome()
        while outcome.number != self._number:  # a door that systemd has started again says that it is up
            outcome = self._next_outcome()
        return outcome

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def _next_outcome(self) -> Outcome:
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("the guest is gone")
        return msgspec.json.decode(line, type=Outcome)


def _connect(path: Path) -> socket.socket:
    """qemu makes the socket shortly after its start."""
    for _ in range(100):
        if path.exists():
            break
        time.sleep(0.05)
    door = socket.socket(socket.AF_UNIX)
    door.connect(str(path))
    return door
