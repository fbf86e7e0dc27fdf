"""The outbox: order, deadlines, caps, stamps, and what is left after a power cut."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.delivery import Channel, Priority, Record, ReplyTo
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage import outbox as outbox_module
from agent.storage.outbox import Outbox, Queued
from agent.storage.rows import size_of

ALARM, TELEMETRY, INFORMATION = Priority.ALARM, Priority.TELEMETRY, Priority.INFORMATION
NEVER_S = float("inf")


class Pole:
    """One lamp's storage directory and the boots that use it, in simulated host time."""

    def __init__(self, directory: Path, make: Callable[..., Record], **settings: float) -> None:
        self.directory = directory
        self.reports: list[str] = []
        self.now_s = 0.0
        self._make = make
        self._settings = settings
        self._boots = 0
        self.boot()

    def boot(self) -> None:
        self._boots += 1
        self.boot_id = f"boot-{self._boots}"
        self.outbox = Outbox(Storage(str(self.directory), **self._settings), self.boot_id, self.now_s, self.reports.append)
        self.outbox.open(self.now_s)

    def power_cut(self) -> None:
        """The files as they are at this moment are all that the next boot has."""
        copy = self.directory.parent / f"{self.directory.name}+"
        copy.mkdir()
        for path in self.directory.glob("outbox.db*"):
            shutil.copy(path, copy)
        self.outbox.close()
        self.directory = copy
        self.boot()

    def put(self, seq: int, priority: Priority = TELEMETRY, body_bytes: int = 20) -> Record:
        record = self._make(seq, priority, self.boot_id, body_bytes)
        self.outbox.put(record, self.now_s)
        return record

    def take(self, most: int = 1000) -> list[Queued]:
        return self.outbox.take(most, self.now_s)

    def taken(self, most: int = 1000) -> list[tuple[str, int | None]]:
        return [(queued.record.boot_id, queued.record.seq) for queued in self.take(most)]

    def ack(self, queued: list[Queued]) -> None:
        self.outbox.acked([one.key for one in queued], self.now_s)

    def at(self, now_s: float) -> None:
        """Time passes, and the outbox is served when it says."""
        while self.outbox.due_at_s() <= now_s:
            self.now_s = max(self.now_s, self.outbox.due_at_s())
            self.outbox.flush(self.now_s)
        self.now_s = now_s


@pytest.fixture
def pole(tmp_path: Path, record: Callable[..., Record]) -> Pole:
    (tmp_path / "card").mkdir()
    return Pole(tmp_path / "card", record)


def test_alarms_go_first_then_telemetry_then_information_and_the_oldest_first_in_each(pole: Pole) -> None:
    for seq, priority in enumerate([INFORMATION, TELEMETRY, ALARM, TELEMETRY, ALARM, INFORMATION], 1):
        pole.put(seq, priority)
    assert [seq for _, seq in pole.taken(4)] == [3, 5, 2, 4]
    assert [seq for _, seq in pole.taken()] == [1, 6]
    assert pole.taken() == []


def test_what_is_acknowledged_in_time_never_touches_the_disk(pole: Pole) -> None:
    pole.outbox.link(up=True)
    for seq in range(1, 100):
        pole.put(seq, ALARM if seq % 2 else TELEMETRY)
        pole.at(pole.now_s + 0.5)
        pole.ack(pole.take())
    pole.at(1000)
    assert pole.outbox.due_at_s() == NEVER_S
    assert pole.outbox.written.commits == 0
    assert pole.outbox.pending == 0


@pytest.mark.parametrize("up", [True, False])
def test_events_are_on_disk_within_a_second_and_telemetry_within_flush_every(pole: Pole, up: bool) -> None:
    pole.outbox.link(up)
    pole.put(1, TELEMETRY)
    assert pole.outbox.due_at_s() == 30
    pole.at(10)
    pole.put(2, INFORMATION)
    assert pole.outbox.due_at_s() == 11
    pole.at(11)
    assert pole.outbox.written.commits == 1  # both in one
    assert pole.outbox.due_at_s() == NEVER_S
    pole.power_cut()
    assert pole.taken() == [("boot-1", 1), ("boot-1", 2)]


