"""What the storage thread does, in simulated time: one commit for all promises, credit, and news of the outbox."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agent.delivery import Priority, Record
from agent.events import Event, OutboxChanged, Restored, Stored
from agent.ledger import Counters, Memory
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage.keeper import Keeper
from agent.storage.ledger import Ledger
from agent.storage.outbox import Queued
from agent.storage.requests import Acked, Grant, Link, Promise, Put, Remember, Request, Restamp, Restore


@dataclass
class Desk:
    """A keeper with its callbacks written down."""

    directory: Path
    now_s: float = 0.0
    events: list[Event] = field(default_factory=list)
    handed: list[Queued] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        storage = Storage(str(self.directory))
        self.keeper = Keeper(storage, "boot-1", self.now_s, self.events.append, self.handed.extend, self.reports.append)

    def ask(self, *requests: Request) -> list[Event]:
        """The events that came of it."""
        before = len(self.events)
        self.keeper.serve(requests, self.now_s)
        return self.events[before:]

    def at(self, now_s: float) -> list[Event]:
        before = len(self.events)
        while self.keeper.wake_at_s() <= now_s:
            self.now_s = max(self.now_s, self.keeper.wake_at_s())
            self.keeper.serve([], self.now_s)
        self.now_s = now_s
        return self.events[before:]

    def on_disk(self) -> Memory:
        memory, _ = Ledger(self.directory, self.reports.append).load(0)
        return memory


def test_the_first_answer_is_the_memory(tmp_path: Path) -> None:
    assert Desk(tmp_path).ask(Restore()) == [Restored(Memory(), durable=True), OutboxChanged(0, 0, degraded=False)]


def test_all_promises_that_wait_share_one_commit_and_are_answered_in_order(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore())
    events = desk.ask(Remember((Counters(1.0),), 300.0), *(Promise(n, (Counters(float(n)),)) for n in range(1, 6)))
    assert events == [Stored(n, durable=True) for n in range(1, 6)]
    assert desk.on_disk().counters == Counters(5.0)
    assert desk.keeper._ledger.written.commits == 1


def test_what_is_to_be_remembered_waits_until_it_is_due(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Remember((Counters(1.0),), 300.0))
    desk.at(299)
    assert desk.on_disk() == Memory()
    desk.at(300)
    assert desk.on_disk() == Memory(counters=Counters(1.0))


def test_credit_hands_out_now_and_as_records_come_and_a_new_link_begins_at_none(
    tmp_path: Path, record: Callable[..., Record]
) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Put(record(1)), Link(up=True))
    assert desk.handed == []
    desk.ask(Grant(2))
    assert [(queued.record.seq, queued.historical) for queued in desk.handed] == [(1, True)]
    desk.ask(Put(record(2)), Put(record(3)))
    assert [queued.record.seq for queued in desk.handed] == [1, 2]
    desk.ask(Grant(5), Link(up=False), Link(up=True))
    desk.ask(Put(record(4)))
    assert [queued.record.seq for queued in desk.handed] == [1, 2]
    desk.ask(Grant(10))
    assert [queued.record.seq for queued in desk.handed] == [1, 2, 1, 2, 3, 4]


def test_an_empty_outbox_is_told_at_once_and_a_growing_one_once_a_second(tmp_path: Path, record: Callable[..., Record]) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Link(up=True))
    told = [event for seq in range(1, 10) for event in desk.ask(Put(record(seq)))]
    assert told == []
    assert desk.at(1) == [OutboxChanged(9, 0, degraded=False)]
    assert desk.at(20) == []
    desk.ask(Grant(100))
    assert desk.ask(Acked(tuple(queued.key for queued in desk.handed))) == [OutboxChanged(0, 0, degraded=False)]


def test_a_quick_acknowledgement_is_no_news(tmp_path: Path, record: Callable[..., Record]) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Link(up=True), Grant(10))
    assert desk.ask(Put(record(1))) == []
    assert desk.ask(Acked((desk.handed[0].key,))) == []
    assert desk.at(100) == []


def test_without_a_disk_promises_are_answered_as_not_durable_and_the_alarm_ends_with_the_fault(
    tmp_path: Path, record: Callable[..., Record]
) -> None:
    directory = tmp_path / "card"
    desk = Desk(directory)
    assert desk.ask(Restore()) == [Restored(Memory(), durable=False), OutboxChanged(0, 0, degraded=True)]
    assert desk.ask(Promise(7, (Counters(7.0),))) == [Stored(7, durable=False)]
    desk.ask(Put(record(1)), Link(up=True), Grant(1))
    assert [queued.record.seq for queued in desk.handed] == [1]
    directory.mkdir()
    assert desk.at(120)[-1] == OutboxChanged(1, 0, degraded=False)
    assert desk.on_disk().counters == Counters(7.0)
    assert desk.ask(Promise(8, ())) == [Stored(8, durable=True)]


@pytest.mark.parametrize("name", ["ledger.db", "outbox.db"])
def test_a_file_found_damaged_at_start_is_told_though_the_new_one_works(
    tmp_path: Path, name: str, damage: Callable[[Path], None], record: Callable[..., Record]
) -> None:
    before = Desk(tmp_path)
    before.ask(Restore(), Promise(1, (Counters(1.0),)), Put(record(1)))
    before.keeper.close(before.now_s)
    damage(tmp_path / name)

    desk = Desk(tmp_path)
    restored, told = desk.ask(Restore())
    assert (restored.durable, told.degraded) == (name != "ledger.db", True)  # type: ignore[union-attr]
    assert (tmp_path / f"{name}.damaged-1").exists()
    assert desk.ask(Promise(2, (Counters(2.0),)))[0] == Stored(2, durable=True)
    assert [event for event in desk.events if isinstance(event, OutboxChanged)][-1].degraded is False


def test_a_file_found_damaged_by_a_write_is_told_though_the_promise_is_kept(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Promise(1, (Counters(1.0),)))
    desk.keeper._ledger._database.read(0, lambda file: file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    desk.keeper._ledger._database.read(0, lambda file: file.execute("PRAGMA cache_size = 0").fetchall())
    damage(tmp_path / "ledger.db")

    assert desk.ask(Promise(2, (Counters(2.0),))) == [Stored(2, durable=True), OutboxChanged(0, 0, degraded=True)]
    assert (desk.at(0.9), desk.at(1)) == ([], [OutboxChanged(0, 0, degraded=False)])
    assert desk.on_disk().counters == Counters(2.0)


def test_a_fault_in_our_own_code_answers_the_promise_and_goes_on(tmp_path: Path, record: Callable[..., Record]) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore())
    nonsense = object()
    assert desk.ask(Promise(1, (nonsense,))) == [Stored(1, durable=False)]  # type: ignore[arg-type]
    assert len(desk.reports) == 1
    assert desk.ask(Promise(2, (Counters(2.0),))) == [Stored(2, durable=True)]
    assert desk.keeper.wake_at_s() >= desk.now_s


def test_a_trusted_clock_reaches_what_waits(tmp_path: Path, record: Callable[..., Record]) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Put(record(3)), Restamp(1e9, TimeQuality.NTP), Link(up=True), Grant(1))
    assert desk.handed[0].record.utc_s == 1e9 + 3


def test_the_end_writes_everything(tmp_path: Path, record: Callable[..., Record]) -> None:
    desk = Desk(tmp_path)
    desk.ask(Restore(), Remember((Counters(1.0),), 300.0), Put(record(1)), Put(record(2, Priority.ALARM)))
    desk.keeper.close(desk.now_s)
    assert desk.on_disk() == Memory(counters=Counters(1.0))
    later = Desk(tmp_path)
    assert later.ask(Restore())[-1] == OutboxChanged(2, 0, degraded=False)
