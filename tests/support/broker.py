"""A private mosquitto on a free loopback port, to be stopped, killed, frozen and started again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROGRAM = "/usr/sbin/mosquitto"  # not in everybody's PATH
STARTS_WITHIN_S = 5.0


class Mosquitto:
    """Keeps its sessions over ``stop`` and ``start``, and its port always.

    ``extra``: more lines of its config. ``config``: makes one for the port instead, which logs to mosquitto.log in the folder.
    """

    def __init__(self, folder: Path, extra: str = "", config: Callable[[int], str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self._config = folder / "mosquitto.conf"
        self._log = folder / "mosquitto.log"
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "persistence true", f"persistence_location {folder}/"]
        if config is not None:
            lines = [config(self.port)]
        lines.append("log_type all")  # see ``heard``
        if os.geteuid() == 0:
            lines.append("user root")  # it would drop to a user who may not write here
        self._config.write_text("\n".join([*lines, extra, ""]))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stdout=log, stderr=log)
        until_s = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until_s:
                raise RuntimeError(f"mosquitto has not started:\n{self._log.read_text()}")
            time.sleep(0.01)

    def stop(self) -> None:
        """It says goodbye and writes its sessions."""
        self._end(signal.SIGTERM)

    def reload(self) -> None:
        """It reads its ACL and its certificate again."""
        self._signal(signal.SIGHUP)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def heard(self, packet: str, client_id: str) -> bool:
        """Whether a packet of this kind, such as PUBACK, has ever come from that client."""
        return f"Received {packet} from {client_id}" in self._log.read_text()

    def freeze(self) -> None:
        """Its connections stay open, and nobody answers on them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kick(self, client_id: str) -> None:
        """Connect under somebody's id, so that mosquitto throws him out; his session stays, and nothing in it is acknowledged."""
        name = client_id.encode()
        session_expiry = b"\x05\x11" + (3600).to_bytes(4, "big")
        body = b"\x00\x04MQTT\x05" + b"\x00" + b"\x00\x3c" + session_expiry + len(name).to_bytes(2, "big") + name
        with socket.create_connection(("127.0.0.1", self.port), 5) as sock:
            sock.sendall(bytes([0x10, len(body)]) + body)
            if sock.recv(1) != b"\x20":
                raise RuntimeError("mosquitto did not take the intruder on")

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._signal(signal.SIGCONT)
            self._signal(number)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:  # mosquitto 2.0.11 overhears a SIGTERM now and then, amid a handshake
                self._process.kill()
                self._process.wait(10)
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
