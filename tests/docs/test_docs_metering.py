"""The page of the counters says what the code says."""

import re
from pathlib import Path

from agent.core.load import BACKWARDS_W, MOST_MORE_W, MOST_TIMES, POLE_MOST_W
from agent.core.memory import OFTEN_S, SAMPLE_AHEAD_S, SAMPLE_OFTEN_S, SAMPLE_SELDOM_S, SELDOM_S
from agent.core.meter import NOMINAL_W
from agent.core.sources import MISSES
from agent.core.views import EXACT_SHARE
from agent.messages import Telemetry

PAGE = (Path(__file__).parents[2] / "docs" / "metering.md").read_text(encoding="utf-8")
NOT_OF_METERING = {"feedback_level", "actual_level", "light_level_lx", "temperature_c", "soc_temperature_c", "quality"}


def test_every_attribute_of_metering_is_explained_in_the_order_of_the_sample() -> None:
    told = [name for line in PAGE.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])]
    sampled = [name for name in Telemetry.__dataclass_fields__ if name not in NOT_OF_METERING]
    assert sorted(told) == sorted(sampled)


def test_its_figures_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())
    assert "more than a twentieth" in words
    assert EXACT_SHARE == 1 / 20
    assert f"a lamp of {NOMINAL_W:g} W" in words
    assert "for three periods" in words
    assert MISSES == 3
    assert f"less than {BACKWARDS_W:g} W" in words
    assert "ten times the lamp" in words
    assert MOST_TIMES == 10
    assert f"and {MOST_MORE_W:g} W, or {POLE_MOST_W / 1000:g} kW on a pole" in words
    assert f"every {OFTEN_S:g} s while the lamp is lit, else hourly, and a second before a sample" in words
    assert (SELDOM_S, SAMPLE_AHEAD_S) == (3600, 1)
    assert "older than a minute (15 minutes in the dark)" in words
    assert (SAMPLE_OFTEN_S, SAMPLE_SELDOM_S) == (60, 900)
