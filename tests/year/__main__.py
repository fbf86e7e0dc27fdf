"""Lets lamps live through a year without faults, and tells of every alarm and every dark minute. See scripts/year."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from multiprocessing import get_context
from time import monotonic

from agent.settings.model import Settings
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview
from year.lamps import lamps

FIRST = date(2026, 1, 1)
PIECE = 73  # nights in a row; a fifth of a year
WEATHERS, TRAFFICS = ("clear", "overcast", "storm"), ("quiet", "busy", "none")

Piece = tuple[str, Settings, date, int, int]


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    chosen = [(name, settings) for name, settings in lamps() if options.lamp in (None, name)]
    pieces = [
        (name, settings, FIRST + timedelta(days=begun), min(PIECE, options.nights - begun), number)
        for name, settings in chosen
        for number, begun in enumerate(range(0, options.nights, PIECE))
    ]
    began_s, bad = monotonic(), 0
    with get_context("fork").Pool(options.processes) as pool:
        for told in pool.imap(lived, pieces):
            bad += len(told)
            for line in told:
                _say(line)
    nights = sum(nights for _, _, _, nights, _ in pieces)
    _say(f"{len(chosen)} lamps, {nights} nights in {monotonic() - began_s:.0f} s: {bad or 'none'} with an alarm or a dark minute")
    return 1 if bad or not chosen else 0


def lived(piece: Piece) -> list[str]:
    """A line for each night that was not as it should be. Weather and traffic change with the pieces."""
    name, settings, first, nights, number = piece
    weather, traffic = WEATHERS[number % 3], TRAFFICS[number % 2]
    report = preview(settings, Request(first, nights, number + 1, weather, traffic, timeline=False)).report
    return [
        f"{name}: {night.date}, {weather}, {traffic}: {', '.join(night.alarms) or 'no alarm'}, {night.dark_minutes:g} min dark"
        for night in report.nights
        if night.alarms or night.dark_minutes
    ]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/year", description="A year without faults, in which no lamp may raise an alarm."
    )
    parser.add_argument("--nights", type=int, default=365, help="of each lamp, from 1 January on; a night takes about a second")
    parser.add_argument("--lamp", help="this one alone, by its name in tests/year/lamps.py")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
