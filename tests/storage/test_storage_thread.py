"""The storage thread for real: threads, files, and processes killed with -9."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import pytest

from agent.clock import host_s
from agent.delivery import Record
from agent.events import Event, OutboxChanged, Restored, Stored
from agent.ledger import Counters, Memory
from agent.settings.model import Storage
from agent.storage.ledger import Ledger
from agent.storage.outbox import Outbox, Queued
from agent.storage.thread import StorageThread

PATIENCE_S = 10.0


class Running:
    """A storage thread and what it said."""

    def __init__(self, directory: Path) -> None:
        self.events: SimpleQueue[Event] = SimpleQueue()
        self.records: SimpleQueue[list[Queued]] = SimpleQueue()
        self.reports: list[str] = []
        self.storage = StorageThread(
            Storage(str(directory)), "boot-1", host_s, self.events.put, self.records.put, self.reports.append
        )
        self.storage.start()

    def next(self, kind: type[Event]) -> Event:
        while True:
            event = self.events.get(timeout=PATIENCE_S)
            if isinstance(event, kind):
                return event


def test_a_record_goes_all_the_way_and_a_promise_is_kept(tmp_path: Path, record: Callable[..., Record]) -> None:
    running = Running(tmp_path)
    running.storage.restore()
    assert running.next(Restored) == Restored(Memory(), durable=True)
    running.storage.link(up=True)
    running.storage.grant(5)
    running.storage.put(record(1))
    (queued,) = running.records.get(timeout=PATIENCE_S)
    assert queued.record.seq == 1
    running.storage.acked([queued.key])
    running.storage.promise(1, [Counters(1.0)])
    assert running.next(Stored) == Stored(1, durable=True)
    running.storage.stop()
    assert running.storage.join(PATIENCE_S)
    assert running.reports == []
    assert Ledger(tmp_path, running.reports.append).load(0)[0].counters == Counters(1.0)


def test_stop_writes_what_was_asked_before_it(tmp_path: Path, record: Callable[..., Record]) -> None:
    running = Running(tmp_path)
    running.storage.restore()
    for seq in range(1, 1501):  # more than one batch takes in
        running.storage.put(record(seq))
    running.storage.remember([Counters(3.0)], within_s=300)
    running.storage.stop()
    assert running.storage.join(PATIENCE_S)
    outbox = Outbox(Storage(str(tmp_path)), "boot-2", 0, running.reports.append)
    outbox.open(0)
    assert outbox.pending == 1500
    assert Ledger(tmp_path, running.reports.append).load(0)[0].counters == Counters(3.0)


def test_a_commit_that_hangs_blocks_nobody_who_asks(tmp_path: Path, record: Callable[..., Record]) -> None:
    """Another program holds the file locked: the commit waits for it, and those who ask do not."""
    running = Running(tmp_path)
    running.storage.restore()
    running.next(OutboxChanged)
    running.storage.promise(1, [Counters(1.0)])
    running.next(Stored)
    holder = Holder(tmp_path / "ledger.db")
    running.storage.promise(2, [Counters(2.0)])
    before_s = time.monotonic()
    for seq in range(1000):
        running.storage.put(record(seq))
        running.storage.grant(0)
    assert time.monotonic() - before_s < 1.0
    assert running.events.empty()
    holder.release()
    assert running.next(Stored) == Stored(2, durable=True)
    running.storage.stop()
    assert running.storage.join(PATIENCE_S)


class Holder:
    """A writer that keeps the file's lock until it is told to release it."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        self._connection.close()


def test_a_missing_directory_is_degraded_and_everything_works_in_ram(tmp_path: Path, record: Callable[..., Record]) -> None:
    running = Running(tmp_path / "nowhere")
    running.storage.restore()
    assert running.next(Restored) == Restored(Memory(), durable=False)
    assert running.next(OutboxChanged) == OutboxChanged(0, 0, degraded=True)
    running.storage.promise(1, [Counters(1.0)])
    assert running.next(Stored) == Stored(1, durable=False)
    running.storage.link(up=True)
    running.storage.grant(1)
    running.storage.put(record(1))
    assert [queued.record.seq for queued in running.records.get(timeout=PATIENCE_S)] == [1]
    running.storage.stop()
    assert running.storage.join(PATIENCE_S)


def test_a_damaged_ledger_is_moved_aside_and_told_and_the_thread_goes_on_with_a_new_one(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    before = Ledger(tmp_path, [].append)
    assert before.commit([Counters(1.0)], 0)
    before.close()
    damage(tmp_path / "ledger.db")

    running = Running(tmp_path)
    running.storage.restore()
    assert running.next(Restored) == Restored(Memory(), durable=False)
    assert running.next(OutboxChanged) == OutboxChanged(0, 0, degraded=True)
    assert running.next(OutboxChanged) == OutboxChanged(0, 0, degraded=False)
    running.storage.promise(1, [Counters(2.0)])
    assert running.next(Stored) == Stored(1, durable=True)
    running.storage.stop()
    assert running.storage.join(PATIENCE_S)
    (report,) = running.reports
    assert "moved aside to ledger.db.damaged-1" in report


@pytest.mark.process
def test_everything_promised_is_there_after_kill_9_at_any_moment(tmp_path: Path) -> None:
    dice = random.Random(9)
    promised: dict[str, tuple[int, int]] = {}
    for boot in range(12):
        boot_id = f"boot-{boot}"
        promised[boot_id] = run_until_killed(tmp_path, boot_id, after_s=dice.uniform(0.0, 0.4) if boot else 2.2)
    assert sum(number for number, _ in promised.values()) > 12
    assert promised["boot-0"][1] > 0

    reports: list[str] = []
    memory, _ = Ledger(tmp_path, reports.append).load(0)
    seen = {command.id for command in memory.seen}
    for boot_id, (number, _) in promised.items():
        assert {f"{boot_id}/{n}" for n in range(1, number + 1)} <= seen
    last = promised["boot-11"][0]
    assert memory.counters.active_energy_wh in (last, last + 1)  # the one under way may have been kept too

    outbox = Outbox(Storage(str(tmp_path)), "after", 0, reports.append)
    outbox.open(0)
    left: dict[str, set[int]] = {boot_id: set() for boot_id in promised}
    for queued in outbox.take(1_000_000, 0):
        left[queued.record.boot_id].add(queued.record.seq or 0)
    for boot_id, seqs in left.items():
        assert seqs == set(range(1, len(seqs) + 1)), "a hole"
        assert len(seqs) >= promised[boot_id][1]
    assert reports == []


def run_until_killed(directory: Path, boot_id: str, after_s: float) -> tuple[int, int]:
    """The last promise that it was told to be durable, and the last record that its deadline had passed for."""
    program = [sys.executable, str(Path(__file__).with_name("promising_process.py")), str(directory), boot_id]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lines = [child.stdout.readline()]  # the start takes as long as it takes; the dice are for what comes then
    killer = threading.Timer(after_s, os.kill, (child.pid, signal.SIGKILL))
    killer.start()
    rest, errors = child.communicate(timeout=60)
    killer.cancel()
    lines += rest.splitlines(keepends=True)
    assert child.returncode == -signal.SIGKILL, errors
    whole = [line for line in lines if line.endswith("\n")]
    number, safe = whole[-1].split() if whole else ("0", "0")
    return int(number), int(safe)
