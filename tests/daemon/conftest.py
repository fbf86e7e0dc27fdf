"""Agents for the daemon's tests: processes of their own, ended by their pid however the test ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.agent import CONFIG, NOBODY, Agent, MakeAgent


@pytest.fixture
def make_agent(tmp_path: Path) -> Iterator[MakeAgent]:
    """Makes agents, not yet started: where their broker is, and what their config file says (None: there is none)."""
    made: list[Agent] = []

    def make(broker: str = NOBODY, config: str | None = CONFIG) -> Agent:
        made.append(Agent(tmp_path / f"agent-{len(made)}", broker, config))
        return made[-1]

    yield make
    for agent in made:
        agent.kill()


@pytest.fixture
def agent(make_agent: MakeAgent) -> Agent:
    """One that has no broker, running."""
    return make_agent().start()
