"""The Pi's config.txt: where it is, and whether a line that is missed is in it already and only the restart is."""

from dataclasses import dataclass
from pathlib import Path

from agent.doctor.host import Host, text_of

PLACES = ("boot/firmware/config.txt", "boot/config.txt")  # the first since Raspberry Pi OS bookworm


@dataclass(frozen=True, slots=True)
class BootConfig:
    path: Path
    lines: tuple[str, ...]

    def remedy(self, line: str) -> str:
        """What to do so that this line counts."""
        if line in self.lines:
            return f"{self.path} has {line} already: restart the Pi"
        return f"write {line} in {self.path}, and restart the Pi"


def read_boot_config(host: Host) -> BootConfig:
    """The newer place, and no lines, where there is none. Filters such as [pi4] are not followed."""
    for place in PLACES:
        text = text_of(host.root / place)
        if text is not None:
            return BootConfig(Path("/") / place, tuple(line.strip() for line in text.splitlines()))
    return BootConfig(Path("/") / PLACES[0], ())
