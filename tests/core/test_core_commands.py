"""The rules of commands: what is obeyed, at which level, until when; order and expiry."""

from dataclasses import replace

import pytest
from core_commands import AT_60, HOUR_S, clockless, street, true_utc
from core_street import LAMP, Street, utc

from agent.commands import BrokerSlot, Dim, EmergencyLight, Resume
from agent.messages import Ack
from agent.records import ClockSource
from agent.settings.model import Limits

# --- dim, emergency, resume


def test_a_dim_lasts_two_hours_unless_it_says_otherwise() -> None:
    one = street()
    one.command(Dim(20))
    assert one.run(70).level == 20
    assert one.run(60 + 2 * HOUR_S - 0.1).level == 20
    assert one.run(60 + 2 * HOUR_S + 10).level == 60
    assert one.acks == [("id-1", "accepted"), ("id-1", "applied"), ("id-1", "ended")]


def test_duration_and_until_are_kept_to_the_moment() -> None:
    one = street()
    one.command(Dim(20, duration_s=100))
    assert one.run(159.9).level == 20
    assert one.run(160).levels[-1][1].end_level == 60
    one.command(Dim(20, until_utc_s=utc("2026-12-21 23:30")))
    assert one.run(29 * 60).level == 20
    assert one.run_to("2026-12-21 23:30").levels[-1][1].end_level == 60
    assert one.acks[3:] == [("id-2", "accepted"), ("id-2", "applied"), ("id-2", "ended")]


def test_a_dim_fades_as_it_asks() -> None:
    one = street()
    one.command(Dim(20, fade_s=100))
    assert one.run(110).level == pytest.approx(40)
    assert one.acks == [("id-1", "accepted")]
    assert one.run(160.1).acks[-1] == ("id-1", "applied")


def test_a_newer_dim_replaces_the_one_in_force() -> None:
    one = street()
    one.command(Dim(20))
    one.run(70)
    one.command(Dim(40))
    assert one.run(80).level == 40
    assert one.acks[2:] == [("id-1", "superseded"), ("id-2", "accepted"), ("id-2", "applied")]
    assert one.run(60 + 2 * HOUR_S + 5).level == 40  # the end of the first is not that of the second


def test_an_emergency_outranks_a_dim_which_comes_back_after_it() -> None:
    one = street()
    one.command(Dim(20))
    one.run(70)
    one.command(EmergencyLight(duration_s=600))
    assert (one.run(80).level, one.state.cause) == (100, "emergency")
    assert (one.run(700).level, one.state.cause) == (20, "dim")


@pytest.mark.parametrize(
    ("slot", "level"), [(None, 60), (BrokerSlot.EMERGENCY, 20), (BrokerSlot.OVERRIDE, 100)], ids=["both", "emergency", "override"]
)
def test_resume_ends_what_it_names(slot: BrokerSlot | None, level: float) -> None:
    one = street()
    one.command(Dim(20))
    one.command(EmergencyLight())
    one.run(70)
    one.command(Resume(slot))
    assert one.run(80).level == level
    assert one.acks[-1] == ("id-3", "applied")


def test_resume_ends_what_waits_too() -> None:
    one = street()
    one.command(Dim(20, start_utc_s=true_utc(one, HOUR_S)))
    one.command(Resume(BrokerSlot.OVERRIDE))
    assert one.run(60 + 1.5 * HOUR_S).level == 60
    assert ("id-1", "ended") in one.acks


@pytest.mark.parametrize(("asked", "floor", "undertaken"), [(0, None, 10), (4, None, 10), (5, 25, 25), (0, 0, 0), (4, 0, 10)])
def test_a_dim_below_the_floor_is_applied_at_the_floor_and_says_so(asked: float, floor: float | None, undertaken: float) -> None:
    one = street(replace(AT_60, limits=Limits(floor=floor)))
    one.command(Dim(asked))
    one.run(80)
    assert one.level == undertaken
    assert [ack.level for ack in one.sent(Ack)] == [undertaken, undertaken]
    assert one.state.target_level == asked


