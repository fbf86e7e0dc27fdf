"""One fault as it is asked for: which, how strong, from when and for how long."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from agent.config.durations import written
from agent.config.wording import plain
from agent.simulation.faults.catalogue import CATALOGUE
from agent.simulation.faults.kinds import FaultKind, FaultName


class FaultError(ValueError):
    """A fault that cannot be read: what is wrong, where, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``value`` is in the unit of its kind, durations in seconds. ``at`` is local; None: from the start."""

    name: FaultName
    value: float | None = None
    at: time | None = None
    duration_s: float | None = None

    @property
    def kind(self) -> FaultKind:
        return CATALOGUE[self.name]

    def __str__(self) -> str:
        """As it is written."""
        since = "" if self.at is None else f"@{self.at.isoformat('seconds').removesuffix(':00')}"
        lasting = "" if self.duration_s is None else f"+{written(self.duration_s)}"
        return f"{self.name}{self._value()}{since}{lasting}"

    def _value(self) -> str:
        if self.value is None:
            return ""
        if self.kind.unit is not None and self.kind.unit.is_duration:
            return f"={'-' if self.value < 0 else ''}{written(abs(self.value))}"
        return f"={plain(self.value)}"


def first_s(local: time, start_utc_s: float, zone: tzinfo) -> float:
    """Seconds from the start to the first time that a local clock there shows this; 0 where it shows it now.

    A time that a change of the clocks leaves out comes when it would have come without the change; of two, the first counts.
    """
    today = datetime.fromtimestamp(start_utc_s, zone).date()
    days = (datetime.combine(today + timedelta(days=day), local, zone).timestamp() for day in range(3))
    return next(utc_s for utc_s in days if utc_s >= start_utc_s) - start_utc_s
