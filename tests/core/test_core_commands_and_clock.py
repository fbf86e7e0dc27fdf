"""Commands that wait for their start, and commands that meet a lamp whose clock is not trusted."""

from core_commands import HOUR_S, clockless, codes, street, true_utc
from core_street import utc

from agent.commands import Dim, EmergencyLight, Envelope, Resume
from agent.effects import Send
from agent.messages import Ack
from agent.records import ClockSource

# --- start_at


def test_a_dim_with_a_start_waits_and_replaces_only_when_it_starts() -> None:
    one = street()
    one.command(Dim(20, duration_s=5 * HOUR_S))
    one.command(Dim(40, start_utc_s=true_utc(one, HOUR_S), duration_s=600))
    assert one.run(HOUR_S).level == 20
    assert one.acks == [("id-1", "accepted"), ("id-2", "accepted"), ("id-1", "applied")]
    assert one.run(60 + HOUR_S + 10).level == 40
    assert one.acks[3:] == [("id-1", "superseded"), ("id-2", "applied")]
    assert one.run(60 + HOUR_S + 620).level == 60  # the duration counts from the start


def test_what_waits_is_not_masked() -> None:
    one = street()
    one.command(EmergencyLight(duration_s=60))
    one.command(Dim(40, start_utc_s=true_utc(one, HOUR_S)))
    assert "masked" not in codes(one.run(80))


def test_a_start_is_judged_for_order_on_receipt() -> None:
    one = street()
    one.command(Dim(20), issued_utc_s=true_utc(one, -10))
    one.command(Dim(40, start_utc_s=true_utc(one, HOUR_S)), issued_utc_s=true_utc(one, -20))
    one.command(Dim(50, start_utc_s=true_utc(one, HOUR_S)), issued_utc_s=true_utc(one, -5))
    one.command(Dim(60), issued_utc_s=true_utc(one, -7))
    assert [ack for ack in one.run(80).acks if ack[1] == "superseded"] == [("id-2", "superseded"), ("id-4", "superseded")]


def test_sixteen_wait_and_the_next_are_too_many() -> None:
    one = street()
    for hour in range(1, 18):
        one.command(Dim(20, start_utc_s=true_utc(one, hour * HOUR_S)))
    rejected = [ack for ack in one.run(80).sent(Ack) if ack.status == "rejected"]
    assert [(ack.id, ack.code) for ack in rejected] == [("id-17", "tooMany")]


def test_a_start_more_than_31_days_ahead_is_rejected_and_holds_no_place() -> None:
    """A wrong year would keep one of the sixteen places for ever."""
    one = street()
    one.command(Dim(20, start_utc_s=true_utc(one, 31 * 24 * HOUR_S)))
    one.command(Dim(20, start_utc_s=true_utc(one, 31 * 24 * HOUR_S + 1)))
    one.command(Dim(20, start_utc_s=utc("9999-12-31 23:00")))
    rejected = [ack for ack in one.run(80).sent(Ack) if ack.status == "rejected"]
    assert [(ack.id, ack.code) for ack in rejected] == [("id-2", "outOfRange"), ("id-3", "outOfRange")]
    assert rejected[0].message == "start_at: more than 31 days ahead; send the command again when its start is nearer"
    assert [stored.command_id for stored in one.on_disk().override.waiting] == ["id-1"]


def test_an_until_more_than_seven_days_after_the_start_or_before_it_is_rejected() -> None:
    one = street()
    start_s = true_utc(one, 24 * HOUR_S)
    one.command(Dim(20, start_utc_s=start_s, until_utc_s=start_s + 7 * 24 * HOUR_S + 1))
    one.command(Dim(20, start_utc_s=start_s, until_utc_s=start_s - 1))
    assert [(ack.status.value, ack.code) for ack in one.run(80).sent(Ack)] == [("rejected", "outOfRange")] * 2


# --- a clock that is not trusted


