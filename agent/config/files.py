"""Reads a config file from disk: bounded, and with the reasons why it could not be."""

import os
import stat
from pathlib import Path

from agent.config.problems import Problem, Severity

MOST_BYTES = 256 * 1024


def read_content(path: Path) -> bytes | Problem:
    """At most a little more than is allowed: the compiler says that it is too much. Never blocks on what is not a file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _unreadable(path, "is not a file", "name the config file itself")
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return _unreadable(path, "there is no such file", "name another, or write one")
    except IsADirectoryError:
        return _unreadable(path, "is a folder", "name the config file in it")
    except OSError as error:
        return _unreadable(path, f"cannot be read: {error.strerror}", "check its owner and mode")


def text_of(path: Path, content: bytes) -> str | Problem:
    """The content as UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(content) > MOST_BYTES:  # cut in the middle of a character, perhaps
            return content.decode("utf-8-sig", "replace")
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        byte = f"byte 0x{content[error.start]:02x} is not UTF-8"
        return Problem(str(path), before.count(b"\n") + 1, column, "", Severity.ERROR, byte, "save the file as UTF-8")


def _unreadable(path: Path, message: str, hint: str) -> Problem:
    return Problem(str(path), 1, 1, "", Severity.ERROR, message, hint)
