"""The guest's fixtures. Only scripts/vm says where a built guest is; without it pytest leaves these tests alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from guest.broker import Broker
from guest.machine import Guest
from guest.sandbox import Sandbox
from guest.wiring import Wiring

GUEST = os.environ.get("STREETLIGHT_GUEST")
collect_ignore_glob = [] if GUEST else ["test_*.py"]


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    """Booted once for the tests of a file."""
    assert GUEST
    with Guest(Path(GUEST)) as running:
        yield running


@pytest.fixture(scope="module")
def wiring(guest: Guest) -> Wiring:
    return Wiring(guest)


@pytest.fixture(scope="module")
def sandbox(guest: Guest) -> Iterator[Sandbox]:
    """The shipped unit, with probes in the daemon's place."""
    taken = Sandbox(guest)
    yield taken
    taken.leave()


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker() as running:
        yield running
