"""Durations on the command line are written as in the config file: 500ms, 5s, 10min, 2h, 7d."""

import click

from agent.config.durations import seconds
from agent.config.findings import Mistake


class DurationType(click.ParamType[float]):
    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        try:
            return seconds(str(value).strip())
        except Mistake as mistake:
            self.fail(f"{mistake}; write a number with a unit: 30s, 10min, 2h", param, ctx)


DURATION = DurationType()
