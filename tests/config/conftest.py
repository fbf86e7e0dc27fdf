"""Helpers of the compiler's tests: a small valid file to vary, and problems in short."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.config.compiler import compile_text
from agent.config.problems import Problem

LAMP = "lamp: {site: s, id: l, location: {latitude: 51.4, longitude: 6.8, time_zone: Europe/Berlin}}\n"
OUTPUT = "output: {driver: pwm, gpio: 18}\n"
BROKER = "broker: {url: 'mqtts://broker.example:8883'}\n"


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture
def valid() -> str:
    """The three sections that every file must have."""
    return LAMP + OUTPUT + BROKER


@pytest.fixture
def problems() -> Callable[..., tuple[Problem, ...]]:
    """Compiles a file of the three sections, some of them replaced, and more text behind them."""

    def compiled(more: str = "", lamp: str = LAMP, output: str = OUTPUT, broker: str = BROKER) -> tuple[Problem, ...]:
        return compile_text(lamp + output + broker + more, "agent.yaml").problems

    return compiled