def test_the_last_acknowledgement_in_time_spares_the_commit(pole: Pole) -> None:
    pole.outbox.link(up=True)
    pole.put(1, ALARM)
    first = pole.take()
    pole.at(0.9)
    pole.put(2, ALARM)
    pole.ack(first)
    assert pole.outbox.due_at_s() == 1.9


def test_earlier_boots_come_first_under_their_own_ids_and_are_historical(pole: Pole) -> None:
    pole.put(1)
    pole.put(2, ALARM)
    pole.at(60)
    pole.power_cut()
    pole.put(1)
    pole.at(120)
    pole.power_cut()
    pole.outbox.link(up=True)
    pole.put(1)
    assert pole.outbox.pending == 4
    queued = pole.take()
    assert [(one.record.boot_id, one.record.seq, one.historical) for one in queued] == [
        ("boot-1", 2, True),
        ("boot-1", 1, True),
        ("boot-2", 1, True),
        ("boot-3", 1, False),
    ]
    assert len({one.key for one in queued}) == 4
    pole.ack(queued)
    pole.at(300)
    pole.power_cut()
    assert pole.taken() == []


def test_boots_that_left_nothing_do_not_lend_their_name_to_later_rows(pole: Pole) -> None:
    for boot in range(1, 6):
        for seq in range(1, 4):
            pole.put(seq)
        pole.at(pole.now_s + 60)
        if boot < 4:
            pole.ack(pole.take())
            pole.at(pole.now_s + 120)
        pole.power_cut()
    assert pole.taken() == [(f"boot-{boot}", seq) for boot in (4, 5) for seq in (1, 2, 3)]


def test_a_record_comes_back_from_disk_as_it_was_put(pole: Pole) -> None:
    reply = ReplyTo("replies/1", b"\x00\xff")
    full = Record(Channel.ACK, ALARM, "boot-1", None, 1.25, 2.5, TimeQuality.RTC, b'{"id":"\xc3\xa9"}', reply)
    empty = Record(Channel.ACK, ALARM, "boot-1", None, 1.25, 2.5, TimeQuality.RTC, b"{}", ReplyTo("t", None))
    pole.outbox.put(full, 0)
    pole.outbox.put(empty, 0)
    pole.at(2)
    pole.power_cut()
    assert [queued.record for queued in pole.take()] == [full, empty]


def test_a_lost_link_sends_again_what_was_in_flight_in_the_old_order(pole: Pole) -> None:
    pole.outbox.link(up=True)
    for seq in range(1, 6):
        pole.put(seq)
    before = pole.take(3)
    pole.ack(before[1:2])
    pole.outbox.link(up=False)
    pole.put(6)
    pole.outbox.link(up=True)
    pole.put(7)
    queued = pole.take()
    assert [(one.record.seq, one.historical) for one in queued] == [
        (1, True),
        (3, True),
        (4, True),
        (5, True),
        (6, True),
        (7, False),
    ]
    pole.ack(before)  # of the former connection, for the same records: they did arrive
    assert pole.outbox.pending == 4


def test_a_record_that_would_overtake_one_in_ram_alone_waits_for_the_disk(pole: Pole) -> None:
    pole.outbox.link(up=True)
    pole.put(1, TELEMETRY)
    pole.put(2, ALARM)
    pole.ack(pole.take(1))  # the alarm is with the broker, the telemetry before it in RAM
    pole.power_cut()
    assert pole.taken() == [("boot-1", 2), ("boot-1", 1)]  # the deletion was yet to come: a duplicate, no hole


def test_sending_in_the_order_of_putting_needs_no_disk(pole: Pole) -> None:
    pole.outbox.link(up=True)
    pole.put(1, TELEMETRY)
    assert len(pole.take()) == 1
    pole.put(2, ALARM)
    assert len(pole.take()) == 1
    assert pole.outbox.written.commits == 0


