"""One conversation with a broker, in simulated time and without a socket."""

import json
import random

import pytest
import structlog
from fakes import FakeInbox, FakeOutbox, FakeWire, birth, handed

from agent.delivery import ReplyTo
from agent.events import CommandArrived, LinkChanged
from agent.link.mailbox import Post
from agent.link.session import Phase, Session, Surroundings
from agent.link.signals import Accepted, Acknowledged, Arrived, Closed, Rejected, Subscribed
from agent.link.topics import Retained, Topics
from agent.link.wire import encode
from agent.messages import Presence

BASE = "streetlight/v1/s/lamp/l"
DIM = b'{"id":"c-1","level":40}'
CONNECTION = 5


class Talk:
    """A session, the wire under it, and what it has told the others."""

    def __init__(self, receive_maximum: int = 20, latest: dict[Retained, bytes] | None = None) -> None:
        self.now_s = 1000.0
        self.wire = FakeWire()
        self.outbox = FakeOutbox()
        self.inbox = FakeInbox()
        self.latest = {Retained.STATE: b"{}"} if latest is None else latest
        log = structlog.get_logger()
        around = Surroundings(Topics("s", "l", ("g",)), birth, self.latest, self.outbox, self.inbox, random.Random(1), log)
        self.session = Session(around, self.wire, number=3, connection=CONNECTION, now_s=self.now_s)
        self._receive_maximum = receive_maximum

    def accepted(self) -> "Talk":
        self.session.handle(Accepted(False, self._receive_maximum), self.now_s)
        return self

    def up(self) -> "Talk":
        self.accepted().session.handle(Subscribed(()), self.now_s)
        self.session.advance(self.now_s)
        return self

    def drained(self) -> "Talk":
        """Up, with everything acknowledged and the outbox asked for records."""
        self.up().acknowledge_all()
        return self.after(5)

    def after(self, seconds: float) -> "Talk":
        self.now_s += seconds
        self.session.advance(self.now_s)
        return self

    def acknowledge(self, mid: int, refusal: str | None = None) -> None:
        self.session.handle(Acknowledged(mid, refusal), self.now_s)
        self.session.advance(self.now_s)

    def acknowledge_all(self) -> None:
        answered = 0
        while answered < len(self.wire.published):
            answered += 1
            self.acknowledge(answered)

    def arrive(self, topic: str, payload: bytes, mid: int | None = 1) -> None:
        self.session.handle(Arrived(topic, payload, mid, False, False, None), self.now_s)
        self.session.advance(self.now_s)

    def deliver(self, *keys: int, reply_to: ReplyTo | None = None) -> None:
        self.session.take(Post(records=[handed(key, reply_to) for key in keys]))
        self.session.advance(self.now_s)

    def confirm(self, *deliveries: int) -> None:
        self.session.take(Post(confirmed=list(deliveries)))

    def present(self, topic: Retained, payload: bytes) -> None:
        self.latest[topic] = payload
        self.session.take(Post(present={topic: payload}))
        self.session.advance(self.now_s)

    def leave(self) -> None:
        self.session.leave(self.now_s)
        self.session.advance(self.now_s)

    def topics(self) -> list[str]:
        return [publication.topic.removeprefix(BASE + "/") for publication in self.wire.published]

    def statuses(self) -> list[str]:
        published = [publication for publication in self.wire.published if publication.topic.endswith("/status")]
        assert all(publication.retain for publication in published)
        return [json.loads(publication.payload)["status"] for publication in published]


# --- the beginning


def test_the_birth_waits_until_commands_are_heard() -> None:
    talk = Talk().accepted().after(1)
    assert talk.wire.subscribed is not None
    assert talk.wire.published == []
    assert talk.inbox.events == []

    talk.session.handle(Subscribed(()), talk.now_s)
    talk.session.advance(talk.now_s)

    assert talk.statuses() == ["ready"]
    assert talk.inbox.events == [LinkChanged(connected=True)]


