"""A pole for doctor: boards from their trees, and eyes to look with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from doctor_pole import Commands
from support.trees import plant

from agent.doctor.eyes import Eyes
from agent.doctor.host import Host

TREES = Path(__file__).parent / "trees"


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def host_of(tmp_path: Path, commands: Commands) -> Callable[..., Host]:
    """The machine of a tree."""

    def make(tree: str, more: str = "") -> Host:
        root = tmp_path / tree
        plant((TREES / f"{tree}.tree").read_text(), root)
        plant(more, root)
        return Host(root, commands)

    return make


@pytest.fixture
def bare(tmp_path: Path, commands: Commands) -> Host:
    """A machine that says nothing at all."""
    (tmp_path / "bare").mkdir()
    return Host(tmp_path / "bare", commands)


@pytest.fixture
def eyes() -> Eyes:
    return Eyes("streetlight", 990, 990, (), as_agent=True)


@pytest.fixture
def others_eyes() -> Eyes:
    return Eyes("pi", 1000, 1000, (), as_agent=False)


@pytest.fixture
def open_to_all(tmp_path: Path) -> Callable[[Host], Host]:
    """A machine whose files nobody may look at too, unlike those of tmp_path."""

    def opened(host: Host) -> Host:
        for folder in (*host.root.parents, host.root):
            if str(folder).startswith(str(tmp_path.parents[1])):
                folder.chmod(0o755)
        return host

    return opened
