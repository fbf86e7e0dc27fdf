"""The page of codes says what the code says, all of it and nothing else."""

import re
from pathlib import Path

from agent.core.alarms import OCCURRENCES
from agent.core.demand import Cause, Slot
from agent.core.verdict import Verdict
from agent.link.refusals import RefusalCode
from agent.records import BootReason

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its own head left out; code marks taken off."""
    section = PAGE.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_every_cause_and_slot_is_explained() -> None:
    table = rows("`state.cause`")
    assert [row[0] for row in table] == [cause.value for cause in Cause]
    assert list(dict.fromkeys(row[1] for row in table)) == [slot.value for slot in Slot]


def test_every_code_of_a_rejection_is_explained() -> None:
    told = {row[0] for row in rows("`ack.code`")}
    core = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "agent" / "core").glob("*.py"))
    of_the_core = set(re.findall(r'Rejected\(\s*"(\w+)"', core)) | set(re.findall(r'code="(\w+)"', core)) | {"masked"}
    of_the_core |= set(re.findall(r'Refusal\(\s*"(\w+)"', core)) | {verdict.value for verdict in Verdict}
    assert told == {code.value for code in RefusalCode} | of_the_core


def test_every_occurrence_is_explained_with_its_severity() -> None:
    assert {row[0]: row[1] for row in rows("Events")} == {what.value: severity.value for what, severity in OCCURRENCES.items()}
    assert all(f"`{reason.value}`" in PAGE for reason in BootReason)
