"""A lamp at rest: what changes nothing is read and decided seldom, and nothing that matters waits for it."""

from dataclasses import replace
from itertools import pairwise

import pytest
from core_street import LAMP, METERED, Street

from agent.effects import Present, Promise
from agent.events import MotionEdge, ReadFailed
from agent.messages import State
from agent.records import Fault, Part
from agent.settings.model import Night, TelemetrySettings

NOON = "2026-12-21 12:00"


def periods(street: Street) -> tuple[float, float]:
    """Of photocell and meter, in seconds."""
    return street._periods[Part.LIGHT], street._periods[Part.POWER]


def test_by_day_photocell_and_meter_are_read_as_often_as_telemetry_shows_them() -> None:
    assert periods(Street(METERED, NOON).run(120)) == (300.0, 300.0)


@pytest.mark.parametrize(("every_s", "period_s"), [(10.0, 60.0), (120.0, 120.0), (3600.0, 300.0)])
def test_but_no_more_than_once_a_minute_and_no_less_than_every_five(every_s: float, period_s: float) -> None:
    street = Street(replace(METERED, telemetry=TelemetrySettings(every_s=every_s)), NOON).run(120)
    assert periods(street) == (period_s, period_s)


def test_a_lit_lamp_is_metered_every_minute() -> None:
    assert periods(Street(METERED).run(120)) == (300.0, 60.0)


def test_a_photocell_that_alone_decides_is_read_every_minute_by_day() -> None:
    street = Street(replace(METERED, night=Night(mode="photocell")), NOON).run(120)
    assert periods(street)[0] == 60.0


@pytest.mark.parametrize("part", [Part.LIGHT, Part.POWER])
def test_a_part_that_ails_is_read_every_minute_until_it_is_believed_again(part: Part) -> None:
    street = Street(METERED, NOON).run(400)
    street.dead.add(part)
    for _ in range(3):
        street.tell(ReadFailed(part, Fault.NOT_THERE, street.now.mono_s, bus=1))
    assert street._periods[part] == 60.0
    street.dead.clear()
    assert street.run(1300)._periods[part] == 300.0


def test_the_sun_does_not_reach_the_twilight_between_two_looks() -> None:
    """From the afternoon on, the photocell is read every 15 s before the sun is at the bound from which it decides."""
    street = Street(METERED, "2026-12-21 14:00")
    upper_deg = street.settings.night.twilight_deg[1]
    while (street.controller.sun_elevation_deg() or 0.0) > upper_deg:
        street.run(street.passed_s + 5)
    assert periods(street)[0] <= 15.0


# --- passers-by


def presence(street: Street) -> list[tuple[float, bool]]:
    """As it was published, with its moments."""
    told = [(at_s, state.presence) for at_s, state in street.states]
    return [one for before, one in pairwise([(0.0, None), *told]) if one[1] is not before[1]]  # type: ignore[misc]


def test_by_day_the_end_of_a_pass_decides_nothing_and_presence_ends_when_it_must() -> None:
    street = Street(LAMP, NOON).run(100)
    street.passer_by(110.0, stays_s=7.0)
    street.run(116.9)
    done = len(street.done)
    street.run(117.1)
    assert len(street.done) == done  # not even a word
    street.run(300)
    assert presence(street)[-2:] == [(110.0, True), (117.0 + LAMP.motion.hold_s, False)]


def test_somebody_who_stands_there_by_day_stays_present_without_a_wake_for_it() -> None:
    street = Street(LAMP, NOON).run(100)
    street.passer_by(110.0, stays_s=250.0)
    steps = street.run(120).steps
    assert street.run(290).state.presence is True
    assert street.steps - steps < 8  # readings, and no look at every hold
    street.run(600)
    assert presence(street)[-1] == (360.0 + LAMP.motion.hold_s, False)


def test_the_end_of_a_stuck_lines_activity_is_told_at_once() -> None:
    street = Street(LAMP, NOON).run(100)
    street.tell(MotionEdge(0, True, street.now.mono_s))
    street.run(2050)
    assert "presenceFault" in street.state.alarms
    street.tell(MotionEdge(0, False, street.now.mono_s))
    assert "presenceFault" not in street.run(street.passed_s + 61).state.alarms


# --- the ledger's marks


def test_a_mark_for_the_ledger_calls_for_no_decision() -> None:
    """Each is on disk in time: energy and hours of five minutes of light are never lost."""
    street = Street(METERED).run(1500)
    moments = [at_s for at_s, effect in street.done if isinstance(effect, Promise)]
    assert max(later - sooner for sooner, later in pairwise(moments)) <= 299
    shown = [at_s for at_s, effect in street.done if isinstance(effect, Present) and isinstance(effect.message, State)]
    assert len(shown) <= 6