def test_nights_only_acts_at_night() -> None:
    one = Street(LAMP, "2026-12-21 12:00").run(60)
    one.command(Dim(45, duration_s=24 * HOUR_S, nights_only=True))
    assert one.run_to("2026-12-21 14:00").level == 0
    assert one.acks == [("id-1", "accepted")]
    assert one.run_to("2026-12-21 19:00").level == 45
    assert one.acks[-1] == ("id-1", "applied")
    assert one.run_to("2026-12-22 11:00").level == 0


def test_by_day_a_dim_acts_as_asked() -> None:
    one = Street(LAMP, "2026-06-21 12:00").run(60)
    one.command(Dim(45))
    assert one.run(70).level == 45


# --- order


def test_an_earlier_command_is_superseded_by_a_later_one_that_came_first() -> None:
    one = street()
    one.command(Dim(20), issued_utc_s=true_utc(one, -10))
    one.command(Dim(90), issued_utc_s=true_utc(one, -20))
    assert one.run(80).level == 20
    assert ("id-2", "superseded") in one.acks


def test_a_resume_counts_in_the_order_too() -> None:
    one = street()
    one.command(Resume(), issued_utc_s=true_utc(one, -10))
    one.command(Dim(20), issued_utc_s=true_utc(one, -20))
    assert one.run(80).level == 60
    assert one.acks[0] == ("id-2", "superseded")


def test_where_one_has_no_issue_time_arrival_decides() -> None:
    one = street()
    one.command(Dim(20), issued_utc_s=true_utc(one, -10))
    one.command(Dim(90))
    assert one.run(80).level == 90
    one.command(Dim(30), issued_utc_s=true_utc(one, -100))
    assert one.run(100).level == 30


def test_the_slots_remember_their_order_apart() -> None:
    one = street()
    one.command(EmergencyLight(), issued_utc_s=true_utc(one, -10))
    one.command(Dim(20), issued_utc_s=true_utc(one, -20))
    assert ("id-2", "superseded") not in one.run(80).acks


def test_an_issue_time_ahead_of_a_trusted_clock_counts_as_now() -> None:
    one = street()
    one.command(Dim(20), issued_utc_s=true_utc(one, 9 * HOUR_S))
    one.run(100)
    one.command(Dim(30), issued_utc_s=true_utc(one))
    assert one.run(120).level == 30


def test_an_issue_time_ahead_that_came_without_a_clock_counts_as_now_once_there_is_one() -> None:
    one = clockless()
    one.command(Dim(100), issued_utc_s=true_utc(one, 100 * 24 * HOUR_S))
    one.run(100)
    one.source = ClockSource.NTP
    one.run(200)
    one.command(Dim(30), issued_utc_s=true_utc(one))
    assert one.run(240).level == 30


# --- expiry


@pytest.mark.parametrize(
    "envelope",
    [{"expires_utc_s": -1.0}, {"issued_utc_s": -100.0, "ttl_s": 99.0}],
    ids=["expires_at", "issued_at and ttl_s"],
)
def test_a_command_that_comes_too_late_is_expired(envelope: dict[str, float]) -> None:
    one = street()
    one.command(Dim(20), **{key: true_utc(one, value) if key.endswith("utc_s") else value for key, value in envelope.items()})
    assert one.run(80).level == 60
    assert one.acks == [("id-1", "expired")]


def test_a_ttl_without_an_issue_time_counts_from_receipt() -> None:
    one = street()
    one.command(Dim(20), ttl_s=0.001)
    assert one.run(80).level == 20


def test_a_dim_that_would_be_over_already_is_expired() -> None:
    one = street()
    one.command(Dim(20, until_utc_s=true_utc(one, -1)))
    one.command(Dim(20, start_utc_s=true_utc(one, -2 * HOUR_S), duration_s=HOUR_S))
    assert one.run(80).acks == [("id-1", "expired"), ("id-2", "expired")]
