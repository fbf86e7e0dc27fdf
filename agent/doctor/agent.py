"""The running agent: what it says of itself, of the config in force and of its alarms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent import __version__
from agent.core.alarms import Alarm
from agent.core.alarmtable import KINDS
from agent.core.explain import Explanation
from agent.core.explain_sources import SourceLine
from agent.daemon.protocol import Status
from agent.doctor.host import Host
from agent.doctor.line import Line, failed, passed, warned
from agent.doctor.service import JOURNAL, Unit
from agent.messages import Severity

LARGE_MB = 150  # the shipped unit allows 192
KNOWN = frozenset(Alarm)


@dataclass(frozen=True, slots=True)
class Agent:
    """What came of asking it. ``silence``: why there is no answer, with the remedy, in the words of the other commands."""

    status: Status | None = None
    explanation: Explanation | None = None
    silence: str = ""
    perhaps: bool = False  # somebody is there who does not answer, or may not be asked

    def holds_hardware(self, unit: Unit | None) -> bool:
        """Whether pins and chips are another's to use: where that is not known, they are."""
        if self.status is not None:
            return not self.status.simulated
        return self.perhaps or (unit is not None and unit.runs)

    @property
    def told(self) -> Mapping[str, SourceLine]:
        """Its sources, by name."""
        return {} if self.explanation is None else {line.name: line for line in self.explanation.sources}


def agent_lines(agent: Agent, unit: Unit | None, host: Host) -> Iterator[Line]:
    status = agent.status
    if status is None:
        yield _silent(agent, unit)
        return
    yield _answers(status, agent.explanation)
    if status.simulated:
        remedy = "remove --simulate where it is started, if a lamp hangs here"
        yield warned("agent", "it runs with --simulate, and drives no lamp", remedy)
    yield from _memory(unit, host)
    yield from _alarms(status)


def _silent(agent: Agent, unit: Unit | None) -> Line:
    if agent.perhaps:
        what, _, remedy = agent.silence.rpartition("; ")
        return warned("agent", f"it runs, and was not asked: {what or agent.silence}", remedy if what else JOURNAL)
    if agent.holds_hardware(unit):
        return warned(
            "agent", "its service runs, and nobody listens at its socket yet", f"look again in a moment; then {JOURNAL}"
        )
    return passed("agent", "none runs: doctor reads pins and chips itself")


def _answers(status: Status, explanation: Explanation | None) -> Line:
    if status.agent_version != __version__:
        told = f"version {status.agent_version} runs, and this is version {__version__}"
        return warned("agent", told, "`systemctl restart streetlight-agent`, or use the command of the one that runs")
    why = f"{status.state.actual_level:g} %" if explanation is None else explanation.summary
    return passed("agent", f"it has run for {_span(status.uptime_s)}: {why}")


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 2880 else f"{minutes // 1440} days"


def _memory(unit: Unit | None, host: Host) -> Iterator[Line]:
    if unit is None or not unit.runs:
        return
    for line in (host.text(f"proc/{unit.pid}/status") or "").splitlines():
        name, _, amount = line.partition(":")
        if name == "VmRSS" and (used_mb := int(amount.split()[0]) // 1024) > LARGE_MB:
            yield warned("agent", f"it has taken {used_mb} MB, and should take some 45", "`systemctl restart`, and report it")


def _alarms(status: Status) -> Iterator[Line]:
    """All in a line, failed where one of them is major; what is behind them the other lines look at."""
    names = status.state.alarms
    if not names:
        yield passed("alarms", "none")
        return
    grave = any(KINDS[Alarm(name)].severity in (Severity.MAJOR, Severity.CRITICAL) for name in names if name in KNOWN)
    say = failed if grave else warned
    remedy = "`streetlight-agent explain` says more of each, and so may the lines below"
    yield say("alarms", ", ".join(names), remedy)
