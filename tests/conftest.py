"""For all tests: a real mosquitto of their own and a cable to it. This file's folder makes ``support`` importable."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.broker import Mosquitto
from support.cable import Cable


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path / "mosquitto")
    mosquitto.start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def cable(broker: Mosquitto) -> Iterator[Cable]:
    made = Cable(broker.port)
    yield made
    made.close()
