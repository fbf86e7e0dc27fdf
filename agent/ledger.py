"""What must survive a power cut, as types: overrides, marks of order, command ids, counters, the last time, what was learnt."""

from dataclasses import dataclass, field
from typing import TypeAlias

from agent.messages import Ack
from agent.records import TimeQuality


@dataclass(frozen=True, slots=True)
class StoredDemand:
    """An override or emergency as it was promised. ``left_s`` was left at the last time on disk."""

    command_id: str
    level: float  # percent, as asked
    fade_s: float | None
    issuer: str | None
    issued_utc_s: float | None
    starts_utc_s: float | None  # a dim with start_at, while it waits
    ends_utc_s: float | None  # None: taken while the clock was not trusted
    left_s: float
    nights_only: bool = False
    expires_utc_s: float | None = None  # taken without a clock: it had expired if it came after this


@dataclass(frozen=True, slots=True)
class SlotMemory:
    """One of the broker's two slots: what holds it, what waits, and the issue time of the newest command that touched it."""

    holds: StoredDemand | None = None
    waiting: tuple[StoredDemand, ...] = ()
    newest_issued_utc_s: float | None = None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The technician's demand: survives a restart of the agent, not a boot of the Pi."""

    level: float
    ends_mono_s: float  # CLOCK_BOOTTIME of the boot of the Pi that ``kernel_boot_id`` names
    kernel_boot_id: str


@dataclass(frozen=True, slots=True)
class SeenCommand:
    """A command id and the answer that its repeats get."""

    id: str
    seen_utc_s: float
    answer: Ack


@dataclass(frozen=True, slots=True)
class Counters:
    """Never below what was published."""

    active_energy_wh: float = 0.0
    operating_s: float = 0.0
    switch_on_count: int = 0
    presence_count: int = 0
    supply_loss_count: int = 0
    estimated_wh: float = 0.0  # of the energy, what no meter has measured


@dataclass(frozen=True, slots=True)
class Watermark:
    """The last time on disk, to tell a clock that has fallen back; and when NTP last set it.

    ``offset_s`` is the believed time less CLOCK_BOOTTIME, in the boot of the Pi that ``kernel_boot_id`` names; None where NTP has
    not set the clock in that boot, or it is in doubt. A restart of the agent does not forget by it that the clock has stepped.
    ``mono_s`` is CLOCK_BOOTTIME itself; None in what an older version left.
    """

    utc_s: float
    time_quality: TimeQuality
    ntp_utc_s: float | None = None
    offset_s: float | None = None
    kernel_boot_id: str = ""
    mono_s: float | None = None


@dataclass(frozen=True, slots=True)
class ActiveAlarms:
    """The alarms that were up, so that a restart neither repeats nor forgets one: (event, since in POSIX seconds)."""

    active: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    memory: SlotMemory


@dataclass(frozen=True, slots=True)
class Emergency:
    memory: SlotMemory


@dataclass(frozen=True, slots=True)
class MaintenanceEnded:
    """Nothing is left of the technician's demand."""


@dataclass(frozen=True, slots=True)
class Course:
    """The command whose identify or self-test runs, so that one that a restart ends is answered; None: there is none."""

    command_id: str | None = None
    verb: str = ""


@dataclass(frozen=True, slots=True)
class LampFigures:
    """What the config said of the lamp when its power was learnt: under other figures it is another lamp."""

    nominal_power_w: float | None
    standby_power_w: float
    minimum_level: float
    curve: str | None  # of the output


@dataclass(frozen=True, slots=True)
class PowerCurve:
    """What a self-test has learnt: (level %, W), ascending."""

    points: tuple[tuple[float, float], ...]
    learnt_utc_s: float
    lamp: LampFigures


@dataclass(frozen=True, slots=True)
class LearntPower:
    """The curve that is in force; None: none is, or it was dropped."""

    curve: PowerCurve | None = None


Entry: TypeAlias = (
    Override
    | Emergency
    | Maintenance
    | MaintenanceEnded
    | SeenCommand
    | Counters
    | Watermark
    | ActiveAlarms
    | Course
    | LearntPower
)
"""One thing to remember: each kind replaces what was there of its kind, a SeenCommand adds to the others."""


@dataclass(frozen=True, slots=True)
class Memory:
    """All that the ledger holds, as it is read at start."""

    override: SlotMemory = field(default_factory=SlotMemory)
    emergency: SlotMemory = field(default_factory=SlotMemory)
    maintenance: Maintenance | None = None
    seen: tuple[SeenCommand, ...] = ()  # oldest first
    counters: Counters = field(default_factory=Counters)
    watermark: Watermark | None = None
    alarms: ActiveAlarms = field(default_factory=ActiveAlarms)
    course: Course = field(default_factory=Course)
    learnt: LearntPower = field(default_factory=LearntPower)
