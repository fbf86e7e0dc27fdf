"""``schema``: the JSON Schema of the config file, for editors and other programs."""

import json

import click

from agent.config.schema import json_schema


@click.command()
def schema() -> None:
    """Print the config file's JSON Schema."""
    click.echo(json.dumps(json_schema(), indent=2))
