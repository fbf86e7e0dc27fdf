"""The command line: every command but ``run``, which is the daemon's own and loads none of this."""

import click

from agent import __version__
from agent.cli.asyncapi import asyncapi
from agent.cli.check import check
from agent.cli.doctor import doctor
from agent.cli.explain import explain
from agent.cli.hand import identify, release, set_level
from agent.cli.preview import preview
from agent.cli.schema import schema
from agent.cli.selftest import self_test
from agent.cli.send import send
from agent.cli.status import status


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="streetlight-agent")
def cli() -> None:
    """The software inside one street lamp.

    Exit status: 0 it holds or was done, 1 it does not, 2 the command was not understood.
    """


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def run(arguments: tuple[str, ...]) -> None:
    """Be the lamp's daemon (run --help says more)."""
    from agent.daemon.entry import main

    raise SystemExit(main(list(arguments)))


for command in (run, check, preview, schema, asyncapi, status, explain, set_level, release, identify, self_test, doctor, send):
    cli.add_command(command)
