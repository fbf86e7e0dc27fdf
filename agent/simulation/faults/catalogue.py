"""The catalogue of faults: their names, what they mean, the alarms that must tell of them, and what must hold all the same."""

from collections.abc import Mapping
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

    LX = ("lux, 0 to 200000", "300", 0.0, 200_000.0)
    CELSIUS = ("degrees Celsius, -55 to 125", "95", -55.0, 125.0)
    PPM = ("parts per million, -100000 to 100000", "500", -100_000.0, 100_000.0)
    BACK = ("a duration", "3h", 0.0, 10 * 366 * 86_400.0)
    STEP = ("a duration, - for backwards", "-3h", -10 * 366 * 86_400.0, 10 * 366 * 86_400.0)

    def __init__(self, words: str, example: str, least: float, most: float) -> None:
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
    BY_PHOTOCELL = "at most 10 minutes lit by day, while over 1,000 lx of daylight fall on a good photocell"
    HARDWARE = "what the hardware leaves"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """``alarms``: all of them must be raised, unless the lamp has no part to notice by."""

    words: str
    promise: Promise
    alarms: tuple[str, ...] = ()
    unit: Unit | None = None
    course: Course = Course.LASTS


def _disk(words: str) -> FaultKind:
    return FaultKind(words, Promise.UNTOUCHED, ("storageDegraded",))


def _photocell(words: str, unit: Unit | None = None) -> FaultKind:
    return FaultKind(words, Promise.LIGHT, ("photocellFault",), unit)


CATALOGUE: Mapping[FaultName, FaultKind] = {
    FaultName.LIGHT_DEAD: FaultKind("the light sensor does not answer", Promise.LIGHT, ("lightSensorFault",)),
    FaultName.LIGHT_STUCK: _photocell("the light sensor's reading never changes", Unit.LX),
    FaultName.LIGHT_COVERED: _photocell("the light sensor is under snow, leaves or a bag"),
    FaultName.LIGHT_FLOODLIT: _photocell("another lamp shines on the light sensor", Unit.LX),
    FaultName.LIGHT_NOISE: FaultKind("the light sensor's readings are off by up to so much", Promise.LIGHT, (), Unit.LX),
    FaultName.LIGHT_OWN: FaultKind("the light sensor sees its own lamp: so much at 100 %", Promise.LIGHT, (), Unit.LX),
    FaultName.MOTION_DEAD: FaultKind("the motion sensors never report anyone", Promise.UNTOUCHED, ("presenceFault",)),
    FaultName.MOTION_STUCK: FaultKind("the motion sensors report someone all the time", Promise.LIGHT, ("presenceFault",)),
    FaultName.MOTION_CHATTER: FaultKind("a loose contact: the motion lines come and go", Promise.LIGHT, ("presenceFault",)),
    FaultName.POWER_DEAD: FaultKind("the power meter does not answer", Promise.UNTOUCHED, ("meterFault",)),
    FaultName.POWER_GARBAGE: FaultKind("the power meter answers all ones", Promise.UNTOUCHED, ("meterFault",)),
    FaultName.TEMPERATURE_DEAD: FaultKind(
        "the temperature sensor does not answer", Promise.UNTOUCHED, ("temperatureSensorFault",)
    ),
    FaultName.TEMPERATURE_HOT: FaultKind("the luminaire is so hot", Promise.LIGHT, ("temperatureTooHigh",), Unit.CELSIUS),
    FaultName.BUS_HANG: FaultKind("somebody holds the I2C data line low", Promise.LIGHT, ("i2cBusFault",)),
    FaultName.OUTPUT_DEAD: FaultKind("writes to the output are refused", Promise.HARDWARE, ("controlGearCommFailure",)),
    FaultName.OUTPUT_RESET: FaultKind(
        "the output forgets what it was told", Promise.LIGHT, ("controlGearCommFailure",), course=Course.HAPPENS
    ),
    FaultName.RELAY_WELDED: FaultKind("the relay's contact never opens", Promise.HARDWARE, ("relayFailure",)),
    FaultName.RELAY_OPEN: FaultKind("the relay's contact never closes", Promise.HARDWARE, ("relayFailure",)),
    FaultName.LAMP_OPEN: FaultKind("the light source is broken: no light at any level", Promise.HARDWARE, ("lampFailure",)),
    FaultName.LAMP_FLICKER: FaultKind("the light source goes out and on again", Promise.HARDWARE, ("cyclingFailure",)),
    FaultName.LAMP_STUCK: FaultKind("the lamp is at full light whatever it is told", Promise.HARDWARE, ("dimmingFailure",)),
    FaultName.CLOCK_UNSET: FaultKind(
        "the clock boots months in the past, without network", Promise.BY_PHOTOCELL, ("timeUnsynced", "fallbackActive")
    ),
    FaultName.CLOCK_STALE: FaultKind(
        "no RTC: the clock boots so far behind, without network",
        Promise.BY_PHOTOCELL,
        ("timeUnsynced", "fallbackActive"),
        Unit.BACK,
    ),
    FaultName.CLOCK_JUMP: FaultKind("the wall clock steps", Promise.UNTOUCHED, ("timeStepped",), Unit.STEP, Course.STEPS),
    FaultName.CLOCK_DRIFT: FaultKind("the wall clock gains on the true time", Promise.UNTOUCHED, ("timeStepped",), Unit.PPM),
    FaultName.AGENT_RESTART: FaultKind(
        "the agent is killed and started again", Promise.UNTOUCHED, ("deviceReset",), course=Course.HAPPENS
    ),
    FaultName.AGENT_HANG: FaultKind(
        "the agent stops responding until its watchdog ends it",
        Promise.UNTOUCHED,
        ("deviceReset", "watchdogTripped"),
        course=Course.HAPPENS,
    ),
    FaultName.POWER_CUT: FaultKind("the pole has no power, and no clock afterwards", Promise.BY_PHOTOCELL, ("deviceReset",)),
    FaultName.STORAGE_READONLY: _disk("the disk takes no writes"),
    FaultName.STORAGE_FULL: _disk("the disk is full"),
    FaultName.STORAGE_CORRUPT: _disk("the ledger on the disk cannot be read as one"),
    FaultName.STORAGE_GONE: _disk("the disk can be neither read nor written"),
    FaultName.CONFIG_BROKEN: FaultKind(
        "the config file does not compile; the last good one is in force", Promise.UNTOUCHED, ("invalidConfig",)
    ),
    FaultName.BROKER_DOWN: FaultKind("the broker cannot be reached", Promise.UNTOUCHED, ("communicationFailure",)),
}
