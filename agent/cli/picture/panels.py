"""The panels of a night's picture: each shows one thing over the hours."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from agent.cli.picture import palette
from agent.cli.picture.scene import Scene
from agent.simulation.luminaire import DEFAULT_NOMINAL_W
from agent.simulation.preview.report import NightSummary

LEAST_LX, MOST_LX = 0.01, 200_000.0


def draw_sun(axis: Axes, scene: Scene, nights: Sequence[NightSummary]) -> None:
    elevation_deg = scene.line("sun_elevation_deg")
    low, high = float(elevation_deg.min()), float(elevation_deg.max())
    axis.set_ylim(min(low, -10) - 4, max(high, 10) + 6)
    axis.axhline(0, color=palette.FAINT, linewidth=0.7)
    axis.plot(scene.at_s, elevation_deg, color=palette.SUN, linewidth=1.6)
    axis.fill_between(
        scene.at_s, elevation_deg, 0, where=(elevation_deg > 0).tolist(), color=palette.SUN, alpha=0.18, linewidth=0
    )
    axis.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda degrees, _: f"{degrees:.0f}°"))
    for moment in (moment for night in nights for moment in (night.sunset, night.sunrise) if moment is not None):
        at = datetime.fromisoformat(moment)
        words = f"{at.astimezone(scene.zone):%H:%M}"
        axis.plot(at.timestamp(), 0, marker="o", markersize=4, color=palette.SUN, zorder=3)
        axis.annotate(
            words, (at.timestamp(), 0), xytext=(0, 5), textcoords="offset points", ha="center", size=8, color=palette.INK
        )
    _name(axis, "sun")


def draw_lux(axis: Axes, scene: Scene) -> None:
    """What there is, what the photocell makes of it, and between which thresholds it decides."""
    night = scene.settings.night
    axis.set_yscale("log")
    axis.set_ylim(LEAST_LX, MOST_LX)
    axis.plot(scene.at_s, np.maximum(scene.line("daylight_lx"), LEAST_LX), color=palette.FAINT, linewidth=0.9, label="daylight")
    if scene.settings.sensors.light is not None:
        seen_lx = np.maximum(scene.line("light_level_lx"), LEAST_LX)
        axis.plot(
            scene.at_s, seen_lx, color=palette.DAYLIGHT, linewidth=1.3, drawstyle="steps-post", label="seen by the photocell"
        )
        axis.axhspan(night.on_below_lx, night.off_above_lx, color=palette.DAYLIGHT, alpha=0.22, linewidth=0, label="on … off")
    axis.yaxis.set_major_locator(LogLocator(base=10, numticks=8))
    axis.yaxis.set_minor_locator(NullLocator())
    axis.yaxis.set_major_formatter(FuncFormatter(_lux_words))
    _legend(axis, *axis.get_legend_handles_labels())
    _name(axis, "lux")


def draw_level(axis: Axes, scene: Scene) -> None:
    """The light given, in the colour of the slot that decides; a thin line where the agent means another level."""
    light = scene.line("emitted_percent")
    shapes: dict[str, list[list[tuple[float, float]]]] = {}
    for slot, first, last in scene.stretches("slot"):
        if light[first : last + 1].max() > 0:
            over = list(zip(scene.at_s[first : last + 1].tolist(), light[first : last + 1].tolist(), strict=True))
            shapes.setdefault(str(slot), []).append([(over[0][0], 0.0), *over, (over[-1][0], 0.0)])
    for slot, polygons in shapes.items():
        colour = palette.SLOTS.get(slot, palette.NOBODY)
        rim = 0.5 if slot == "motion" else 0.0  # a passage must be seen, short as it is
        axis.add_collection(PolyCollection(polygons, facecolors=colour, edgecolors=colour, linewidths=rim))
    meant = scene.line("actual_level")
    differs = np.abs(meant - light) > 2
    if differs.any():
        axis.plot(scene.at_s, np.where(differs, meant, np.nan), color=palette.INK, linewidth=1.1, label="meant by the agent")
    axis.set_ylim(0, 108)
    axis.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda percent, _: f"{percent:.0f} %"))
    axis.grid(axis="y", color="white", linewidth=0.7, alpha=0.65)
    slots = [slot for slot in (*palette.SLOTS, "None") if slot in shapes]
    patches = [Patch(color=palette.SLOTS.get(slot, palette.NOBODY)) for slot in slots]
    lines, words = axis.get_legend_handles_labels()
    _legend(axis, [*patches, *lines], [*(slot if slot in palette.SLOTS else "no agent" for slot in slots), *words])
    _name(axis, "light")


def draw_people(axis: Axes, arrivals_utc_s: Sequence[float]) -> None:
    axis.vlines(list(arrivals_utc_s), 0.1, 0.9, color=palette.PEOPLE, linewidth=0.6)
    axis.set_ylim(0, 1)
    axis.yaxis.set_major_locator(NullLocator())
    _name(axis, "passers-by")


def draw_watts(axis: Axes, scene: Scene) -> None:
    """Power, beside what full light would take."""
    nominal_w = scene.settings.luminaire.nominal_power_w or DEFAULT_NOMINAL_W
    watts = scene.line("active_power_w")
    axis.axhline(nominal_w, color=palette.WATTS, linewidth=0.8, linestyle=(0, (4, 3)))
    axis.fill_between(scene.at_s, watts, 0, color=palette.WATTS, alpha=0.45, linewidth=0)
    axis.plot(scene.at_s, watts, color=palette.WATTS, linewidth=0.7)
    axis.set_ylim(0, max(nominal_w, float(watts.max())) * 1.15)
    axis.yaxis.set_major_locator(MaxNLocator(3))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda power_w, _: f"{power_w:.0f} W"))
    _name(axis, "power")


def draw_alarms(axis: Axes, scene: Scene, names: Sequence[str], occurred: Sequence[tuple[float, str]]) -> None:
    """A band for each, as long as it is up; a mark for what has no length."""
    for place, name in enumerate(names):
        bands = [
            (float(scene.at_s[first]), float(scene.at_s[last] - scene.at_s[first]))
            for alarms, first, last in scene.stretches("alarms")
            if isinstance(alarms, tuple) and name in alarms
        ]
        marks_s = [at_s for at_s, occurrence in occurred if occurrence == name]
        axis.plot(marks_s, [place + 0.5] * len(marks_s), color=palette.ALARM, marker="D", markersize=4, linestyle="none")
        axis.broken_barh(bands, (place + 0.2, 0.6), facecolors=palette.ALARM, linewidth=0)
    axis.set_ylim(len(names), 0)
    axis.yaxis.set_major_locator(FixedLocator([place + 0.5 for place in range(len(names))]))
    axis.set_yticklabels(names, size=7.5)


def _lux_words(lux: float, _place: object) -> str:
    return f"{lux / 1000:g}k" if lux >= 1000 else f"{lux:g}"


def _name(axis: Axes, words: str) -> None:
    """Left of the numbers, in line with the other panels' names."""
    axis.annotate(
        words,
        (0, 0.5),
        xycoords="axes fraction",
        xytext=(-104, 0),
        textcoords="offset points",
        ha="left",
        va="center",
        color=palette.INK,
        weight="bold",
    )


def _legend(axis: Axes, handles: Sequence[Artist], words: Sequence[str]) -> None:
    """Above the panel, where it hides nothing."""
    axis.legend(
        handles,
        words,
        loc="lower right",
        bbox_to_anchor=(1.0, 0.985),
        ncols=max(1, len(words)),
        fontsize=8,
        frameon=False,
        handlelength=1.4,
        columnspacing=1.4,
        borderpad=0,
        borderaxespad=0.2,
    )
