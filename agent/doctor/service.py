"""The service: whether systemd starts the agent at boot, has it running, and starts it again when it hangs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.doctor.host import Host
from agent.doctor.line import Line, failed, passed, warned

NAME = "streetlight-agent.service"
ASKED = (
    "LoadState",
    "ActiveState",
    "UnitFileState",
    "Result",
    "NRestarts",
    "WatchdogUSec",
    "User",
    "SupplementaryGroups",
    "MainPID",
    "ProtectSystem",
    "StateDirectory",
    "ReadWritePaths",
)
STATE_ROOT = Path("/var/lib")
JOURNAL = "read why: `journalctl -u streetlight-agent -n 50`"


@dataclass(frozen=True, slots=True)
class Unit:
    """What systemd knows of the agent's unit."""

    loaded: bool
    state: str  # active, inactive, failed, activating, ...
    enabled: bool
    result: str  # success, or how it failed last
    restarts: int  # by itself, since it was last started by somebody
    watchdog: bool
    user: str
    groups: tuple[str, ...]  # beside the user's own
    pid: int  # 0: none
    made: tuple[Path, ...]  # the folders that it makes at each start, for the agent to write
    walls: tuple[Path, ...] | None  # beside these, all that they let the agent write; None where it has no walls

    @property
    def runs(self) -> bool:
        return self.pid > 0

    def lets_write(self, folder: Path) -> bool:
        """Whether the walls of the unit leave a folder to the agent; its owner and mode are another question."""
        if not self.loaded or self.walls is None:
            return True
        return any(folder.is_relative_to(gate) for gate in (*self.made, *self.walls))


def read_unit(host: Host) -> Unit | None:
    """None on a machine that systemd does not run."""
    said = host.run("systemctl", "show", NAME, *(word for name in ASKED for word in ("-p", name)))
    if said is None:
        return None
    values = dict(line.partition("=")[::2] for line in said.splitlines())
    return Unit(
        loaded=values.get("LoadState") == "loaded",
        state=values.get("ActiveState", "inactive"),
        enabled=values.get("UnitFileState") == "enabled",
        result=values.get("Result", "success"),
        restarts=_number(values.get("NRestarts", "")),
        watchdog=values.get("WatchdogUSec", "0") not in ("0", "infinity"),
        user=values.get("User", ""),
        groups=tuple(values.get("SupplementaryGroups", "").split()),
        pid=_number(values.get("MainPID", "")),
        made=tuple(STATE_ROOT / name for name in values.get("StateDirectory", "").split()),
        walls=_gates(values.get("ReadWritePaths", "")) if values.get("ProtectSystem") == "strict" else None,
    )


def _gates(paths: str) -> tuple[Path, ...]:
    """A minus before a path: it need not be there; a plus: it is the unit's own root that counts."""
    return tuple(Path(path.lstrip("-+")) for path in paths.split())


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def service_lines(unit: Unit | None) -> Iterator[Line]:
    if unit is None or not unit.loaded:
        why = "systemd does not answer" if unit is None else f"there is no {NAME}"
        yield warned("service", f"{why}: nothing starts the agent", f"install systemd/{NAME}, then `systemctl enable --now` it")
        return
    yield _state(unit)
    if not unit.enabled:
        yield warned("service", "it is not started at boot", f"`systemctl enable {NAME}`")
    if unit.state == "active" and not unit.watchdog:  # one that does not run has none yet
        yield warned("service", "it has no watchdog: a hang would last", "take WatchdogSec= from the shipped unit")


def _state(unit: Unit) -> Line:
    if unit.state == "failed":
        return failed("service", f"it has failed ({unit.result})", JOURNAL)
    if unit.state == "active":
        if unit.restarts:
            times = "once" if unit.restarts == 1 else f"{unit.restarts} times"
            return warned("service", f"it runs, but had to be started again {times}", JOURNAL)
        return passed("service", f"it runs as {unit.user or 'root'}")
    if unit.state == "activating":  # the agent is being started, or started again and again
        return warned("service", f"it is being started, after {unit.restarts} restarts", JOURNAL)
    return warned("service", f"it is {unit.state}", f"`systemctl start {NAME}`")
