"""Slots, causes and demands: who may ask for a level, in order, and why."""

from dataclasses import dataclass
from enum import Enum, StrEnum


class Slot(StrEnum):
    """In the order of their priority: the first that holds a demand wins."""

    MAINTENANCE = "maintenance"
    EMERGENCY = "emergency"
    OVERRIDE = "override"
    MOTION = "motion"
    PROGRAMME = "programme"
    DEFAULT = "default"


class Cause(StrEnum):
    """Why a slot asks for its level: the codes of ``state.cause``."""

    SET_AT_POLE = "setAtPole"
    IDENTIFY = "identify"  # blinks
    SELF_TEST = "selfTest"  # steps through the levels
    EMERGENCY = "emergency"
    DIM = "dim"
    PRESENCE = "presence"
    PROGRAMME = "programme"
    DAYLIGHT = "daylight"
    NO_PROGRAMME = "noProgramme"  # none is configured for this night
    NO_CLOCK = "noClock"  # programmes need a time of day, and the clock is not believed
    STARTING = "starting"  # the level found is kept until ledger and sensors have spoken


class Limit(Enum):
    """What can come between a demand and the light, in the order in which they are applied."""

    FLOOR = "floor"
    VIRTUAL_LIGHT_OUTPUT = "virtualLightOutput"
    CONSTANT_LIGHT_OUTPUT = "constantLightOutput"
    DERATING = "derating"
    MINIMUM_LEVEL = "minimumLevel"


@dataclass(frozen=True, slots=True)
class Demand:
    """What one slot asks for.

    ``name`` and ``issuer`` say whose it is (programme, command id), ``since_s`` from when on and ``until_s`` how long it holds
    (monotonic; None: until something else ends it). ``fade_s`` overrides the lamp's own fades.
    """

    slot: Slot
    level: float  # percent, as asked
    cause: Cause
    since_s: float
    until_s: float | None = None
    name: str | None = None
    issuer: str | None = None
    fade_s: float | None = None


def choose(demands: "tuple[Demand | None, ...]") -> Demand:
    """The winner: the first slot in the order of ``Slot`` that holds a demand. At least one must."""
    winner: Demand | None = None
    for demand in demands:
        if demand is not None and (winner is None or _ORDER[demand.slot] < _ORDER[winner.slot]):
            winner = demand
    if winner is None:
        raise ValueError("no slot holds a demand; the default slot always must")
    return winner


def asked_by(slot: Slot, demands: "tuple[Demand | None, ...]") -> Demand | None:
    """What a slot asks for."""
    return next((demand for demand in demands if demand is not None and demand.slot is slot), None)


_ORDER = {slot: place for place, slot in enumerate(Slot)}
