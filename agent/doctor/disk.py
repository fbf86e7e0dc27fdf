"""The disk: the agent may write its folder, there is room, the two files are whole, and the card is not worn out."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import msgspec

from agent.doctor.eyes import Eyes, may
from agent.doctor.host import Host, text_of
from agent.doctor.line import Line, failed, passed, warned
from agent.doctor.service import Unit
from agent.ledger import Watermark
from agent.settings.model import Storage
from agent.storage import ledger, shelf
from agent.storage.database import Schema

FILES = {ledger.FILE_NAME: ledger.SCHEMA, shelf.FILE_NAME: shelf.SCHEMA}
MB = 1e6
LITTLE_MB = 10.0
BUSY_S = 2.0
WORN, NEARLY_WORN = 0x0B, 0x09  # of eMMC, in tenths of its life: beyond it, in its ninth tenth (JEDEC 84-B51, 7.4.43)
NEW_CARD = "save what you need from the card, and take a new one"


@dataclass(frozen=True, slots=True)
class Room:
    """Of the file system under a folder."""

    free_mb: float
    read_only: bool


def room_of(folder: Path) -> Room:
    """Raises OSError."""
    found = os.statvfs(folder)
    return Room(found.f_bavail * found.f_frsize / MB, bool(found.f_flag & os.ST_RDONLY))


@dataclass(frozen=True, slots=True)
class Disk:
    """What the disk is looked at with."""

    host: Host
    eyes: Eyes
    unit: Unit | None
    room: Callable[[Path], Room] = room_of


def disk_lines(storage: Storage, disk: Disk) -> Iterator[Line]:
    folder, eyes = Path(storage.directory), disk.eyes
    try:
        file = _file_in_its_place(folder)
        if file is not None:
            remedy = f"move {file} away, or write another storage.directory"
            yield failed("storage", f"{folder}: {file} is a file, no folder", remedy)
            return
        found = disk.room(folder)
    except PermissionError:
        yield eyes.cannot("storage", str(folder), "used", eyes.file_remedy(folder, write=True))
        return
    except OSError as error:
        if disk.unit is not None and folder in disk.unit.made:
            yield passed("storage", f"{folder} is not there yet: the unit makes it when it starts")
            return
        remedy = f"start the agent once: its unit makes the folder; or `install -d -o {eyes.user} {folder}`"
        yield failed("storage", f"{folder}: {error.strerror}", remedy)
        return
    yield _folder(folder, storage, found, disk)
    for name, schema in FILES.items():
        if may(folder / name, os.F_OK):
            yield _file(folder / name, schema, eyes)
    yield from _damaged_before(folder)
    yield from _worn(disk.host)


def _file_in_its_place(folder: Path) -> Path | None:
    """What stands where the folder, or one above it, should be. Raises PermissionError."""
    return next((path for path in (*reversed(folder.parents), folder) if path.exists() and not path.is_dir()), None)


def _folder(folder: Path, storage: Storage, room: Room, disk: Disk) -> Line:
    if room.read_only:
        remedy = f"the kernel does so when a card fails: `dmesg | grep -i error`; {NEW_CARD}"
        return failed("storage", f"{folder} is on a disk that is read-only", remedy)
    if not may(folder, os.W_OK | os.X_OK):
        return disk.eyes.cannot("storage", str(folder), "written", disk.eyes.file_remedy(folder, write=True))
    if disk.unit is not None and not disk.unit.lets_write(folder):
        remedy = f"`systemctl edit streetlight-agent`: write [Service] and ReadWritePaths={folder}, and start it again"
        return failed("storage", f"the unit lets the agent write nothing in {folder}", remedy)
    told = f"{folder} has {room.free_mb:.0f} MB left"
    remedy = f"make room, as by `journalctl --vacuum-size=50M`, or lower storage.max_size_mb, which is {storage.max_size_mb:g}"
    if room.free_mb < LITTLE_MB:
        return failed("storage", told, remedy)
    if room.free_mb < storage.max_size_mb - _size_mb(folder / shelf.FILE_NAME):
        return warned("storage", f"{told}, less than the outbox may take", remedy)
    return passed("storage", told)


def _size_mb(file: Path) -> float:
    try:
        return file.stat().st_size / MB
    except OSError:
        return 0.0


def _file(file: Path, schema: Schema, eyes: Eyes) -> Line:
    try:
        with closing(opened(file)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if not may(file, os.R_OK):
            return eyes.cannot(file.name, str(file), "read", eyes.file_remedy(file))
        verdict, version = str(error), schema.version
    if verdict != "ok":
        aside = "the agent moves it aside when it next opens it, and begins a new one; if it happens again, take a new card"
        return failed(file.name, f"damaged: {verdict}", aside)
    if version != schema.version:
        remedy = "the agent moves it aside and begins a new one; take the agent's earlier version to read it"
        return warned(file.name, f"it is of version {version}, and this agent's is {schema.version}", remedy)
    return passed(file.name, f"whole, {_size_mb(file):.1f} MB")


def opened(file: Path) -> sqlite3.Connection:
    """To read alone, also beside the agent. Without a write-ahead log the file is all there is, and nothing is made beside it."""
    log = file.with_name(f"{file.name}-wal")
    options = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(file))}?{options}", uri=True, timeout=BUSY_S, isolation_level=None)


def last_utc_s(folder: Path) -> float | None:
    """The last time that the agent has written down; None where none can be read."""
    file = folder / ledger.FILE_NAME
    try:
        if not file.exists():
            return None
        with closing(opened(file)) as connection:
            row = connection.execute("SELECT body FROM fact WHERE kind = ?", (ledger.KINDS[Watermark],)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Watermark).utc_s
    except (OSError, sqlite3.Error, msgspec.MsgspecError):
        return None


def _damaged_before(folder: Path) -> Iterator[Line]:
    try:
        aside = sorted(path.name for path in folder.glob("*.damaged-*") if path.name.rpartition("-")[2].isdecimal())
    except OSError:
        return
    if aside:
        yield warned("storage", f"damaged before, and moved aside: {', '.join(aside)}", "if it was no power cut, take a new card")


def _worn(host: Host) -> Iterator[Line]:
    """What the kernel tells: errors of ext4 since its last fsck, and the wear of eMMC; cards on the SD slot tell no wear."""
    for counter in host.found("sys/fs/ext4/*/errors_count"):
        errors = text_of(counter) or "0"
        if errors != "0":
            remedy = f"have it checked at the next boot (fsck.mode=force in cmdline.txt); if more come, {NEW_CARD}"
            yield warned("card", f"{counter.parent.name}: {errors} errors of the file system", remedy)
    for life in host.found("sys/block/mmcblk*/device/life_time"):
        worn = max((int(part, 16) for part in (text_of(life) or "").split()), default=0)
        if worn >= NEARLY_WORN:
            told = "its life is used up" if worn >= WORN else f"{worn - 1}0 to {worn}0 % of its life are used"
            yield warned("card", f"{life.parent.parent.name}: {told}", NEW_CARD)
