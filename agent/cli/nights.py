"""A preview as a table for people: a night a line, totals, and what was alarmed; in 80 columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from zoneinfo import ZoneInfo

from agent.settings.model import Settings
from agent.simulation.place import place_of
from agent.simulation.preview.report import NightSummary
from agent.simulation.preview.request import Request

WIDTHS = (10, 7, 6, 6, 8, 6, 6, 6, 7, 5, 4, 5, 4)
HEAD = ("night", "sunset", "on", "off", "sunrise", "lit h", "Wh", "saved", "people", "lit", "sw", "dark", "day")
NOTES = (
    "people: came while it was dark or the lamp was lit; lit: of these, with the",
    "lamp fully raised within 1 s. sw: times switched on or off. dark: minutes",
    "without light, the sun below -6 degrees and the lamp able to light; day: minutes",
    "lit, the sun above 5.",
)


@dataclass(frozen=True, slots=True)
class Title:
    """What was simulated, and where."""

    lamp: str
    street: str
    zone: ZoneInfo

    @classmethod
    def of(cls, settings: Settings, request: Request) -> "Title":
        place = place_of(settings)
        name = "a lamp" if settings.lamp is None else f"{settings.lamp.site} / {settings.lamp.id}"
        return cls(
            name,
            f"{request.weather} sky, traffic {request.traffic}, seed {request.seed}; times of {place.time_zone}",
            ZoneInfo(place.time_zone),
        )


def table(nights: Sequence[NightSummary], title: Title) -> Iterator[str]:
    """The lines."""
    yield title.lamp
    yield title.street
    yield ""
    yield _line(HEAD)
    yield "-" * sum(WIDTHS)
    for night in nights:
        yield _line(_cells(night, title.zone))
        if night.alarms:
            yield f"{'':>{WIDTHS[0]}}  alarms: {', '.join(night.alarms)}"
    yield "-" * sum(WIDTHS)
    if len(nights) > 1:
        yield _line(_totals(nights))
    yield ""
    yield _energy(nights)
    yield from NOTES


def _line(cells: Sequence[str]) -> str:
    first, *others = zip(cells, WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in others)


def _cells(night: NightSummary, zone: ZoneInfo) -> tuple[str, ...]:
    moments = (night.sunset, night.first_on, night.last_off, night.sunrise)
    return (night.date, *(_local(moment, zone) for moment in moments), *_sums((night,)))


def _totals(nights: Sequence[NightSummary]) -> tuple[str, ...]:
    return (f"{len(nights)} nights", "", "", "", "", *_sums(nights))


def _sums(nights: Sequence[NightSummary]) -> tuple[str, ...]:
    people, lit = sum(night.passers_by for night in nights), sum(night.passers_by_lit_1s for night in nights)
    return (
        _short(fsum(night.lit_hours for night in nights), 5),
        _short(fsum(night.energy_wh for night in nights), 5),
        _percent(saved_percent(nights)),
        f"{people}",
        _percent(100 * lit / people, digits=0) if people else "-",
        f"{sum(night.switchings for night in nights)}",
        _short(fsum(night.dark_minutes for night in nights), 4),
        _short(fsum(night.daylight_lit_minutes for night in nights), 3),
    )


def saved_percent(nights: Sequence[NightSummary]) -> float | None:
    """Against full light while the sun is down; None where it never is."""
    full_wh = fsum(night.energy_full_wh for night in nights)
    return 100 * (1 - fsum(night.energy_wh for night in nights) / full_wh) if full_wh else None


def _energy(nights: Sequence[NightSummary]) -> str:
    used_wh, full_wh = (fsum(values) for values in zip(*((n.energy_wh, n.energy_full_wh) for n in nights), strict=True))
    saved = saved_percent(nights)
    if saved is None:
        return f"{written_wh(used_wh)} used; the sun did not set."
    return f"{written_wh(used_wh)} used of {written_wh(full_wh)} at full light while the sun is down: {saved:.1f} % saved."


def written_wh(energy_wh: float) -> str:
    return f"{energy_wh:.0f} Wh" if energy_wh < 10_000 else f"{energy_wh / 1000:.1f} kWh"


def _local(moment: str | None, zone: ZoneInfo) -> str:
    return "-" if moment is None else datetime.fromisoformat(moment).astimezone(zone).strftime("%H:%M")


def _short(value: float, room: int) -> str:
    """With a decimal where there is room for it, in thousands where there is none for all of it."""
    return next(
        (text for text in (f"{value:.1f}", f"{value:.0f}") if len(text) <= room),
        f"{value / 1000:.0f}k",
    )


def _percent(value: float | None, digits: int = 1) -> str:
    if value is None:
        return "-"
    return f"{value:.{digits}f}%" if value > -10 else f"{value:.0f}%"