def test_over_the_cap_information_goes_first_then_telemetry_then_alarms(tmp_path: Path, record: Callable[..., Record]) -> None:
    pole = Pole(tmp_path, record, max_size_mb=0.01)
    size = size_of(record(1, body_bytes=872))
    assert size == 1000
    for seq, priority in enumerate([ALARM, TELEMETRY, INFORMATION] * 3, 1):
        pole.put(seq, priority, 872)
    pole.at(60)
    for seq in range(10, 14):
        pole.put(seq, TELEMETRY, 872)
    assert pole.outbox.dropped == 3
    assert pole.outbox.size_bytes == 10_000
    assert pole.outbox.full_percent == 100
    for seq in range(14, 26):
        pole.put(seq, ALARM, 872)
    assert pole.outbox.dropped == 15
    pole.put(26, INFORMATION, 872)
    assert pole.outbox.dropped == 16
    assert [seq for _, seq in pole.taken()] == list(range(16, 26))


def test_the_file_stays_under_the_cap_and_holds_the_newest(tmp_path: Path, record: Callable[..., Record]) -> None:
    pole = Pole(tmp_path, record, max_size_mb=1.0)
    for seq in range(1, 6001):
        pole.put(seq, Priority(seq % 3), 300)
        if seq % 20 == 0:
            pole.at(pole.now_s + 30)
            assert pole.outbox.size_bytes <= 1_000_000
    pole.outbox.close()
    assert 700_000 < (tmp_path / "outbox.db").stat().st_size <= 1_000_000
    pole.boot()
    alarms = [queued.record.seq for queued in pole.take(2000)]
    assert alarms == list(range(3, 6001, 3))
    assert [queued.record.seq for queued in pole.take()][-1] == 6000 - 2


def test_records_are_given_up_by_age_in_powered_on_time_only(tmp_path: Path, record: Callable[..., Record]) -> None:
    (tmp_path / "card").mkdir()
    pole = Pole(tmp_path / "card", record, keep_s=3600)
    pole.put(1)
    pole.at(60)
    pole.put(2)
    pole.at(1860)
    pole.put(3)
    pole.at(1900)
    pole.now_s = 1e6  # a long time without power
    pole.power_cut()
    pole.put(1)
    pole.at(pole.now_s + 1700)
    pole.put(2)
    pole.at(pole.now_s + 30)
    assert pole.outbox.dropped == 0
    pole.at(pole.now_s + 80)  # 3,670 s of power since the first
    pole.put(3)
    pole.at(pole.now_s + 30)
    assert pole.outbox.dropped == 2
    assert pole.taken() == [("boot-1", 3), ("boot-2", 1), ("boot-2", 2), ("boot-2", 3)]


def test_a_trusted_clock_stamps_again_what_this_boot_has_put_in_ram_and_on_disk(pole: Pole) -> None:
    pole.put(5)
    pole.at(60)
    pole.power_cut()
    pole.put(1)
    pole.at(200)
    pole.put(2)
    pole.outbox.restamp(1e9, TimeQuality.NTP, pole.now_s)
    pole.put(3)
    stamps = [(one.record.utc_s, one.record.time_quality) for one in pole.take()]
    expected = [
        (1005.0, TimeQuality.UNSYNCED),
        (1e9 + 1, TimeQuality.NTP),
        (1e9 + 2, TimeQuality.NTP),
        (1003.0, TimeQuality.UNSYNCED),
    ]
    assert stamps == expected
    pole.at(240)
    pole.power_cut()
    assert [(one.record.utc_s, one.record.time_quality) for one in pole.take()] == expected


def test_stamps_hold_for_what_has_left_ram(pole: Pole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "IN_RAM_BYTES", 0)
    pole.put(1)
    pole.at(60)
    pole.outbox.restamp(1e9, TimeQuality.NTP, pole.now_s)
    assert [one.record.utc_s for one in pole.take()] == [1e9 + 1]


def test_with_the_disk_gone_everything_goes_on_in_ram_and_is_written_when_it_is_back(
    tmp_path: Path, record: Callable[..., Record]
) -> None:
    pole = Pole(tmp_path / "card", record)
    pole.put(1)
    pole.put(2, ALARM)
    assert pole.outbox.degraded
    pole.at(100)
    assert [seq for _, seq in pole.taken(1)] == [2]
    (tmp_path / "card").mkdir()
    pole.at(200)
    assert not pole.outbox.degraded
    pole.power_cut()
    assert pole.taken() == [("boot-1", 2), ("boot-1", 1)]


