"""Lamps for the link's tests, stopped when the test ends."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes import BufferingOutbox, FakeOutbox
from linked_lamp import Hasty, Lamp
from support.broker import Mosquitto
from support.operator import Operator

from agent.settings.model import Broker


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
