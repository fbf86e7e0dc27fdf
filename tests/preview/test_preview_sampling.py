"""Sampling that follows need sees what sampling at full rate would see: same slots, same alarms, energy within 1 %.

The first of the seeded nights by default; FULL_RATE_NIGHTS=20 in the environment tries as many, which takes minutes.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

import pytest
from preview_street import lamp_at

from agent.core import nightwatch, sampling
from agent.settings.model import Settings
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.preview.report import Report
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview
from agent.simulation.traffic import Traffic
from agent.simulation.weather import Weather

EVERY_S = 5.0
WEATHERS: tuple[Weather, ...] = ("clear", "overcast", "storm")
TRAFFICS: tuple[Traffic, ...] = ("none", "quiet")
FAULTS = (
    "",
    "",
    "light.dead@21:00+4h",
    "power.dead@23:00+3h",
    "lamp.open@22:00+2h",
    "light.covered@19:00",
    "lamp.stuck@01:00+2h",
)


def night_of(seed: int) -> Request:
    """One night that chance has put together."""
    chance = Random(seed)
    first = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    faults = tuple(map(parse_fault, filter(None, [chance.choice(FAULTS)])))
    return Request(first, 1, seed, chance.choice(WEATHERS), chance.choice(TRAFFICS), faults)


def lamp() -> Settings:
    settings = lamp_at()
    assert settings.sensors.power is not None
    return replace(settings, sensors=replace(settings.sensors, power=replace(settings.sensors.power, every_s=EVERY_S)))


def slots(report: Report) -> list[str | None]:
    """In the order in which they had the say."""
    return [slot for slot, _ in groupby(row.slot for row in report.timeline or ())]


@pytest.mark.parametrize("seed", range(int(os.environ.get("FULL_RATE_NIGHTS", "1"))))
def test_by_need_a_night_is_as_at_full_rate(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    by_need = preview(lamp(), night_of(seed)).report
    for period in ("SLOW_S", "RESTFUL_S", "JUDGED_EVERY_S"):  # nothing is read less often than it can be
        monkeypatch.setattr(sampling, period, EVERY_S)
    monkeypatch.setattr(nightwatch, "APPROACH_S", EVERY_S)
    in_full = preview(lamp(), night_of(seed)).report
    assert slots(by_need) == slots(in_full)
    assert set(by_need.nights[0].alarms) == set(in_full.nights[0].alarms)
    assert by_need.nights[0].energy_wh == pytest.approx(in_full.nights[0].energy_wh, rel=0.01)
    assert by_need.nights[0].dark_minutes == in_full.nights[0].dark_minutes == 0
