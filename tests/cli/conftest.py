"""An agent for the commands to ask: one process for all tests of a file that ask for it."""

from collections.abc import Iterator

import pytest
from support.agent import Agent


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    """Running without a broker; who sets its level releases it."""
    made = Agent(tmp_path_factory.mktemp("agent"))
    made.start()
    yield made
    made.kill()
