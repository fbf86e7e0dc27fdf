"""The nights of a preview: from local noon to local noon, and where the sun sets and rises in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import pairwise

from agent.core.localtime import NOON_S, NightSpan, moment
from agent.core.sun import SUNSET_DEG
from agent.simulation.daylight import SunTrack

_SCAN_S = 1200.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """Sunset and sunrise of a night in POSIX seconds, to the second; None where the sun does not pass the horizon."""

    sunset_utc_s: float | None
    sunrise_utc_s: float | None
    below_s: float  # how long the sun is below


def spans(first: date, nights: int, zone: tzinfo) -> Iterator[NightSpan]:
    """Consecutive nights, each of 24 hours, or 23 or 25 where the clocks change."""
    for number in range(nights):
        day = first + timedelta(days=number)
        yield NightSpan(day, moment(day, NOON_S, zone), moment(day + timedelta(days=1), NOON_S, zone))


def horizon(sun: SunTrack, span: NightSpan) -> Horizon:
    """When the sun leaves and returns; near a pole there may be a sunrise without a sunset, or one after the other's turn."""
    marks = [*_steps(span), span.end_utc_s]
    is_up = [sun.exact_deg(at_s) >= SUNSET_DEG for at_s in marks]
    turns = [
        (_passing(sun, *ends), now_up)
        for ends, (was_up, now_up) in zip(pairwise(marks), pairwise(is_up), strict=True)
        if was_up is not now_up
    ]
    edges = [(span.start_utc_s, is_up[0]), *turns, (span.end_utc_s, is_up[-1])]
    return Horizon(
        sunset_utc_s=next((at_s for at_s, now_up in turns if not now_up), None),
        sunrise_utc_s=next((at_s for at_s, now_up in turns if now_up), None),
        below_s=sum(later_s - at_s for (at_s, up), (later_s, _) in pairwise(edges) if not up),
    )


def _steps(span: NightSpan) -> Iterator[float]:
    at_s = span.start_utc_s
    while at_s < span.end_utc_s:
        yield at_s
        at_s += _SCAN_S


def _passing(sun: SunTrack, low_s: float, high_s: float) -> float:
    was_up = sun.exact_deg(low_s) >= SUNSET_DEG
    while high_s - low_s > 0.5:
        middle_s = (low_s + high_s) / 2
        if (sun.exact_deg(middle_s) >= SUNSET_DEG) == was_up:
            low_s = middle_s
        else:
            high_s = middle_s
    return high_s