def test_more_light_is_obeyed_without_a_clock() -> None:
    one = clockless()  # no clock: full light
    one.command(Dim(100))
    one.command(EmergencyLight())
    assert [ack.status.value for ack in one.run(80).sent(Ack)] == ["accepted", "accepted", "applied"]
    assert [ack.until for ack in one.sent(Ack)] == [None] * 3


def test_less_light_without_a_clock_needs_somebody_who_counted_its_age() -> None:
    one = clockless()
    one.command(Dim(20), issued_utc_s=true_utc(one))
    one.command(Dim(20), ttl_s=60.0, issued_utc_s=true_utc(one))
    one.command(Dim(20), expires_utc_s=true_utc(one, 60))
    assert codes(one.run(80)) == ["clockUntrusted"] * 3
    assert one.level == 100
    one.command(Dim(20), ttl_s=60.0)
    assert one.run(100).level == 20
    one.command(Dim(15), message_expiry=True)
    assert one.run(120).level == 15


def test_start_and_until_need_a_clock() -> None:
    one = clockless()
    one.command(Dim(100, start_utc_s=true_utc(one, 60)), message_expiry=True)
    one.command(Dim(100, until_utc_s=true_utc(one, 60)), message_expiry=True)
    assert codes(one.run(80)) == ["clockUntrusted"] * 2


def test_an_id_refused_for_want_of_a_clock_is_not_remembered() -> None:
    one = clockless()
    refused = Envelope("one-and-only", "dim", None)
    one.command(Dim(20), refused)
    one.run(80)
    one.source = ClockSource.NTP
    one.run(100)
    one.command(Dim(20), refused)
    assert one.run(120).level == 20
    assert one.acks == [("one-and-only", "rejected"), ("one-and-only", "accepted"), ("one-and-only", "applied")]


def test_a_resume_to_less_light_needs_a_clock_too() -> None:
    one = street()
    one.command(EmergencyLight())
    one.run(70)
    one.wall_off_s = 5 * HOUR_S  # stepped: the clock is carried, and not trusted
    one.command(Resume())
    assert one.run(80).level == 100
    assert one.acks[-1] == ("id-2", "rejected")


def test_what_was_obeyed_without_a_clock_ends_when_the_clock_shows_that_it_had_expired() -> None:
    one = clockless()
    one.command(Dim(100), expires_utc_s=true_utc(one, -1))
    one.command(EmergencyLight(), expires_utc_s=true_utc(one, 60))
    assert one.run(200).state.cause == "emergency"
    one.source = ClockSource.NTP
    assert ("id-1", "ended") in one.run(300).acks
    assert ("id-2", "ended") not in one.acks
    assert one.state.cause == "emergency"


def test_what_is_masked_is_judged_by_the_level_that_will_result_when_the_mask_ends() -> None:
    """An old dim must not slip in under an emergency, where it changes nothing at first."""
    one = clockless()
    one.command(EmergencyLight(duration_s=600))
    one.run(70)
    one.command(Dim(20))
    assert one.run(80).acks[-1] == ("id-2", "rejected")
    assert one.run(800).level == 100


def test_the_end_of_an_override_is_told_once_the_clock_is_trusted() -> None:
    one = clockless()
    one.command(Dim(100, duration_s=HOUR_S))
    assert one.run(80).state.override is not None
    assert one.state.override is not None
    assert one.state.override.until is None
    one.source = ClockSource.NTP
    one.run(200)
    assert one.state.override is not None
    assert one.state.override.until == "2026-12-21T23:01:00.000Z"
    assert one.run(60 + HOUR_S + 10).state.override is None


def test_every_acknowledgement_bears_the_time_that_is_believed() -> None:
    one = street()
    one.command(Dim(20))
    sends = [send for send in one.run(80).of(Send) if isinstance(send.message, Ack)]
    assert [round(send.stamp.utc_s - utc(one.start), 2) for send in sends] == [60.01, 68.0]
    assert [send.seq for send in sends] == [None, None]
