"""The page of alarms is the one that the code makes, and leaves no name of the vocabulary out."""

from pathlib import Path
from runpy import run_path

from agent.core.alarms import Alarm, Family
from agent.core.alarmtable import KINDS
from agent.settings.alarm_names import ALARM_NAMES, NEVER, THRESHOLDS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_what_the_code_makes_of_its_table() -> None:
    assert (DOCS / "alarms.md").read_text(encoding="utf-8") == run_path(str(DOCS / "alarmpage.py"))["page"]()


def test_every_name_that_the_config_may_write_is_told_or_said_to_be_never_told() -> None:
    told = {alarm.value for alarm in Alarm}
    assert told.isdisjoint(NEVER)
    assert told | set(NEVER) == set(ALARM_NAMES)
    assert set(THRESHOLDS) <= told


def test_every_alarm_has_its_place_in_the_table_and_says_all_that_is_to_be_said() -> None:
    assert list(KINDS) == list(Alarm)
    assert {kind.family for kind in KINDS.values()} == set(Family)
    for kind in KINDS.values():
        assert kind.after_s >= 0
        assert kind.clear_after_s >= 0
        for text in (kind.means, kind.raised, kind.cleared, kind.remedy):
            assert text
            assert "|" not in text
            assert not text.endswith(".")
