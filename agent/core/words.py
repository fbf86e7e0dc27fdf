"""The one function family that turns causes into words; the same words reach log, state and explain."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from agent.core.demand import Cause, Demand, Limit
from agent.core.night import By
from agent.core.timekeeping import Time
from agent.records import Instant

ClockWords = Callable[[float], str]


def clock_words(now: Instant, time: Time, zone: tzinfo | None) -> ClockWords:
    """How monotonic moments are written: local time where the place is known, else UTC."""

    def write(moment_s: float) -> str:
        utc_s = time.utc_s + moment_s - now.mono_s
        return datetime.fromtimestamp(utc_s, zone or UTC).strftime("%H:%M:%S") + ("" if zone is not None else " UTC")

    return write


def moment_words(now: Instant, time: Time, zone: tzinfo | None) -> ClockWords:
    """As ``clock_words``, but with the date where the moment is a day away or more."""
    near = clock_words(now, time, zone)

    def write(moment_s: float) -> str:
        if abs(moment_s - now.mono_s) < 86400:
            return near(moment_s)
        local = datetime.fromtimestamp(time.utc_s + moment_s - now.mono_s, zone or UTC)
        return local.strftime("%Y-%m-%d %H:%M") + ("" if zone is not None else " UTC")

    return write


def lux_words(lx: float) -> str:
    """With as many digits as a photocell is worth."""
    return f"{lx:,.0f} lx" if lx >= 100 else f"{round(lx, 1 if lx >= 1 else 2):g} lx"


def span_words(seconds: float) -> str:
    """How long something lasts, in the unit that fits."""
    for unit_s, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds:.0f} s"


def reason(demand: Demand, at: ClockWords) -> str:
    """Why a slot asks for its level, by fixed facts and not by ages, so that the sentence stays the same while they do."""
    match demand.cause:
        case Cause.SET_AT_POLE:
            return f"set at the pole at {at(demand.since_s)}{_until(demand, at)}"
        case Cause.IDENTIFY:
            return f"identify{_asked_by(demand)}: blinks{_until(demand, at)}"
        case Cause.SELF_TEST:
            return f"self-test{_asked_by(demand)} since {at(demand.since_s)}{_until(demand, at)} at the latest"
        case Cause.EMERGENCY:
            return f"emergency {printable(demand.name)}{_issued_by(demand)} since {at(demand.since_s)}{_until(demand, at)}"
        case Cause.DIM:
            return f"dim command {printable(demand.name)}{_issued_by(demand)} since {at(demand.since_s)}{_until(demand, at)}"
        case Cause.PRESENCE:
            return f"presence since {at(demand.since_s)}"
        case Cause.PROGRAMME:
            return f"programme {demand.name}"
        case Cause.DAYLIGHT:
            return "daylight"
        case Cause.NO_PROGRAMME:
            return "night, and no programme is configured for it"
        case Cause.NO_CLOCK:
            return "night, and the clock is not trusted for a programme"
        case Cause.STARTING:
            return "starting: the level found is kept until the sensors have spoken"


def _until(demand: Demand, at: ClockWords) -> str:
    return "" if demand.until_s is None else f" until {at(demand.until_s)}"


def _asked_by(demand: Demand) -> str:
    return " at the pole" if demand.name is None else f" {printable(demand.name)}{_issued_by(demand)}"


def _issued_by(demand: Demand) -> str:
    return "" if demand.issuer is None else f" from {printable(demand.issuer)}"


def printable(text: str | None) -> str:
    """A stranger's text as a terminal may be given it: an escape sequence in an issuer must not paint over the lamp's state."""
    return "".join(character if character.isprintable() else "?" for character in text or "")


def limit_words(limit: Limit) -> str:
    return {
        Limit.FLOOR: "raised to the floor, which holds at night",
        Limit.VIRTUAL_LIGHT_OUTPUT: "reduced by virtual_light_output",
        Limit.CONSTANT_LIGHT_OUTPUT: "reduced by constant_light_output: the lamp is still new",
        Limit.DERATING: "reduced because the luminaire is hot",
        Limit.MINIMUM_LEVEL: "raised to minimum_level, the driver's lowest",
    }[limit]


def witness_words(by: By) -> str:
    """Who said that it is night or day."""
    return {
        By.PHOTOCELL: "the photocell says so",
        By.SUN: "the sun's elevation says so",
        By.LEARNT: "a night learnt from the photocell says so: the clock is not believed and the photocell is no good",
        By.UNKNOWN: "nothing believable says that it is day",
        By.MODE: "night.mode says so",
    }[by]
