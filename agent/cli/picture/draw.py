"""Draws a preview into a file: few nights one after the other, many as a calendar. The same preview gives the same bytes."""

from pathlib import Path

import matplotlib as mpl

from agent.cli.picture.calendar import calendar_picture
from agent.cli.picture.course import course_picture
from agent.settings.model import Settings
from agent.simulation.preview.report import Preview
from agent.simulation.preview.request import Request

IN_A_ROW = 3  # nights; more of them are a calendar
DPI = 130


def draw(seen: Preview, request: Request, settings: Settings, file: Path) -> None:
    """A .png or a .svg file. Raises OSError."""
    kind = file.suffix.lower().removeprefix(".")
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the reader's own matplotlibrc says
        mpl.rcParams["font.family"] = "DejaVu Sans"  # comes with matplotlib
        mpl.rcParams["font.size"] = 9.0
        mpl.rcParams["axes.linewidth"] = 0.6
        mpl.rcParams["svg.hashsalt"] = "streetlight-agent"
        make = course_picture if len(seen.report.nights) <= IN_A_ROW else calendar_picture
        figure = make(seen, request, settings)
        figure.savefig(file, format=kind, dpi=DPI, metadata={"Date": None} if kind == "svg" else {"Software": None})
