"""Starts the compiler as a fresh process and takes its answer; for the daemon, which loads neither pydantic nor PyYAML."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.config.answer import Answer, Failure

_COMPILER = (sys.executable, "-P", "-m", "agent.config")  # -P: nothing is imported from wherever the daemon was started
_TIMEOUT_S = 60.0  # a Pi Zero imports pydantic in a few seconds, on a cold card
_DETAIL_CHARACTERS = 500


def compile_in_child(file: Path, output: Path, timeout_s: float = _TIMEOUT_S, compiler: Sequence[str] = _COMPILER) -> Answer:
    """Compiles FILE into OUTPUT in a child of its own. Blocks for at most ``timeout_s``; never raises for what the child does."""
    try:
        ended = subprocess.run(  # noqa: S603 -- our own module, by the interpreter that runs us
            [*compiler, str(file), str(output)], stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return _failed(Failure.TOO_SLOW, f"more than {timeout_s:g} s")
    except (OSError, ValueError) as error:  # ValueError: a NUL in a path
        return _failed(Failure.NOT_STARTED, str(error))
    try:
        return msgspec.json.decode(ended.stdout, type=Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        said = ended.stderr.decode("utf-8", "replace").strip()
        return _failed(Failure.CRASHED, f"status {ended.returncode}: {said[-_DETAIL_CHARACTERS:]}")


def _failed(failure: Failure, detail: str) -> Answer:
    return Answer((), None, failure=failure, detail=detail)
