"""``doctor`` as a technician calls it: 80 columns, JSON, exit statuses, beside a running agent and without one."""

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.agent import CONFIG, Agent, eventually

from agent.cli import doctor as command
from agent.cli.ask import Unanswered
from agent.cli.main import cli
from agent.doctor.line import Line, failed, passed, warned


def run(*arguments: str | Path) -> Result:
    return CliRunner(env={"RUNTIME_DIRECTORY": None, "COLUMNS": "80"}).invoke(cli, ["doctor", *map(str, arguments)])


LONG = "no veml7700: nobody answers at 0x10 on bus 1; 0x23 answers: a bh1750"
FOUND = [
    passed("board", "Raspberry Pi 4 Model B Rev 1.4"),
    warned("rtc", "rtc-ds1307 is 90 s behind", "`hwclock --systohc`; if it goes on, change its battery"),
    failed(
        "light",
        LONG,
        "if it is the bh1750, write driver: bh1750 and address: 0x23; else check its four wires (SDA, SCL, 3.3 V, ground)",
    ),
]


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """What the examination finds, to be changed by a test."""
    lines = list(FOUND)
    monkeypatch.setattr(command, "examine", lambda file, agent, tools: iter(lines))
    return lines


@pytest.mark.usefixtures("found")
def test_lines_are_aligned_within_80_columns_and_the_remedy_is_indented_below() -> None:
    result = run("--socket", "/nowhere")
    assert result.stdout == textwrap.dedent("""\
        pass  board         Raspberry Pi 4 Model B Rev 1.4
        warn  rtc           rtc-ds1307 is 90 s behind
                            -> `hwclock --systohc`; if it goes on, change its battery
        FAIL  light         no veml7700: nobody answers at 0x10 on bus 1; 0x23 answers:
                            a bh1750
                            -> if it is the bh1750, write driver: bh1750 and address:
                               0x23; else check its four wires (SDA, SCL, 3.3 V, ground)
        """)
    assert all(len(row) <= 80 for row in result.stdout.splitlines())
    assert result.stderr == "3 checks: 1 failure, 1 warning\n"


@pytest.mark.usefixtures("found")
def test_colours_are_for_a_terminal_alone() -> None:
    assert "\033[" not in run("--socket", "/nowhere").stdout
    coloured = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["doctor", "--socket", "/nowhere"], color=True).stdout
    assert coloured.startswith("\033[32mpass\033[0m  board         Raspberry Pi")
    assert re.sub(r"\033\[\d+m", "", coloured) == run("--socket", "/nowhere").stdout


def test_the_exit_status_is_1_for_a_failure_and_0_for_warnings(found: list[Line]) -> None:
    assert run("--socket", "/nowhere").exit_code == 1
    found.pop()
    result = run("--socket", "/nowhere")
    assert (result.exit_code, result.stderr) == (0, "2 checks: 0 failures, 1 warning\n")


def test_what_is_no_option_is_misuse() -> None:
    assert run("--fix").exit_code == 2
    assert run("now").exit_code == 2


@pytest.mark.usefixtures("found")
def test_json_is_one_list_of_lines_and_nothing_else() -> None:
    result = run("--json", "--socket", "/nowhere")
    assert result.exit_code == 1
    lines = json.loads(result.stdout)
    assert lines[0] == {"check": "board", "status": "pass", "what": "Raspberry Pi 4 Model B Rev 1.4", "remedy": None}
    assert [line["status"] for line in lines] == ["pass", "warn", "fail"]
    assert result.stderr == ""


# --- for real, on this machine


def test_without_an_agent_and_without_a_config_it_says_so_and_how_to_mend_it(tmp_path: Path) -> None:
    result = run("--json", "-c", tmp_path / "gone.yaml")
    assert result.exit_code == 1
    lines = {line["check"]: line for line in json.loads(result.stdout)}
    assert lines["agent"]["what"] == "none runs: doctor reads pins and chips itself"
    assert (lines["config"]["status"], lines["output"]["status"], lines["broker"]["status"]) == ("fail", "fail", "fail")


@pytest.mark.process
def test_a_simulated_agent_is_asked_and_found_to_drive_no_lamp(agent: Agent) -> None:
    eventually(lambda: agent.level == 60)
    result = run("--json", "-c", agent.config, "--socket", agent.socket)
    lines = [line for line in json.loads(result.stdout) if line["check"] in ("agent", "config")]
    assert [line["status"] for line in lines] == ["pass", "warn", "pass"]
    assert lines[0]["what"].startswith("it has run for 0 min: 60 %: ")
    assert "--simulate" in lines[1]["what"]


@pytest.mark.process
def test_a_config_that_the_agent_does_not_run_on_is_noticed(agent: Agent, tmp_path: Path) -> None:
    changed = tmp_path / "agent.yaml"
    changed.write_text(CONFIG.replace("level: 60", "level: 61"))
    result = run("--json", "-c", changed, "--socket", agent.socket)
    assert any("reload" in (line["remedy"] or "") for line in json.loads(result.stdout))


@pytest.mark.process
def test_somebody_who_may_not_be_asked_is_taken_for_an_agent(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, request: object) -> None:
        raise Unanswered(f"{path}: you may not ask the agent; use sudo, or join the group streetlight")

    monkeypatch.setattr(command, "ask", refuse)
    lines = {line["check"]: line for line in json.loads(run("--json", "-c", agent.config).stdout)}
    assert lines["agent"]["what"].startswith("it runs, and was not asked: ")
    assert lines["agent"]["remedy"] == "use sudo, or join the group streetlight"


def test_the_daemon_never_loads_any_of_it() -> None:
    code = "import sys, agent.daemon.entry, agent.daemon.process; sys.exit('agent.doctor' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
