"""One night's account: what the lamp really gave and took, held from each moment to the next."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import floor

from agent.core.localtime import NightSpan
from agent.messages import rfc3339
from agent.simulation.daylight import SunTrack
from agent.simulation.preview.report import Course, NightSummary
from agent.simulation.preview.spans import horizon

DARK_DEG = -6.0  # below it the street is dark without the lamp
DAY_DEG = 5.0  # above it the lamp is of no use
DARK_PERCENT = 1.0  # less light than this is none
SLICE_S = 300.0
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Held:
    """What is true from one moment to the next. ``can_light``: the pole is supplied, and lamp and relay are whole."""

    emitted_percent: float
    power_w: float
    can_light: bool


@dataclass(slots=True)
class Tally:
    """Moments are POSIX seconds of the true time."""

    span: NightSpan
    sun: SunTrack
    nominal_w: float
    passers_by: int = 0
    passers_by_lit_1s: int = 0
    alarms: dict[str, None] = field(default_factory=dict)  # in the order in which they came
    _energy_ws: float = 0.0
    _lit_s: float = 0.0
    _dark_s: float = 0.0
    _daylight_lit_s: float = 0.0
    _switchings: int = 0
    _first_on_s: float | None = None
    _last_off_s: float | None = None
    _was_lit: bool | None = None
    _light: list[float] = field(init=False)  # percent seconds in each slice
    _slice_lit_s: list[float] = field(init=False)

    def __post_init__(self) -> None:
        slices = round((self.span.end_utc_s - self.span.start_utc_s) / SLICE_S)
        self._light = [0.0] * slices
        self._slice_lit_s = [0.0] * slices

    def alarm(self, name: str) -> None:
        self.alarms[name] = None

    def hold(self, held: Held, from_s: float, to_s: float) -> None:
        """Account for what was true over a time, which may reach out of this night."""
        from_s, to_s = max(from_s, self.span.start_utc_s), min(to_s, self.span.end_utc_s)
        if from_s >= to_s:
            return
        is_lit = held.emitted_percent > 0
        self._switched(is_lit, from_s)
        self._energy_ws += held.power_w * (to_s - from_s)
        if is_lit:
            self._lit_s += to_s - from_s
        if held.can_light and held.emitted_percent < DARK_PERCENT:
            self._dark_s += self._under_the_sun_s(from_s, to_s, lambda deg: deg < DARK_DEG)
        if is_lit:
            self._daylight_lit_s += self._under_the_sun_s(from_s, to_s, lambda deg: deg > DAY_DEG)
        if is_lit:
            self._draw(held.emitted_percent, from_s, to_s)

    def _switched(self, is_lit: bool, at_s: float) -> None:
        if is_lit is self._was_lit:
            return
        if self._was_lit is not None:
            self._switchings += 1
        if is_lit and self._first_on_s is None:
            self._first_on_s = at_s
        if self._was_lit is not None or is_lit:
            self._last_off_s = None if is_lit else at_s
        self._was_lit = is_lit

    def _under_the_sun_s(self, from_s: float, to_s: float, counts: Callable[[float], bool]) -> float:
        """How much of a time, of a few minutes at most, the sun stands so; to the minute where that changes within."""
        elevation_deg = self.sun.elevation_deg
        at_first, at_last = counts(elevation_deg(from_s)), counts(elevation_deg(to_s))
        if at_first is at_last:
            return to_s - from_s if at_last else 0.0
        seconds = 0.0
        while from_s < to_s:
            end_s = min(to_s, (floor(from_s / MINUTE_S) + 1) * MINUTE_S)
            seconds += end_s - from_s if counts(elevation_deg((from_s + end_s) / 2)) else 0.0
            from_s = end_s
        return seconds

    def _draw(self, percent: float, from_s: float, to_s: float) -> None:
        start_s = self.span.start_utc_s
        while from_s < to_s:
            place = min(floor((from_s - start_s) / SLICE_S), len(self._light) - 1)
            end_s = max(min(to_s, start_s + (place + 1) * SLICE_S), from_s + 1e-3)
            self._light[place] += percent * (end_s - from_s)
            self._slice_lit_s[place] += end_s - from_s
            from_s = end_s

    def summary(self) -> NightSummary:
        edge = horizon(self.sun, self.span)
        energy_wh, full_wh = self._energy_ws / 3600, self.nominal_w * edge.below_s / 3600
        return NightSummary(
            date=self.span.date.isoformat(),
            sunset=_written(edge.sunset_utc_s),
            sunrise=_written(edge.sunrise_utc_s),
            first_on=_written(self._first_on_s),
            last_off=_written(self._last_off_s),
            lit_hours=round(self._lit_s / 3600, 3),
            energy_wh=round(energy_wh, 2),
            energy_full_wh=round(full_wh, 2),
            saved_percent=round(100 * (1 - energy_wh / full_wh), 1) if full_wh else None,
            passers_by=self.passers_by,
            passers_by_lit_1s=self.passers_by_lit_1s,
            switchings=self._switchings,
            dark_minutes=round(self._dark_s / 60, 1),
            daylight_lit_minutes=round(self._daylight_lit_s / 60, 1),
            alarms=tuple(self.alarms),
        )

    def course(self) -> Course:
        light = tuple(light / lit_s if lit_s else 0.0 for light, lit_s in zip(self._light, self._slice_lit_s, strict=True))
        return Course(self.span.start_utc_s, SLICE_S, light)


def _written(utc_s: float | None) -> str | None:
    return None if utc_s is None else rfc3339(utc_s)
