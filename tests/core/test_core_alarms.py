"""Alarms: raised after a while, cleared after a while, told once, and kept over a restart."""

from dataclasses import replace

import pytest
from core_commands import HOUR_S
from core_street import METERED, RESTART, Street, clear_sky, constant
from hypothesis import given
from hypothesis import strategies as st

from agent.core.alarmbook import AlarmBook
from agent.core.alarms import OCCURRENCES, Alarm, Occurrence
from agent.core.alarmtable import KINDS
from agent.delivery import Priority
from agent.effects import Present, Remember, Send
from agent.events import LinkChanged, OutboxChanged, ReadFailed
from agent.ledger import ActiveAlarms, Memory
from agent.messages import Alarms, Edge
from agent.messages import Event as EventMessage
from agent.records import BootReason, ClockSource, Fault, OutputFailed, OutputWorks, Part
from agent.settings.model import AlarmRule

ALARM = Alarm.COMMUNICATION_FAILURE


def book(after_s: float = 60.0, clear_after_s: float = 10.0) -> AlarmBook:
    return AlarmBook({ALARM.value: AlarmRule(after_s=after_s, clear_after_s=clear_after_s)})


def told(alarms: AlarmBook, truth: bool, at_s: float) -> list[Edge]:
    return [one.edge for one in alarms.update({ALARM: truth}, at_s, 1e9 + at_s)]


def test_an_alarm_is_raised_when_it_has_been_true_for_so_long_and_cleared_likewise() -> None:
    alarms = book()
    assert told(alarms, True, 0.0) == []
    assert alarms.next_s() == 60.0
    assert told(alarms, True, 59.9) == []
    assert told(alarms, True, 60.0) == [Edge.RAISED]
    assert told(alarms, True, 1000.0) == []
    assert told(alarms, False, 1001.0) == []
    assert told(alarms, False, 1011.0) == [Edge.CLEARED]
    assert alarms.next_s() is None


def test_what_goes_away_in_time_is_never_told() -> None:
    alarms = book()
    for at_s in range(0, 1000, 50):
        assert told(alarms, True, at_s) == []
        assert told(alarms, False, at_s + 40) == []