def test_a_disk_that_comes_late_delivers_what_earlier_boots_left_on_it(pole: Pole, tmp_path: Path) -> None:
    pole.put(1, ALARM)
    pole.put(2)
    pole.at(60)
    pole.outbox.close()
    (tmp_path / "card").rename(tmp_path / "away")
    pole.boot()
    pole.outbox.link(up=True)
    pole.put(1, ALARM)
    first = pole.take()
    pole.put(2)
    assert [one.record.boot_id for one in first] == ["boot-2"]
    (tmp_path / "away").rename(tmp_path / "card")
    pole.at(200)
    pole.ack(first)
    assert pole.taken() == [("boot-1", 1), ("boot-1", 2), ("boot-2", 2)]


def test_a_full_disk_keeps_what_is_new_in_ram_and_loses_nothing(pole: Pole, full_disk) -> None:
    pole.put(1)
    pole.at(60)
    with full_disk():
        for seq in range(2, 50):
            pole.put(seq)
        pole.at(200)
        assert pole.outbox.degraded
        assert len(pole.take(5)) == 5
    pole.at(400)
    assert not pole.outbox.degraded
    pole.power_cut()
    assert [seq for _, seq in pole.taken()] == list(range(1, 50))


def test_a_file_lost_while_running_is_written_anew_from_ram(pole: Pole) -> None:
    for seq in range(1, 5):
        pole.put(seq)
    pole.at(60)
    (pole.directory / "outbox.db").write_bytes(b"not a database" * 1000)
    for sibling in ("-wal", "-shm"):
        (pole.directory / f"outbox.db{sibling}").unlink()
    pole.outbox.close()
    pole.put(5)
    pole.at(120)
    assert pole.outbox.dropped == 0
    pole.power_cut()
    assert [seq for _, seq in pole.taken()] == [1, 2, 3, 4, 5]


def test_what_was_on_the_lost_file_alone_is_counted_as_dropped(pole: Pole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "IN_RAM_BYTES", 0)
    for seq in range(1, 5):
        pole.put(seq)
    pole.at(60)
    for path in pole.directory.glob("outbox.db*"):
        path.unlink()
    pole.put(5)
    pole.at(120)
    assert (pole.outbox.dropped, pole.outbox.pending) == (4, 1)
    assert pole.taken() == [("boot-1", 5)]


def test_deletions_that_went_with_a_lost_file_are_not_waited_for(pole: Pole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "IN_RAM_BYTES", 0)
    for seq in (1, 2):
        pole.put(seq)
    pole.at(60)
    pole.outbox.link(up=True)
    pole.ack(pole.take(1))
    pole.outbox.close()
    for path in pole.directory.glob("outbox.db*"):
        path.unlink()
    assert pole.take() == []
    assert pole.outbox.due_at_s() == NEVER_S


def test_a_row_that_cannot_be_read_is_given_up_and_said(pole: Pole) -> None:
    for seq in range(1, 4):
        pole.put(seq)
    pole.at(60)
    pole.outbox.close()
    connection = sqlite3.connect(pole.directory / "outbox.db")
    connection.execute("UPDATE telemetry SET channel = 'fromTheFuture' WHERE seq = 2")
    connection.commit()
    connection.close()
    pole.boot()
    assert pole.taken() == [("boot-1", 1), ("boot-1", 3)]
    assert (pole.outbox.dropped, pole.outbox.pending) == (1, 2)
    assert len(pole.reports) == 1


def test_deletions_are_batched(pole: Pole) -> None:
    for seq in range(1, 301):
        pole.put(seq)
    pole.at(60)
    pole.outbox.link(up=True)
    while queued := pole.take(20):
        pole.ack(queued)
        pole.at(pole.now_s + 0.4)
    pole.at(pole.now_s + 100)
    assert pole.outbox.written.commits == 2
    pole.power_cut()
    assert pole.outbox.pending == 0


def test_telemetry_of_an_outage_stays_within_the_budget_of_bytes(pole: Pole) -> None:
    """A day at the default settings with the link down: 288 samples, each a commit at most."""
    for sample in range(288):
        pole.at(sample * 300.0)
        pole.put(sample + 1, body_bytes=400)
    pole.at(86_400)
    assert pole.outbox.written.commits <= 288
