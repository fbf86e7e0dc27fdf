"""How faults are written: ``NAME[=VALUE][@LOCALTIME[+DURATION]]``, such as ``light.stuck=3@22:00+30min``."""

import re
from datetime import time
from math import isfinite

from agent.config.durations import seconds
from agent.config.findings import Mistake
from agent.config.wording import alternatives, nearest
from agent.simulation.faults.catalogue import CATALOGUE
from agent.simulation.faults.fault import Fault, FaultError
from agent.simulation.faults.kinds import FaultName, Unit

_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_FORM = "write NAME[=VALUE][@HH:MM[+DURATION]], such as light.stuck=3@22:00+30min"


def parse_fault(text: str) -> Fault:
    """Raises FaultError."""
    what, at_sign, when = text.strip().partition("@")
    name_text, equals, value_text = what.partition("=")
    name = _name(text, name_text)
    value = _value(text, name, value_text if equals else None)
    if not at_sign:
        return Fault(name, value)
    time_text, plus, duration_text = when.partition("+")
    return Fault(name, value, _time(text, time_text), _duration(text, duration_text) if plus else None)


def _name(text: str, name: str) -> FaultName:
    if name in CATALOGUE:
        return FaultName(name)
    if not name:
        raise FaultError(f"{text!r}: no fault is named; {_FORM}")
    raise FaultError(f"{text!r}: there is no fault {name!r}; write {_meant(name)}")


def _meant(name: str) -> str:
    """The name that was probably meant; where only the part is known, all that can happen to it."""
    part, _, what = name.partition(".")
    of_part = [each for each in CATALOGUE if each.startswith(f"{part}.")]
    if not of_part:
        return nearest(name, CATALOGUE) or alternatives(CATALOGUE)
    ending = nearest(what, [each.partition(".")[2] for each in of_part])
    return f"{part}.{ending}" if ending else alternatives(of_part)


def _value(text: str, name: FaultName, value: str | None) -> float | None:
    unit = CATALOGUE[name].unit
    if unit is None:
        if value is not None:
            raise FaultError(f"{text!r}: {name} takes no value, and {value!r} is given; write {name}")
        return None
    wanted = f"write {name}={unit.example} ({unit.words})"
    if not value:
        raise FaultError(f"{text!r}: {name} needs a value; {wanted}")
    number = _number(text, value, unit, wanted)
    if not isfinite(number) or not unit.least <= number <= unit.most:
        raise FaultError(f"{text!r}: the value {value!r} is out of range; {wanted}")
    return number


def _number(text: str, value: str, unit: Unit, wanted: str) -> float:
    try:
        if not unit.is_duration:
            return float(value)
        sign = -1.0 if value.startswith("-") else 1.0
        return sign * seconds(value[1:] if value[0] in "+-" else value)
    except Mistake as mistake:
        raise FaultError(f"{text!r}: the value: {mistake}; {wanted}") from mistake
    except ValueError as error:
        raise FaultError(f"{text!r}: the value {value!r} is no number; {wanted}") from error


def _time(text: str, written: str) -> time:
    found = _TIME.fullmatch(written)
    try:
        if found is not None:
            return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass  # 25:00 is said in the same words
    raise FaultError(f"{text!r}: {written!r} after @ is no time of day; write HH:MM, such as 22:30")


def _duration(text: str, written: str) -> float:
    try:
        duration_s = seconds(written)
    except Mistake as mistake:
        raise FaultError(f"{text!r}: the duration after +: {mistake}; write such as +30min") from mistake
    if duration_s <= 0:
        raise FaultError(f"{text!r}: a fault that lasts {written} is none; write such as +30min")
    return duration_s
