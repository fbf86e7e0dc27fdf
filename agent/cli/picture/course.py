"""One night, or up to three in a row, told from top to bottom: sun, light, level, passers-by, power, alarms."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from agent.cli.picture import palette, panels
from agent.cli.picture.caption import HEIGHT_IN, write_caption
from agent.cli.picture.clockface import hours
from agent.cli.picture.scene import Scene
from agent.settings.model import Settings
from agent.simulation.place import place_of
from agent.simulation.preview.report import Preview
from agent.simulation.preview.request import Request

WIDTH_IN, WIDER_IN = 11.0, 3.5  # for a night, and for each further one
PANELS_IN = {"sun": 0.8, "lux": 1.5, "level": 2.4, "people": 0.2, "watts": 1.1}
ALARM_IN = 0.22  # for each name
GAP_IN = 0.27
LEFT_IN, RIGHT_IN, BOTTOM_IN = 1.5, 0.3, 0.5


def course_picture(seen: Preview, request: Request, settings: Settings) -> Figure:
    """The preview must have a timeline."""
    scene = _scene(seen, settings)
    nights = seen.report.nights
    alarms = list(dict.fromkeys(name for night in nights for name in night.alarms))
    figure, axes = _panels(len(nights), len(alarms))
    for axis in axes.values():
        _night_sky(axis, scene)
    panels.draw_sun(axes["sun"], scene, nights)
    panels.draw_lux(axes["lux"], scene)
    panels.draw_level(axes["level"], scene)
    panels.draw_people(axes["people"], seen.arrivals_utc_s)
    panels.draw_watts(axes["watts"], scene)
    if alarms:
        panels.draw_alarms(axes["alarms"], scene, alarms, seen.occurred)
    _clock(list(axes.values()), scene, 2 if len(nights) == 1 else 4)
    write_caption(figure, LEFT_IN / figure.get_figwidth(), nights, request, settings)
    return figure


def _scene(seen: Preview, settings: Settings) -> Scene:
    rows = seen.report.timeline or ()
    last = seen.courses[-1]
    end_s = last.start_utc_s + last.slice_s * len(last.light_percent)
    at_s = np.array([*(datetime.fromisoformat(row.at).timestamp() for row in rows), end_s])
    return Scene(rows, at_s, ZoneInfo(place_of(settings).time_zone), settings)


def _panels(nights: int, alarms: int) -> tuple[Figure, dict[str, Axes]]:
    heights = PANELS_IN | ({"alarms": ALARM_IN * alarms + 0.06} if alarms else {})
    width = WIDTH_IN + WIDER_IN * (nights - 1)
    height = HEIGHT_IN + sum(heights.values()) + GAP_IN * (len(heights) - 1) + BOTTOM_IN
    figure = Figure(figsize=(width, height), facecolor="white")
    axes: dict[str, Axes] = {}
    top = height - HEIGHT_IN
    for name, panel in heights.items():
        box = (LEFT_IN / width, (top - panel) / height, 1 - (LEFT_IN + RIGHT_IN) / width, panel / height)
        axes[name] = figure.add_axes(box)
        top -= panel + GAP_IN
    return figure, axes


def _night_sky(axis: Axes, scene: Scene) -> None:
    """Behind everything: how dark it is outside."""
    at_s = np.arange(scene.at_s[0], scene.at_s[-1] + 1, 300.0)
    colours = palette.sky(np.interp(at_s, scene.at_s, scene.line("sun_elevation_deg")), pale=True)
    axis.imshow(
        colours[np.newaxis, :, :],
        extent=(scene.at_s[0], scene.at_s[-1], 0, 1),
        transform=axis.get_xaxis_transform(),
        aspect="auto",
        interpolation="bilinear",
        zorder=0,
    )


def _clock(axes: Sequence[Axes], scene: Scene, every: int) -> None:
    marks = list(hours(scene.at_s[0], scene.at_s[-1], scene.zone, every))
    for axis in axes:
        axis.set_xlim(scene.at_s[0], scene.at_s[-1])
        axis.xaxis.set_major_locator(FixedLocator([mark.utc_s for mark in marks]))
        axis.tick_params(axis="x", labelbottom=False, length=0)
        axis.tick_params(axis="y", length=2.5, color=palette.FAINT, labelcolor=palette.INK)
        axis.grid(axis="x", color="white", linewidth=0.7, alpha=0.65, zorder=0.5)
        axis.set_axisbelow(True)
        for side in axis.spines.values():
            side.set_color(palette.GRID)
    words = [f"{mark.words}\n{mark.day}" if mark.day else mark.words for mark in marks]
    axes[-1].set_xticks([mark.utc_s for mark in marks], words)
    axes[-1].tick_params(axis="x", labelbottom=True, length=2.5, color=palette.FAINT, labelcolor=palette.INK)
