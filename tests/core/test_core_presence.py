"""Presence: held from the last pass, counted, and limited where a line is stuck."""

import pytest
from core_street import Street, constant
from hypothesis import given
from hypothesis import strategies as st

from agent.core.demand import Cause, Slot
from agent.core.presence import STUCK_S, LineState, Presence
from agent.events import MotionEdge
from agent.settings.model import Motion

RULE = Motion(raise_to=80, hold_s=45)


def passed(*moments_s: float, stays_s: float = 1.0) -> Presence:
    presence = Presence(1, 0.0)
    for at_s in moments_s:
        presence.edge(0, True, at_s)
        presence.edge(0, False, at_s + stays_s)
    return presence


def test_presence_holds_from_the_last_pass_not_the_first() -> None:
    presence = passed(0.0, 40.0)
    assert presence.demand(RULE, 30, 85.9) is not None
    assert presence.demand(RULE, 30, 86.0) is None
    assert presence.since_s == 40.0


def test_somebody_who_stands_there_is_there() -> None:
    presence = Presence(1, 0.0)
    presence.edge(0, True, 0.0)
    assert presence.is_present(600.0, RULE.hold_s)
    presence.edge(0, False, 600.0)
    assert presence.is_present(644.9, RULE.hold_s)
    assert not presence.is_present(645.0, RULE.hold_s)


def test_a_stuck_line_raises_for_a_limited_time() -> None:
    presence = Presence(1, 0.0)
    presence.edge(0, True, 0.0)
    assert presence.demand(RULE, 30, STUCK_S + 44) is not None
    assert presence.demand(RULE, 30, STUCK_S + 46) is None
    presence.edge(0, False, 50_000.0)
    assert not presence.is_present(50_001.0, RULE.hold_s)


def test_any_sensor_counts_and_a_stuck_one_does_not_hide_the_other() -> None:
    presence = Presence(2, 0.0)
    presence.edge(0, True, 0.0)
    presence.edge(1, True, 20_000.0)
    assert presence.is_present(20_001.0, RULE.hold_s)


@pytest.mark.parametrize("sensor", [1, 3])
def test_an_edge_of_a_sensor_that_is_not_configured_is_nobodys(sensor: int) -> None:
    presence = Presence(1, 0.0)
    presence.edge(sensor, True, 0.0)
    assert (presence.count, presence.since_s) == (0, None)


def test_other_settings_keep_who_is_there_and_no_sensor_beyond_theirs() -> None:
    presence = Presence(1, 0.0)
    presence.edge(0, True, 10.0)
    for sensors in (1, 2, 1):
        presence.configure(sensors, 20.0)
        assert len(presence.lines(20.0)) == sensors
    assert presence.is_present(20.0, RULE.hold_s)


def test_where_no_sensor_is_nobody_is() -> None:
    assert not Presence(0, 0.0).is_present(1.0, RULE.hold_s)


@pytest.mark.parametrize(
    ("rule", "programme", "level"),
    [
        (Motion(raise_to=80), 30, 80),
        (Motion(raise_to=80), 80, None),
        (Motion(raise_to=80), 90, None),
        (Motion(raise_by=40), 30, 70),
        (Motion(raise_by=40), 90, 100),
        (Motion(raise_by=40), 100, None),
        (Motion(), 30, 100),
    ],
)
def test_motion_asks_for_raise_to_or_so_much_more_and_never_for_less(rule: Motion, programme: float, level: float | None) -> None:
    demand = passed(0.0).demand(rule, programme, 10.0)
    assert (None if demand is None else demand.level) == level
    if demand is not None:
        assert (demand.slot, demand.cause, demand.since_s, demand.until_s) == (Slot.MOTION, Cause.PRESENCE, 0.0, 46.0)


@given(st.lists(st.tuples(st.floats(0, 5000), st.booleans()), max_size=60), st.floats(0, 10_000))
def test_whatever_the_line_does_presence_ends_and_its_count_is_that_of_the_rises(
    edges: list[tuple[float, bool]], later_s: float
) -> None:
    presence, active, rises = Presence(1, 0.0), False, 0
    for at_s, level in sorted(edges, key=lambda edge: edge[0]):
        presence.edge(0, level, at_s)
        rises += level and not active
        active = level
    assert presence.count == rises
    assert not presence.is_present(5000 + STUCK_S + RULE.hold_s + later_s, RULE.hold_s)


def test_a_stuck_line_goes_back_to_the_programme_by_itself() -> None:
    street = Street(constant(30)).run(60)
    street.tell(MotionEdge(0, True, street.now.mono_s))
    assert street.run(1800).level == 100
    assert street.run(60 + STUCK_S + 45 + 11).level == 30


def test_motion_never_takes_light_away() -> None:
    street = Street(constant(100)).run(60)
    street.passer_by(100)
    assert street.run(110).state.slot == "programme"
    assert street.level == 100


def test_a_line_that_chatters_is_ignored_until_it_has_been_calm() -> None:
    presence, now_s = Presence(1, 0.0), 5000.0
    for _ in range(40):  # free running: up and down every second
        presence.edge(0, True, now_s)
        presence.edge(0, False, now_s + 0.5)
        now_s += 1
    assert presence.is_faulty(now_s)
    assert not presence.is_present(now_s + 45, 45)
    assert presence.count < 25

    assert presence.is_faulty(now_s - 1 + 599)  # ten minutes since the last
    presence.edge(0, True, now_s + 700)
    assert not presence.is_faulty(now_s + 700)
    assert presence.is_present(now_s + 701, 45)


@pytest.mark.parametrize(("every_s", "chatters"), [(3.1, True), (3.2, False)])
def test_twenty_passes_in_a_minute_are_chatter_and_a_busy_street_is_none(every_s: float, chatters: bool) -> None:
    presence = Presence(1, 0.0)
    for number in range(200):
        presence.edge(0, True, 5000 + number * every_s)
        presence.edge(0, False, 5000 + number * every_s + 2)
    assert presence.is_faulty(5000 + 200 * every_s) is chatters
    assert presence.count == (19 if chatters else 200)


def test_a_sensor_that_says_nothing_for_a_week_is_at_fault_and_so_is_a_stuck_one() -> None:
    week_s, start_s = 7 * 86400, 5000.0

    def found(at_s: float) -> tuple[bool, LineState]:
        return silent.is_faulty(at_s), silent.lines(at_s)[0].state

    silent = Presence(1, start_s)
    assert found(start_s + week_s - 1) == (False, LineState.QUIET)
    assert found(start_s + week_s) == (True, LineState.SILENT)
    silent.edge(0, True, start_s + week_s + 1)
    assert found(start_s + week_s + 2) == (False, LineState.ACTIVE)
    assert found(start_s + week_s + 1 + 1800) == (True, LineState.STUCK)