def test_the_present_goes_first_in_its_order_and_retained() -> None:
    talk = Talk(latest={Retained.ALARMS: b"{}", Retained.STATE: b"{}", Retained.INFO: b"{}"}).up().after(5)

    assert talk.topics() == ["status", "info", "state", "alarms"]
    assert all(publication.retain for publication in talk.wire.published)
    assert json.loads(talk.wire.published[0].payload)["session"] == 3


def test_a_broker_that_refuses_a_filter_still_hears_that_the_lamp_is_there() -> None:
    talk = Talk().accepted()
    talk.session.handle(Subscribed(("Not authorized",)), talk.now_s)
    talk.session.advance(talk.now_s)

    assert talk.statuses() == ["ready"]


def test_records_are_asked_for_within_5_s_but_not_by_all_lamps_at_once() -> None:
    talk = Talk().up()
    assert talk.outbox.granted == 0

    asked_at_s = next(tenth / 10 for tenth in range(1, 60) if talk.after(0.1).outbox.granted)

    assert 0.1 < asked_at_s <= 5
    assert talk.outbox.granted == 20


@pytest.mark.parametrize("is_accepted", [False, True])
def test_a_broker_that_does_not_answer_is_given_up_after_10_s(is_accepted: bool) -> None:
    talk = Talk()
    if is_accepted:
        talk.accepted()

    assert talk.session.overdue(talk.now_s + 9.9) is None
    assert "not answered" in (talk.session.overdue(talk.now_s + 10) or "")


# --- the present


def test_of_what_changes_quickly_the_newest_is_told_when_the_broker_has_the_one_before() -> None:
    talk = Talk().drained()
    before = len(talk.wire.published)

    for n in range(100):
        talk.present(Retained.STATE, b'{"n":%d}' % n)
    assert [publication.payload for publication in talk.wire.published[before:]] == [b'{"n":0}']
    talk.acknowledge(before + 1)

    assert [publication.payload for publication in talk.wire.published[before:]] == [b'{"n":0}', b'{"n":99}']


def test_an_old_will_that_masks_the_birth_is_answered_with_the_birth() -> None:
    talk = Talk().drained()

    talk.arrive(f"{BASE}/status", encode(birth(Presence.LOST, 2)), mid=None)

    assert talk.statuses() == ["ready", "ready"]


def test_the_own_birth_coming_back_is_no_reason_to_repeat_it() -> None:
    talk = Talk().drained()

    talk.arrive(f"{BASE}/status", encode(birth(Presence.READY, 3)), mid=None)

    assert talk.statuses() == ["ready"]


@pytest.mark.parametrize("payload", [b"", b"rubbish", encode(birth(Presence.READY, 2)), encode(birth(Presence.LOST, 3))])
def test_whatever_else_stands_in_status_is_replaced(payload: bytes) -> None:
    talk = Talk().drained()

    talk.arrive(f"{BASE}/status", payload, mid=None)

    assert talk.statuses() == ["ready", "ready"]


def test_who_keeps_masking_the_status_is_answered_once_a_second() -> None:
    talk = Talk().drained()

    for _ in range(50):  # 5 s
        talk.arrive(f"{BASE}/status", b"rubbish", mid=None)
        talk.acknowledge_all()
        talk.after(0.1)

    assert 5 <= len(talk.statuses()) - 1 <= 6


def test_a_sync_announces_the_lamp_again() -> None:
    talk = Talk().drained()

    talk.session.take(Post(announce=True))
    talk.session.advance(talk.now_s)

    assert talk.statuses() == ["ready", "ready"]


# --- records


def test_a_record_has_arrived_when_the_broker_has_acknowledged_it() -> None:
    talk = Talk().drained()
    granted, before = talk.outbox.granted, len(talk.wire.published)

    talk.deliver(1, 2)
    assert talk.topics()[before:] == ["event", "event"]
    assert talk.outbox.arrived == []
    talk.acknowledge(before + 1)

    assert talk.outbox.arrived == [1]
    assert talk.outbox.granted == granted + 1


