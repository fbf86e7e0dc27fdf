"""Numbers, truth values and addresses: what may stand for them in the file, and what was probably meant instead."""

import math
import re

from agent.config.findings import Mistake
from agent.config.problems import quoted
from agent.config.shapes import NumberShape
from agent.config.tree import Scalar

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_HEX = re.compile(r"0[xX][0-9a-fA-F]{1,8}", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0+\d", re.ASCII)
_WITH_UNIT = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(%|°?[A-Za-z]+)", re.ASCII)
_MOST_CHARACTERS = 40


def number(scalar: Scalar, shape: NumberShape) -> float | int:
    """The number. Raises Mistake; whether it is in range is not asked here."""
    text = scalar.text
    if not scalar.plain and _DECIMAL.fullmatch(text):
        raise Mistake(f'"{quoted(text)}" is text', f"write {quoted(text)} without quotes")
    if shape.whole and _HEX.fullmatch(text):
        return int(text, 16)
    if len(text) > _MOST_CHARACTERS or not _DECIMAL.fullmatch(text):
        raise _not_a_number(text, shape)
    if _LEADING_ZERO.match(text):
        raise Mistake(f"{text} begins with 0, and could mean two numbers", f"write {_without_zeros(text)}")
    value = float(text)
    if not math.isfinite(value):
        raise Mistake(f"{text} is too large for a number", "write a smaller one")
    if not shape.whole:
        return value
    if value != int(value):
        raise Mistake(f"{text} is not a whole number", f"write {math.floor(value)} or {math.ceil(value)}")
    return int(value)


def _without_zeros(text: str) -> str:
    sign = text[:1] if text[:1] in "+-" else ""
    stripped = text.lstrip("+-").lstrip("0")
    return sign + (stripped if stripped[:1].isdigit() else f"0{stripped}")


def _not_a_number(text: str, shape: NumberShape) -> Mistake:
    with_unit = _WITH_UNIT.fullmatch(text)
    if with_unit:
        unit = f": the unit is {shape.unit}" if shape.unit else ""
        return Mistake(f"{quoted(text)} is not a number alone", f"write {with_unit[1].replace(',', '.')}{unit}")
    plain = re.sub(r"(?<=\d)[_ '](?=\d)", "", text).replace(",", ".")
    if plain != text and _DECIMAL.fullmatch(plain) and len(plain) <= _MOST_CHARACTERS:
        return Mistake(f"{quoted(text)} is not a number", f"write {plain}")
    kind = "a whole number" if shape.whole else "a number"
    return Mistake(f"{quoted(text) or '(nothing)'} is not a number", f"write {kind}{f' in {shape.unit}' if shape.unit else ''}")


def truth(scalar: Scalar) -> bool:
    """``true`` or ``false``. Raises Mistake, also for YAML 1.1's many other words."""
    if scalar.plain and scalar.text in ("true", "false"):
        return scalar.text == "true"
    meant = scalar.text.lower()
    if meant in ("true", "yes", "on", "y", "1", "ja"):
        raise Mistake(f"{quoted(scalar.text)} is neither true nor false here", "write true, without quotes")
    if meant in ("false", "no", "off", "n", "0", "nein"):
        raise Mistake(f"{quoted(scalar.text)} is neither true nor false here", "write false, without quotes")
    raise Mistake(f"{quoted(scalar.text)} is neither true nor false here", "write true or false")
