"""One pilot for the tests of a file: three lamps, two of one name at two sites, an operator, and the broker running.

They take a minute, so they run where the environment has SECURITY=1: ``SECURITY=1 scripts/test tests/security``.
"""

import os
from collections.abc import Iterator

import pytest
from support.authority import Issued
from support.broker import Mosquitto
from support.pilot import SITE, Pilot
from support.stranger import Connect, Stranger

collect_ignore_glob = [] if os.environ.get("SECURITY") else ["test_*.py"]


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    made = Pilot(tmp_path_factory.mktemp("pilot"))
    made.make("broker", "127.0.0.1")
    made.make("lamp", SITE, "lamp-7", "east")
    made.make("lamp", SITE, "lamp-8", "west")
    made.make("lamp", "elsewhere", "lamp-7", "east")
    made.make("operator", "anna")
    return made


@pytest.fixture(scope="module")
def guarded(pilot: Pilot) -> Iterator[Mosquitto]:
    """The broker of the pilot, as shipped."""
    pilot.install()
    broker = pilot.broker()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def connect(pilot: Pilot, guarded: Mosquitto) -> Iterator[Connect]:
    """Connects bare clients, by the certificate that is given."""
    made: list[Stranger] = []

    def begin(own: Issued | None, **more: str) -> Stranger:
        made.append(Stranger(guarded.port, str(pilot.ca), own, **more))
        return made[-1]

    yield begin
    for one in made:
        one.close()
