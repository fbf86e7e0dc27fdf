"""Damaged files are moved aside, with what SQLite keeps beside them: somebody may want to see them, but not many of them."""

from contextlib import suppress
from pathlib import Path

SIBLINGS = ("", "-wal", "-shm")
KEPT_ASIDE = 3  # more damaged files than this are of no use, and may fill the card


def move_aside(path: Path) -> str:
    """Give the file and its siblings the next free name, which is returned; only the newest such files are kept.

    Raises OSError where the folder cannot be written.
    """
    folder, name = path.parent, path.name
    earlier = sorted(_number(found) for found in folder.glob(f"{name}.damaged-*") if _number(found))
    aside = f"{name}.damaged-{(earlier or [0])[-1] + 1}"
    for sibling in SIBLINGS:
        with suppress(FileNotFoundError):
            (folder / f"{name}{sibling}").rename(folder / f"{aside}{sibling}")
    for number in earlier[: -(KEPT_ASIDE - 1)]:
        for sibling in SIBLINGS:
            with suppress(OSError):  # an old one that stays harms nobody
                (folder / f"{name}.damaged-{number}{sibling}").unlink()
    return aside


def _number(path: Path) -> int:
    """The counter of a file moved aside, 0 for its siblings and for names that are not ours."""
    digits = path.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
