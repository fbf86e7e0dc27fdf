"""What a cross check is: a function from settings to findings, and the sections it needs to be sound."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from agent.config.findings import Finding, Path
from agent.settings.model import Settings

Written: TypeAlias = Callable[[Path], bool]
"""Whether a path is written in the file, or only its default holds."""


@dataclass(frozen=True, slots=True)
class Check:
    """``needs`` are paths of sections: where one of them is broken, what the check would say is not to be trusted."""

    find: Callable[[Settings, Written], Iterator[Finding]]
    needs: tuple[Path, ...] = ()
