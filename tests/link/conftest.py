"""Lamps for the link's tests: a link on a thread of its own, stopped when the test ends."""

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from fakes import BufferingOutbox, FakeInbox, FakeOutbox, birth, eventually
from support.broker import Mosquitto
from support.operator import Operator

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


@pytest.fixture
def lamp(broker: Mosquitto) -> Iterator[Callable[..., Lamp]]:
    """Makes lamps at the test's broker."""
    lamps: list[Lamp] = []

    def make(
        url: str = broker.url,
        outbox: FakeOutbox | BufferingOutbox | None = None,
        rng: random.Random | None = None,
        **settings: Any,
    ) -> Lamp:
        made = Lamp(Broker(url, **settings), outbox or FakeOutbox(), rng or Hasty())
        lamps.append(made)
        return made

    yield make
    for made in lamps:
        made.stop()


@pytest.fixture
def operator(broker: Mosquitto) -> Iterator[Operator]:
    client = Operator(broker.port)
    yield client
    client.close()
