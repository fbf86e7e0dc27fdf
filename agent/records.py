"""The records that pass between the parts: instants, readings, ramps, and what is known of a boot.

What is made thousands of times a night is a Struct of msgspec instead of a dataclass: frozen and slotted as well, and made in a
twentieth of the time. ``gc=False``: it can be part of no cycle, so the garbage collector need not look at it.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from msgspec import Struct


class ClockSource(Enum):
    """What the host says of its wall clock; whether to believe it is the core's decision."""

    UNSYNCED = "unsynced"
    RTC = "rtc"  # set at boot from a battery-backed clock whose oscillator never stopped
    NTP = "ntp"  # synchronised in this boot


class TimeQuality(StrEnum):
    """What the agent believes of the wall clock; the words of the contract."""

    UNSYNCED = "unsynced"
    SUSPECT = "suspect"
    RTC = "rtc"
    NTP = "ntp"


class Instant(Struct, frozen=True, gc=False):
    """One moment, taken by the control thread as it takes an event.

    ``mono_s`` never goes back and keeps counting over a suspend (CLOCK_BOOTTIME); ``utc_s`` is what the wall clock says, in
    POSIX seconds, right or wrong. Both are lamp time, so ``--speed`` and preview may scale or invent them.
    """

    mono_s: float
    utc_s: float
    clock: ClockSource = ClockSource.NTP

    def after(self, seconds: float) -> "Instant":
        """The moment that many seconds later, if the wall clock runs as the monotonic one does."""
        return Instant(self.mono_s + seconds, self.utc_s + seconds, self.clock)


class Part(StrEnum):
    """The parts a lamp can have, as alarms, ``info`` and the log name them."""

    LIGHT = "light"
    MOTION = "motion"
    POWER = "power"
    TEMPERATURE = "temperature"
    SOC = "soc"
    OUTPUT = "output"
    RELAY = "relay"


class Quality(Enum):
    """How far a reading can be believed."""

    OK = "ok"
    SATURATED = "saturated"  # at least this much: the chip is at the end of its range
    SUSPECT = "suspect"  # the chip answered, but implausibly
    STALE = "stale"
    ABSENT = "absent"


class Quantity(StrEnum):
    """What is measured, in the unit that the name carries."""

    LIGHT_LEVEL_LX = "light_level_lx"
    TEMPERATURE_C = "temperature_c"
    SOC_TEMPERATURE_C = "soc_temperature_c"
    SOC_UNDERVOLTAGE = "soc_undervoltage"  # 1: the Pi's supply sags, 0: it does not
    SUPPLY_VOLTAGE_V = "supply_voltage_v"
    SUPPLY_CURRENT_A = "supply_current_a"
    ACTIVE_POWER_W = "active_power_w"
    POWER_FACTOR = "power_factor"
    FREQUENCY_HZ = "frequency_hz"


class Reading(Struct, frozen=True, gc=False):
    """One measured value; a driver never invents one. ``at_s`` is the monotonic moment at which it was read from the chip."""

    quantity: Quantity
    value: float
    at_s: float
    quality: Quality = Quality.OK


class NotBefore(Struct, frozen=True, gc=False):
    """A driver's answer while a conversion runs: poll again at ``at_s`` (monotonic)."""

    at_s: float


class Fault(Enum):
    """Why a chip could not be read or written, as Linux reports it."""

    NOT_THERE = "does not answer"  # errno 121 (EREMOTEIO) or 6 (ENXIO): nobody acknowledged the address
    HUNG_BUS = "the bus hangs"  # errno 110 (ETIMEDOUT), after a second
    WRONG_CHIP = "another chip answers"  # the identity does not match
    GARBAGE = "answers nonsense"  # all ones, or a register that does not keep what was written
    FAILED = "fails"  # any other error of the kernel's


class OutputFailed(Struct, frozen=True, gc=False):
    """The output or the relay does not obey: an event, kept here for the lamp, which is loaded before all other events."""

    part: Part
    fault: Fault


class OutputWorks(Struct, frozen=True, gc=False):
    """It obeys again."""

    part: Part


class Ramp(Struct, frozen=True, gc=False):
    """A fade, as data: the level goes in a straight line from one level to another.

    Levels in percent of full light; 0 is off, and nothing between 0 and ``minimum`` is ever asked of the driver: a fade up from 0
    starts at the minimum, a fade down to 0 ends with a step from it.
    """

    start_level: float
    end_level: float
    start_s: float  # monotonic
    end_s: float
    minimum: float = 0.0

    @classmethod
    def steady(cls, level: float, now_s: float = 0.0) -> "Ramp":
        """The ramp that is already at its end."""
        return cls(level, level, now_s, now_s)

    def level_at(self, now_s: float) -> float:
        """The level at a monotonic moment, before the start and after the end too."""
        if now_s >= self.end_s:
            return self.end_level
        if now_s < self.start_s or (self.start_level <= 0 and self.end_level <= 0):
            return self.start_level
        low = max(self.start_level, self.minimum), max(self.end_level, self.minimum)
        done = (now_s - self.start_s) / (self.end_s - self.start_s)
        return low[0] + (low[1] - low[0]) * done


class BootReason(StrEnum):
    """Why the agent started, as far as the host can tell; said in ``status`` and ``deviceReset``."""

    POWER_ON = "powerOn"  # the Pi booted
    RESTART = "restart"  # the agent was started again within the same boot of the Pi
    CRASH = "crash"  # ditto, and it had not said goodbye
    WATCHDOG = "watchdog"


@dataclass(frozen=True, slots=True)
class Boot:
    """What is known of this start before anything else is read."""

    boot_id: str  # new at each start of the agent
    reason: BootReason
    found_level: float | None  # the level found on the output; None after a boot of the Pi, or where it cannot be read
    kernel_boot_id: str = ""  # of the host: a technician's demand does not outlive it
    simulated: bool = False
    patience_s: float = 2.0  # lamp time by which a reading may be late because the host is busy
    untold: bool = False  # the output still does what an earlier run told it, but cannot say what: nothing is found, all is kept
    built_utc_s: float = 0.0  # the wall clock cannot be before this
    after_shutdown: bool = False  # the Pi booted after the run before had ended in order: nobody lost the supply
