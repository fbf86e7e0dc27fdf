"""The report of a self-test: how far it is, what was measured, the verdict, and what is to be done, in words."""

from dataclasses import dataclass, field
from enum import Enum

from agent.core.selftest import SelfTest
from agent.core.verdict import Finding, Judgement, Row, Trouble, Verdict


class Interruption(Enum):
    """Why a course did not come to its end by itself."""

    AT_POLE = "somebody at the pole has used `set` or `release`"
    EMERGENCY = "an emergency has begun"
    RECONFIGURED = "the luminaire is another in the config now"
    RESTARTED = "the agent was started again"


@dataclass(frozen=True, slots=True)
class StepView:
    """One level as it was tried; percent and watts. ``fits`` is null where there was nothing to compare."""

    asked: float
    level: float
    expected_w: float | None
    measured_w: float | None
    deviation_percent: float | None
    fits: bool | None


@dataclass(frozen=True, slots=True)
class FindingView:
    code: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Report:
    """Of the last self-test in this run of the agent. ``number`` counts them; ``until`` is when it is over at the latest."""

    number: int
    running: bool
    levels: tuple[float, ...]  # to be tried, in percent
    until: str | None
    verdict: Verdict | None
    message: str
    steps: tuple[StepView, ...] = ()
    findings: tuple[FindingView, ...] = ()
    learnt: bool = False  # the power curve is in force from now on
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a self-test has ended, as data."""

    test: SelfTest
    judgement: Judgement
    has_meter: bool
    whole_pole: bool
    learnt: bool = False
    interruption: Interruption | None = None


def running(number: int, test: SelfTest, until: str | None) -> Report:
    done = tuple(StepView(one.asked, round(one.level, 1), None, _rounded(one.power_w), None, None) for one in test.samples)
    return Report(number, True, test.levels, until, None, "running", done)


def ended(number: int, outcome: Outcome) -> Report:
    judgement = outcome.judgement
    return Report(
        number,
        False,
        outcome.test.levels,
        None,
        judgement.verdict,
        message(outcome),
        tuple(_step(row) for row in judgement.rows),
        tuple(_finding(finding) for finding in judgement.findings),
        outcome.learnt,
        tuple(_notes(outcome)),
    )


def message(outcome: Outcome) -> str:
    """The verdict in one sentence, with the remedy."""
    match outcome.judgement.verdict:
        case Verdict.PASSED:
            brightest = next(row for row in outcome.judgement.rows if row.measured_w is not None)
            return f"the lamp obeys, and draws {_watts(brightest)} at {brightest.level:.4g} %"
        case Verdict.FAILED:
            return "; ".join(f"{one.what}: {one.remedy}" for one in map(_finding, outcome.judgement.findings))
        case Verdict.INTERRUPTED:
            return "" if outcome.interruption is None else f"{outcome.interruption.value}; try again"
        case Verdict.NOT_MEASURED:
            return _not_measured(outcome)


def _not_measured(outcome: Outcome) -> str:
    if not outcome.has_meter:
        return "no meter is configured (sensors.power): the levels were shown, and only eyes can judge them"
    if outcome.whole_pole and any(row.measured_w is not None for row in outcome.judgement.rows):
        return "the meter sees the whole pole, and at night the lamp is not switched off to tell them apart: try again by day"
    return "the meter has said nothing in time that can be believed: `streetlight-agent explain` says what is wrong with it"


def _notes(outcome: Outcome) -> list[str]:
    notes = []
    if outcome.learnt:
        notes.append("the power at each level has been learnt, and is expected from now on")
    if 0.0 not in outcome.test.levels and outcome.judgement.verdict is not Verdict.INTERRUPTED:
        notes.append("at night it neither switches the lamp off nor goes below limits.floor; by day it tries that too")
    if outcome.test.derated:
        notes.append("the luminaire is hot and gives less light (limits.derating)")
    return notes


def _finding(finding: Finding) -> FindingView:
    what, remedy = _words(finding)
    return FindingView(finding.what.value, what, remedy)


def _words(finding: Finding) -> tuple[str, str]:
    at, other = finding.at, finding.other
    if at is None:
        return "the output or the relay refuses what is written", "run `streetlight-agent doctor`"
    drawn = f"at {at.level:.4g} % it draws {_watts(at)}"
    meant = "" if at.expected_w is None else f", {at.expected_w:.1f} W expected"
    match finding.what:
        case Trouble.RELAY if at.level <= 0:
            return f"switched off it still draws {_watts(at)}: the relay's contact is welded", "replace the relay"
        case Trouble.RELAY:
            return f"{drawn}, not even what its driver needs: the relay does not close", "check relay, fuse and wires"
        case Trouble.UNEXPECTED_ON:
            return f"switched off it still draws {_watts(at)}", "check driver and wiring"
        case Trouble.LAMP:
            return f"{drawn}{meant}: no light", "replace the lamp, or check its plug"
        case Trouble.TOO_LOW:
            return f"{drawn}{meant}: part of it is dark", "look up, and hold luminaire.nominal_power_w against its type plate"
        case Trouble.TOO_HIGH:
            return f"{drawn}{meant}", "hold luminaire.nominal_power_w against its type plate; check the driver"
        case Trouble.DIMMING if other is not None:
            same = f"{drawn}, and {_watts(other)} at {other.level:.4g} %: it does not dim"
            return same, "check the dimming line and the driver"
        case _:
            return f"{drawn}{meant}: it does not dim as it should", "check the dimming line and the driver"


def _watts(row: Row) -> str:
    return "nothing" if row.measured_w is None else f"{round(row.measured_w, 2):.1f} W"  # as the table has it


def _step(row: Row) -> StepView:
    deviation = None
    if row.expected_w and row.measured_w is not None:
        deviation = round(100 * (row.measured_w - row.expected_w) / row.expected_w, 1) + 0.0  # no -0.0
    return StepView(
        round(row.asked, 1), round(row.level, 1), _rounded(row.expected_w), _rounded(row.measured_w), deviation, row.fits
    )


def _rounded(watts: float | None) -> float | None:
    return None if watts is None else round(watts, 2)
