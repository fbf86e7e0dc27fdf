"""Nights without faults, at the corners of the year: no lamp of any size raises an alarm. scripts/year does the rest of it."""

from dataclasses import replace
from datetime import date

import pytest
from alarm_poles import LAMPS, with_relay

from agent.settings.hardware import MotionSensor
from agent.settings.model import Settings
from agent.settings.schedule import Anchor, Calendar, ProgrammeEntry, TimeOfNight
from agent.simulation.preview.request import Request
from agent.simulation.preview.run import preview
from agent.simulation.weather import Weather

CORNERS: tuple[tuple[date, Weather], ...] = (
    (date(2026, 3, 28), "overcast"),  # the clocks change
    (date(2026, 6, 21), "storm"),
    (date(2026, 12, 21), "clear"),
)
DIMMING = (
    ProgrammeEntry(TimeOfNight(Anchor.SUNSET), 100),
    ProgrammeEntry(TimeOfNight(Anchor.MIDNIGHT, 22.5 * 3600), 60),
    ProgrammeEntry(TimeOfNight(Anchor.MIDNIGHT, 0.5 * 3600), 10),
)


@pytest.mark.parametrize(("first", "weather"), CORNERS)
@pytest.mark.parametrize("settings", LAMPS.values(), ids=LAMPS)
@pytest.mark.parametrize("relay", [False, True])
def test_a_night_without_faults_raises_no_alarm(settings: Settings, first: date, weather: Weather, relay: bool) -> None:
    lamp = replace(settings, programmes={"dimming": DIMMING}, calendar=Calendar("dimming"))
    lamp = replace(lamp, sensors=replace(lamp.sensors, motion=(MotionSensor(17),)))
    night = preview(with_relay(lamp) if relay else lamp, Request(first, 1, weather=weather, traffic="busy", timeline=False))
    assert night.report.nights[0].alarms == ()
