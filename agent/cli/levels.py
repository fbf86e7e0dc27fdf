"""Levels on the command line: percent of full light, 0 to 100."""

from math import isnan
from typing import Any

import click


class LevelType(click.FloatRange):
    """As FloatRange, but that lets ``nan`` pass every bound."""

    name = "level"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        level: float = super().convert(value, param, ctx)
        if isnan(level):
            self.fail(f"{value} is no level; write a number from 0 to 100, in percent", param, ctx)
        return level


LEVEL = LevelType(0, 100)
