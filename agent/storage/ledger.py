"""The ledger: what must survive a power cut, as a few small facts in a file of their own."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec

from agent.ledger import (
    ActiveAlarms,
    Counters,
    Course,
    Emergency,
    Entry,
    LearntPower,
    Maintenance,
    MaintenanceEnded,
    Memory,
    Override,
    SeenCommand,
    SlotMemory,
    Watermark,
)
from agent.storage.database import Database, Report, Schema, Written

FILE_NAME = "ledger.db"
SCHEMA = Schema(
    version=1,
    statements=(
        "CREATE TABLE fact (kind TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE seen (number INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    ),
)

SEEN_AT_LEAST = 1000
SEEN_AT_LEAST_S = 8 * 86_400.0

Fact: TypeAlias = Override | Emergency | Maintenance | Counters | Watermark | ActiveAlarms | Course | LearntPower
F = TypeVar("F", Override, Emergency, Maintenance, Counters, Watermark, ActiveAlarms, Course, LearntPower)
FACTS: dict[str, type[Fact]] = {  # the names on disk: they outlive the names of the classes
    "override": Override,
    "emergency": Emergency,
    "maintenance": Maintenance,
    "counters": Counters,
    "watermark": Watermark,
    "alarms": ActiveAlarms,
    "course": Course,
    "learnt_power": LearntPower,
}
KINDS = {fact: kind for kind, fact in FACTS.items()}


class Ledger:
    """Keeps all that it holds in RAM too, so that a disk that comes back, or a new file, is given the whole of it.

    Used by one thread. Nothing raises for what the disk does: ``commit`` says whether it is durable, and what is not yet on disk
    goes there with the next commit, or with ``flush`` at ``due_at_s``.
    """

    def __init__(self, directory: Path, report: Report) -> None:
        self._report = report
        self._database = Database(directory / FILE_NAME, SCHEMA, self._opened, report, self._save_counters)
        self._facts: dict[str, Fact | None] = {}  # None: ended
        self._seen: dict[int, SeenCommand] = {}  # by number, oldest first
        self._numbers: dict[str, int] = {}  # by command id
        self._changed_facts: set[str] = set()
        self._changed_seen: set[int] = set()

    @property
    def degraded(self) -> bool:
        return self._database.degraded

    @property
    def damaged(self) -> int:
        return self._database.damaged

    @property
    def written(self) -> Written:
        return self._database.written

    def load(self, now_s: float) -> tuple[Memory, bool]:
        """What is remembered, and whether the file could be read: one that was moved aside could not."""
        readable = self._database.read(now_s, lambda _: True)  # opening it is what reads it
        return self._memory(), readable is True and not self.damaged

    def commit(self, entries: Sequence[Entry], now_s: float) -> bool:
        """Takes the entries in, in their order and in one transaction; True once they and all before them are on disk."""
        for entry in entries:
            self._take_in(entry)
        return self.flush(now_s)

    def flush(self, now_s: float) -> bool:
        """Writes what is not yet on disk; True if nothing is left. After a failure it also finds out whether the disk is back."""
        if self._changed_facts or self._changed_seen or self.degraded:
            if not self._database.write(now_s, self._write):
                return False
            self._changed_facts.clear()
            self._changed_seen.clear()
        return True

    def due_at_s(self) -> float:
        """When ``flush`` is worth calling: after a failure, once the disk may be tried again."""
        return self._database.retry_at_s if self.degraded else float("inf")

    def close(self) -> None:
        self._database.close()

    def _take_in(self, entry: Entry) -> None:
        if isinstance(entry, SeenCommand):
            self._see(entry)
        elif isinstance(entry, MaintenanceEnded):
            self._replace(KINDS[Maintenance], None)
        else:
            self._replace(KINDS[type(entry)], entry)

    def _replace(self, kind: str, fact: Fact | None) -> None:
        self._facts[kind] = fact
        self._changed_facts.add(kind)

    def _see(self, seen: SeenCommand) -> None:
        number = self._numbers.get(seen.id)
        if number is None:
            number = next(reversed(self._seen), 0) + 1
        self._numbers[seen.id] = number
        self._seen[number] = seen
        self._changed_seen.add(number)
        self._forget_the_old(seen.seen_utc_s)

    def _forget_the_old(self, utc_s: float) -> None:
        """By the moment at which the newest was seen: a clock that ran ahead costs the oldest ids, never the last thousand."""
        while len(self._seen) > SEEN_AT_LEAST:
            number, oldest = next(iter(self._seen.items()))
            if utc_s - oldest.seen_utc_s <= SEEN_AT_LEAST_S:
                return
            del self._seen[number], self._numbers[oldest.id]
            self._changed_seen.add(number)

    def _write(self, connection: sqlite3.Connection) -> int:
        payload_bytes = 0
        for kind in self._changed_facts:
            fact = self._facts[kind]
            body = None if fact is None else msgspec.json.encode(fact)
            if body is None:
                connection.execute("DELETE FROM fact WHERE kind = ?", (kind,))
            else:
                connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (kind, body))
                payload_bytes += len(body)
        for number in self._changed_seen:
            if number in self._seen:
                body = msgspec.json.encode(self._seen[number])
                connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (number, body))
                payload_bytes += len(body)
            else:
                connection.execute("DELETE FROM seen WHERE number = ?", (number,))
        return payload_bytes

    def _opened(self, connection: sqlite3.Connection) -> None:
        """What the file holds counts where nothing newer is known; all that it lacks goes to it with the next commit."""
        facts = self._facts_in(connection)
        self._facts = {**facts, **self._facts}
        self._changed_facts = {kind for kind, fact in self._facts.items() if fact != facts.get(kind)}
        known, self._seen = self._seen, self._seen_in(connection)
        self._numbers = {seen.id: number for number, seen in self._seen.items()}
        on_disk = dict(self._seen)
        self._changed_seen = set()
        for seen in known.values():
            self._see(seen)
        self._changed_seen = {number for number in self._changed_seen if on_disk.get(number) != self._seen.get(number)}

    def _save_counters(self, damaged: sqlite3.Connection) -> None:
        """They never fall for as long as they can be read; what else a damaged file says may be long over."""
        for (body,) in damaged.execute("SELECT body FROM fact WHERE kind = ?", (KINDS[Counters],)):
            with suppress(msgspec.DecodeError):
                self._facts.setdefault(KINDS[Counters], msgspec.json.decode(body, type=Counters))

    def _facts_in(self, connection: sqlite3.Connection) -> dict[str, Fact | None]:
        facts: dict[str, Fact | None] = {}
        for kind, body in connection.execute("SELECT kind, body FROM fact"):
            try:
                facts[kind] = msgspec.json.decode(body, type=FACTS[kind])
            except (KeyError, TypeError, msgspec.DecodeError) as error:
                self._report(
                    f"{FILE_NAME}: cannot read the {kind!r} that another version or a fault left ({error}); it is skipped"
                )
        return facts

    def _seen_in(self, connection: sqlite3.Connection) -> dict[int, SeenCommand]:
        seen: dict[int, SeenCommand] = {}
        for number, body in connection.execute("SELECT number, body FROM seen ORDER BY number"):
            try:
                seen[number] = msgspec.json.decode(body, type=SeenCommand)
            except (TypeError, msgspec.DecodeError) as error:
                self._report(f"{FILE_NAME}: cannot read command id number {number} ({error}); it is skipped")
        return seen

    def _memory(self) -> Memory:
        override, emergency, maintenance = self._fact(Override), self._fact(Emergency), self._fact(Maintenance)
        return Memory(
            override=override.memory if override else SlotMemory(),
            emergency=emergency.memory if emergency else SlotMemory(),
            maintenance=maintenance,
            seen=tuple(self._seen.values()),
            counters=self._fact(Counters) or Counters(),
            watermark=self._fact(Watermark),
            alarms=self._fact(ActiveAlarms) or ActiveAlarms(),
            course=self._fact(Course) or Course(),
            learnt=self._fact(LearntPower) or LearntPower(),
        )

    def _fact(self, kind: type[F]) -> F | None:
        fact = self._facts.get(KINDS[kind])
        return fact if isinstance(fact, kind) else None
