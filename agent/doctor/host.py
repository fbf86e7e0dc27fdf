"""The machine that doctor looks at: its files below a root, and what its commands say."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

COMMAND_S = 10.0  # no command that is asked takes a second on a healthy Pi


class Command(Protocol):
    def __call__(self, *words: str) -> str | None:
        """What the command writes to its standard output; None where there is no such command, or it fails or hangs."""
        ...


def run_command(*words: str) -> str | None:
    environment = {**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0"}
    try:
        ended = subprocess.run(  # noqa: S603  all commands are doctor's own
            words, capture_output=True, stdin=subprocess.DEVNULL, timeout=COMMAND_S, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout.decode("utf-8", "replace") if ended.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Host:
    root: Path = Path("/")
    run: Command = run_command

    def text(self, path: str) -> str | None:
        """A small file's text without the ends that the kernel gives it; None where it cannot be read."""
        return text_of(self.root / path)

    def found(self, pattern: str) -> list[Path]:
        """What there is of a pattern with wildcards, in order."""
        return sorted(self.root.glob(pattern))


def text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0 \n")
    except OSError:
        return None
