"""Acknowledgements: promised on disk before they are given, repeated alike, masked, spread, and counted in a flood."""

from itertools import pairwise

import pytest
from core_street import DISK_S, Street, constant

from agent.commands import Dim, EmergencyLight, Envelope, Refusal, Resume, Sync
from agent.core.answers import KEEP_LEAST, KEEP_S, SPREAD_S, Answers
from agent.effects import Confirm, Drive, Promise, Send
from agent.events import CommandRefused, Stored, TechnicianRelease, TechnicianSet
from agent.ledger import Override, SeenCommand
from agent.messages import Ack, AckStatus
from agent.messages import Event as EventMessage

A = Envelope("a", "dim", delivery=7)


def street(**kwargs: object) -> Street:
    return Street(constant(60), **kwargs).run(60)  # type: ignore[arg-type]


# --- the promise


def test_the_light_goes_ahead_of_the_disk_and_the_acknowledgement_waits_for_it() -> None:
    one = street()
    told = len(one.done)
    one.command(Dim(20), A)
    at_once = [type(effect) for _, effect in one.done[told:]]
    assert Drive in at_once
    assert Promise in at_once
    assert Confirm not in at_once
    assert not one.acks
    one.run(60 + DISK_S)
    assert one.acks == [("a", "accepted")]
    assert [confirm.delivery for confirm in one.of(Confirm)] == [7]


def test_what_is_promised_is_the_override_and_the_answer_to_repeats() -> None:
    one = street()
    one.command(Dim(20), A)
    (promise,) = one.of(Promise)
    (override,) = [entry for entry in promise.entries if isinstance(entry, Override)]
    (seen,) = [entry for entry in promise.entries if isinstance(entry, SeenCommand)]
    assert override.memory.holds is not None
    assert (override.memory.holds.command_id, override.memory.holds.level) == ("a", 20)
    assert (seen.id, seen.answer.status) == ("a", AckStatus.ACCEPTED)


def test_without_a_disk_that_answers_nothing_is_acknowledged_and_the_lamp_obeys() -> None:
    one = street(durable=None)
    one.command(Dim(20), A)
    assert one.run(100).level == 20
    assert not one.acks
    assert not one.of(Confirm)


def test_with_a_failed_disk_the_command_is_obeyed_and_said_not_to_be_durable() -> None:
    one = street(durable=False)
    one.command(Dim(20), A)
    one.run(61)
    one.command(Dim(20), A)
    one.run(80)
    one.command(Dim(20), A)
    assert [(ack.status.value, ack.durable) for ack in one.run(81).sent(Ack)] == [
        ("accepted", False),
        ("accepted", False),
        ("applied", False),
        ("applied", False),
    ]
    assert "storageDegraded" in one.state.alarms


def test_a_durable_command_says_so() -> None:
    one = street()
    one.command(Dim(20), A)
    assert [ack.durable for ack in one.run(80).sent(Ack)] == [True, True]


# --- repeats


def test_a_repeated_id_is_answered_alike_and_does_nothing_more() -> None:
    one = street()
    one.command(Dim(20), A)
    one.run(80)
    one.command(Dim(90), A)
    assert one.run(100).level == 20
    assert one.acks == [("a", "accepted"), ("a", "applied"), ("a", "applied")]
    assert len(one.of(Promise)) == 1


def test_a_repeat_that_overtakes_the_disk_is_confirmed_with_the_first() -> None:
    one = street()
    one.command(Dim(20), A)
    one.command(Dim(20), A, delivery=8)
    assert not one.of(Confirm)
    one.run(61)
    assert [confirm.delivery for confirm in one.of(Confirm)] == [7, 8]
    assert one.acks == [("a", "accepted")]


def test_a_command_that_ended_before_it_was_on_disk_is_told_in_order_and_remembered_as_ended() -> None:
    one = street(durable=None)
    one.command(Dim(20), A)
    (first,) = one.of(Promise)
    one.command(Dim(40), A, id="b")
    one.tell(Stored(first.number, durable=True))
    assert one.acks == [("a", "accepted"), ("a", "superseded")]
    one.command(Dim(20), A)
    assert one.run(70).acks[2:] == [("a", "superseded")]


@pytest.mark.parametrize("how", ["rejected", "expired"])
def test_a_command_refused_for_good_is_refused_again(how: str) -> None:
    one = street()
    for _ in range(2):
        if how == "rejected":
            one.tell(CommandRefused(A, Refusal("outOfRange", "level: 120 is more than 100")))
        else:
            one.command(Dim(20), A, expires_utc_s=0.0)
    assert one.run(70).acks == [("a", how), ("a", how)]


