"""One agent a state directory: two would take each other's ledger, session and lamp."""

import fcntl
import os
from pathlib import Path

NAME = "agent.lock"


def take_lock(directory: Path) -> bool:
    """Whether this process is the only one there. The kernel lets go of the lock when the process dies, however it does.

    A directory that cannot be written is nobody's: True, and the storage tells of it.
    """
    try:
        descriptor = os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)  # kept open for as long as we live
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    except OSError:
        return True  # a file system without locks
    return True
