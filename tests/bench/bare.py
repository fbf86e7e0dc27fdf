"""What the daemon's figures stand beside: the bare interpreter, a queue between two threads, a publication through the broker."""

import subprocess
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from paho.mqtt.client import Client, MQTTMessage

from agent.clock import host_s
from bench.daemon import PATIENCE_S, resident_mib

INTERPRETER = "import time; print(time.clock_gettime(time.CLOCK_BOOTTIME), flush=True); input()"


def interpreter() -> tuple[float, float]:
    """Milliseconds from the start of a process to its first line of Python, and the memory that it then has, in MiB."""
    started_s = host_s()
    with subprocess.Popen(
        [sys.executable, "-c", INTERPRETER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None:
            raise RuntimeError("the interpreter was started without its pipes")
        begun_s = float(process.stdout.readline())
        memory_mib = resident_mib(process.pid)
        process.communicate("\n")
    return (begun_s - started_s) * 1000, memory_mib


class HandOver:
    """A queue with a thread that waits for it: the least that an edge can take to another thread."""

    def __init__(self) -> None:
        self._there: SimpleQueue[None] = SimpleQueue()
        self._back: SimpleQueue[float] = SimpleQueue()
        Thread(target=self._take, daemon=True).start()

    def ms(self) -> float:
        put_s = host_s()
        self._there.put(None)
        return (self._back.get() - put_s) * 1000

    def _take(self) -> None:
        while True:
            self._there.get()
            self._back.put(host_s())


class Echo:
    """A subscription of the bench's own, to measure how long a publication is under way without any lamp."""

    TOPIC = "bench/echo"

    def __init__(self, make_client: Callable[[], Client], publish: Callable[[str, bytes], float]) -> None:
        self._publish = publish
        self._seen: SimpleQueue[float] = SimpleQueue()
        subscribed: SimpleQueue[None] = SimpleQueue()
        self._client = make_client()
        self._client.on_subscribe = lambda *_: subscribed.put(None)
        self._client.on_message = self._on_message
        self._client.subscribe(self.TOPIC, 1)
        subscribed.get(timeout=PATIENCE_S)

    def ms(self) -> float:
        published_s = self._publish(self.TOPIC, b"{}")
        return (self._seen.get(timeout=PATIENCE_S) - published_s) * 1000

    def _on_message(self, _client: Client, _userdata: Any, _message: MQTTMessage) -> None:
        self._seen.put(host_s())
