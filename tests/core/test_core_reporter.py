"""The reporter's rhythm: at most one state a second, the last always; telemetry by the clock; alarms told once."""

from dataclasses import replace
from itertools import pairwise

import pytest
from core_street import LAMP, METERED, Street, constant
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from agent.commands import Dim, Sync
from agent.core.alarmbook import AlarmBook
from agent.core.alarms import Alarm
from agent.core.alarmtable import KINDS
from agent.core.basket import Basket
from agent.core.reporter import Reporter, StateKey
from agent.core.views import standing
from agent.effects import Present, PresentAll, Send
from agent.events import LinkChanged, OutboxChanged
from agent.ledger import ActiveAlarms, Memory
from agent.messages import Alarms, Edge, Telemetry
from agent.settings.model import AlarmRule, TelemetrySettings

STANDING = standing(Street().controller.sight())
KEY = StateKey("programme", "programme", 30.0, 30.0, True, UNSET, None, None, "ntp", ())


def test_states_are_at_least_a_second_apart_and_the_last_is_always_told() -> None:
    street = Street(constant(30)).run(60)
    for tenth in range(30):
        street.at(70 + tenth / 10, lambda level=tenth: street.command(Dim(40 + level)))
    street.run(100)
    moments = [at_s for at_s, _ in street.states]
    assert min(b - a for a, b in pairwise(moments)) >= 1 - 1e-9
    assert len([at_s for at_s in moments if 70 <= at_s < 74]) <= 5
    assert street.states[-1][1].target_level == 69


def test_a_state_says_when_a_fade_has_settled() -> None:
    street = Street(constant(30)).run(60)
    street.command(Dim(90, fade_s=20))
    street.run(85)
    (_, last) = street.states[-1]
    assert last.actual_level == 90


def test_a_quiet_lamp_shows_itself_every_quarter_of_an_hour() -> None:
    street = Street(constant(30), "2026-12-21 18:00").run(4 * 3600)
    moments = [at_s for at_s, _ in street.states if at_s > 60]
    assert len(moments) in (15, 16)
    assert max(b - a for a, b in pairwise(moments)) == pytest.approx(900, abs=1)


def test_versions_of_the_state_only_rise() -> None:
    street = Street(constant(30)).run(60)
    street.command(Dim(50))
    versions = [state.version for _, state in street.run(200).states]
    assert versions == list(range(1, len(versions) + 1))


def test_a_drained_outbox_is_told() -> None:
    street = Street(constant(30)).run(60)
    street.tell(OutboxChanged(5, 0, degraded=False))
    told = len(street.run(70).states)
    street.tell(OutboxChanged(0, 0, degraded=False))
    assert len(street.run(80).states) == told + 1


def test_telemetry_keeps_its_period_without_drifting() -> None:
    often = replace(LAMP, telemetry=TelemetrySettings(every_s=60))
    street = Street(often).run(3600.5)
    samples = [at_s for at_s, one in street.done if isinstance(one, Send) and isinstance(one.message, Telemetry)]
    assert [round(at_s, 3) for at_s in samples] == [60.0 * minute for minute in range(1, 61)]


def test_telemetry_and_events_share_one_count_without_a_hole() -> None:
    street = Street(constant(30)).run(60)
    street.command(Dim(50))
    street.tell(LinkChanged(connected=False))
    numbers = [send.seq for send in street.run(2000).of(Send) if send.seq is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) > 8


def test_sync_shows_everything_again() -> None:
    street = Street(constant(30)).run(60)
    told = len(street.states)
    street.command(Sync())
    street.run(62)
    assert len(street.of(PresentAll)) == 1
    assert len(street.states) == told + 1
    assert street.acks == [("id-1", "accepted"), ("id-1", "applied")]


@pytest.mark.parametrize("before", [(), ("invalidConfig",)])
def test_each_run_tells_the_alarms_that_are_up_even_if_there_are_none(before: tuple[str, ...]) -> None:
    street = Street(memory=Memory(alarms=ActiveAlarms(tuple((name, 1e9) for name in before)))).run(1)
    told = [effect.message.active for effect in street.of(Present) if isinstance(effect.message, Alarms)]
    assert [view.event for view in told[0]] == list(before)
    assert told[-1] == ()  # what is no longer true is over


def test_what_was_to_be_presented_stays_what_it_was_whatever_comes_after() -> None:
    street, again = Street(METERED).run(60), Street(METERED).run(60)
    assert street.of(Present) == again.of(Present)
    before = [one.message for one in street.of(Present)]
    street.draws_w = 0.0
    street.run(3600)
    assert [one.message for one in street.of(Present)[: len(before)]] == before


@given(st.floats(0, 1e7), st.floats(0, 0.999))
def test_a_state_kept_for_later_is_due_at_the_moment_that_was_asked_for(last_s: float, soon_s: float) -> None:
    """Whatever rounding does to seconds since the boot: who wakes at the named moment finds it due."""
    reporter = Reporter({}, telemetry_every_s=1e9, now_s=0.0)
    assert reporter.state_due(KEY, last_s)
    reporter.present_state(lambda _version: STANDING, last_s, Basket())
    other = structs.replace(KEY, target_level=50.0)
    if not reporter.state_due(other, last_s + soon_s):
        assert reporter.state_due(other, reporter.next_s(last_s + soon_s))


@given(st.sampled_from(list(Alarm)), st.floats(0, 1e7), st.floats(0, 1000))
def test_an_alarm_turns_at_the_moment_that_it_named(alarm: Alarm, at_s: float, after_s: float) -> None:
    book = AlarmBook({alarm.value: AlarmRule(after_s=after_s, clear_after_s=after_s)})
    for truth, edge in ((True, Edge.RAISED), (False, Edge.CLEARED)):
        found = book.update({alarm: truth}, at_s, 0.0)
        if not found:
            due_s = book.next_s()
            assert due_s is not None
            found = book.update({alarm: truth}, due_s, 0.0)
            at_s = due_s
        assert [(one.alarm, one.edge, one.severity) for one in found] == [(alarm, edge, KINDS[alarm].severity)]
