"""One SQLite file that may fail: opened when needed, moved aside when damaged, tried again with back-off."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from agent.storage.aside import move_aside

T = TypeVar("T")
Report = Callable[[str], None]
"""Takes a sentence for the log: what is wrong, where, and what was done about it."""

BUSY_TIMEOUT_S = 2.0  # somebody reads the file with another program; a promise should not wait longer
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@dataclass(frozen=True, slots=True)
class Schema:
    """What a new file is made with; a file of another version is moved aside, for nothing here can read it."""

    version: int
    statements: tuple[str, ...]


@dataclass(slots=True)
class Written:
    """What has gone to the file, for the budget of bytes a day; ``payload_bytes`` without SQLite's own."""

    commits: int = 0
    payload_bytes: int = 0


class DamagedError(Exception):
    """The file is there, but it cannot be used as it is."""


FAILURES = (DamagedError, sqlite3.Error, OSError)


class Database:
    """A file that outlives its failures. It belongs to the thread that first uses it, and to no other process.

    ``on_open`` is called with each connection as it opens, before anything else is read or written, for the file may not be the
    one that was open before. Neither reading nor writing raises for what the disk does: ``degraded`` says so, and the next try is
    made no earlier than ``retry_at_s``. ``damaged`` counts the files that were moved aside: a new one works at once, and yet what
    was in the old one is lost, but for what ``salvage``, given a damaged file before that, can still read. It may raise.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        on_open: Callable[[sqlite3.Connection], None],
        report: Report,
        salvage: Callable[[sqlite3.Connection], None] = lambda _: None,
    ) -> None:
        self.degraded = False
        self.damaged = 0
        self.retry_at_s = float("-inf")
        self.written = Written()
        self._path = path
        self._schema = schema
        self._on_open = on_open
        self._report = report
        self._salvage = salvage
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # device and inode
        self._retry_s = FIRST_RETRY_S

    def read(self, now_s: float, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What ``work`` reads, or None while the file cannot be read. A file that cannot be written may still be read."""
        if self._connection is None and now_s < self.retry_at_s:
            return None
        try:
            return self._attempt(work)
        except FAILURES as error:
            self.close()
            self._failed(error, now_s)
            return None

    def write(self, now_s: float, work: Callable[[sqlite3.Connection], int]) -> bool:
        """Runs ``work`` in one transaction; True once it is on disk. ``work`` returns its payload in bytes, and may run twice."""
        if now_s < self.retry_at_s:
            return False
        if self.degraded or not self._in_place():
            self.close()
        try:
            payload_bytes = self._attempt(lambda connection: _committed(connection, work))
        except FAILURES as error:
            self._failed(error, now_s)
            return False
        self._recovered()
        self.written.commits += 1
        self.written.payload_bytes += payload_bytes
        return True

    def close(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):  # all that was promised is committed
                self._connection.close()
        self._connection = None

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Once, or a second time on a new file if this one turns out to be damaged."""
        try:
            return work(self._opened())
        except (DamagedError, sqlite3.DatabaseError) as error:
            if not _is_damage(error):
                raise
            self._move_aside(error)
        return work(self._opened())

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = self._connect()
            try:
                self._on_open(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
            status = self._path.stat()
            self._file = (status.st_dev, status.st_ino)
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        try:
            return _prepared(sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None), self._schema)
        except sqlite3.DatabaseError as error:
            if _is_damage(error) or not self._path.exists():
                raise
            self._refuse_unreadable()
            return self._connect_to_read()  # a file system gone read-only still has the promises of before

    def _read_only(self) -> sqlite3.Connection:
        """Needs no place to write: with a write-ahead log its index must be there, without one the file is all there is."""
        wal = self._path.with_name(self._path.name + "-wal")
        has_wal = wal.exists() and wal.stat().st_size > 0
        options = "mode=ro" if has_wal else "mode=ro&immutable=1"
        return sqlite3.connect(f"file:{quote(str(self._path))}?{options}", uri=True, isolation_level=None)

    def _connect_to_read(self) -> sqlite3.Connection:
        connection = self._read_only()
        try:
            _check(connection, self._schema)
        except BaseException:
            connection.close()
            raise
        return connection

    def _refuse_unreadable(self) -> None:
        try:
            with self._path.open("rb") as file:
                file.read(1)
        except OSError as error:
            raise DamagedError(str(error)) from error

    def _in_place(self) -> bool:
        """Whether the path still leads to the open file: SQLite goes on writing happily into one that was deleted."""
        try:
            status = self._path.stat()
        except OSError:
            return False
        return self._file == (status.st_dev, status.st_ino)

    def _move_aside(self, error: Exception) -> None:
        self.close()
        self._save_what_can_be_read()
        self.damaged += 1
        self._report(f"{self._path}: {error}; moved aside to {move_aside(self._path)}, a new file is begun")

    def _save_what_can_be_read(self) -> None:
        with suppress(*FAILURES):  # most often nothing; the report that follows says what is wrong with the file
            connection = self._read_only()
            try:
                self._salvage(connection)
            finally:
                connection.close()

    def _failed(self, error: Exception, now_s: float) -> None:
        if not self.degraded:
            self._report(f"{self._path}: {error}; what is new stays in memory until the disk can be written again")
        self.degraded = True
        self.retry_at_s = now_s + self._retry_s
        self._retry_s = min(self._retry_s * 2, LONGEST_RETRY_S)

    def _recovered(self) -> None:
        if self.degraded:
            self._report(f"{self._path}: can be written again")
        self.degraded = False
        self.retry_at_s = float("-inf")
        self._retry_s = FIRST_RETRY_S


def _prepared(connection: sqlite3.Connection, schema: Schema) -> sqlite3.Connection:
    """A connection that may write, to a file that is whole and of our version; a new file is given its tables."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # NORMAL loses the commits since the last checkpoint in a power cut
        if _is_empty(connection):
            _committed(connection, lambda new: _create(new, schema))
        _check(connection, schema)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))


def _create(connection: sqlite3.Connection, schema: Schema) -> int:
    for statement in schema.statements:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {schema.version:d}")
    return 0


def _check(connection: sqlite3.Connection, schema: Schema) -> None:
    if _is_empty(connection):
        raise sqlite3.OperationalError("has no tables, and there is no room for them")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != schema.version:
        raise DamagedError(f"is of version {version}, this agent reads version {schema.version}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise DamagedError(f"is damaged ({verdict})")


def _committed(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full or failing disk has often rolled back by itself
            connection.execute("ROLLBACK")
        raise
    return result


def _is_damage(error: Exception) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED  # the low byte of an extended code is the code
    return isinstance(error, DamagedError)
