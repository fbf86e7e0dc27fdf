"""``check``: every problem of a config file at once, as a good compiler tells them."""

from pathlib import Path

import click
import msgspec

from agent.config.compiler import compile_file
from agent.config.problems import Problem, Severity, render_all


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON list of problems; [] when all is well.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check config FILES: every problem, where it is, and what to write instead.

    Warnings alone leave the exit status 0.
    """
    found: list[Problem] = []
    for file in files:
        compiled, text = compile_file(file)
        found += compiled.problems
        if not as_json and compiled.problems:
            click.echo(render_all(compiled.problems, text))
    if as_json:
        click.echo(msgspec.json.encode([problem.as_json() for problem in found]).decode())
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    if not as_json:
        click.echo(_verdict(len(files), errors, len(found) - errors), err=True)
    raise SystemExit(1 if errors else 0)


def _verdict(files: int, errors: int, warnings: int) -> str:
    checked = "1 file" if files == 1 else f"{files} files"
    if not errors and not warnings:
        return f"{checked} checked: no problem"
    return f"{checked} checked: {_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
