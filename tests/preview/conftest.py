"""For the tests of previews: ``run`` previews nights of the demonstration's lamp, each but once."""

from collections.abc import Callable

import pytest
from preview_street import previewed

from agent.simulation.preview.report import Preview


@pytest.fixture
def run() -> Callable[..., Preview]:
    return previewed
