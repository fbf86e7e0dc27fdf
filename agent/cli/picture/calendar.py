"""Many nights as a calendar: a night a line, local time across, the level as brightness; alarms and energy beside it."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, NullLocator

from agent.cli.picture import palette
from agent.cli.picture.caption import HEIGHT_IN, write_caption
from agent.cli.picture.clockface import MONTHS, day_words
from agent.settings.model import Settings
from agent.simulation.daylight import SunTrack
from agent.simulation.place import place_of
from agent.simulation.preview.report import Course, NightSummary, Preview
from agent.simulation.preview.request import Request

DAY_H, NOON_H = 24.0, 12.0
ROWS_NAMED = 31  # up to so many nights each has its date beside it
WIDTH_IN, LEFT_IN, RIGHT_IN, BOTTOM_IN = 11.0, 1.0, 0.35, 0.85
ENERGY_IN, ALARM_IN, GAP_IN = 1.5, 0.24, 0.15
LIGHT = LinearSegmentedColormap.from_list("light", ["#5a3b12", "#b8781a", "#ffc93c", "#fff3c4"])


def calendar_picture(seen: Preview, request: Request, settings: Settings) -> Figure:
    nights = seen.report.nights
    zone = ZoneInfo(place_of(settings).time_zone)
    names = list(dict.fromkeys(name for night in nights for name in night.alarms))
    figure, big, beside, energy = _axes(len(nights), len(names))
    _lights(big, seen.courses, zone, settings)
    _sun_lines(big, nights, zone)
    _dates(big, nights)
    _alarms(beside, nights, names)
    _energy(energy, nights)
    _scale(figure)
    write_caption(figure, LEFT_IN / WIDTH_IN, nights, request, settings)
    return figure


def _axes(nights: int, alarms: int) -> tuple[Figure, Axes, Axes, Axes]:
    main_in = min(8.0, max(2.6, 0.24 * nights))
    head_in = HEIGHT_IN + (0.72 if alarms else 0.1)  # the alarms' names stand upright
    height_in = head_in + main_in + BOTTOM_IN
    alarms_in = ALARM_IN * max(alarms, 0.5)
    across_in = WIDTH_IN - LEFT_IN - RIGHT_IN - ENERGY_IN - alarms_in - 2 * GAP_IN
    figure = Figure(figsize=(WIDTH_IN, height_in), facecolor="white")

    def axes(left_in: float, width_in: float) -> Axes:
        made = figure.add_axes((left_in / WIDTH_IN, BOTTOM_IN / height_in, width_in / WIDTH_IN, main_in / height_in))
        made.set_ylim(nights, 0)
        made.tick_params(length=2.5, color=palette.FAINT, labelcolor=palette.INK)
        for side in made.spines.values():
            side.set_color(palette.GRID)
        return made

    big = axes(LEFT_IN, across_in)
    beside = axes(LEFT_IN + across_in + GAP_IN, alarms_in)
    return figure, big, beside, axes(LEFT_IN + across_in + alarms_in + 2 * GAP_IN, ENERGY_IN)


# --- the calendar itself


def _lights(axis: Axes, courses: Sequence[Course], zone: tzinfo, settings: Settings) -> None:
    """The sky by the sun's elevation, and over it the lamp."""
    place = place_of(settings)
    sun = SunTrack(place.latitude, place.longitude)
    columns = round(DAY_H * 3600 / courses[0].slice_s)
    image = np.full((len(courses), columns, 3), 1.0)
    for number, course in enumerate(courses):
        middles_s = [course.start_utc_s + (slice_ + 0.5) * course.slice_s for slice_ in range(len(course.light_percent))]
        light = np.array(course.light_percent)
        colours = palette.sky(np.array([sun.elevation_deg(at_s) for at_s in middles_s]), pale=False)
        colours[light > 0] = LIGHT(light[light > 0] / 100)[:, :3]
        across = [int(hours_since_noon(at_s, zone) / DAY_H * columns) for at_s in middles_s]
        image[number, across] = colours
    axis.imshow(image, extent=(0, DAY_H, len(courses), 0), aspect="auto", interpolation="nearest")
    marks = np.arange(0, 25, 2)
    axis.set_xticks(marks, [f"{(int(NOON_H) + mark) % 24:02d}:00" for mark in marks])


