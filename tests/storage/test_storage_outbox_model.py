"""The outbox against a model of it, through losses of the link, of acknowledgements and of power, in any order."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from agent.delivery import Channel, Priority, Record
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage import outbox as outbox_module
from agent.storage.outbox import FLUSH_EVENTS_S, Outbox, Queued
from agent.storage.rows import size_of

CAP_BYTES = 4000
FLUSH_EVERY_S = 5.0
Name = tuple[str, int]  # boot_id and seq


@dataclass
class Waiting:
    """One record as the model knows it."""

    record: Record
    due_s: float
    in_flight: bool = False

    @property
    def name(self) -> Name:
        return self.record.boot_id, self.record.seq or 0


class OutboxMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.now_s, self.boots, self.reports = 0.0, 0, list[str]()
        self.waiting: list[Waiting] = []  # in the order of putting
        self.delivered: set[Name] = set()
        self.given_up: set[Name] = set()
        self.stream: list[Queued] = []  # on its way to the broker, in order
        self.received: list[Queued] = []  # by the broker, acknowledgement yet to come
        self.seq, self.up = 0, False
        self.directory = self.root / "0"
        self.directory.mkdir()
        self.boot()

    def boot(self) -> None:
        self.boots += 1
        self.boot_id, self.seq, self.up = f"boot-{self.boots}", 0, False
        self.stream, self.received = [], []
        self.dropped = 0
        self.outbox = self.open(self.directory, self.boot_id)

    def open(self, directory: Path, boot_id: str) -> Outbox:
        storage = Storage(str(directory), max_size_mb=CAP_BYTES / 1e6, flush_every_s=FLUSH_EVERY_S)
        outbox = Outbox(storage, boot_id, self.now_s, self.reports.append)
        outbox.open(self.now_s)
        return outbox

    def teardown(self) -> None:
        self.outbox.close()
        shutil.rmtree(self.root)

    @rule(priority=st.sampled_from(Priority), body_bytes=st.integers(0, 700), count=st.integers(1, 4))
    def put(self, priority: Priority, body_bytes: int, count: int) -> None:
        for _ in range(count):
            self.seq += 1
            body = b"x" * body_bytes
            record = Record(Channel.EVENT, priority, self.boot_id, self.seq, self.now_s, 0.0, TimeQuality.NTP, body)
            within_s = FLUSH_EVERY_S if priority is Priority.TELEMETRY else FLUSH_EVENTS_S
            self.outbox.put(record, self.now_s)
            self.waiting.append(Waiting(record, self.now_s + within_s))
            self.keep_within_cap()

    def keep_within_cap(self) -> None:
        while sum(size_of(one.record) for one in self.waiting) > CAP_BYTES:
            free = [one for one in self.waiting if not one.in_flight]
            if not free:
                return
            least = max(free, key=lambda one: one.record.priority)  # the first, so the oldest, of the class that goes first
            self.waiting.remove(least)
            self.given_up.add(least.name)
            self.dropped += 1

    @precondition(lambda self: self.up)
    @rule(most=st.integers(1, 6))
    def take(self, most: int) -> None:
        ordered = sorted((one for one in self.waiting if not one.in_flight), key=lambda one: one.record.priority)
        expected = ordered[:most]
        taken = self.outbox.take(most, self.now_s)
        assert [one.record for one in taken] == [one.record for one in expected]
        for one in expected:
            one.in_flight = True
        self.stream += taken

    @rule(count=st.integers(1, 6))
    def broker_receives(self, count: int) -> None:
        arrived, self.stream = self.stream[:count], self.stream[count:]
        self.received += arrived
        self.delivered |= {(one.record.boot_id, one.record.seq or 0) for one in arrived}

    @precondition(lambda self: self.received)
    @rule(data=st.data())
    def acknowledgements_arrive(self, data: st.DataObject) -> None:
        acked = data.draw(st.lists(st.sampled_from(self.received), unique_by=lambda one: one.key))
        keys = {one.key for one in acked}
        self.outbox.acked(list(keys), self.now_s)
        self.received = [one for one in self.received if one.key not in keys]
        names = {(one.record.boot_id, one.record.seq) for one in acked}
        self.waiting = [one for one in self.waiting if one.name not in names]

    @rule()
    def link_changes(self) -> None:
        self.up = not self.up
        self.outbox.link(self.up)
        self.stream, self.received = [], []
        for one in self.waiting:
            one.in_flight = False

    @rule(seconds=st.floats(0.1, 70))
    def time_passes(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self.outbox.due_at_s() <= until_s:
            self.now_s = max(self.now_s, self.outbox.due_at_s())
            assert self.outbox.flush(self.now_s)
        self.now_s = until_s

    @rule()
    def power_cut(self) -> None:
        self.directory = self.copied(self.root / str(self.boots))
        self.outbox.close()
        peek = self.open(self.copied(self.root / "peek"), "peek")
        left = {(one.record.boot_id, one.record.seq or 0) for one in peek.take(10_000, self.now_s)}
        peek.close()
        shutil.rmtree(self.root / "peek")
        self.check_what_is_left(left)
        restored = {one.name: one for one in self.waiting if one.name in left}
        self.waiting = [Waiting(one.record, 0.0) for one in restored.values()]
        for name in left - restored.keys():  # the deletion was yet to come: sent again, which QoS 1 allows
            assert name in self.delivered | self.given_up
        self.boot()
        if left - restored.keys():
            self.start_afresh()

    def check_what_is_left(self, left: set[Name]) -> None:
        lost = {one.name for one in self.waiting} - left - self.delivered
        assert not [one.name for one in self.waiting if one.name in lost and one.due_s <= self.now_s], "lost after its deadline"
        assert {boot_id for boot_id, _ in lost} <= {self.boot_id}, "an earlier boot lost something"
        seen = {seq for boot_id, seq in left | self.delivered if boot_id == self.boot_id}
        given_up = {seq for boot_id, seq in self.given_up if boot_id == self.boot_id}
        assert set(range(1, max(seen, default=0))) <= seen | given_up, "a hole"

    def start_afresh(self) -> None:
        """The model no longer has what was deleted too late: the broker takes all that is there, and it goes on."""
        self.outbox.link(up=True)
        everything = self.outbox.take(10_000, self.now_s)
        assert {one.name for one in self.waiting} <= {(one.record.boot_id, one.record.seq) for one in everything}
        self.delivered |= {one.name for one in self.waiting}
        self.outbox.acked([one.key for one in everything], self.now_s)
        self.waiting = []
        self.outbox.link(up=False)

    def copied(self, directory: Path) -> Path:
        directory.mkdir()
        for path in self.directory.glob("outbox.db*"):
            shutil.copy(path, directory)
        return directory

    @invariant()
    def the_counts_agree_and_the_cap_holds(self) -> None:
        assert self.outbox.pending == len(self.waiting)
        assert self.outbox.dropped == self.dropped
        in_flight = sum(size_of(one.record) for one in self.waiting if one.in_flight)
        assert self.outbox.size_bytes <= max(CAP_BYTES, in_flight)
        assert not self.reports


@pytest.mark.parametrize("in_ram_bytes", [0, 1000, 8_000_000])
def test_the_outbox_is_its_model_through_any_losses(in_ram_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "IN_RAM_BYTES", in_ram_bytes)
    run_state_machine_as_test(
        OutboxMachine,
        settings=settings(max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)),
    )
