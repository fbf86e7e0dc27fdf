"""What the host says of itself: model, serial number, operating system, and which boot this is."""

from dataclasses import dataclass
from pathlib import Path

MODEL = "proc/device-tree/model"
SERIAL = "proc/device-tree/serial-number"
OS_RELEASE = "etc/os-release"
BOOT_ID = "proc/sys/kernel/random/boot_id"
PI_5_FAMILY = (
    "Raspberry Pi 5",
    "Raspberry Pi Compute Module 5",
)  # the RP1 drives their pins and PWM; "Raspberry Pi 500" begins alike


@dataclass(frozen=True, slots=True)
class Board:
    """None where the host does not say, as a machine that is no Pi does not."""

    model: str | None
    serial: str | None
    os: str | None
    boot_id: str | None  # new at each boot of the kernel

    @property
    def pi5(self) -> bool:
        return self.model is not None and self.model.startswith(PI_5_FAMILY)


def read_board(root: Path = Path("/")) -> Board:
    """Never fails: what cannot be read is None."""
    return Board(
        model=_text(root / MODEL), serial=_text(root / SERIAL), os=_os_name(root / OS_RELEASE), boot_id=_text(root / BOOT_ID)
    )


def _text(path: Path) -> str | None:
    """The device tree ends its texts with a NUL."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.strip("\0 \n") or None


def _os_name(path: Path) -> str | None:
    """PRETTY_NAME of os-release(5), its quotes taken off."""
    for line in (_text(path) or "").splitlines():
        key, _, value = line.partition("=")
        if key == "PRETTY_NAME":
            return value.strip("\"'")
    return None
