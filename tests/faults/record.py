"""The verdicts on file, so that a run that was interrupted goes on; they count only for the code that they were made with."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from faults.verdict import Verdict

ROOT = Path(__file__).parents[2]
PLAYS_A_PART = ("agent/core", "agent/hardware", "agent/settings", "agent/simulation", "configs", "tests/faults")


class Entry(msgspec.Struct, frozen=True):
    code: str
    verdict: Verdict


def code_now() -> str:
    """A fingerprint of all that can change a verdict."""
    digest = sha256()
    files = (path for folder in PLAYS_A_PART for path in (ROOT / folder).rglob("*"))
    for path in sorted(path for path in files if path.suffix in (".py", ".yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Record:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._code = code_now()
        path.parent.mkdir(parents=True, exist_ok=True)

    def verdicts(self) -> dict[str, Verdict]:
        """Those of the present code, by case."""
        return {entry.verdict.case: entry.verdict for entry in self._entries() if entry.code == self._code}

    def write(self, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
        """Each is on file before it is passed on."""
        with self._path.open("ab") as file:
            for verdict in verdicts:
                file.write(msgspec.json.encode(Entry(self._code, verdict)) + b"\n")
                file.flush()
                yield verdict

    def _entries(self) -> Iterator[Entry]:
        if not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=Entry)
            except msgspec.DecodeError:
                continue  # the end of an interrupted run