def hours_since_noon(utc_s: float, zone: tzinfo) -> float:
    """By the clock on the wall, 0 to 24: an hour that is shown twice is drawn once, one that is left out stays white."""
    local = datetime.fromtimestamp(utc_s, zone)
    return (local.hour + local.minute / 60 + local.second / 3600 - NOON_H) % DAY_H


def _sun_lines(axis: Axes, nights: Sequence[NightSummary], zone: tzinfo) -> None:
    for moments in ([night.sunset for night in nights], [night.sunrise for night in nights]):
        known = [
            (place, hours_since_noon(datetime.fromisoformat(moment).timestamp(), zone))
            for place, moment in enumerate(moments)
            if moment is not None
        ]
        across = [hour for _, hour in known]
        tops = [place for place, _ in known]
        bottoms = [place + 1 for place in tops]
        axis.vlines(across, tops, bottoms, color="white", linewidth=2.4, alpha=0.6)
        axis.vlines(across, tops, bottoms, color=palette.SUN, linewidth=1.2)
    axis.set_xlim(0, DAY_H)


def _dates(axis: Axes, nights: Sequence[NightSummary]) -> None:
    days = [date.fromisoformat(night.date) for night in nights]
    if len(days) <= ROWS_NAMED:
        axis.set_yticks(np.arange(len(days)) + 0.5, [day_words(day) for day in days])
        axis.tick_params(axis="y", length=0)
        return
    firsts = [(place, day) for place, day in enumerate(days) if day.day == 1]
    axis.set_yticks([place for place, _ in firsts], [f"{MONTHS[day.month - 1]} {day.year}" for _, day in firsts])
    axis.hlines([place for place, _ in firsts], 0, DAY_H, color="white", linewidth=0.4, alpha=0.5)


# --- beside it


def _alarms(axis: Axes, nights: Sequence[NightSummary], names: Sequence[str]) -> None:
    """A column for each alarm, marked in the nights in which it was up."""
    for column, name in enumerate(names):
        up = [(place, 1) for place, night in enumerate(nights) if name in night.alarms]
        for place, height in up:
            axis.add_patch(
                Rectangle((column + 0.15, place), 0.7, height, facecolor=palette.ALARM, edgecolor="white", linewidth=0.3)
            )
    axis.set_xlim(0, max(len(names), 1))
    axis.yaxis.set_major_locator(NullLocator())
    axis.xaxis.tick_top()
    axis.set_xticks([column + 0.5 for column in range(len(names))], names, rotation=60, ha="left", size=7.5)
    axis.tick_params(axis="x", length=0, labelcolor=palette.ALARM)
    if not names:
        axis.set_axis_off()


def _energy(axis: Axes, nights: Sequence[NightSummary]) -> None:
    """Used, over what full light would have taken."""
    edges = np.arange(len(nights) + 1)
    for values, colour, words in (
        ([night.energy_full_wh for night in nights], palette.GRID, "at full light"),
        ([night.energy_wh for night in nights], palette.WATTS, "used"),
    ):
        axis.stairs(values, edges, orientation="horizontal", fill=True, color=colour, label=words)
    axis.yaxis.set_major_locator(NullLocator())
    axis.xaxis.set_major_locator(MaxNLocator(3))
    axis.set_xlim(left=0)
    axis.set_xlabel("Wh a night", color=palette.INK)
    axis.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize=7.5, frameon=False, ncols=2, handlelength=1, columnspacing=0.8
    )


def _scale(figure: Figure) -> None:
    """Which brightness is which level."""
    height_in = figure.get_figheight()
    axis = figure.add_axes((LEFT_IN / WIDTH_IN, 0.3 / height_in, 2.4 / WIDTH_IN, 0.1 / height_in))
    bar = figure.colorbar(ScalarMappable(Normalize(0, 100), LIGHT), cax=axis, orientation="horizontal")
    bar.set_ticks([0, 25, 50, 75, 100], labels=["0", "25", "50", "75", "100 %"])
    bar.outline.set_visible(False)
    axis.tick_params(length=0, labelsize=7.5, labelcolor=palette.INK)
    words = "light while the lamp is lit, mean of five minutes; elsewhere the sky, and the lines are sunset and sunrise"
    axis.annotate(words, (1.12, 0.5), xycoords="axes fraction", va="center", size=7.5, color=palette.FAINT)
