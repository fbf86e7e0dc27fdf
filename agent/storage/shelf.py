"""The outbox on disk: which rows are whose, over all boots; places given as keys, whatever the ids in the file."""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.delivery import Priority
from agent.records import TimeQuality
from agent.storage.database import Database, Report, Schema, Written
from agent.storage.rows import ROW_BYTES, TABLES, Row, Shelved, Stamp, Tally, Unreadable, decoded, encoded

FILE_NAME = "outbox.db"
SCHEMA = Schema(
    version=1,
    statements=(
        # the rows of a boot have ids above its base, up to the base of the next
        "CREATE TABLE boot (base INTEGER PRIMARY KEY, boot_id TEXT NOT NULL, offset_s REAL, time_quality TEXT, through INTEGER)",
        *(table.create for table in TABLES.values()),
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds that this boot did not write, by class; all of it has keys up to ``highest_key``."""

    tallies: Mapping[Priority, Tally]
    highest_key: int
    powered_s: float  # the age of the lamp at the newest row, 0 without rows


@dataclass(frozen=True, slots=True)
class _Boot:
    boot_id: str
    stamp: Stamp | None


class Shelf:
    """Rows have ids that rise over all boots; keys count from 1 in this boot, and what was found in the file has keys up to 0.

    ``on_found`` is called, from within any other call, when a file is opened that this boot has not written to: at first, and
    when the one that it did write to was lost.
    """

    def __init__(self, directory: Path, boot_id: str, on_found: Callable[[Found], None], report: Report) -> None:
        self._boot_id = boot_id
        self._on_found = on_found
        self._database = Database(directory / FILE_NAME, SCHEMA, self._opened, report)
        self._boots: dict[int, _Boot] = {}  # the earlier ones, by base
        self._base = 0  # id = key + base
        self._lowest_key = 0  # the keys of all that was ever found lie above it
        self._ours = False  # whether this boot has written to the file

    @property
    def degraded(self) -> bool:
        return self._database.degraded

    @property
    def damaged(self) -> int:
        return self._database.damaged

    @property
    def retry_at_s(self) -> float:
        return self._database.retry_at_s

    @property
    def written(self) -> Written:
        return self._database.written

    def open(self, now_s: float) -> None:
        self._database.read(now_s, lambda _: None)

    def close(self) -> None:
        self._database.close()

    def read(self, priority: Priority, after: int, through: int, limit: int, now_s: float) -> list[Shelved | Unreadable]:
        """The first records of a class with keys in (after, through]; none while the file cannot be read."""

        def select(connection: sqlite3.Connection) -> list[Shelved | Unreadable]:
            rows = TABLES[priority].select(connection, after + self._base, through + self._base, limit)
            return [self._decoded(priority, row) for row in rows]

        return self._database.read(now_s, select) or []

    def write(
        self,
        put: Callable[[], Sequence[Shelved]],
        gone: Callable[[], Mapping[Priority, Collection[int]]],
        stamp: Stamp | None,
        now_s: float,
    ) -> bool:
        """One commit: records in the order of their keys, keys to delete by class, and the stamp for what this boot had put.

        Records and keys are asked for once the file is open, for that may be another file than before.
        """

        def work(connection: sqlite3.Connection) -> int:
            self._sign(connection, stamp)
            for priority, keys in gone().items():
                TABLES[priority].delete(connection, (key + self._base for key in keys))
            payload_bytes = 0
            for shelved in put():
                row = encoded(shelved.key + self._base, shelved.powered_s, shelved.record)
                TABLES[shelved.record.priority].insert(connection, row)
                payload_bytes += row.size - ROW_BYTES
            return payload_bytes

        written = self._database.write(now_s, work)
        self._ours = self._ours or written
        return written

    def _sign(self, connection: sqlite3.Connection, stamp: Stamp | None) -> None:
        """Says which rows are this boot's; boots of which no row is left go, so that their names cannot fall on new rows."""
        if self._ours and stamp is None:
            return
        if not self._ours:
            oldest_base = min(self._boots, default=self._base)
            connection.execute("DELETE FROM boot WHERE base < ? OR base >= ?", (oldest_base, self._base))
        values: tuple[float | str | int | None, ...] = (None, None, None)
        if stamp is not None:
            values = (stamp.offset_s, stamp.time_quality.value, stamp.through + self._base)
        connection.execute("INSERT OR REPLACE INTO boot VALUES (?, ?, ?, ?, ?)", (self._base, self._boot_id, *values))

    def _opened(self, connection: sqlite3.Connection) -> None:
        boots = {
            base: _Boot(boot_id, _stamp(offset_s, time_quality, through))
            for base, boot_id, offset_s, time_quality, through in connection.execute("SELECT * FROM boot ORDER BY base")
        }
        if self._ours and any(boot.boot_id == self._boot_id for boot in boots.values()):
            return
        self._ours = False
        spans = [span for table in TABLES.values() if (span := table.span(connection))]
        highest = max((span.last_id for span in spans), default=0)
        lowest = min((span.first_id for span in spans), default=highest + 1)
        found = Found(
            tallies={priority: table.tally(connection) for priority, table in TABLES.items()},
            highest_key=self._lowest_key,
            powered_s=max((span.powered_s for span in spans), default=0.0),
        )
        self._base = highest - self._lowest_key
        self._lowest_key = lowest - self._base - 1
        oldest_base = max((base for base in boots if base < lowest), default=highest)
        self._boots = {base: boot for base, boot in boots.items() if oldest_base <= base < highest}
        self._on_found(found)

    def _decoded(self, priority: Priority, row: Row) -> Shelved | Unreadable:
        key = row.id - self._base
        try:
            boot = self._boot_of(row.id)
            record = decoded(row, priority, boot.boot_id)
        except (ValueError, KeyError, TypeError) as error:
            return Unreadable(key, row.size, f"record {row.id} of {TABLES[priority].name}: {error}")
        if boot.stamp is not None and row.id <= boot.stamp.through:
            record = boot.stamp.on(record)
        return Shelved(key, row.powered_s, record)

    def _boot_of(self, row_id: int) -> _Boot:
        if row_id > self._base:
            return _Boot(self._boot_id, None)
        return self._boots[max(base for base in self._boots if base < row_id)]


def _stamp(offset_s: float | None, time_quality: str | None, through: int | None) -> Stamp | None:
    if offset_s is None or through is None or time_quality not in set(TimeQuality):
        return None
    return Stamp(offset_s, TimeQuality(time_quality), through)
