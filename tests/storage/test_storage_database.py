"""The file under the storage: made, kept, moved aside, tried again."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.storage.aside import KEPT_ASIDE
from agent.storage.database import LONGEST_RETRY_S, Database, Schema

SCHEMA = Schema(version=1, statements=("CREATE TABLE word (text TEXT)",))


def database(path: Path, reports: list[str], schema: Schema = SCHEMA) -> Database:
    return Database(path, schema, lambda _: None, reports.append)


def add(word: str) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO word VALUES (?)", (word,))
        return len(word)

    return work


def words(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM word")]


def test_what_was_committed_is_there_for_the_next_process(tmp_path: Path, reports: list[str]) -> None:
    first = database(tmp_path / "x.db", reports)
    assert first.write(0, add("one"))
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for path in tmp_path.glob("x.db*"):
        shutil.copy(path, crashed)

    assert database(crashed / "x.db", reports).read(0, words) == ["one"]
    assert (first.written.commits, first.written.payload_bytes, reports) == (1, 3, [])


def test_every_commit_is_synchronous(tmp_path: Path, reports: list[str]) -> None:
    modes = database(tmp_path / "x.db", reports).read(
        0, lambda c: (c.execute("PRAGMA journal_mode").fetchone(), c.execute("PRAGMA synchronous").fetchone())
    )
    assert modes == (("wal",), (2,))


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 100, b"SQLite format 3\0" + b"\xff" * 8000]
)
def test_a_file_that_is_no_database_is_moved_aside_whole_and_a_new_one_begun(
    tmp_path: Path, reports: list[str], content: bytes
) -> None:
    (tmp_path / "x.db").write_bytes(content)
    (tmp_path / "other.db").write_bytes(content)

    assert database(tmp_path / "x.db", reports).write(0, add("one"))

    assert (tmp_path / "x.db.damaged-1").read_bytes() == content
    assert (tmp_path / "other.db").read_bytes() == content
    assert len(reports) == 1
    assert "x.db.damaged-1" in reports[0]


def test_damage_inside_is_found_at_open(tmp_path: Path, reports: list[str]) -> None:
    first = database(tmp_path / "x.db", reports)
    for number in range(500):
        first.write(0, add(f"{number}" * 50))
    first.close()
    content = bytearray((tmp_path / "x.db").read_bytes())
    content[3 * 4096 : 5 * 4096] = b"\xaa" * 8192
    (tmp_path / "x.db").write_bytes(content)

    assert database(tmp_path / "x.db", reports).read(0, words) == []
    assert (tmp_path / "x.db.damaged-1").exists()


def test_damage_while_running_is_moved_aside_and_the_write_done_in_the_new_file(tmp_path: Path, reports: list[str]) -> None:
    running = database(tmp_path / "x.db", reports)
    running.write(0, add("one"))
    running.read(0, lambda c: c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    with (tmp_path / "x.db").open("r+b") as file:
        file.write(b"\xaa" * 8192)
    running.read(0, lambda c: c.execute("PRAGMA cache_size = 0").fetchall())

    assert running.write(1, add("two"))
    assert running.read(1, words) == ["two"]
    assert (tmp_path / "x.db.damaged-1").exists()


def test_a_directory_in_place_of_the_file_is_moved_aside(tmp_path: Path, reports: list[str]) -> None:
    (tmp_path / "x.db").mkdir()
    assert database(tmp_path / "x.db", reports).write(0, add("one"))
    assert (tmp_path / "x.db.damaged-1").is_dir()


def test_a_file_of_another_version_is_moved_aside(tmp_path: Path, reports: list[str]) -> None:
    newer = database(tmp_path / "x.db", reports, Schema(2, SCHEMA.statements))
    newer.write(0, add("one"))
    newer.close()
    assert database(tmp_path / "x.db", reports).read(0, words) == []
    assert "version 2" in reports[0]


def test_only_the_newest_damaged_files_are_kept(tmp_path: Path, reports: list[str]) -> None:
    for number in range(6):
        (tmp_path / "x.db").write_bytes(b"%d" % number * 5000)
        one = database(tmp_path / "x.db", reports)
        one.read(0, words)
        one.close()
    names = {path.name for path in tmp_path.glob("x.db.damaged-*")}
    assert names == {f"x.db.damaged-{number}" for number in range(7 - KEPT_ASIDE, 7)}


def test_a_missing_directory_is_tried_again_with_back_off_until_it_is_there(tmp_path: Path, reports: list[str]) -> None:
    late = database(tmp_path / "later" / "x.db", reports)
    now_s, waits = 0.0, []
    for _ in range(10):
        assert not late.write(now_s, add("one"))
        assert not late.write(late.retry_at_s - 0.01, add("one"))
        waits.append(late.retry_at_s - now_s)
        now_s = late.retry_at_s
    assert late.degraded
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_RETRY_S
    assert len(reports) == 1  # said once, not at every try

    (tmp_path / "later").mkdir()
    assert late.write(now_s, add("one"))
    assert not late.degraded
    assert late.read(now_s, words) == ["one"]


def test_a_full_disk_degrades_and_comes_back(tmp_path: Path, reports: list[str], full_disk) -> None:
    one = database(tmp_path / "x.db", reports)
    one.write(0, add("before"))
    with full_disk():
        assert not one.write(1, add("x" * 10_000))
        assert one.degraded
        assert one.read(1, words) == ["before"]
    assert one.write(one.retry_at_s, add("after"))
    assert one.read(5, words) == ["before", "after"]


def test_a_disk_that_is_full_from_the_start_is_no_damage(tmp_path: Path, reports: list[str], full_disk) -> None:
    one = database(tmp_path / "x.db", reports)
    with full_disk():
        for now_s in (0, 10, 100):
            assert not one.write(now_s, add("no"))
    assert not list(tmp_path.glob("*damaged*"))
    assert one.write(1000, add("yes"))
    assert one.read(1000, words) == ["yes"]


@pytest.mark.parametrize("clean", [True, False])
def test_a_read_only_disk_is_still_read(open_to_all: Path, reports: list[str], read_only, clean: bool) -> None:
    before = database(open_to_all / "x.db", reports)
    before.write(0, add("before"))
    if clean:
        before.close()
    with read_only(open_to_all):
        one = database(open_to_all / "x.db", reports)
        assert one.read(0, words) == ["before"]
        assert not one.write(0, add("no"))
        assert one.degraded
        assert one.read(0, words) == ["before"]
        one.close()
    assert not list(open_to_all.glob("*damaged*"))


def test_a_file_that_was_deleted_under_us_is_not_written_to(tmp_path: Path, reports: list[str]) -> None:
    one = database(tmp_path / "x.db", reports)
    one.write(0, add("one"))
    for path in tmp_path.glob("x.db*"):
        path.unlink()
    assert one.write(1, add("two"))
    one.close()
    assert database(tmp_path / "x.db", reports).read(2, words) == ["two"]
