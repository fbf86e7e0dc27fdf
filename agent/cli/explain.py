"""``explain``: why the lamp is at its level, in plain sentences."""

from pathlib import Path

import click
import msgspec
from msgspec import UNSET

from agent.cli.ask import ask_or_fail, find_socket, socket_options
from agent.core.explain import Explanation
from agent.daemon.protocol import Request


@click.command()
@socket_options
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def explain(socket: Path | None, config: Path | None, as_json: bool) -> None:
    """Say why the lamp is at its level: every slot, limit and source."""
    found = ask_or_fail(find_socket(socket, config), Request("explain")).explanation
    if found is UNSET:
        raise click.ClickException("the agent answered without an explanation; is it another version than this command?")
    click.echo(msgspec.json.encode(found).decode() if as_json else "\n".join(_rows(found)))


def _rows(found: Explanation) -> list[str]:
    rows = [found.summary, "", "Who may decide, strongest first:"]
    for line in found.slots:
        level = "     -" if line.level is None else f"{line.level:4g} %"
        rows.append(f"  {'>' if line.wins else ' '} {line.slot:<12} {level}  {line.reason}")
    rows += [
        "",
        f"Limits:  {'; '.join(found.limits) or 'none applies'}",
        f"Night:   {found.night}",
        f"Next:    {found.next}",
        "",
        "Sources:",
    ]
    rows += [f"  {'ok ' if source.good else 'BAD'} {source.name:<12} {source.words}" for source in found.sources]
    return rows
