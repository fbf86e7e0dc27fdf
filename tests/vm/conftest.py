"""The guest's fixtures. Only scripts/vm says where a built guest is; without it pytest leaves these tests alone."""

import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from guest.broker import Broker
from guest.lamp import Lamp
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a lamp is in play, a failure shows what its daemon has said."""
    report = yield
    lamp = item.funcargs.get("lamp")
    if report.when == "call" and report.failed and isinstance(lamp, Lamp):
        with suppress(ConnectionError, TimeoutError):  # the guest may be what has failed
            report.sections.append(("journal of the daemon", lamp.journal()))
    return report
