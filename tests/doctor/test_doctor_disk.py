"""The disk: real files, really damaged; rights, room, and what the kernel tells of the card."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from doctor_pole import by_check

from agent.delivery import Priority
from agent.doctor.disk import Disk, Room, disk_lines, last_utc_s, opened, room_of
from agent.doctor.eyes import Eyes, looking
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.doctor.service import Unit
from agent.ledger import Counters, Watermark
from agent.records import TimeQuality
from agent.settings.model import Storage
from agent.storage.ledger import Ledger
from agent.storage.shelf import Shelf

NOW_S = 1_790_000_000.0
UNIT = Unit(
    loaded=True, state="active", enabled=True, result="success", restarts=0, watchdog=True, user="streetlight", groups=(), pid=1,
    made=(), walls=None,
)  # fmt: skip
NOBODY = Eyes("nobody", 65534, 65534, (), as_agent=True)


def report(text: str) -> None:
    raise AssertionError(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As an agent that has ended leaves it: both files, no write-ahead logs."""
    made = tmp_path / "state"
    made.mkdir()
    ledger = Ledger(made, report)
    assert ledger.commit([Counters(12.5), Watermark(NOW_S, TimeQuality.NTP)], 0)
    ledger.close()
    shelf = Shelf(made, "boot-1", lambda _: None, report)
    assert shelf.write(lambda: (), lambda: {Priority.ALARM: ()}, None, 0)
    shelf.close()
    return made


def lines_of(folder: Path, host: Host, eyes: Eyes, room: Callable[[Path], Room] = room_of, **more: float) -> dict[str, Line]:
    return dict(by_check(disk_lines(Storage(str(folder), **more), Disk(host, eyes, None, room))))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_is_well_and_nothing_is_made_by_looking(folder: Path, bare: Host, eyes: Eyes) -> None:
    before = names(folder)
    lines = lines_of(folder, bare, eyes)
    assert {line.status for line in lines.values()} == {Status.PASS}
    assert lines["ledger.db"].what == "whole, 0.0 MB"
    assert set(lines) == {"storage", "ledger.db", "outbox.db"}
    assert names(folder) == before


def test_a_file_is_looked_at_while_the_agent_writes_it(folder: Path, bare: Host, eyes: Eyes) -> None:
    ledger = Ledger(folder, report)
    assert ledger.commit([Watermark(NOW_S + 60, TimeQuality.NTP)], 0)  # in the write-ahead log, not yet in the file
    assert lines_of(folder, bare, eyes)["ledger.db"].status is Status.PASS
    assert last_utc_s(folder) == NOW_S + 60
    assert ledger.commit([Watermark(NOW_S + 120, TimeQuality.NTP)], 0)
    ledger.close()


def test_the_last_time_is_what_the_agent_wrote_and_none_where_it_wrote_none(folder: Path, tmp_path: Path) -> None:
    assert last_utc_s(folder) == NOW_S
    assert last_utc_s(tmp_path / "nowhere") is None
    (folder / "ledger.db").write_bytes(b"rubbish" * 1000)
    assert last_utc_s(folder) is None


def test_a_watermark_that_is_none_is_no_time(folder: Path) -> None:
    with sqlite3.connect(folder / "ledger.db") as connection:
        connection.execute("UPDATE fact SET body = ? WHERE kind = 'watermark'", (msgspec.json.encode({"else": 1}),))
    connection.close()
    assert last_utc_s(folder) is None


# --- the two files


def test_a_file_of_rubbish_is_damaged(folder: Path, bare: Host, eyes: Eyes) -> None:
    (folder / "ledger.db").write_bytes(b"rubbish" * 1000)
    lines = lines_of(folder, bare, eyes)
    assert (lines["ledger.db"].status, lines["ledger.db"].what) == (Status.FAIL, "damaged: file is not a database")
    assert lines["outbox.db"].status is Status.PASS


def test_a_file_with_a_page_overwritten_is_damaged(folder: Path, bare: Host, eyes: Eyes) -> None:
    connection = opened(folder / "ledger.db")
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with (folder / "ledger.db").open("r+b") as file:
        file.seek(page_size)
        file.write(b"\xaa" * page_size)
    line = lines_of(folder, bare, eyes)["ledger.db"]
    assert line.status is Status.FAIL
    assert line.what.startswith("damaged: ")


def test_a_file_of_another_version_is_a_warning(folder: Path, bare: Host, eyes: Eyes) -> None:
    with sqlite3.connect(folder / "outbox.db") as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    line = lines_of(folder, bare, eyes)["outbox.db"]
    assert line.status is Status.WARN
    assert line.what.startswith("it is of version 7, and this agent's is ")


def test_what_was_damaged_before_is_told(folder: Path, bare: Host, eyes: Eyes) -> None:
    for name in ("ledger.db.damaged-1", "ledger.db.damaged-1-wal", "outbox.db.damaged-2"):
        (folder / name).touch()
    told = [line for line in disk_lines(Storage(str(folder)), Disk(bare, eyes, None)) if line.status is Status.WARN]
    assert [line.what for line in told] == ["damaged before, and moved aside: ledger.db.damaged-1, outbox.db.damaged-2"]


# --- the folder


