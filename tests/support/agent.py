"""The agent as a process of its own, with all that is its own in one folder; asked and told as its users do."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

WITHIN_S = 15.0  # a busy machine takes its time to start Python
NOBODY = "mqtt://127.0.0.1:9"
NIGHT = "2026-12-21T23:00:00+01:00"
BASE = "streetlight/v1/teststadt/lamp/lamp-7"

CONFIG = """\
lamp:
  site: teststadt
  id: lamp-7
  groups: [east]
  location: {latitude: 51.4344, longitude: 6.7623, time_zone: Europe/Berlin}
luminaire: {nominal_power_w: 42, standby_power_w: 0.6, fade_up: 0s, fade_down: 0s}
output: {driver: pwm, gpio: 18, relay: {gpio: 23}}
sensors:
  light: {driver: veml7700}
  power: {driver: ina226, shunt_ohm: 0.02}
  temperature: {driver: tmp102}
programmes:
  even: [{at: sunset, level: 60}]
calendar: {default: even}
telemetry: {every: 1s}
storage: {flush_every: 1s}
broker: {url: "mqtt://127.0.0.1:9"}
"""


def eventually(is_so: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until it is so."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s, "it did not come to be"
        time.sleep(0.02)


class Agent:
    """One lamp in a December night at 60 %. ``start`` again is another boot of the agent in the same folder."""

    def __init__(self, folder: Path, broker: str = NOBODY, config: str | None = CONFIG) -> None:
        self.folder = folder
        self.config = folder / "agent.yaml"
        self.state = folder / "state"
        self.socket = folder / "agent.sock"
        self._log = folder / "agent.log"
        self._broker = broker
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if config is not None:
            self.config.write_text(config)

    @property
    def command(self) -> list[str]:
        """The command line that starts it; later arguments win over these."""
        return [
            *(sys.executable, "-m", "agent", "run", "--simulate", "--start", NIGHT),
            *("-c", str(self.config), "--state", str(self.state), "--socket", str(self.socket), "--broker", self._broker),
        ]

    @property
    def log(self) -> str:
        return self._log.read_text()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    # --- life

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> "Agent":
        """Start it and wait until it answers on its control socket."""
        self.launch(*arguments, environment=environment)
        eventually(self.answers)
        return self

    def launch(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        assert not self.lives
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.command, *arguments], stdin=subprocess.DEVNULL, stderr=log, env={**os.environ, **(environment or {})}
            )

    def stop(self, number: signal.Signals = signal.SIGTERM, within_s: float = 5.0) -> int:
        """Its exit status."""
        self.tell(number)
        return self.wait(within_s)

    def wait(self, within_s: float) -> int:
        """Its exit status, once it has ended by itself."""
        assert self._process is not None
        return self._process.wait(within_s)

    def kill(self) -> None:
        """As a power cut would; also the end of a test, whatever has become of it."""
        if self._process is not None and self.lives:
            self.tell(signal.SIGKILL)
            self._process.wait(5)

    def tell(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    # --- the control socket

    def ask(self, do: str, **more: object) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(self.say(json.dumps({"do": do, **more}).encode() + b"\n"))
        return reply

    def say(self, line: bytes, within_s: float = 5.0) -> bytes:
        """Whatever is said, and whatever comes back."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(within_s)
            client.connect(str(self.socket))
            client.sendall(line)
            with client.makefile("rb") as stream:
                return stream.readline()

    @property
    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = self.ask("status")["status"]
        return status

    @property
    def level(self) -> float:
        """What it has undertaken, in percent."""
        level: float = self.status["state"]["feedback_level"]
        return level

    @property
    def alarms(self) -> Sequence[str]:
        alarms: Sequence[str] = self.status["state"]["alarms"]
        return alarms

    def answers(self) -> bool:
        assert self.lives, f"the agent has ended:\n{self.log}"
        try:
            return "status" in self.ask("status")
        except (OSError, ValueError):
            return False


MakeAgent = Callable[..., Agent]
