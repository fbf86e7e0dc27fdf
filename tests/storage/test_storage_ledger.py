"""The ledger: what was promised is there after any end, and damage costs only what is damaged."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from agent.ledger import (
    ActiveAlarms,
    Counters,
    Course,
    Emergency,
    LampFigures,
    LearntPower,
    Maintenance,
    MaintenanceEnded,
    Memory,
    Override,
    PowerCurve,
    SeenCommand,
    SlotMemory,
    StoredDemand,
    Watermark,
)
from agent.messages import Ack, AckStatus
from agent.records import TimeQuality
from agent.storage.ledger import SEEN_AT_LEAST, Ledger

DAY_S = 86_400.0
DEMAND = StoredDemand("c-1", 40.0, None, "ops", 100.0, None, 7300.0, 7200.0)
OVERRIDE = Override(SlotMemory(holds=DEMAND, waiting=(DEMAND,), newest_issued_utc_s=100.0))


def seen(name: str, utc_s: float = 0.0, status: AckStatus = AckStatus.ACCEPTED) -> SeenCommand:
    return SeenCommand(name, utc_s, Ack(name, "lamp-1", "dim", status, True, level=40.0, until=None))


def after_a_crash(directory: Path) -> Memory:
    """What the next boot reads of the files as they lie on the disk now."""
    copy = directory / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in directory.glob("ledger.db*"):
        shutil.copy(path, copy)
    memory, readable = Ledger(copy, lambda text: None).load(0)
    assert readable
    return memory


def test_an_empty_ledger_remembers_nothing(tmp_path: Path, reports: list[str]) -> None:
    assert Ledger(tmp_path, reports.append).load(0) == (Memory(), True)


def test_every_kind_comes_back_as_it_was_promised(tmp_path: Path, reports: list[str]) -> None:
    emergency = Emergency(SlotMemory(newest_issued_utc_s=5.0))
    maintenance = Maintenance(0.0, 1800.0, "kernel-1")
    counters, watermark = Counters(1.5, 3600.0, 7, 8), Watermark(99.0, TimeQuality.NTP, 98.0)
    alarms = ActiveAlarms((("lampFailure", 12.0),))
    course = Course("c-3", "self-test")
    learnt = LearntPower(PowerCurve(((0.0, 0.6), (100.0, 42.0)), 99.0, LampFigures(42.0, 0.6, 10.0, "linear")))
    facts = [emergency, maintenance, counters, watermark, alarms, course, learnt]
    ledger = Ledger(tmp_path, reports.append)

    assert ledger.commit([OVERRIDE, *facts, seen("c-1"), seen("c-2")], 0)

    ids = (seen("c-1"), seen("c-2"))
    expected = Memory(OVERRIDE.memory, emergency.memory, maintenance, ids, counters, watermark, alarms, course, learnt)
    assert after_a_crash(tmp_path) == expected
    assert ledger.written.commits == 1


def test_a_kind_replaces_its_own_and_the_end_of_maintenance_leaves_nothing(tmp_path: Path, reports: list[str]) -> None:
    ledger = Ledger(tmp_path, reports.append)
    ledger.commit([Counters(1.0), Maintenance(50.0, 10.0, "k")], 0)
    ledger.commit([Counters(2.0), MaintenanceEnded()], 1)
    assert after_a_crash(tmp_path) == Memory(counters=Counters(2.0))


def test_a_repeated_id_keeps_its_place_and_takes_the_new_answer(tmp_path: Path, reports: list[str]) -> None:
    ledger = Ledger(tmp_path, reports.append)
    ledger.commit([seen("a"), seen("b")], 0)
    ledger.commit([seen("a", status=AckStatus.APPLIED)], 1)
    assert after_a_crash(tmp_path).seen == (seen("a", status=AckStatus.APPLIED), seen("b"))


def test_ids_are_kept_eight_days_and_at_least_the_last_thousand(tmp_path: Path, reports: list[str]) -> None:
    ledger = Ledger(tmp_path, reports.append)
    ledger.commit([seen(f"old-{n}", 0.0) for n in range(SEEN_AT_LEAST)], 0)
    ledger.commit([seen(f"week-{n}", 7 * DAY_S) for n in range(10)], 0)
    assert len(after_a_crash(tmp_path).seen) == SEEN_AT_LEAST + 10

    ledger.commit([seen("new", 8.5 * DAY_S)], 0)
    kept = after_a_crash(tmp_path).seen
    assert len(kept) == SEEN_AT_LEAST
    assert kept[0].id == "old-11"
    assert kept[-1].id == "new"

    ledger.commit([seen("far", 100 * DAY_S)], 0)
    assert len(after_a_crash(tmp_path).seen) == SEEN_AT_LEAST


def test_an_entry_that_cannot_be_read_is_skipped_and_said(tmp_path: Path, reports: list[str]) -> None:
    ledger = Ledger(tmp_path, reports.append)
    ledger.commit([OVERRIDE, Counters(3.0), seen("a"), seen("b")], 0)
    ledger.close()
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE fact SET body = ? WHERE kind = 'override'", (b'{"memory": 7}',))
    connection.execute("INSERT INTO fact VALUES ('fromTheFuture', ?)", (b"{}",))
    connection.execute("UPDATE seen SET body = ? WHERE number = 1", (b"\xff\xfe",))
    connection.commit()
    connection.close()

    again = Ledger(tmp_path, reports.append)
    memory, readable = again.load(0)

    assert readable
    assert memory == Memory(counters=Counters(3.0), seen=(seen("b"),))
    assert len(reports) == 3
    assert again.commit([seen("c")], 1)  # and it goes on
    assert [one.id for one in after_a_crash(tmp_path).seen] == ["b", "c"]


def test_with_the_disk_gone_nothing_is_durable_and_all_of_it_is_written_when_it_is_back(
    tmp_path: Path, reports: list[str]
) -> None:
    directory = tmp_path / "card"
    ledger = Ledger(directory, reports.append)
    assert ledger.load(0) == (Memory(), False)
    assert not ledger.commit([OVERRIDE, seen("a")], 0)
    assert ledger.degraded

    directory.mkdir()
    assert ledger.flush(ledger.due_at_s())
    assert not ledger.degraded
    assert after_a_crash(directory) == Memory(override=OVERRIDE.memory, seen=(seen("a"),))


def test_a_ledger_damaged_while_running_is_written_anew_from_memory(tmp_path: Path, reports: list[str]) -> None:
    ledger = Ledger(tmp_path, reports.append)
    ledger.commit([OVERRIDE, seen("a")], 0)
    for path in tmp_path.glob("ledger.db*"):
        path.unlink()

    assert ledger.commit([seen("b")], 1)

    assert after_a_crash(tmp_path) == Memory(override=OVERRIDE.memory, seen=(seen("a"), seen("b")))


@pytest.mark.parametrize("killed", [False, True])
def test_counters_are_saved_from_a_ledger_that_is_damaged_elsewhere_and_nothing_else_is(
    tmp_path: Path, reports: list[str], killed: bool
) -> None:
    first, counters = Ledger(tmp_path / "before", reports.append), Counters(1234.5, 7200.0, 7, 8, 2, 34.5)
    (tmp_path / "before").mkdir()
    assert first.commit([OVERRIDE, *(seen(f"c-{number}") for number in range(200))], 0)
    first.close()
    assert first.commit([counters], 0)  # in the write-ahead log alone, until it is closed
    if not killed:
        first.close()
    after = tmp_path / "after"
    shutil.copytree(tmp_path / "before", after)
    content = bytearray((after / "ledger.db").read_bytes())
    content[4 * 4096 : 5 * 4096] = b"\xaa" * 4096  # some of the ids
    (after / "ledger.db").write_bytes(content)

    memory, readable = Ledger(after, reports.append).load(0)

    assert (memory, readable) == (Memory(counters=counters), False)
    assert (after / "ledger.db.damaged-1").exists()
    assert after_a_crash(after).counters == Counters()  # until the next commit
    first.close()


def test_counters_saved_from_a_damaged_ledger_are_in_the_new_one_with_its_next_commit(tmp_path: Path, reports: list[str]) -> None:
    first, counters = Ledger(tmp_path, reports.append), Counters(1234.5, 7200.0)
    assert first.commit([counters, *(seen(f"c-{number}") for number in range(200))], 0)
    first.close()
    content = bytearray((tmp_path / "ledger.db").read_bytes())
    content[4 * 4096 : 5 * 4096] = b"\xaa" * 4096
    (tmp_path / "ledger.db").write_bytes(content)
    again = Ledger(tmp_path, reports.append)
    again.load(0)
    assert again.commit([seen("c-new")], 0)
    assert after_a_crash(tmp_path).counters == counters


def test_a_disk_that_comes_late_gives_what_it_holds_and_loses_nothing_newer(tmp_path: Path, reports: list[str]) -> None:
    directory, away = tmp_path / "card", tmp_path / "away"
    directory.mkdir()
    earlier = Ledger(directory, reports.append)
    earlier.commit([OVERRIDE, Counters(5.0), seen("a"), seen("b")], 0)
    earlier.close()
    directory.rename(away)
    ledger = Ledger(directory, reports.append)
    assert not ledger.commit([Counters(6.0), seen("b", status=AckStatus.ENDED), seen("c")], 0)

    away.rename(directory)
    assert ledger.flush(ledger.due_at_s())

    expected = (seen("a"), seen("b", status=AckStatus.ENDED), seen("c"))
    assert after_a_crash(directory) == Memory(override=OVERRIDE.memory, counters=Counters(6.0), seen=expected)
