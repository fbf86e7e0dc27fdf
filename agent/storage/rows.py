"""Rows of the outbox: a table for each class, so that the oldest of a class is its first row and the pages stay full."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from agent.delivery import Channel, Priority, Record, ReplyTo
from agent.records import TimeQuality

ROW_BYTES = 128  # of a row beside body and reply: 70 of columns, the rest for what a page cannot fill


class Row(NamedTuple):
    """The columns, in their order."""

    id: int
    powered_s: float
    channel: str
    seq: int | None
    uptime_s: float
    utc_s: float
    time_quality: str
    body: bytes
    reply_topic: str | None
    reply_correlation: bytes | None

    @property
    def size(self) -> int:
        return len(self.body) + len(self.reply_topic or "") + len(self.reply_correlation or b"") + ROW_BYTES


@dataclass(frozen=True, slots=True)
class Shelved:
    """A record with its place: ``key`` orders all records, ``powered_s`` is the age of the lamp at which it was put."""

    key: int
    powered_s: float
    record: Record

    @property
    def size(self) -> int:
        return size_of(self.record)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that another version or a fault left."""

    key: int
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """Makes wall-clock time of ``uptime_s`` for the records of one boot up to ``through``: a key, or on disk an id."""

    offset_s: float
    time_quality: TimeQuality
    through: int

    def on(self, record: Record) -> Record:
        return replace(record, utc_s=record.uptime_s + self.offset_s, time_quality=self.time_quality)


@dataclass(frozen=True, slots=True)
class Tally:
    count: int = 0
    size: int = 0  # bytes, as size_of counts them


@dataclass(frozen=True, slots=True)
class Span:
    """The ids in a table, and the age of the lamp at the newest row."""

    first_id: int
    last_id: int
    powered_s: float


class Table:
    """The rows of one class."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.create = (
            f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, powered_s REAL NOT NULL, channel TEXT NOT NULL, seq INTEGER,"
            " uptime_s REAL NOT NULL, utc_s REAL NOT NULL, time_quality TEXT NOT NULL, body BLOB NOT NULL,"
            " reply_topic TEXT, reply_correlation BLOB)"
        )
        places = ", ".join("?" * len(Row._fields))
        sizes = "length(body) + ifnull(length(reply_topic), 0) + ifnull(length(reply_correlation), 0)"
        # S608 sees a query made of text, but the name is ours, of TABLES below
        self._insert = f"INSERT OR REPLACE INTO {name} VALUES ({places})"  # noqa: S608
        self._delete = f"DELETE FROM {name} WHERE id = ?"  # noqa: S608
        self._select = f"SELECT * FROM {name} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"  # noqa: S608
        self._first = f"SELECT id FROM {name} ORDER BY id LIMIT 1"  # noqa: S608
        self._last = f"SELECT id, powered_s FROM {name} ORDER BY id DESC LIMIT 1"  # noqa: S608
        self._sum = f"SELECT count(*), ifnull(sum({sizes}), 0) FROM {name}"  # noqa: S608

    def insert(self, connection: sqlite3.Connection, row: Row) -> None:
        connection.execute(self._insert, row)

    def delete(self, connection: sqlite3.Connection, ids: Iterable[int]) -> None:
        connection.executemany(self._delete, ((row_id,) for row_id in ids))

    def select(self, connection: sqlite3.Connection, after_id: int, through_id: int, limit: int) -> Sequence[Row]:
        return [Row(*row) for row in connection.execute(self._select, (after_id, through_id, limit))]

    def span(self, connection: sqlite3.Connection) -> Span | None:
        """None without rows."""
        first, last = connection.execute(self._first).fetchone(), connection.execute(self._last).fetchone()
        return Span(first[0], last[0], last[1]) if first and last else None

    def tally(self, connection: sqlite3.Connection) -> Tally:
        count, size = connection.execute(self._sum).fetchone()
        return Tally(count, size + count * ROW_BYTES)


TABLES = {Priority.ALARM: Table("alarm"), Priority.TELEMETRY: Table("telemetry"), Priority.INFORMATION: Table("information")}


def size_of(record: Record) -> int:
    """The bytes that a record is reckoned to take on disk."""
    return encoded(0, 0.0, record).size


def encoded(row_id: int, powered_s: float, record: Record) -> Row:
    reply = record.reply_to
    return Row(
        row_id,
        powered_s,
        record.channel.value,
        record.seq,
        record.uptime_s,
        record.utc_s,
        record.time_quality.value,
        record.body,
        None if reply is None else reply.topic,
        None if reply is None else reply.correlation,
    )


def decoded(row: Row, priority: Priority, boot_id: str) -> Record:
    """Raises ValueError for a word of another version."""
    reply_to = None if row.reply_topic is None else ReplyTo(row.reply_topic, row.reply_correlation)
    channel, time_quality = Channel(row.channel), TimeQuality(row.time_quality)
    return Record(channel, priority, boot_id, row.seq, row.uptime_s, row.utc_s, time_quality, row.body, reply_to)
