"""The daemon as the bench sees it: a process that tells of its light, takes edges on stdin, and is asked for its memory."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TypeVar

from agent.clock import host_s

CONFIG = Path(__file__).with_name("agent.yaml")
PATIENCE_S = 30.0  # a busy machine without bytecode takes its time; nothing is judged here
END_S = 6.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Light:
    at_s: float
    percent: float


class Daemon:
    """Starts with its making; ``started_s`` is the moment before the process."""

    def __init__(self, state: Path, broker: str) -> None:
        state.mkdir(exist_ok=True)
        places = [f"--state={state}", f"--socket={state / 'agent.sock'}", f"--broker={broker}"]
        self._lights: SimpleQueue[Light] = SimpleQueue()
        self._edges_s: SimpleQueue[float] = SimpleQueue()
        with (state / "agent.log").open("ab") as log:
            self.started_s = host_s()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.pole", f"--config={CONFIG}", "--simulate", *places],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._log = state / "agent.log"
        Thread(target=self._listen, daemon=True).start()

    @property
    def memory_mib(self) -> float:
        return resident_mib(self._process.pid)

    def light(self, percent: float | None = None) -> Light:
        """The next change of the light; with ``percent``, the next to that level."""
        light = self._next(self._lights)
        while percent is not None and light.percent != percent:
            light = self._next(self._lights)
        return light

    def move(self, *, presence: bool) -> None:
        _stream(self._process.stdin).write("1\n" if presence else "0\n")
        _stream(self._process.stdin).flush()

    def edge_s(self) -> float:
        """When the motion sensor's line next went from nobody to somebody."""
        return self._next(self._edges_s)

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _next(self, queue: "SimpleQueue[T]") -> T:
        try:
            return queue.get(timeout=PATIENCE_S)
        except Empty:
            last = "\n".join(self._log.read_text().splitlines()[-20:])
            raise TimeoutError(f"nothing within {PATIENCE_S:g} s; the daemon's last words:\n{last}") from None

    def _listen(self) -> None:
        for line in _stream(self._process.stdout):
            match line.split():
                case ["light", at, percent]:
                    self._lights.put(Light(float(at), float(percent)))
                case ["edge", at]:
                    self._edges_s.put(float(at))


def resident_mib(pid: int) -> float:
    """The memory of a process that is really in RAM (VmRSS)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kib) / 1024


def _stream(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the daemon was started without its pipes")
    return stream
