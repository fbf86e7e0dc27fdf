"""Nights with each light sensor that has a driver: which chip it is makes no difference to the street."""

from dataclasses import replace
from datetime import date

import pytest
from preview_street import lamp_at

from agent.hardware.drivers import LIGHT
from agent.settings.hardware import LightSensor
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview


@pytest.mark.parametrize("fault", [None, "clock.unset"])
@pytest.mark.parametrize("chip", LIGHT)
def test_a_winter_night_is_lit_from_dusk_to_dawn_and_no_longer(chip: str, fault: str | None) -> None:
    lamp = lamp_at()
    lamp = replace(lamp, sensors=replace(lamp.sensors, light=LightSensor(chip)))
    faults = () if fault is None else (parse_fault(fault),)
    night = preview(lamp, Request(date(2026, 12, 21), faults=faults, timeline=False)).report.nights[0]

    assert (night.dark_minutes, night.daylight_lit_minutes, night.switchings) == (0, 0, 2)
    assert fault is not None or not night.alarms
