"""The kernel's attribute files under /sys, as a small interface that a virtual tree can stand in for."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Attributes(Protocol):
    """Files of text, by their path below /sys: ``class/thermal/thermal_zone0/temp``. All raise OSError as the kernel does."""

    def read(self, path: str) -> str: ...

    def write(self, path: str, text: str) -> None: ...


class Sysfs(Attributes, Protocol):
    """The attributes, and the folders and links among which they are found."""

    def list(self, path: str) -> Sequence[str]:
        """The names in a folder."""
        ...

    def target(self, path: str) -> str:
        """Where a link points, as it is written in the link: ``../../../1f00098000.pwm``."""
        ...


class HostSysfs:
    """The host's own /sys."""

    def __init__(self, root: str = "/sys") -> None:
        self._root = Path(root)

    def read(self, path: str) -> str:
        return (self._root / path).read_text(encoding="ascii", errors="replace")

    def write(self, path: str, text: str) -> None:
        descriptor = os.open(self._root / path, os.O_WRONLY | os.O_TRUNC)  # some are write-only, and none is ours to create
        try:
            os.write(descriptor, text.encode("ascii"))  # in one piece: the kernel takes each write for a whole value
        finally:
            os.close(descriptor)

    def list(self, path: str) -> Sequence[str]:
        return sorted(entry.name for entry in (self._root / path).iterdir())

    def target(self, path: str) -> str:
        return str((self._root / path).readlink())
