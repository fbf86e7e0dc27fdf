"""The compiled config as it lies in the state directory: canonical JSON beside the hash of the file it was made from."""

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from agent import __version__
from agent.config.problems import Problem
from agent.settings.model import Settings

FILE_NAME = "config.json"
_VERSION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Artifact:
    """``salvaged``: the file was broken, and these settings are what could be saved of it; ``problems`` then says why."""

    file_hash: str
    version: str  # of the settings: what ``config_version`` tells on the wire; the same for the same meaning
    agent_version: str  # another compiler may find another meaning
    salvaged: bool
    problems: tuple[Problem, ...]
    settings: Settings


def make(content: bytes, settings: Settings, problems: tuple[Problem, ...], *, salvaged: bool) -> Artifact:
    """The artifact of a file with this content."""
    return Artifact(hash_of(content), version_of(settings), __version__, salvaged, problems, settings)


def hash_of(content: bytes) -> str:
    """The SHA-256 of the file as it is on disk."""
    return hashlib.sha256(content).hexdigest()


def canonical(settings: Settings) -> bytes:
    """The same bytes for the same settings: keys sorted, nothing optional."""
    return msgspec.json.encode(settings, order="sorted")


def version_of(settings: Settings) -> str:
    """A short hash of the canonical settings; comments and spelling in the file do not change it."""
    return hashlib.sha256(canonical(settings)).hexdigest()[:_VERSION_DIGITS]


def encode(artifact: Artifact) -> bytes:
    return msgspec.json.encode(artifact, order="sorted")


def decode(data: bytes) -> Artifact | None:
    """None for what is no artifact, or whose settings are not those that were written."""
    try:
        artifact = msgspec.json.decode(data, type=Artifact)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return artifact if version_of(artifact.settings) == artifact.version else None


def load(path: Path) -> Artifact | None:
    """The artifact of an earlier start; None where there is none, or a damaged one. Needs neither pydantic nor PyYAML."""
    try:
        return decode(path.read_bytes())
    except OSError:
        return None


def save(path: Path, artifact: Artifact) -> None:
    """Writes all of it or nothing, whenever the power fails. Raises OSError."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encode(artifact))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Without it the new name itself may be lost."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
