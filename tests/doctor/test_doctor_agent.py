"""The config, and the agent that runs on it: what it says of itself, and who may have the pins."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from doctor_pole import by_check

from agent import __version__
from agent.config.artifact import version_of
from agent.config.compiler import compile_file
from agent.core.explain import Explanation
from agent.core.explain_sources import SourceLine
from agent.daemon.protocol import FROM_NEXT_START, LinkReport
from agent.daemon.protocol import Status as AgentStatus
from agent.doctor.agent import Agent, agent_lines
from agent.doctor.config import config_lines, read_config
from agent.doctor.eyes import Eyes, looking
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.doctor.service import Unit
from agent.messages import NightView, OutboxView, State
from agent.records import TimeQuality

MINIMAL = (Path(__file__).parents[2] / "configs" / "minimal.yaml").read_text()
STATE = State(
    at="2026-12-21T22:04:00.000Z", version=1, slot="programme", cause="programme", reason="programme even", programme="even",
    target_level=60.0, feedback_level=60.0, actual_level=60.0, output_level=60.0, measured_level=None,
    night=NightView(True, "photocell", "2026-12-21T15:30:00.000Z"), override=None, alarms=(), next=None,
    time_quality=TimeQuality.NTP, outbox=OutboxView(0, 0),
)  # fmt: skip
RUNNING = AgentStatus(
    site="teststadt", lamp="lamp-7", simulated=False, agent_version=__version__, config_version="0123456789ab", boot_id="b",
    uptime_s=11_520.0, local_time="23:04:00", state=STATE, next_change="30 % at 00:30", sun_elevation_deg=-61.0,
    link=LinkReport("mqtts://broker.example", True), config_problems=(),
)  # fmt: skip
WHY = Explanation(
    "60 %: programme even", (), (), (), "night", (), (SourceLine("light", good=True, words="3 lx"),), "30 % at 00:30"
)
UNIT = Unit(
    loaded=True, state="active", enabled=True, result="success", restarts=0, watchdog=True,
    user="streetlight", groups=(), pid=612, made=(), walls=None,
)  # fmt: skip


# --- the config


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agent.yaml"
    path.write_text(MINIMAL)
    return path


def test_a_valid_config_passes(file: Path, eyes: Eyes) -> None:
    assert list(config_lines(read_config(file), None, eyes)) == [Line("config", Status.PASS, f"{file} is valid")]


def test_a_broken_config_is_one_line_that_names_the_first_error_and_check(file: Path, eyes: Eyes) -> None:
    file.write_text(MINIMAL + "motion: {hold: 45, rise_to: 100}\n")
    (line,) = config_lines(read_config(file), None, eyes)
    row = len(MINIMAL.splitlines()) + 1
    assert (line.status, line.what) == (Status.FAIL, f"{file}:{row}: motion.hold: 45 has no unit")
    assert line.remedy == f"write 45s, or 1min; `streetlight-agent check {file}` shows them all"


def test_of_a_broken_config_what_is_valid_is_looked_at_all_the_same(file: Path, eyes: Eyes) -> None:
    file.write_text(MINIMAL.replace("gpio: 18", "gpio: 18\n  frequency: 9"))
    config = read_config(file)
    assert not config.valid
    assert config.settings.broker is not None
    assert config.settings.output is None


def test_a_config_that_is_not_there_says_so(tmp_path: Path, eyes: Eyes) -> None:
    (line,) = config_lines(read_config(tmp_path / "gone.yaml"), None, eyes)
    assert (line.status, line.what) == (Status.FAIL, f"{tmp_path}/gone.yaml:1: there is no such file")


def test_a_warning_of_check_is_a_warning_here(file: Path, eyes: Eyes) -> None:
    file.write_text(MINIMAL + "limits: {floor: 0}\n")
    (line,) = config_lines(read_config(file), None, eyes)
    assert line.status is Status.WARN
    assert "limits.floor" in line.what


def test_a_file_that_has_changed_since_the_agent_read_it_asks_for_a_reload(file: Path, eyes: Eyes) -> None:
    settings = compile_file(file)[0].settings
    assert settings is not None
    status = replace(RUNNING, config_version=version_of(settings))
    assert len(list(config_lines(read_config(file), status, eyes))) == 1
    file.write_text(MINIMAL.replace("gpio: 18", "gpio: 19"))
    _, line = config_lines(read_config(file), status, eyes)
    assert line.remedy == "`systemctl reload streetlight-agent`"


def test_what_the_agent_says_of_its_config_is_told_but_for_what_the_file_s_own_lines_say(file: Path, eyes: Eyes) -> None:
    file.write_text(MINIMAL + "limits: {floor: 0}\n")
    config = read_config(file)
    (known,) = (replace(problem, file="agent.yaml") for problem in config.problems)
    later = f"broker: {FROM_NEXT_START}"
    status = replace(
        RUNNING, config_version=version_of(config.settings), config_problems=(str(known), later, "config.json: no room")
    )
    _, *told = config_lines(config, status, eyes)
    assert told == [
        Line("config", Status.WARN, later, "`systemctl restart streetlight-agent`"),
        Line("config", Status.WARN, "config.json: no room", "`systemctl reload streetlight-agent`"),
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody whom the file refuses")
def test_a_config_that_may_not_be_read_is_told_to_the_agents_user_and_to_another(file: Path, others_eyes: Eyes) -> None:
    nobody = Eyes("nobody", 65534, 65534, (), as_agent=True)
    file.chmod(0o600)
    with looking(nobody):
        config = read_config(file)
        (line,) = config_lines(config, None, nobody)
        (others,) = config_lines(config, None, others_eyes)
    assert (line.status, line.remedy) == (Status.FAIL, f"`chgrp nobody {file}`, `chmod g+r {file}`")
    assert others.status is Status.WARN


# --- the agent


def agent_says(host: Host, **changed: object) -> dict[str, Line]:
    status = replace(RUNNING, **changed)  # type: ignore[arg-type]
    return dict(by_check(agent_lines(Agent(status, WHY), UNIT, host)))


@pytest.mark.parametrize(
    ("uptime_s", "span"), [(59, "0 min"), (11_520, "3 h 12 min"), (172_799, "47 h 59 min"), (1_000_000, "11 days")]
)
def test_the_running_agent_says_how_long_it_runs_and_why_the_lamp_is_at_its_level(uptime_s: float, span: str, bare: Host) -> None:
    lines = agent_says(bare, uptime_s=uptime_s)
    assert lines["agent"] == Line("agent", Status.PASS, f"it has run for {span}: 60 %: programme even")
    assert lines["alarms"] == Line("alarms", Status.PASS, "none")


@pytest.mark.parametrize(
    ("alarms", "status"),
    [(("presenceFault",), Status.WARN), (("presenceFault", "lampFailure"), Status.FAIL), (("alarmOfTomorrow",), Status.WARN)],
)
def test_alarms_are_as_bad_as_the_worst_of_them(alarms: tuple[str, ...], status: Status, bare: Host) -> None:
    line = agent_says(bare, state=replace(STATE, alarms=alarms))["alarms"]
    assert (line.status, line.what) == (status, ", ".join(alarms))


def test_an_agent_of_another_version_than_the_command_is_a_warning(bare: Host) -> None:
    assert agent_says(bare, agent_version="0.0.9")["agent"].status is Status.WARN


def test_a_simulated_agent_drives_nothing_and_holds_nothing(bare: Host) -> None:
    simulated = Agent(replace(RUNNING, simulated=True), WHY)
    lines = list(agent_lines(simulated, None, bare))
    assert [line.status for line in lines if line.check == "agent"] == [Status.PASS, Status.WARN]
    assert not simulated.holds_hardware(UNIT)


def test_an_agent_that_takes_too_much_memory_is_a_warning(host_of: Callable[..., Host], bare: Host) -> None:
    host = host_of("pi-4", more="proc/612/status = Name: python3|VmRSS:  170000 kB|Threads: 8")
    assert any("166 MB" in line.what for line in agent_lines(Agent(RUNNING, WHY), UNIT, host))
    assert next(agent_lines(Agent(RUNNING, WHY), UNIT, bare)).status is Status.PASS


def test_who_does_not_answer_may_still_have_the_pins(bare: Host) -> None:
    shut = Agent(silence="/run/streetlight-agent/agent.sock: you may not ask the agent; use sudo", perhaps=True)
    assert shut.holds_hardware(None)
    (line,) = agent_lines(shut, None, bare)
    assert (line.status, line.remedy) == (Status.WARN, "use sudo")

    starting = Agent(silence="no agent is running")
    assert starting.holds_hardware(UNIT)
    (line,) = agent_lines(starting, UNIT, bare)
    assert line.what == "its service runs, and nobody listens at its socket yet"
    assert not starting.holds_hardware(None)
    (line,) = agent_lines(starting, None, bare)
    assert line.what == "none runs: doctor reads pins and chips itself"
