"""Stages of the build: each is made again only when something that it is made from has changed."""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Input: TypeAlias = "str | Path | Stage"


@dataclass(frozen=True)
class Stage:
    """What ``make`` leaves in the cache folder depends on ``inputs`` (text, files, folders, stages) and on its own module."""

    name: str
    inputs: tuple[Input, ...]
    make: Callable[[Path], None]

    @property
    def key(self) -> str:
        digest = hashlib.sha256()
        for part in (*self.inputs, Path(inspect.getfile(self.make))):
            for piece in _pieces(part):
                digest.update(len(piece).to_bytes(8, "big") + piece)
        return digest.hexdigest()[:16]

    def is_made(self, cache: Path) -> bool:
        mark = self._mark(cache)
        return mark.exists() and mark.read_text() == self.key

    def forget(self, cache: Path) -> None:
        self._mark(cache).unlink(missing_ok=True)

    def remake(self, cache: Path) -> None:
        key = self.key  # of what is read now: an edit during the work counts the next time
        self.make(cache)
        self._mark(cache).write_text(key)

    def _mark(self, cache: Path) -> Path:
        return cache / f"{self.name}.key"


def ensure(cache: Path, *chain: Stage) -> None:
    """Make what is not made. Each rests on those before it, so when one is made again, cut short or not, all after it are."""
    for place, stage in enumerate(chain):
        if not stage.is_made(cache):
            for outdated in chain[place:]:
                outdated.forget(cache)
            stage.remake(cache)


def _pieces(part: Input) -> Iterator[bytes]:
    if isinstance(part, str):
        yield part.encode()
    elif isinstance(part, Stage):
        yield part.key.encode()
    elif part.is_dir():
        for path in sorted(part.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(part)).encode()
                yield from _pieces(path)
    else:
        yield f"{part.stat().st_mode:o}".encode()
        yield part.read_bytes()
