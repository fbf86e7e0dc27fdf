"""Makes alarms.md anew, from the table of alarms in the code.

usage: .venv/bin/python docs/alarmpage.py
"""

from collections.abc import Iterator
from pathlib import Path

from agent.core.alarmbook import FLAP_S, FLAPS
from agent.core.alarms import AlarmKind, Family
from agent.core.alarmtable import KINDS
from agent.core.expected import MAINS_RESOLUTION_W, RESOLUTION_W, TELLS
from agent.core.lampwatch import WARM_UP_S
from agent.settings.alarm_names import NEVER, THRESHOLDS
from agent.settings.supply import MAINS

HERE = Path(__file__).resolve().parent
HEAD = f"""# Alarms

For whoever watches lamps: what each alarm means, when it is raised and cleared, and what to do. Made from the code by
[alarmpage.py](alarmpage.py), and held against it by a test.

- **Raised** when true for `after`, **cleared** when untrue for `clear_after`; both, and where there is one the threshold, can be
  set under `alarms:` by the name: `alarms: {{supplyVoltageTooHigh: {{above: 250, after: 1min}}}}`. Where a threshold is set, the
  one that clears moves with it.
- **Held** while it cannot be judged: a lamp that has failed has failed by day too, and a meter that is gone acquits nobody.
- **Told once**: what was up before a restart is up after it, and is not raised again.
- **Flapping**: what is raised {FLAPS} times within {FLAP_S / 3600:g} h is raised that last time with `"flapping": true`, and
  stays up until it has been quiet for as long.
- **The lamp is judged** at a constant level after {WARM_UP_S:g} s, against `power_curve`, or between standby and
  `nominal_power_w`, and not at all where neither is written; and only where its light should draw over {TELLS} times what the
  meter can tell from nothing: {RESOLUTION_W:g} W, {MAINS_RESOLUTION_W:g} W of an ade7953, more of an ina219 or ina226 with a
  small shunt. With `measures: pole` only the supply is judged.
- **The voltage is judged** where `luminaire.supply` says which there should be, of the kind that the meter measures; by an
  ade7953 as {MAINS.nominal_v:g} V where nothing is written. On DC a threshold alone is not enough.
- **One alarm for one trouble**: of the lamp's power one alarm at a time is true, and none while the supply is to blame.
- **The event** shows what there was to see at that moment, as far as it is known: see the line below each heading.
"""


def page() -> str:
    return "\n".join([HEAD, *(line for family in Family for line in _family(family)), *_never()]) + "\n"


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.title}"
    yield ""
    yield f"In the event: {', '.join(f'`{name}`' for name in family.attributes)}."
    yield ""
    yield "| alarm | severity | means | raised | cleared | threshold | what to do |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for alarm, kind in KINDS.items():
        if kind.family is family:
            yield f"| {' | '.join(_cells(alarm, kind))} |"
    yield ""


def _cells(alarm: str, kind: AlarmKind) -> tuple[str, ...]:
    threshold = THRESHOLDS.get(alarm)
    return (
        f"`{alarm}`",
        kind.severity.value,
        kind.means,
        f"{kind.raised}; {_delay(kind.after_s)}",
        f"{kind.cleared}; {_delay(kind.clear_after_s)}",
        f"`{threshold.key}`: {threshold.value}" if threshold else "",
        kind.remedy,
    )


def _delay(seconds: float) -> str:
    if not seconds:
        return "at once"
    return f"for {seconds / 60:g} min" if seconds >= 120 else f"for {seconds:g} s"


def _never() -> Iterator[str]:
    yield "## What this agent does not tell"
    yield ""
    yield "Names of the vocabulary (TALQ's, uCIFI's) that no part of this lamp can tell, or that it tells otherwise."
    yield ""
    yield "| alarm | why |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {why} |" for name, why in NEVER.items())


if __name__ == "__main__":
    (HERE / "alarms.md").write_text(page(), encoding="utf-8")
