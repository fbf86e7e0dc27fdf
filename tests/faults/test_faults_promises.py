"""The judge can find guilty, and a few faults over a night hold what was promised; the rest is the matrix's business."""

from pathlib import Path

import pytest

from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.kinds import FaultName
from faults.cases import VARIANTS, Case, before_a_cut, each_once, pairs, sample, singles
from faults.nights import NIGHTS, Night
from faults.promises import broken, differing_s
from faults.record import Record
from faults.table import written
from faults.verdict import Verdict, judge
from faults.witness import Account, Course

DECEMBER, POLAR = NIGHTS[0], next(night for night in NIGHTS if night.polar)


def blamed(texts: str, account: Account, alarms: set[str] | None = None, night: Night = DECEMBER) -> list[str]:
    faults = tuple(parse_fault(text) for text in texts.split())
    return broken(night, faults, Course([account], alarms or set()), None)


def test_dark_is_never_excused_but_by_a_floodlight_as_bright_as_day_without_a_clock() -> None:
    dark = Account(dark_s=60, first_dark_s=18_000)
    assert blamed("light.dead bus.hang", dark) == ["night 1: dark for 60 s, first 17:00"]
    assert blamed("clock.unset light.floodlit=500", dark)
    assert blamed("power.cut@17:00+10min light.covered", dark)
    assert not blamed("clock.unset light.floodlit=5000", dark)


def test_light_by_day_is_excused_only_without_clock_and_photocell() -> None:
    lit, brightly = Account(daylit_s=1200), Account(daylit_s=1200, brightly_daylit_s=1200)
    assert blamed("light.covered motion.dead", lit) == ["night 1: lit by day for 20 min"]
    assert blamed("clock.stale=3h motion.dead", brightly)
    assert not blamed("clock.stale=3h motion.dead", lit)
    assert not blamed("clock.stale=3h light.covered", brightly)
    assert not blamed("clock.stale=3h motion.dead", brightly, night=POLAR)
    assert not blamed("relay.welded motion.dead", lit)


def test_switching_often_is_hunting() -> None:
    assert blamed("light.own=200 motion.dead", Account(switchings=7)) == ["night 1: switched 7 times"]


def test_a_single_fault_must_be_told_of() -> None:
    assert blamed("bus.hang", Account()) == ["no i2cBusFault"]
    assert not blamed("bus.hang", Account(), {"i2cBusFault"})
    assert blamed("light.dead@15:00+3h", Account()) == ["no lightSensorFault"]
    assert not blamed("light.dead@15:00+10min", Account())


def test_the_light_is_compared_moment_by_moment() -> None:
    sound = [(0.0, 0.0), (10_000.0, 100.0), (20_000.0, 60.0)]
    assert differing_s(sound, sound, 90_000.0) == 0
    assert differing_s([*sound, (30_000.0, 30.0), (30_500.0, 60.0)], sound, 90_000.0) == 500


def test_every_fault_is_there_when_the_power_fails_at_dusk_in_december() -> None:
    cases = list(before_a_cut())
    assert {case.faults[0].name for case in cases} == set(FaultName) - {FaultName.POWER_CUT}
    assert {(str(case.faults[1]), case.night.name) for case in cases} == {("power.cut@17:00+10min", "december")}


def test_every_fault_is_tried_alone_on_every_night_and_with_every_other() -> None:
    assert set(VARIANTS) == set(FaultName)
    assert {(case.faults[0].name, case.night.name) for case in singles()} == {
        (n, night.name) for n in FaultName for night in NIGHTS
    }
    twice = [tuple(fault.name for fault in case.faults) for case in pairs(2)]
    assert len(set(twice)) == len(FaultName) * (len(FaultName) - 1) // 2
    assert len(twice) == 2 * len(set(twice))
    assert sample(60, 7) == sample(60, 7) != sample(60, 8)


def test_a_clock_is_watched_for_days() -> None:
    assert {case.nights for case in each_once()} == {1, 4}


def test_verdicts_are_kept_for_this_code_alone(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.jsonl"
    verdict = Verdict("light.dead | december", 0, 0, 2, ["lightSensorFault"], [])
    assert list(Record(path).write([verdict])) == [verdict]
    assert Record(path).verdicts() == {verdict.case: verdict}

    path.write_bytes(path.read_bytes() + b'{"code": "interr')
    assert Record(path).verdicts() == {verdict.case: verdict}
    path.write_bytes(b'{"code":"of old"' + path.read_bytes()[path.read_bytes().index(b",") :])
    assert Record(path).verdicts() == {}


def test_the_table_says_what_was_run_and_what_does_not_hold() -> None:
    good = Verdict("light.dead | december", 0, 30, 2, ["lightSensorFault"], [])
    bad = Verdict("light.dead bus.hang | june", 90, 0, 2, [], ["night 1: dark for 90 s"])
    table = written([good, bad])
    assert "1 cases of one fault, 1 of two (1 of the 561 pairs); every promise held in 1 of 2." in table
    assert "- `light.dead bus.hang | june`: night 1: dark for 90 s" in table
    assert all(f"| `{name}" in table for name in FaultName)


@pytest.mark.parametrize(
    "texts",
    [
        "light.stuck=300",
        "bus.hang",
        "agent.restart",
        "light.covered@14:00 power.cut@17:00+10min",
        "light.own=200 clock.unset@23:00",
    ],
)
def test_a_december_night_holds(texts: str) -> None:
    case = Case(tuple(parse_fault(text) for text in texts.split()), DECEMBER)
    assert judge(case).broken == []
