"""Disks that fail for real, for root and for others alike, and records to put on them."""

import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from agent.delivery import Channel, Priority, Record
from agent.records import TimeQuality

NOBODY = 65534
CHANNELS = {Priority.ALARM: Channel.EVENT, Priority.TELEMETRY: Channel.TELEMETRY, Priority.INFORMATION: Channel.EVENT}


def a_record(seq: int, priority: Priority = Priority.TELEMETRY, boot_id: str = "boot-1", body_bytes: int = 20) -> Record:
    body = b'{"pad":"' + b"x" * (body_bytes - 10) + b'"}'
    return Record(CHANNELS[priority], priority, boot_id, seq, float(seq), 1000.0 + seq, TimeQuality.UNSYNCED, body)


@pytest.fixture
def record() -> Callable[..., Record]:
    return a_record


@contextmanager
def _full_disk() -> Iterator[None]:
    """No file grows: to SQLite that is a disk that refuses."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def full_disk() -> Callable[[], AbstractContextManager[None]]:
    return _full_disk


@contextmanager
def _read_only(directory: Path) -> Iterator[None]:
    """Nothing in the directory can be written; root, whom no mode stops, is nobody for so long."""
    modes = {path: path.stat().st_mode for path in (directory, *directory.iterdir())}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture
def read_only() -> Callable[[Path], AbstractContextManager[None]]:
    return _read_only


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A directory that nobody may enter too, unlike those of tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


@pytest.fixture
def reports() -> list[str]:
    return []


def _damage(path: Path) -> None:
    """What a dying card does: the file is still there and still says what it is, and its pages are nonsense."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(100)  # behind SQLite's header
        file.write(b"\xaa" * (size - 100))


@pytest.fixture
def damage() -> Callable[[Path], None]:
    return _damage