@given(st.lists(st.tuples(st.floats(0, 50), st.booleans()), max_size=80))
def test_raised_and_cleared_always_alternate_and_never_hurry(steps: list[tuple[float, bool]]) -> None:
    alarms, now_s, edges, since_s, before = book(), 0.0, list[Edge](), 0.0, False
    for lasts_s, truth in steps:
        now_s += lasts_s
        if truth is not before:
            since_s, before = now_s, truth
        for edge in told(alarms, truth, now_s):
            assert now_s >= since_s + (60 if edge is Edge.RAISED else 10)
            edges.append(edge)
    assert edges == [Edge.RAISED, Edge.CLEARED] * (len(edges) // 2) + [Edge.RAISED] * (len(edges) % 2)


def test_an_alarm_that_was_up_before_is_up_since_then_and_not_told_again() -> None:
    alarms = book()
    alarms.restore(ActiveAlarms(((ALARM.value, 12345.0), ("ofAnotherVersion", 1.0))))
    assert alarms.active() == [(ALARM, 12345.0)]
    assert told(alarms, True, 0.0) == []
    assert alarms.memory() == ActiveAlarms(((ALARM.value, 12345.0),))
    told(alarms, False, 100.0)
    assert told(alarms, False, 110.0) == [Edge.CLEARED]


def test_every_alarm_and_occurrence_has_its_severity_and_delays() -> None:
    assert set(KINDS) == set(Alarm)
    assert set(OCCURRENCES) == set(Occurrence)
    assert all(kind.after_s >= 0 and kind.clear_after_s >= 0 for kind in KINDS.values())


# --- through the core


def test_a_broken_link_is_told_after_a_minute_with_the_alarms_that_are_up_and_kept_on_disk() -> None:
    street = Street(constant(60)).run(100)
    street.tell(LinkChanged(connected=False))
    assert street.run(159.9).state.alarms == ()
    street.run(160)
    assert street.state.alarms == ("communicationFailure",)
    shown = [one.message for one in street.of(Present) if isinstance(one.message, Alarms)]
    assert [alarm.event for alarm in shown[-1].active] == ["communicationFailure"]
    kept = [entry for one in street.of(Remember) for entry in one.entries if isinstance(entry, ActiveAlarms)]
    assert [name for name, _ in kept[-1].active] == ["communicationFailure"]
    street.tell(LinkChanged(connected=True))
    assert street.run(161).state.alarms == ()
    assert street.happened[1:] == [("communicationFailure", "raised"), ("communicationFailure", "cleared")]


def test_times_and_delays_come_from_the_config() -> None:
    patient = replace(constant(60), alarms={"communicationFailure": AlarmRule(after_s=600)})
    street = Street(patient).run(100)
    street.tell(LinkChanged(connected=False))
    assert street.run(699).state.alarms == ()
    assert street.run(700).state.alarms == ("communicationFailure",)


def test_alarms_go_ahead_of_information_in_the_outbox() -> None:
    street = Street(constant(60)).run(10)
    street.tell(OutboxChanged(3, 0, degraded=True))
    urgent = {one.message.event: one.priority for one in street.run(100).of(Send) if isinstance(one.message, EventMessage)}
    assert urgent["storageDegraded"] is Priority.ALARM


@pytest.mark.parametrize("part", [Part.LIGHT, Part.POWER])
def test_three_misses_make_a_fault_and_three_good_readings_end_it(part: Part) -> None:
    name = {Part.LIGHT: "lightSensorFault", Part.POWER: "meterFault"}[part]
    street = Street(METERED).run(300)
    street.dead.add(part)
    for count in range(1, 4):
        street.tell(ReadFailed(part, Fault.NOT_THERE, street.now.mono_s, bus=1))
        assert (name in street.state.alarms) is (count == 3)
    street.dead.clear()
    street.run(700)
    assert street.happened[-1] == (name, "cleared")


def test_a_bus_that_hangs_is_one_alarm_and_not_one_a_chip() -> None:
    street = Street(METERED).run(300)
    street.dead |= {Part.LIGHT, Part.POWER}
    for _ in range(3):
        for part in (Part.LIGHT, Part.POWER):
            street.tell(ReadFailed(part, Fault.HUNG_BUS, street.now.mono_s, bus=1))
    assert "i2cBusFault" in street.run(400).state.alarms
    assert not {"lightSensorFault", "meterFault"} & set(street.state.alarms)


@pytest.mark.parametrize(
    ("fault", "alarm"),
    [(Fault.HUNG_BUS, "i2cBusFault"), (Fault.NOT_THERE, "controlGearCommFailure"), (Fault.GARBAGE, "controlGearCommFailure")],
)
def test_an_output_whose_bus_hangs_is_its_bus_s_fault_and_any_other_failure_its_own(fault: Fault, alarm: str) -> None:
    street = Street().run(60)
    street.tell(OutputFailed(Part.OUTPUT, fault))
    assert [event for event, edge in street.happened if edge == "raised"] == [alarm]
    street.tell(OutputWorks(Part.OUTPUT))
    assert (alarm, "cleared") in street.run(100).happened


def test_a_clock_that_nobody_sets_is_told_of_after_a_quarter_of_an_hour() -> None:
    street = Street(constant(60), source=ClockSource.UNSYNCED).run(899)
    assert "timeUnsynced" not in street.state.alarms
    assert {"timeUnsynced", "fallbackActive"} <= set(street.run(961).state.alarms)


# --- over restarts


@pytest.mark.parametrize("reason", [BootReason.RESTART, BootReason.POWER_ON])
def test_a_sensor_that_is_still_dead_after_a_restart_is_neither_cleared_nor_told_again(reason: BootReason) -> None:
    street = Street(METERED).run(300)
    street.dead.add(Part.LIGHT)
    street.run(1800)
    assert ("lightSensorFault", "raised") in street.happened
    again = street.restarted(boot=replace(RESTART, reason=reason), dead={Part.LIGHT}).run(1200)
    assert again.state.alarms == ("lightSensorFault",)
    assert [name for name, _ in again.happened] == ["deviceReset"]
    again.dead.clear()
    again.run(1800)
    assert again.happened[-1] == ("lightSensorFault", "cleared")


def test_a_covered_photocell_is_told_once_over_a_restart_at_night_and_cleared_by_a_good_dawn() -> None:
    street = Street(start="2026-06-21 12:00", sky=lambda _: 1.0).run(HOUR_S)
    assert ("photocellFault", "raised") in street.happened
    again = street.run_to("2026-06-21 23:30").restarted().run(2 * HOUR_S)
    assert again.state.alarms == ("photocellFault",)
    assert [name for name, _ in again.happened] == ["deviceReset"]
    again.sky = clear_sky()
    again.run(8 * HOUR_S)
    assert again.happened[-1] == ("photocellFault", "cleared")


def test_a_motion_line_that_was_faulty_before_a_restart_is_cleared_once_somebody_has_come_and_gone() -> None:
    memory = Memory(alarms=ActiveAlarms((("presenceFault", 1e9),)))
    street = Street(memory=memory).run(HOUR_S)
    assert street.state.alarms == ("presenceFault",)
    street.passer_by(HOUR_S + 10)
    street.run(HOUR_S + 120)
    assert street.happened[-1] == ("presenceFault", "cleared")
