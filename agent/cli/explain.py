"""``explain``: why the lamp is at its level, in plain sentences."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
from msgspec import UNSET

from agent.cli.ask import ask_or_fail, find_socket, socket_options
from agent.core.explain import Explanation
from agent.daemon.protocol import Request

WIDTH = 80


@click.command()
@socket_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def explain(socket: Path | None, config: Path | None, as_json: bool) -> None:
    """Say why the lamp is at its level: every slot, limit and source."""
    found = ask_or_fail(find_socket(socket, config), Request("explain")).explanation
    if found is UNSET:
        raise click.ClickException("the agent answered without an explanation; is it another version than this command?")
    click.echo(msgspec.json.encode(found).decode() if as_json else "\n".join(rows(found)))


def rows(found: Explanation) -> Iterator[str]:
    """For 80 columns."""
    yield from _row("", found.summary)
    yield from ("", "Who may decide, strongest first (> has the say):")
    for line in found.slots:
        lost = "" if line.loses_to is None else f"; loses against {line.loses_to}"
        yield from _row(f"  {'>' if line.wins else ' '} {line.slot:<12} {_percent(line.level)}  ", line.reason + lost)
    yield from ("", "Limits, in the order in which they are applied (! bites):")
    for limit in found.all_limits:
        yield from _row(f"  {'!' if limit.bites else ' '} {limit.limit:<21} {_percent(limit.level)}  ", limit.words)
    yield ""
    yield from _row("Night:   ", found.night)
    for fact in found.night_facts:
        yield from _row("         - ", fact)
    yield from _row("Next:    ", found.next)
    yield from ("", "Sources:")
    for source in found.sources:
        yield from _row(f"  {'ok ' if source.good else 'BAD'} {source.name:<12} ", source.words)


def _percent(level: float | None) -> str:
    return "     -" if level is None else f"{level:4.4g} %"


def _row(head: str, words: str) -> Iterator[str]:
    """The words beside their head, and below each other where they need more lines."""
    yield from textwrap.wrap(
        words, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    )
