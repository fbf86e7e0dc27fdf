"""``preview``: what a config will do, seen before it is saved: simulated nights as a table, as JSON and as a picture."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click
import msgspec

from agent.cli.nights import Title, table
from agent.clock import utc_s
from agent.config.compiler import compile_file
from agent.config.problems import render_all
from agent.settings.model import Settings
from agent.simulation.faults.fault import Fault, FaultError
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.place import place_of
from agent.simulation.preview.orders import Order, OrderError, parse_order
from agent.simulation.preview.report import Preview, Report
from agent.simulation.preview.request import TIMELINE_NIGHTS, Progress, Request, quietly
from agent.simulation.traffic import Traffic
from agent.simulation.weather import Weather

MOST_NIGHTS = 3660
PICTURES = (".png", ".svg")
T = TypeVar("T")


class _Written(click.ParamType[T]):
    """What is said in a small language of its own; ``error`` says what is wrong with it."""

    def __init__(self, name: str, parse: Callable[[str], T], error: type[ValueError]) -> None:
        self.name = name
        self._parse = parse
        self._error = error

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> T:
        try:
            return self._parse(str(value))
        except self._error as error:
            self.fail(str(error), param, ctx)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write YYYY-MM-DD, such as 2026-12-21") from None


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--date", "first", type=_Written("date", _day, ValueError), help="The night that begins on this day. [default: today]"
)
@click.option("--nights", type=click.IntRange(1, MOST_NIGHTS), default=1, show_default=True, help="So many, one after the other.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another street: clouds and passers-by.")
@click.option("--weather", type=click.Choice(["clear", "overcast", "storm"]), default="clear", show_default=True)
@click.option("--traffic", type=click.Choice(["none", "quiet", "busy"]), default="quiet", show_default=True)
@click.option(
    "--inject", "faults", multiple=True, type=_Written("fault", parse_fault, FaultError), help="NAME[=VALUE][@HH:MM[+DURATION]]"
)
@click.option("--command", "orders", multiple=True, type=_Written("text", parse_order, OrderError), help="'dim 0 for=2h@23:00'")
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="A picture, .png or .svg.")
@click.option("--timeline", is_flag=True, help=f"In the JSON document: rows also for more than {TIMELINE_NIGHTS} nights.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def preview(
    file: Path,
    first: date | None,
    nights: int,
    seed: int,
    weather: Weather,
    traffic: Traffic,
    faults: tuple[Fault, ...],
    orders: tuple[Order, ...],
    plot: Path | None,
    timeline: bool,
    as_json: bool,
) -> None:
    """Show what the config FILE will do: nights from noon to noon, by the agent itself in a simulated street.

    The lamp has been running for an hour when the first noon comes. The same arguments give the same output.

    \b
    Examples:
      preview agent.yaml --date 2026-12-21 --plot night.png
      preview agent.yaml --nights 14 --weather storm --traffic busy
      preview agent.yaml --inject light.dead@21:00+2h --command 'dim 20 for=1h@23:00'
    """
    from agent.simulation.preview.run import preview as simulate  # the other commands need not load a whole street

    if plot is not None:
        _can_draw(plot)
    settings = _compiled(file, as_json=as_json)
    place = place_of(settings)
    if first is None:
        first = datetime.fromtimestamp(utc_s(), ZoneInfo(place.time_zone)).date()
    rows = nights <= TIMELINE_NIGHTS or (timeline and as_json)
    request = Request(first, nights, seed, weather, traffic, faults, orders, timeline=rows)
    with _progress(nights) as progress:
        seen = simulate(settings, request, progress)
    if plot is not None:
        _draw(seen, request, settings, plot)
    click.echo(_json(seen.report) if as_json else "\n".join(table(seen.report.nights, Title.of(settings, request))))


def _compiled(file: Path, *, as_json: bool) -> Settings:
    """Problems are told as by ``check``, and errors end it with status 1."""
    compiled, text = compile_file(file)
    if compiled.settings is not None:
        if compiled.problems:
            click.echo(render_all(compiled.problems, text), err=True)
        return compiled.settings
    if as_json:
        click.echo(msgspec.json.encode([problem.as_json() for problem in compiled.problems]).decode())
    else:
        click.echo(render_all(compiled.problems, text))
    raise SystemExit(1)


def _json(report: Report) -> str:
    document = {"seed": report.seed, "nights": report.nights}
    if report.timeline is not None:
        document["timeline"] = report.timeline
    return msgspec.json.encode(document).decode()


@contextmanager
def _progress(nights: int) -> Iterator[Progress]:
    if not sys.stderr.isatty():
        yield quietly
        return
    hours = nights * 24
    with click.progressbar(length=hours, label="simulating", file=sys.stderr) as bar:
        yield lambda part: bar.update(round(part * 24))


def _can_draw(picture: Path) -> None:
    """Said before minutes of simulation."""
    if picture.suffix.lower() not in PICTURES:
        raise click.UsageError(f"{picture}: a picture is a .png or a .svg file")
    if not picture.absolute().parent.is_dir():
        raise click.UsageError(f"{picture}: there is no such folder")
    if find_spec("matplotlib") is None:
        raise click.ClickException("--plot needs matplotlib; install it with: pip install 'streetlight-agent[plot]'")


def _draw(seen: Preview, request: Request, settings: Settings, file: Path) -> None:
    from agent.cli.picture.draw import draw

    try:
        draw(seen, request, settings, file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror or error}") from error
