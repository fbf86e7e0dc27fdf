"""What doctor's tests look at: commands that say what a test wants, lines that nobody has, and the lines by their checks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.doctor.line import Line, Status
from agent.hardware.gpiochip import LineInfo
from agent.hardware.pins import GpioError

PAGE = Path(__file__).parents[2] / "docs" / "technician.md"
EXPLAINED = frozenset(
    name for row in PAGE.read_text().splitlines() if row.startswith("| `") for name in re.findall(r"`([^`]+)`", row.split("|")[1])
)
FREE = LineInfo(used=False, output=False, consumer="")


@dataclass
class Commands:
    """What each command says, by its first word; one that is not here is not installed."""

    said: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str) -> str | None:
        return self.said.get(words[0])


@dataclass
class FakeGpio:
    """One chip; a line that is not named is free and low."""

    infos: dict[int, LineInfo] = field(default_factory=dict)
    high: set[int] = field(default_factory=set)
    number: int = 0
    broken: str = ""
    missing: set[int] = field(default_factory=set)

    def chip(self) -> int:
        if self.broken:
            raise GpioError(self.broken)
        return self.number

    def info(self, chip: int, line: int) -> LineInfo:
        assert chip == self.number
        if line in self.missing:
            raise OSError(22, "Invalid argument")
        return self.infos.get(line, FREE)

    def level(self, chip: int, line: int) -> bool:
        assert not self.info(chip, line).used, "a line of another's was asked for"
        return line in self.high


def by_check(lines: Iterable[Line]) -> Mapping[str, Line]:
    """The lines by their checks, each of which must have one alone, and be explained to technicians."""
    found: dict[str, Line] = {}
    for line in lines:
        assert line.check not in found, f"{line.check} twice: {found[line.check]}, {line}"
        assert re.sub(r"\d+$", "N", line.check) in EXPLAINED, f"{PAGE.name} does not explain {line.check}"
        assert (line.remedy is None) == (line.status is Status.PASS), (
            f"{line}: a remedy is there when, and only when, it is needed"
        )
        found[line.check] = line
    return found
