"""The commands at the pole, asked of a running agent: what a technician reads, what a program reads, and when nobody is there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.agent import CONFIG, Agent, eventually

from agent.cli.main import cli

pytestmark = pytest.mark.process


def run(agent: Agent, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--socket", str(agent.socket)])


@pytest.fixture(autouse=True)
def settled(agent: Agent) -> None:
    """Each test begins with the lamp at its programme."""
    agent.ask("release")
    eventually(lambda: agent.level == 60)


def test_status_shows_the_lamp_at_a_glance_within_80_columns(agent: Agent) -> None:
    eventually(lambda: agent.status["state"]["actual_level"] == 60)
    result = run(agent, "status")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "teststadt / lamp-7"
    assert all(len(line) <= 80 for line in lines)
    rows = dict(line.split(maxsplit=1) for line in lines[2:] if not line.startswith(" "))
    below_broker = " ".join(line.strip() for line in lines if line.startswith(" "))
    assert below_broker == "127.0.0.1:9: Connection refused; check broker.url, and that the broker runs"
    assert rows["time"].startswith("23:0")
    assert rows["level"].endswith("60.0 %")
    assert rows["level"].count("█") == 18
    assert (rows["why"], rows["presence"], rows["alarms"]) == ("programme even", "no motion sensor", "none")
    assert rows["broker"] == "mqtt://127.0.0.1:9 not connected"
    assert rows["power"].endswith(" W")
    assert "config" not in rows


def test_what_is_wrong_with_the_config_is_a_row_of_the_status(tmp_path: Path) -> None:
    lamp = Agent(tmp_path / "agent", config=CONFIG.replace("programmes:", "programs:"))
    try:
        lamp.start()
        rows = {line[:10].strip(): line[10:] for line in run(lamp, "status").stdout.splitlines()[2:]}
    finally:
        lamp.kill()
    assert rows["config"].startswith(f"{lamp.config}:")
    assert "programs" in rows["config"]


def test_status_as_json_is_one_document_with_the_state_s_fields_at_the_top(agent: Agent) -> None:
    status = json.loads(run(agent, "status", "--json").stdout)
    assert (status["lamp"], status["feedback_level"], status["slot"]) == ("lamp-7", 60, "programme")
    assert status["simulated"] is True
    assert "presence" not in status
    assert "state" not in status


def test_explain_names_every_slot_and_every_source(agent: Agent) -> None:
    result = run(agent, "explain")
    assert result.exit_code == 0
    assert result.stdout.startswith("60 %: programme even")
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    for slot in ("maintenance", "emergency", "override", "motion", "programme", "default"):
        assert f" {slot} " in result.stdout
    winner = next(line for line in result.stdout.splitlines() if line.startswith("  > "))
    assert winner.split()[1] == "programme"
    for source in ("clock", "sun", "light", "power", "temperature"):
        assert f"ok  {source} " in result.stdout
    document = json.loads(run(agent, "explain", "--json").stdout)
    assert len(document["slots"]) == 6
    assert [line["limit"] for line in document["all_limits"]][::4] == ["floor", "minimum_level"]
    assert len(document["night_facts"]) == 2
    assert [line["slot"] for line in document["slots"] if line["wins"]] == ["programme"]


def test_set_holds_the_level_and_release_gives_the_lamp_back(agent: Agent) -> None:
    result = run(agent, "set", "35", "--for", "10min")
    assert result.exit_code == 0
    assert result.stdout.startswith("lamp-7: 35 %, set at the pole at 23:0")
    assert agent.status["state"]["slot"] == "maintenance"
    since, until = result.stdout.split(" at ")[-1].split(" until ")
    assert int(until[3:5]) - int(since[3:5]) == 10

    assert run(agent, "release").exit_code == 0
    assert agent.level == 60


def test_set_0_says_that_the_lamp_is_dark_but_live(agent: Agent) -> None:
    result = run(agent, "set", "0")
    assert result.exit_code == 0
    assert "dark but LIVE" in result.stdout
    assert agent.level == 0


@pytest.mark.parametrize("arguments", [("set",), ("set", "101"), ("set", "nan"), ("set", "half"), ("set", "10", "--for", "10")])
def test_what_is_no_level_or_no_duration_is_misuse_and_changes_nothing(arguments: tuple[str, ...], agent: Agent) -> None:
    assert run(agent, *arguments).exit_code == 2
    assert agent.level == 60


def test_more_than_eight_hours_are_refused_by_the_agent(agent: Agent) -> None:
    result = run(agent, "set", "10", "--for", "9h")
    assert result.exit_code == 1
    assert "8h" in result.stderr
    assert agent.level == 60


ALL = [("status",), ("status", "--watch"), ("explain",), ("set", "50"), ("release",), ("identify",), ("self-test",)]


@pytest.mark.parametrize("command", ALL)
def test_where_no_agent_runs_it_is_said_how_to_start_it(command: tuple[str, ...], tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, [*command, "--socket", str(tmp_path / "agent.sock")])
    assert result.exit_code == 1
    assert "no agent is running" in result.stderr
    assert "systemctl start streetlight-agent" in result.stderr
    assert str(tmp_path / "agent.sock") in result.stderr


def test_the_config_file_says_where_the_socket_is(agent: Agent, tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    config.write_text(CONFIG.replace("storage: {", f"storage: {{directory: {tmp_path}, "))
    (tmp_path / "agent.sock").symlink_to(agent.socket)
    result = CliRunner(env={"RUNTIME_DIRECTORY": None}).invoke(cli, ["status", "--json", "-c", str(config)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["lamp"] == "lamp-7"
    missing = CliRunner().invoke(cli, ["status", "-c", str(tmp_path / "missing.yaml")])
    assert missing.exit_code == 1
    assert "missing.yaml" in missing.stderr


def test_watching_into_a_pipe_gives_a_line_for_each_change_and_ends_with_the_agent(agent: Agent) -> None:
    """The last test of this agent."""
    command = [sys.executable, "-m", "agent", "status", "--watch", "--socket", str(agent.socket)]
    watch = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert watch.stdout is not None
        first = watch.stdout.readline().decode()
        agent.ask("set", level=20)
        second = watch.stdout.readline().decode()
        agent.stop()
        rest, said = (text.decode() for text in watch.communicate(timeout=10))
    finally:
        watch.kill()
        watch.wait()
    assert " lamp-7  60.0 %  programme even " in first
    assert " lamp-7  20.0 %  set at the pole " in second
    assert all("mqtt://127.0.0.1:9 not connected" in line for line in (first, second))
    assert rest.count("\n") <= 1  # nothing has changed but, perhaps, an alarm
    assert (watch.returncode, "the agent has ended" in said) == (1, True)
