"""A lamp that is nothing but its link, on a thread of its own."""

import random
import threading
from dataclasses import dataclass, field

import structlog
from fakes import BufferingOutbox, FakeInbox, FakeOutbox, birth, eventually

from agent.clock import host_s
from agent.link.link import Link
from agent.settings.model import Broker

BASE = "streetlight/v1/s/lamp/l"
CLIENT_ID = "streetlight-s-l"


class Hasty(random.Random):
    """Draws low, so that a test need not wait."""

    def uniform(self, a: float, b: float) -> float:
        return a + 0.05 * (b - a)


@dataclass
class Lamp:
    """Lamp ``l`` of site ``s``, in group ``g``; its core is the test."""

    broker: Broker
    outbox: FakeOutbox | BufferingOutbox = field(default_factory=FakeOutbox)
    rng: random.Random = field(default_factory=Hasty)
    inbox: FakeInbox = field(default_factory=FakeInbox)

    def __post_init__(self) -> None:
        self.link = Link(
            self.broker,
            "s",
            "l",
            ("g",),
            birth=birth,
            outbox=self.outbox,
            inbox=self.inbox,
            host_s=host_s,
            rng=self.rng,
            log=structlog.get_logger(),
        )
        if isinstance(self.outbox, BufferingOutbox):
            self.outbox.deliver = self.link.deliver
        self._thread = threading.Thread(target=self.link.run)

    def start(self) -> "Lamp":
        self._thread.start()
        return self

    def connected(self) -> "Lamp":
        eventually(lambda: self.link.view.connected)
        return self

    def stop(self, within_s: float = 5) -> None:
        if self._thread.is_alive():
            self.link.stop()
            self._thread.join(within_s)
        assert not self._thread.is_alive(), "the link's thread has not ended in time"
