"""``asyncapi``: the MQTT contract as AsyncAPI 3, for platforms and for whoever generates clients."""

import click

from agent.cli.contract.document import text


@click.command()
def asyncapi() -> None:
    """Print the MQTT contract: topics, messages, commands, as AsyncAPI 3."""
    click.echo(text(), nl=False)
