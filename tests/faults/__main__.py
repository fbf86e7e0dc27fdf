"""Runs the matrix on all cores it is given, tells what does not hold, and writes the table. See scripts/fault-matrix."""

import argparse
import sys
import time
from collections.abc import Sequence
from math import inf
from multiprocessing import get_context
from pathlib import Path

from faults.cases import Case, before_a_cut, each_once, pairs, sample, singles
from faults.record import ROOT, Record
from faults.table import written
from faults.verdict import Verdict, judge


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    cases = _chosen(options)
    record = Record(options.results)
    done = record.verdicts()
    todo = [case for case in cases if str(case) not in done]
    _say(f"{len(cases)} cases, {len(cases) - len(todo)} of them on file")
    began_s = time.monotonic()
    with get_context("fork").Pool(options.processes) as pool:
        for number, verdict in enumerate(record.write(pool.imap_unordered(judge, todo)), 1):
            done[verdict.case] = verdict
            passed_s = time.monotonic() - began_s
            _tell(verdict, number, len(todo), passed_s)
            if passed_s > 60 * options.minutes:
                break
    verdicts = [done[str(case)] for case in cases if str(case) in done]
    if options.table is not None:
        options.table.write_text(written(verdicts))
    failed = [verdict for verdict in verdicts if verdict.broken]
    not_run = f"; {len(cases) - len(verdicts)} were not run" if len(verdicts) < len(cases) else ""
    sys.stdout.write(f"{len(verdicts) - len(failed)} of {len(verdicts)} cases keep every promise{not_run}\n")
    return 1 if failed else 0


def _tell(verdict: Verdict, number: int, total: int, passed_s: float) -> None:
    for what in verdict.broken:
        sys.stdout.write(f"{verdict.case}: {what}\n")
        sys.stdout.flush()
    if number % 25 == 0 or number == total:
        _say(f"{number} of {total} after {passed_s:.0f} s")


def _say(text: str) -> None:
    """Progress is nobody's input."""
    sys.stderr.write(text + "\n")


def _chosen(options: argparse.Namespace) -> list[Case]:
    if options.sample is not None:
        return sample(options.sample, options.seed)
    in_order = (*each_once(), *before_a_cut(), *pairs(options.nights), *singles())
    return list({str(case): case for case in in_order}.values())


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fault-matrix", description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N", help="every fault once and N pairs, instead of all")
    parser.add_argument("--seed", type=int, default=1, help="which pairs are in the sample (default 1)")
    parser.add_argument(
        "--nights", type=int, default=3, metavar="N", help="on how many of the nights each pair is tried (default 3)"
    )
    parser.add_argument("--minutes", type=float, default=inf, metavar="N", help="stop after so long; a later run goes on")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="at a time (default 2)")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "build/fault-matrix.jsonl", help="where verdicts are kept, to go on from"
    )
    parser.add_argument("--table", type=Path, help="write the table to this file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
