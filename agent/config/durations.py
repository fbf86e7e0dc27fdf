"""Durations as technicians write them: 500ms, 5s, 10min, 1.5h, 7d, 1h30min."""

import re
from decimal import Decimal

from agent.config.findings import Mistake
from agent.config.problems import quoted
from agent.config.shapes import Bounds

SECONDS = {  # the longest first: in this order they follow in a sum
    "d": Decimal(86_400),
    "h": Decimal(3600),
    "min": Decimal(60),
    "s": Decimal(1),
    "ms": Decimal("0.001"),
}
PATTERN = r"(\d+(\.\d+)?d)?(\d+(\.\d+)?h)?(\d+(\.\d+)?min)?(\d+(\.\d+)?s)?(\d+(\.\d+)?ms)?"
MOST_CHARACTERS = 40
_WHOLE = re.compile(PATTERN, re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)(d|h|min|ms|s)", re.ASCII)
_BARE = re.compile(r"\d+(\.\d+)?", re.ASCII)
_LOOSE = re.compile(r"(\d+(?:[.,]\d+)?)\s*([A-Za-zµ]+)\.?", re.ASCII)
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")
_FORMS = "write a number with its unit, such as 500ms, 45s, 10min, 2h or 7d"
_MEANT = {
    "d": ("day", "days", "tag", "tage"),
    "h": ("hr", "hrs", "hour", "hours", "std", "stunden"),
    "min": ("m", "mins", "minute", "minutes", "minuten"),
    "s": ("sec", "secs", "second", "seconds", "sek", "sekunden"),
    "ms": ("msec", "msecs", "millisecond", "milliseconds", "millis"),
}


def seconds(text: str) -> float:
    """Seconds. Raises Mistake, without a suggestion where only the key's range could give one: see ``with_unit``."""
    if len(text) > MOST_CHARACTERS:
        raise Mistake(f"{quoted(text)} is not a duration", _FORMS)
    if text and _WHOLE.fullmatch(text):
        return _sum_s(text)
    if _BARE.fullmatch(text):
        raise Mistake(f"{text} has no unit", "")
    loose = _LOOSE.fullmatch(text)
    unit = _unit_meant(loose[2]) if loose else None
    if loose and unit:
        raise Mistake(f"{quoted(text)} is not how a duration is written", f"write {loose[1].replace(',', '.')}{unit}")
    if text.startswith("-"):
        raise Mistake(f"{quoted(text)} is negative", "write 0s or more")
    raise Mistake(f"{quoted(text) or 'nothing'} is not a duration", _FORMS)


def _sum_s(text: str) -> float:
    parts = _PART.findall(text)
    without_zeros = "".join(f"{_LEADING_ZEROS.sub('', number)}{unit}" for number, unit in parts)
    if without_zeros != text:
        raise Mistake(f"{text} has a number that begins with 0", f"write {without_zeros}")
    return float(sum(Decimal(number) * SECONDS[unit] for number, unit in parts))


def _unit_meant(word: str) -> str | None:
    return next((unit for unit, words in _MEANT.items() if word.lower() in (unit, *words)), None)


def with_unit(number: str, bounds: Bounds, usual_s: float | None) -> str:
    """What a number alone may have meant: ``45s, or 1min``. ``usual_s`` is the key's default and tells the likely unit."""
    likely = [written(usual_s).lstrip("0123456789.")] if usual_s else []
    fitting = [unit for unit in (*likely, "s", "ms", "min", "h", "d") if _fits(Decimal(number) * SECONDS[unit], bounds)]
    if not fitting:
        return f"a number with its unit, such as {written(bounds.least or usual_s or 1)}"
    first = fitting[0]
    if first == "s":
        minutes = max(1, round(Decimal(number) / 60))
        return f"{number}s, or {minutes}min" if _fits(Decimal(minutes * 60), bounds) else f"{number}s"
    others = [unit for unit in fitting if unit != first]
    return f"{number}{first}, or {number}{others[0]}" if others else f"{number}{first}"


def _fits(value_s: Decimal, bounds: Bounds) -> bool:
    least, most = bounds.least or 0, bounds.most if bounds.most is not None else float("inf")
    return least <= value_s <= most


def written(value_s: float) -> str:
    """The duration in the largest unit that needs no fraction: 1h, 90s, 50ms; days only from two on."""
    if value_s == 0:
        return "0s"
    exact = Decimal(str(value_s))
    for unit, size in SECONDS.items():
        if exact % size == 0 and not (unit == "d" and exact < 2 * size):
            return f"{int(exact / size)}{unit}"
    return f"{value_s:g}s"
