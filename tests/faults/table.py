"""The table of docs/faults.md, from the catalogue's words and the verdicts' figures."""

from collections.abc import Sequence
from itertools import combinations

from agent.simulation.faults.catalogue import CATALOGUE
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.kinds import FaultName
from faults.verdict import Verdict

HEAD = """# Faults: what the lamp does

Written by `scripts/fault-matrix`; what was not run is not claimed. Every fault acts on the simulated pole where it would in
reality (chip, bus, pin, PWM, luminaire, clock, process, disk, link), under the real core and drivers. Inject one yourself:

    streetlight-agent preview configs/simulated.yaml --inject light.stuck=3@22:00+30min

{summary}

The figures are the worst of a fault's own nights: seconds dark while the sun was more than 6 degrees below the horizon and the
lamp able to light, minutes lit with the sun above 5 degrees, switchings in a night. "Pairs" counts the nights with a second fault
in which every promise held. What is lit by day or switches often without being a broken promise is so because clock and photocell
were both gone, or the hardware leaves no choice.

A promise held is one as `tests/faults/promises.py` codes it. Without a clock light over 1,000 lx counts only after the 30
seconds that a proof of day and a fade take; polar places promise only that there is light, since no photocell is believed for
longer than a day can last; an agent that is started again each hour in a storm may switch 12 times a night instead of 6. Alarms
are judged for single faults that last an hour.

| fault | what it is | what the lamp does | alarm | how it recovers | dark s | lit by day min | switchings | pairs |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |
"""


def written(verdicts: Sequence[Verdict]) -> str:
    by_names = [(_names(verdict), verdict) for verdict in verdicts]
    rows = "".join(_row(name, by_names) for name in FaultName)
    failures = "".join(f"- `{verdict.case}`: {'; '.join(verdict.broken)}\n" for verdict in verdicts if verdict.broken)
    kept = f"\n## What does not hold\n\n{failures}" if failures else ""
    return HEAD.format(summary=_summary(by_names)) + rows + kept


def _names(verdict: Verdict) -> tuple[FaultName, ...]:
    faults, _, _ = verdict.case.partition(" | ")
    return tuple(parse_fault(text).name for text in faults.split())


def _summary(by_names: Sequence[tuple[tuple[FaultName, ...], Verdict]]) -> str:
    singles = [verdict for names, verdict in by_names if len(names) == 1]
    pairs = [(names, verdict) for names, verdict in by_names if len(names) == 2]
    kinds, all_pairs = len({frozenset(names) for names, _ in pairs}), len(list(combinations(FaultName, 2)))
    held = sum(not verdict.broken for _, verdict in by_names)
    return (
        f"Run: {len(singles)} cases of one fault, {len(pairs)} of two ({kinds} of the {all_pairs} pairs); "
        f"every promise held in {held} of {len(by_names)}."
    )


def _row(name: FaultName, by_names: Sequence[tuple[tuple[FaultName, ...], Verdict]]) -> str:
    own = [verdict for names, verdict in by_names if names == (name,)]
    paired = [verdict for names, verdict in by_names if len(names) == 2 and name in names]
    kind = CATALOGUE[name]
    figures = ("-", "-", "-")
    if own:
        figures = (
            f"{max(one.dark_s for one in own):.0f}",
            f"{max(one.daylit_s for one in own) / 60:.0f}",
            f"{max(one.switchings for one in own)}",
        )
    written_as = name if kind.unit is None else f"{name}={kind.unit.letter}"
    cells = (
        f"`{written_as}`",
        kind.words,
        kind.does,
        ", ".join(kind.alarms) or "none",
        kind.recovers,
        *figures,
        f"{sum(not one.broken for one in paired)} of {len(paired)}",
    )
    return f"| {' | '.join(cells)} |\n"
