"""A self-test as a table for people, in 80 columns: each level with a bar, the verdict, and what to do."""

import textwrap
from collections.abc import Iterator

from agent.core.report import Report, StepView
from agent.core.verdict import Verdict

WIDTH = 80
BAR = 30
HEADS = {
    Verdict.PASSED: "PASSED",
    Verdict.FAILED: "FAILED",
    Verdict.NOT_MEASURED: "NOT MEASURED",
    Verdict.INTERRUPTED: "INTERRUPTED",
}
FITS = {True: "ok", False: "!!", None: ""}


def rows(report: Report) -> Iterator[str]:
    if report.steps:
        most_w = max([watts for step in report.steps for watts in (step.measured_w, step.expected_w) if watts], default=0.0)
        yield f"{'level':>9} {'expected':>10} {'measured':>10} {'off by':>9}      █ measured, | expected"
        for step in report.steps:
            yield _row(step, most_w).rstrip()
        yield ""
    head = "INTERRUPTED" if report.verdict is None else HEADS[report.verdict]
    if report.findings:
        for finding in report.findings:
            yield from _wrapped(f"{head}  ", finding.what)
            yield from _wrapped(f"{'':{len(head)}}  -> ", finding.remedy)
    else:
        yield from _wrapped(f"{head}  ", report.message)
    for note in report.notes:
        yield from _wrapped(f"{'':{len(head)}}  ", note)


def _row(step: StepView, most_w: float) -> str:
    level = "off" if step.level == 0 else f"{step.level:.4g} %"
    if step.level != step.asked:
        level = f"{step.asked:.4g} > {level}"  # a limit came between
    off_by = "-" if step.deviation_percent is None else f"{step.deviation_percent:+.1f} %"
    cells = f"{level:>9} {_watts(step.expected_w):>10} {_watts(step.measured_w):>10} {off_by:>9}  {FITS[step.fits]:2}"
    return f"{cells}  {_bar(step, most_w)}"


def _watts(watts: float | None) -> str:
    return "-" if watts is None else f"{watts:.1f} W"


def _bar(step: StepView, most_w: float) -> str:
    """What was measured, with a mark where it should end."""
    if not most_w:
        return ""
    filled = round((step.measured_w or 0.0) / most_w * BAR)
    cells = list("█" * filled + " " * (BAR + 1 - filled))
    if step.expected_w:
        cells[round(step.expected_w / most_w * BAR)] = "|"
    return "".join(cells)


def _wrapped(head: str, words: str) -> Iterator[str]:
    yield from textwrap.wrap(
        words, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False, break_on_hyphens=False
    )
