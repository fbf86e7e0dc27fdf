"""``self-test``: steps the lamp through its levels, shows how far it is, and then what was measured and what is to be done."""

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import msgspec

from agent.cli.ask import NotRunning, ask, ask_or_fail, find_socket, socket_options
from agent.cli.selftest_table import rows
from agent.core.report import Report
from agent.core.verdict import Verdict
from agent.daemon.protocol import Reply, Request

EVERY_S = 0.25
INTERRUPTED = "interrupted; the lamp fades to what else is asked of it"


@click.command("self-test")
@socket_options
@click.option("--afresh", is_flag=True, help="Pass over what was learnt before: the lamp has been exchanged.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def self_test(socket: Path | None, config: Path | None, afresh: bool, as_json: bool) -> None:
    """Step the lamp through its levels, measure, compare, and learn its power curve.

    It takes a minute or two, at most four, and leaves the lamp as it was; Ctrl-C gives it back at once. Exit status 1
    unless everything was measured and is right.
    """
    path = find_socket(socket, config)
    report = _reported(ask_or_fail(path, Request("self-test", afresh=afresh)))
    try:
        report = _followed(path, report)
    except KeyboardInterrupt:
        report = _given_back(path, report)
        if report.verdict is Verdict.INTERRUPTED:
            if not as_json:
                raise click.ClickException(INTERRUPTED) from None
            click.echo(INTERRUPTED, err=True)
    click.echo(msgspec.json.encode(_document(report)).decode() if as_json else "\n".join(rows(report)))
    if report.verdict is not Verdict.PASSED:
        raise SystemExit(1)


def _followed(path: Path, report: Report) -> Report:
    """The report once the self-test is over; meanwhile it is said how far it is."""
    progress, number = _Progress(), report.number
    try:
        while report.running:
            progress.show(report)
            time.sleep(EVERY_S)
            try:
                report = _reported(ask_or_fail(path, Request("report")))
            except NotRunning:
                raise NotRunning("the agent has ended, and the self-test with it; try again when it runs") from None
            if report.number != number:
                raise click.ClickException("another self-test has begun, or the agent anew; try again when that is over")
        progress.show(report)
    finally:
        progress.end()
    return report


def _given_back(path: Path, report: Report) -> Report:
    """Its end. Only what is still ours is given back: it may be over, or somebody's ``set`` have ended it."""
    now = ask(path, Request("report")).self_test
    if isinstance(now, Report) and now.running and now.number == report.number:
        ask_or_fail(path, Request("release"))
        now = ask(path, Request("report")).self_test
    if isinstance(now, Report) and not now.running and now.number == report.number:
        return now
    return replace(report, verdict=Verdict.INTERRUPTED, message=INTERRUPTED)


def _reported(reply: Reply) -> Report:
    if not isinstance(reply.self_test, Report):
        raise click.ClickException("the agent knows of no self-test; it was started again. Try once more")
    return reply.self_test


def _document(report: Report) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(report)
    return {key: value for key, value in whole.items() if key not in ("number", "running", "until")}


class _Progress:
    """On standard error: on a terminal one line that changes, else a line a level."""

    def __init__(self) -> None:
        self._in_place = sys.stderr.isatty()
        self._told = -1  # steps

    def show(self, report: Report) -> None:
        done, levels, told = len(report.steps), report.levels, self._told
        self._told = done
        if not self._in_place:
            for step in report.steps[max(0, told) :]:
                drawn = "not measured" if step.measured_w is None else f"{step.measured_w:.1f} W"
                click.echo(f"{step.asked:g} %: {drawn}", err=True)
        elif told < done < len(levels):
            bar = "█" * done + "░" * (len(levels) - done)
            click.echo(f"\r\033[2K{bar} {done + 1} of {len(levels)}: {levels[done]:g} %", err=True, nl=False)

    def end(self) -> None:
        if self._in_place:
            click.echo("\r\033[2K", err=True, nl=False)