def test_a_folder_that_is_not_there_says_how_it_comes_to_be(tmp_path: Path, bare: Host, eyes: Eyes) -> None:
    line = lines_of(tmp_path / "nowhere", bare, eyes)["storage"]
    assert (line.status, line.what) == (Status.FAIL, f"{tmp_path}/nowhere: No such file or directory")
    assert line.remedy is not None
    assert f"install -d -o streetlight {tmp_path}/nowhere" in line.remedy


def test_a_file_in_the_folder_s_place_is_said_to_be_one(tmp_path: Path, bare: Host, eyes: Eyes) -> None:
    file = tmp_path / "state"
    file.touch()
    for folder in (file, file / "below"):
        line = lines_of(folder, bare, eyes)["storage"]
        assert (line.status, line.what) == (Status.FAIL, f"{folder}: {file} is a file, no folder")
        assert line.remedy == f"move {file} away, or write another storage.directory"


def test_a_folder_that_the_unit_makes_need_not_be_there_before_the_first_start(tmp_path: Path, bare: Host, eyes: Eyes) -> None:
    folder = tmp_path / "streetlight-agent"
    (line,) = disk_lines(Storage(str(folder)), Disk(bare, eyes, replace(UNIT, made=(folder,))))
    assert line == Line("storage", Status.PASS, f"{folder} is not there yet: the unit makes it when it starts")


@pytest.mark.parametrize(("free_mb", "status"), [(3, Status.FAIL), (40, Status.WARN), (65, Status.PASS)])
def test_room_is_measured_by_what_the_outbox_may_take(
    free_mb: float, status: Status, folder: Path, bare: Host, eyes: Eyes
) -> None:
    line = lines_of(folder, bare, eyes, lambda _: Room(free_mb, read_only=False), max_size_mb=64.0)["storage"]
    assert line.status is status
    assert line.what.startswith(f"{folder} has {free_mb} MB left")


def test_a_disk_gone_read_only_points_at_the_card(folder: Path, bare: Host, eyes: Eyes) -> None:
    line = lines_of(folder, bare, eyes, lambda _: Room(5000, read_only=True))["storage"]
    assert line.status is Status.FAIL
    assert line.remedy is not None
    assert "take a new one" in line.remedy


@pytest.fixture
def state_of_root(folder: Path) -> Iterator[Path]:
    """A folder that its owner alone may write; root, whom no mode stops, looks with nobody's eyes."""
    for parent in (folder, *folder.parents):
        if parent.owner() == folder.owner() and "pytest" in str(parent):
            parent.chmod(0o755)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def test_a_folder_that_the_agent_may_not_write_is_told_with_the_command_that_mends_it(
    state_of_root: Path, bare: Host, others_eyes: Eyes
) -> None:
    with looking(NOBODY):
        line = lines_of(state_of_root, bare, NOBODY)["storage"]
        other = lines_of(state_of_root, bare, others_eyes)["storage"]
    assert (line.status, line.remedy) == (Status.FAIL, f"`chown nobody {state_of_root}`")
    assert other.status is Status.WARN


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody whom the modes refuse")
def test_a_ledger_that_the_agent_may_not_read_is_no_damage(state_of_root: Path, bare: Host) -> None:
    (state_of_root / "ledger.db").chmod(0o600)
    with looking(NOBODY):
        line = lines_of(state_of_root, bare, NOBODY)["ledger.db"]
    assert line.what == f"{state_of_root}/ledger.db may not be read by nobody"


def test_walls_of_the_unit_that_stand_before_the_folder_are_told(folder: Path, bare: Host, eyes: Eyes) -> None:
    def line(*walls: Path) -> Line:
        return next(disk_lines(Storage(str(folder)), Disk(bare, eyes, replace(UNIT, walls=walls))))

    assert line(folder.parent).status is Status.PASS
    assert line(folder.parent / "stat").status is Status.FAIL
    walled = line()
    assert walled.what == f"the unit lets the agent write nothing in {folder}"
    assert walled.remedy is not None
    assert f"ReadWritePaths={folder}" in walled.remedy


# --- the card


def test_errors_of_the_file_system_are_told(folder: Path, host_of: Callable[..., Host], eyes: Eyes) -> None:
    host = host_of("pi-4", more="sys/fs/ext4/mmcblk0p1/errors_count = 0|\nsys/fs/ext4/mmcblk0p2/errors_count = 3")
    line = lines_of(folder, host, eyes)["card"]
    assert (line.status, line.what) == (Status.WARN, "mmcblk0p2: 3 errors of the file system")


@pytest.mark.parametrize(
    ("life", "what"),
    [
        ("0x01 0x02", None),
        ("0x09 0x03", "mmcblk0: 80 to 90 % of its life are used"),
        ("0x02 0x0b", "mmcblk0: its life is used up"),
    ],
)
def test_the_wear_of_an_emmc_is_told_where_it_is_near_its_end(
    life: str, what: str | None, folder: Path, host_of: Callable[..., Host], eyes: Eyes
) -> None:
    host = host_of("pi-4", more=f"sys/block/mmcblk0/device/life_time = {life}")
    line = lines_of(folder, host, eyes).get("card")
    assert (None if line is None else line.what) == what