def test_no_more_is_under_way_than_the_broker_allows() -> None:
    talk = Talk(receive_maximum=3).drained()
    before = len(talk.wire.published)

    talk.deliver(*range(1, 11))
    assert len(talk.wire.published) - before == 3
    talk.acknowledge(before + 2)
    assert len(talk.wire.published) - before == 4
    talk.acknowledge_all()

    assert sorted(talk.outbox.arrived) == list(range(1, 11))


def test_the_present_goes_ahead_of_records_that_wait() -> None:
    talk = Talk(receive_maximum=2).drained()
    before = len(talk.wire.published)
    talk.deliver(1, 2, 3)

    talk.present(Retained.ALARMS, b"{}")
    talk.acknowledge(before + 1)

    assert talk.topics()[before:] == ["event", "event", "alarms"]


def test_a_drain_is_at_least_50_records_a_second_and_no_storm() -> None:
    talk = Talk().drained()
    backlog = iter(range(1, 10_000))
    talk.deliver(*[next(backlog) for _ in range(20)])

    for _ in range(500):  # 5 s with a broker that answers at once
        done = len(talk.outbox.arrived)
        talk.acknowledge_all()
        talk.deliver(*[next(backlog) for _ in range(len(talk.outbox.arrived) - done)])
        talk.after(0.01)

    assert 250 <= len(talk.outbox.arrived) <= 1100


def test_left_overs_of_an_earlier_connection_are_not_sent() -> None:
    talk = Talk().up()
    talk.acknowledge_all()
    before = len(talk.wire.published)

    talk.deliver(1)

    assert len(talk.wire.published) == before


def test_an_answer_goes_to_where_it_was_asked_for_too_and_counts_when_both_arrived() -> None:
    talk = Talk().drained()
    before = len(talk.wire.published)

    talk.deliver(1, reply_to=ReplyTo("answers/here", b"\x01"))

    own, reply = talk.wire.published[before:]
    assert (own.topic, reply.topic) == (f"{BASE}/ack", "answers/here")
    assert (own.correlation, reply.correlation) == (None, b"\x01")
    assert own.payload == reply.payload
    talk.acknowledge(before + 1)
    assert talk.outbox.arrived == []
    talk.acknowledge(before + 2)
    assert talk.outbox.arrived == [1]


@pytest.mark.parametrize("topic", ["answers/+", "answers/here"])
def test_a_reply_that_cannot_be_published_does_not_hold_up_the_record(topic: str) -> None:
    talk = Talk().drained()
    before = len(talk.wire.published)

    talk.deliver(1, reply_to=ReplyTo(topic, None))
    talk.acknowledge(before + 1)
    if topic == "answers/here":
        talk.acknowledge(before + 2, refusal="Not authorized")

    assert talk.outbox.arrived == [1]


def test_records_that_the_broker_refuses_are_kept_and_tried_again_in_their_order() -> None:
    talk = Talk().drained()
    before = len(talk.wire.published)
    talk.deliver(1, 2, 3)

    for mid in range(before + 1, before + 4):
        talk.acknowledge(mid, refusal="Not authorized")
    talk.after(29)
    assert talk.outbox.arrived == []
    assert len(talk.wire.published) == before + 3
    talk.after(1.1)
    talk.acknowledge_all()

    assert talk.outbox.arrived == [1, 2, 3]


def test_a_broker_that_stops_acknowledging_is_given_up() -> None:
    talk = Talk().drained()
    assert talk.session.overdue(talk.now_s + 3600) is None  # nothing is awaited

    talk.deliver(1)

    assert talk.session.overdue(talk.now_s + 9.9) is None
    assert "acknowledged nothing" in (talk.session.overdue(talk.now_s + 10) or "")


# --- commands


def test_a_command_is_confirmed_only_when_the_core_says_so_and_once() -> None:
    talk = Talk().up()
    talk.arrive(f"{BASE}/command/dim", DIM, mid=9)
    event = talk.inbox.events[-1]
    assert isinstance(event, CommandArrived)
    assert talk.wire.confirmed == []

    assert event.envelope.delivery is not None
    talk.confirm(event.envelope.delivery, event.envelope.delivery)

    assert talk.wire.confirmed == [9]


