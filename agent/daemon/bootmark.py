"""How the agent came to start: a small file remembers the last start of the kernel and whether the agent said goodbye."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from agent.records import BootReason

NAME = "boot.json"
RESULT = "result"  # the unit's ExecStopPost= leaves systemd's word for how the service ended here


@dataclass(frozen=True, slots=True)
class BootMark:
    kernel_boot_id: str
    ended_well: bool


def reason_of(mark: BootMark | None, kernel_boot_id: str, service_result: str = "") -> BootReason:
    """Another kernel boot, or none on record: the power came on. ``service_result``: systemd's word for the last end."""
    if mark is None or mark.kernel_boot_id != kernel_boot_id:
        return BootReason.POWER_ON
    if mark.ended_well:
        return BootReason.RESTART
    return BootReason.WATCHDOG if service_result == "watchdog" else BootReason.CRASH


def read_result(directory: Path) -> str:
    """How systemd says the service ended; empty where it is not systemd that starts us."""
    try:
        return (directory / RESULT).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def read_mark(directory: Path) -> BootMark | None:
    """None where there is none, or none that can be read: then the start counts as the power coming on, which lights the lamp."""
    try:
        return msgspec.json.decode((directory / NAME).read_bytes(), type=BootMark)
    except (OSError, msgspec.MsgspecError):
        return None


def write_mark(directory: Path, mark: BootMark) -> None:
    """Replace the file whole. Raises OSError; the state directory being unwritable is told of by the storage."""
    fresh = directory / (NAME + ".new")
    fresh.write_bytes(msgspec.json.encode(mark))
    os.replace(fresh, directory / NAME)  # noqa: PTH105  the one call that is atomic by its own documentation