def test_ids_are_kept_for_eight_days_and_the_last_thousand_for_ever() -> None:
    answers = Answers("lamp")
    for number in range(KEEP_LEAST + 500):
        answers.remember(Ack(f"id-{number}", "lamp", "dim", AckStatus.ACCEPTED, durable=True), utc_s=float(number))
    assert answers.seen("id-0") is not None
    answers.remember(Ack("late", "lamp", "dim", AckStatus.ACCEPTED, durable=True), utc_s=KEEP_S + 10_000.0)
    assert answers.seen("id-500") is None
    assert answers.seen("id-501") is not None


# --- masks


def test_under_the_technicians_hand_a_command_is_masked_and_applied_afterwards() -> None:
    one = street()
    one.tell(TechnicianSet(80, 600))
    one.run(70)
    one.command(Dim(20), A)
    assert one.run(100).level == 80
    assert [(ack.status.value, ack.code) for ack in one.sent(Ack)] == [("accepted", "masked")]
    one.tell(TechnicianRelease())
    assert one.run(129).acks == [("a", "accepted")]
    assert one.run(130).acks == [("a", "accepted"), ("a", "applied")]  # after the fade of 30 s
    assert one.level == 20


def test_an_emergency_masks_a_dim_and_not_an_emergency() -> None:
    one = street()
    one.command(EmergencyLight(duration_s=100))
    one.run(70)
    one.command(Dim(20), A)
    assert [ack.code for ack in one.run(80).sent(Ack) if ack.id == "a"] == ["masked"]
    assert one.run(170).acks[-1] == ("a", "applied")
    assert [ack for ack in one.sent(Ack) if ack.verb == "emergency" and ack.code == "masked"] == []


def test_what_was_accepted_before_a_restart_is_applied_after_it() -> None:
    one = street()
    one.tell(TechnicianSet(80, 8 * 3600))
    one.command(Dim(20, duration_s=7200), A)
    one.run(61)
    again = one.restarted().run(10)
    again.tell(TechnicianRelease())
    assert again.run(50).level == 20
    assert again.acks == [("a", "applied")]


def test_what_waited_before_a_restart_starts_and_ends_after_it() -> None:
    one = street()
    one.command(Dim(20, start_utc_s=one.now.utc_s + 3600, duration_s=600), A)
    again = one.run(61).restarted().run(5000)
    assert again.acks == [("a", "applied"), ("a", "ended")]
    assert ("overrideStarted", "occurred") in again.happened


# --- groups, floods, what is not understood


def test_acknowledgements_to_many_are_spread_over_five_seconds_and_keep_their_order() -> None:
    delays = []
    for number in range(40):
        one = street()
        one.command(Dim(20, fade_s=0), A, id=f"group-{number}", to_many=True)
        moments = [at_s for at_s, effect in one.run(80).done if isinstance(effect, Send) and isinstance(effect.message, Ack)]
        assert [status for _, status in one.acks] == ["accepted", "applied"]
        delays.append(moments[0] - 60 - DISK_S)
    assert all(0 <= delay_s <= SPREAD_S for delay_s in delays)
    assert max(later - earlier for earlier, later in pairwise(sorted(delays))) < 1.5


@pytest.mark.parametrize("command_id", [None, "the same"])
def test_ten_rejections_a_second_are_answered_and_the_others_counted(command_id: str | None) -> None:
    one = street()
    for _ in range(25):
        one.tell(CommandRefused(Envelope(command_id, "dim", 1), Refusal("badJson", "not a JSON object")))
    one.run(60.9)
    assert len(one.acks) == 10
    assert len(one.of(Confirm)) == 25
    one.run(130)
    reports = [event for event in one.sent(EventMessage) if event.event == "commandRejected"]
    assert [event.attributes["count"] for event in reports] == [15]


def test_a_flood_of_nonsense_keeps_no_valid_command_out() -> None:
    one = street()
    for _ in range(200):
        one.tell(CommandRefused(Envelope(None, "dim", 1), Refusal("badJson", "not a JSON object")))
    one.command(Dim(20), A)
    assert one.run(70).level == 20
    assert ("a", "applied") in one.acks


def test_resume_and_sync_are_applied_once_they_are_on_disk() -> None:
    one = street()
    one.command(Resume(), A)
    one.command(Sync(), A, id="b", verb="sync")
    assert one.run(61).acks == [("a", "accepted"), ("a", "applied"), ("b", "accepted"), ("b", "applied")]
