"""The book of alarms: laws of flapping, of what cannot be judged, and of what an earlier run has told."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent.core.alarmbook import FLAP_S, FLAPS, AlarmBook, Transition
from agent.core.alarms import Alarm
from agent.core.bounds import Bound
from agent.ledger import ActiveAlarms
from agent.messages import Edge
from agent.settings.model import AlarmRule

ALARM, OTHER = Alarm.SUPPLY_VOLTAGE_TOO_LOW, Alarm.METER_FAULT

steps = st.lists(st.tuples(st.floats(0, 900), st.sampled_from((True, False, None))), max_size=120)  # None: not judged


def book(after_s: float = 10.0, clear_after_s: float = 10.0) -> AlarmBook:
    return AlarmBook({ALARM.value: AlarmRule(after_s=after_s, clear_after_s=clear_after_s)})


def told(alarms: AlarmBook, truth: bool | None, at_s: float) -> list[Transition]:
    return alarms.update({} if truth is None else {ALARM: truth}, at_s, 1e9 + at_s)


def played(alarms: AlarmBook, script: list[tuple[float, bool | None]]) -> list[tuple[float, Transition]]:
    now_s, found = 0.0, list[tuple[float, Transition]]()
    for lasts_s, truth in script:
        now_s += lasts_s
        found += [(now_s, one) for one in told(alarms, truth, now_s)]
    return found


@given(steps)
def test_whatever_happens_it_is_raised_at_most_so_often_in_any_hour(script: list[tuple[float, bool | None]]) -> None:
    raised_s = [at_s for at_s, one in played(book(after_s=0, clear_after_s=0), script) if one.edge is Edge.RAISED]
    for first_s in raised_s:
        assert sum(first_s <= at_s < first_s + FLAP_S for at_s in raised_s) <= FLAPS


@given(steps)
def test_what_flaps_is_cleared_only_after_an_hour_of_quiet(script: list[tuple[float, bool | None]]) -> None:
    found = played(book(after_s=0, clear_after_s=0), script)
    for (at_s, raised), (cleared_s, cleared) in pairwise(found):
        if raised.flaps:
            assert cleared.edge is Edge.CLEARED
            assert cleared_s >= at_s + FLAP_S


@given(steps)
def test_raised_and_cleared_alternate_and_only_while_it_is_judged(script: list[tuple[float, bool | None]]) -> None:
    alarms, now_s, edges = book(), 0.0, list[Edge]()
    for lasts_s, truth in script:
        now_s += lasts_s
        found = told(alarms, truth, now_s)
        assert truth is not None or not found
        edges += [one.edge for one in found]
    assert edges == [Edge.RAISED, Edge.CLEARED] * (len(edges) // 2) + [Edge.RAISED] * (len(edges) % 2)


def test_the_fourth_time_within_an_hour_is_told_as_flapping_and_a_slower_one_never_is() -> None:
    def flaps(every_s: float) -> list[bool]:
        script = [(every_s, truth) for _ in range(FLAPS + 1) for truth in (True, False)]
        return [one.flaps for _, one in played(book(after_s=0, clear_after_s=0), script) if one.edge is Edge.RAISED]

    assert flaps(100) == [False, False, False, True]
    assert flaps(700) == [False] * 5


def test_a_condition_that_could_not_be_judged_for_a_while_begins_anew() -> None:
    alarms = book(after_s=60)
    assert not told(alarms, True, 0)
    assert not told(alarms, None, 50)
    assert alarms.next_s() is None
    assert not told(alarms, True, 70)
    assert told(alarms, True, 130)


def test_what_was_told_stays_while_it_cannot_be_judged_over_a_restart_too() -> None:
    alarms = book()
    alarms.restore(ActiveAlarms(((ALARM.value, 5.0),)))
    assert not alarms.update({OTHER: False}, 1e6, 1e9)
    assert alarms.active() == [(ALARM, 5.0)]


def test_an_alarm_that_flaps_seems_over_while_it_waits_for_its_quiet_hour() -> None:
    alarms = book(after_s=0, clear_after_s=0)
    now_s = 0.0
    for truth in [True, False] * (FLAPS - 1) + [True]:
        told(alarms, truth, now_s)
        now_s += 60
    assert alarms.is_up(ALARM)
    assert alarms.seems_up(ALARM)
    told(alarms, False, now_s)
    assert alarms.is_up(ALARM)
    assert not alarms.seems_up(ALARM)


# --- hysteresis

bounds = st.tuples(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.booleans()).map(
    lambda one: Bound(ALARM, one[0], one[0] - one[1] if one[2] else one[0] + one[1])
)


@given(bounds, st.floats(-3e3, 3e3))
def test_what_raises_an_alarm_never_clears_it(bound: Bound, value: float) -> None:
    assert not bound.is_beyond(value, is_up=False) or bound.is_beyond(value, is_up=True)


@given(bounds, st.lists(st.floats(0.001, 0.999), max_size=50))
def test_a_value_that_wanders_between_the_two_thresholds_changes_nothing(bound: Bound, shares: list[float]) -> None:
    for share in shares:
        value = bound.clear_at + share * (bound.raise_at - bound.clear_at)
        assert not bound.is_beyond(value, is_up=False)
        assert bound.is_beyond(value, is_up=True)
