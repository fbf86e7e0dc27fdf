"""What there is to know of a fault: its name, its value, its course, and what must hold under it."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class FaultName(StrEnum):
    LIGHT_DEAD = "light.dead"
    LIGHT_STUCK = "light.stuck"
    LIGHT_COVERED = "light.covered"
    LIGHT_FLOODLIT = "light.floodlit"
    LIGHT_NOISE = "light.noise"
    LIGHT_OWN = "light.own"
    MOTION_DEAD = "motion.dead"
    MOTION_STUCK = "motion.stuck"
    MOTION_CHATTER = "motion.chatter"
    POWER_DEAD = "power.dead"
    POWER_GARBAGE = "power.garbage"
    TEMPERATURE_DEAD = "temperature.dead"
    TEMPERATURE_HOT = "temperature.hot"
    BUS_HANG = "bus.hang"
    OUTPUT_DEAD = "output.dead"
    OUTPUT_RESET = "output.reset"
    RELAY_WELDED = "relay.welded"
    RELAY_OPEN = "relay.open"
    LAMP_OPEN = "lamp.open"
    LAMP_FLICKER = "lamp.flicker"
    LAMP_STUCK = "lamp.stuck"
    CLOCK_UNSET = "clock.unset"
    CLOCK_STALE = "clock.stale"
    CLOCK_JUMP = "clock.jump"
    CLOCK_DRIFT = "clock.drift"
    AGENT_RESTART = "agent.restart"
    AGENT_HANG = "agent.hang"
    POWER_CUT = "power.cut"
    STORAGE_READONLY = "storage.readonly"
    STORAGE_FULL = "storage.full"
    STORAGE_CORRUPT = "storage.corrupt"
    STORAGE_GONE = "storage.gone"
    CONFIG_BROKEN = "config.broken"
    BROKER_DOWN = "broker.down"


class Unit(Enum):
    """What a fault's value is: its unit, an example, and what it may be."""

    LX = ("LX", "lux, 0 to 200000", "300", 0.0, 200_000.0)
    CELSIUS = ("C", "degrees Celsius, -55 to 125", "95", -55.0, 125.0)
    PPM = ("PPM", "parts per million, -100000 to 100000", "500", -100_000.0, 100_000.0)
    BACK = ("DURATION", "a duration", "3h", 0.0, 10 * 366 * 86_400.0)
    STEP = ("±DURATION", "a duration, - for backwards", "-3h", -10 * 366 * 86_400.0, 10 * 366 * 86_400.0)

    def __init__(self, letter: str, words: str, example: str, least: float, most: float) -> None:
        self.letter = letter
        self.words = words
        self.example = example
        self.least = least
        self.most = most

    @property
    def is_duration(self) -> bool:
        """Given with a unit of time; the value is in seconds."""
        return self in (Unit.BACK, Unit.STEP)


class Course(Enum):
    """How a fault takes its course when no time is said, and when a time is said without a duration."""

    LASTS = "from the start; until mended"
    HAPPENS = "every hour from the first on; once"
    STEPS = "once, a minute after the start; until it is put right"


class Promise(Enum):
    """What must hold while a fault alone is there, beside: no dark minute, ever."""

    LIGHT = "at most 10 minutes lit in full daylight, at most 6 switchings a night"
    UNTOUCHED = "the light as without the fault"
    RAISED = "raised for a limited time, then the programme"
    BY_PHOTOCELL = "at most 10 minutes lit by day, while over 1,000 lx of daylight fall on a good photocell"
    HARDWARE = "what the hardware leaves"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """``alarms``: all of them must be raised, unless the lamp has no part to notice by."""

    words: str
    does: str  # what the lamp does
    recovers: str  # how all is well again, once the fault is mended
    promise: Promise
    alarms: tuple[str, ...] = ()
    unit: Unit | None = None
    course: Course = Course.LASTS