def test_a_command_of_an_earlier_connection_is_not_confirmed_on_this_one() -> None:
    talk = Talk().up()
    talk.arrive(f"{BASE}/command/dim", DIM, mid=9)

    talk.confirm((CONNECTION - 1) << 16 | 9)

    assert talk.wire.confirmed == []


def test_commands_that_waited_at_the_broker_count_before_the_birth() -> None:
    talk = Talk().accepted()

    talk.arrive(f"{BASE}/command/dim", DIM)

    assert isinstance(talk.inbox.events[-1], CommandArrived)


def test_an_empty_payload_is_confirmed_and_forgotten() -> None:
    talk = Talk().up()

    talk.arrive(f"{BASE}/command/dim", b"", mid=4)

    assert talk.wire.confirmed == [4]
    assert talk.inbox.commands() == talk.inbox.refusals() == []


def test_a_group_that_the_lamp_has_left_is_not_obeyed_and_unsubscribed() -> None:
    talk = Talk().up()

    talk.arrive("streetlight/v1/s/group/former/command/dim", DIM, mid=4)

    assert talk.inbox.commands() == talk.inbox.refusals() == []
    assert talk.wire.confirmed == [4]
    assert talk.wire.unsubscribed == ["streetlight/v1/s/group/former/command/+"]


def test_a_flood_of_commands_waits_in_the_socket() -> None:
    talk = Talk().up()
    for _ in range(500):
        assert talk.session.may_read_at_s(talk.now_s) <= talk.now_s
        talk.arrive(f"{BASE}/command/dim", DIM, mid=None)

    assert talk.now_s < talk.session.may_read_at_s(talk.now_s) < talk.now_s + 0.01
    assert talk.session.may_read_at_s(talk.now_s + 0.01) <= talk.now_s + 0.01


# --- the end


def test_the_goodbye_arrives_before_the_will_is_taken_back() -> None:
    talk = Talk().drained()

    talk.leave()
    assert talk.statuses()[-1] == "disconnected"
    assert not talk.wire.disconnected
    talk.acknowledge(len(talk.wire.published))

    assert talk.wire.disconnected


def test_the_goodbye_too_keeps_to_what_the_broker_allows() -> None:
    talk = Talk(receive_maximum=1).drained()
    talk.deliver(1)

    talk.leave()
    assert talk.statuses() == ["ready"]
    talk.acknowledge(len(talk.wire.published))

    assert talk.statuses() == ["ready", "disconnected"]


def test_the_goodbye_coming_back_is_not_answered() -> None:
    talk = Talk().drained()
    talk.leave()

    talk.arrive(f"{BASE}/status", encode(birth(Presence.DISCONNECTED, 3)), mid=None)
    talk.after(2)

    assert talk.statuses() == ["ready", "disconnected"]


def test_a_goodbye_that_nobody_acknowledges_is_waited_for_2_s() -> None:
    talk = Talk().drained()
    talk.leave()

    assert talk.session.overdue(talk.now_s + 1.9) is None
    assert "goodbye" in (talk.session.overdue(talk.now_s + 2) or "")


def test_before_the_birth_there_is_nothing_to_say_at_the_end() -> None:
    talk = Talk().accepted()

    talk.leave()

    assert talk.wire.published == []
    assert talk.wire.disconnected


def test_the_end_of_a_connection_is_told_to_core_and_outbox() -> None:
    talk = Talk().up()

    talk.session.handle(Closed("gone"), talk.now_s)

    assert talk.session.phase is Phase.OVER
    assert talk.inbox.events == [LinkChanged(connected=True), LinkChanged(connected=False)]
    assert talk.outbox.up == [True, False]


def test_a_refused_connection_is_no_change() -> None:
    talk = Talk()

    talk.session.handle(Rejected("Not authorized", unsupported_version=False), talk.now_s)
    talk.session.handle(Closed("gone"), talk.now_s)

    assert talk.inbox.events == []
    assert talk.outbox.up == []
