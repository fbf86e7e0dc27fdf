"""What stands above a picture: lamp, dates, energy and saving, and what was simulated."""

from collections.abc import Sequence
from datetime import date
from math import fsum
from textwrap import shorten

from matplotlib.figure import Figure

from agent.cli.nights import saved_percent, written_wh
from agent.cli.picture.palette import ALARM, FAINT, INK
from agent.settings.model import Settings
from agent.simulation.place import place_of
from agent.simulation.preview.report import NightSummary
from agent.simulation.preview.request import Request

HEIGHT_IN = 1.1
_WIDEST = 150  # characters of the smallest line, in a picture of 11 inches
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def write_caption(figure: Figure, left: float, nights: Sequence[NightSummary], request: Request, settings: Settings) -> None:
    """Into the uppermost ``HEIGHT_IN`` inches; ``left`` is a share of the figure's width."""
    lines = (
        (f"{_who(settings)}: {_dates(nights)}", 0.36, 14.0, INK, "bold"),
        (_balance(nights), 0.59, 10.0, INK, "normal"),
        (_circumstances(request, settings), 0.79, 8.0, FAINT, "normal"),
        (_interventions(request), 0.95, 8.0, ALARM, "normal"),
    )
    for words, from_top_in, size, colour, weight in lines:
        y = 1 - from_top_in / figure.get_figheight()
        figure.text(left, y, words, size=size, color=colour, weight=weight, parse_math=False)


def _who(settings: Settings) -> str:
    return "A lamp" if settings.lamp is None else f"{settings.lamp.id} in {settings.lamp.site}"


def _dates(nights: Sequence[NightSummary]) -> str:
    first = date.fromisoformat(nights[0].date)
    began = f"{first.day} {_MONTHS[first.month - 1]} {first.year}"
    return f"night of {began}" if len(nights) == 1 else f"{len(nights)} nights from {began}"


def _balance(nights: Sequence[NightSummary]) -> str:
    """Energy and saving; and who was lit."""
    used = written_wh(fsum(night.energy_wh for night in nights))
    saved = saved_percent(nights)
    energy = f"{used}; the sun does not set" if saved is None else f"{used}, {_saving(saved)}"
    people, lit = sum(night.passers_by for night in nights), sum(night.passers_by_lit_1s for night in nights)
    return energy + (f".  {lit} of {people} passers-by had full light within a second." if people else ".")


def _saving(percent: float) -> str:
    than = "than full light from sunset to sunrise"
    return f"{percent:.1f} % less {than}" if percent >= 0 else f"{-percent:.1f} % more {than}"


def _circumstances(request: Request, settings: Settings) -> str:
    place = place_of(settings)
    return (
        f"{abs(place.latitude):.2f}° {'N' if place.latitude >= 0 else 'S'}, "
        f"{abs(place.longitude):.2f}° {'E' if place.longitude >= 0 else 'W'}, times of {place.time_zone}; "
        f"simulated: {request.weather} sky, traffic {request.traffic}, seed {request.seed}"
    )


def _interventions(request: Request) -> str:
    """What was broken and commanded."""
    return shorten(", ".join(map(str, (*request.faults, *request.orders))), _WIDEST, placeholder=" …")
