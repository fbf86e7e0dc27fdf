"""``self-test`` and ``identify`` at the pole: on a real terminal, into a pipe, interrupted, and refused."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.agent import CONFIG, Agent, eventually

from agent.cli.main import cli

pytestmark = pytest.mark.process
SPEED = "40"  # a self-test takes two seconds
NO_METER = "\n".join(line for line in CONFIG.splitlines() if "power:" not in line)
OVER_S = 20.0


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    made = Agent(tmp_path_factory.mktemp("agent"))
    made.start("--speed", SPEED)
    yield made
    made.kill()


@pytest.fixture(autouse=True)
def free(agent: Agent) -> None:
    agent.ask("release")
    eventually(lambda: agent.status["state"]["slot"] == "programme")


def run(agent: Agent, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--socket", str(agent.socket)])


class Terminal:
    """A command on a terminal of its own, 80 columns wide."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
        )
        os.close(theirs)
        self.seen = ""

    def read_until(self, wanted: str) -> None:
        until_s = time.monotonic() + OVER_S
        while wanted not in self.seen:
            assert time.monotonic() < until_s, self.seen
            self.seen += os.read(self._ours, 4096).decode()

    def end(self) -> int:
        """Its exit status, when it has said all."""
        try:
            while chunk := os.read(self._ours, 4096):
                self.seen += chunk.decode()
        except OSError:
            pass  # Linux says so when the other side has closed
        os.close(self._ours)
        return self._process.wait(OVER_S)

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)


def test_on_a_terminal_it_shows_how_far_it_is_in_place_and_then_a_table_with_bars_and_the_verdict(agent: Agent) -> None:
    terminal = Terminal("self-test", "--socket", str(agent.socket))
    terminal.read_until("1 of 4: 100 %")
    assert agent.status["state"]["reason"].startswith("self-test at the pole since ")
    assert terminal.end() == 0
    progress, table = terminal.seen.rsplit("\r\033[2K", 1)
    assert "\n" not in progress
    lines = table.replace("\r", "").splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert [line.split("%")[0].strip() for line in lines[1:5]] == ["100", "70", "40", "10"]
    assert all(" ok  █" in line for line in lines[1:4])  # of 10 % a type plate says nothing
    lengths = [line.count("█") for line in lines[1:5]]
    assert lengths == sorted(lengths, reverse=True)
    assert lines[6].startswith("PASSED  the lamp obeys, and draws 4")
    eventually(lambda: agent.status["state"]["actual_level"] == 60)


def test_into_a_pipe_it_is_one_document_with_a_line_a_level_beside_it(agent: Agent) -> None:
    result = run(agent, "self-test", "--json")
    assert result.exit_code == 0, result.output
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["100 %", "70 %", "40 %", "10 %"]
    document = json.loads(result.stdout)
    assert set(document) == {"verdict", "message", "levels", "steps", "findings", "learnt", "notes"}
    assert (document["verdict"], document["findings"], document["levels"]) == ("passed", [], [100, 70, 40, 10])
    step = document["steps"][0]
    assert set(step) == {"asked", "level", "expected_w", "measured_w", "deviation_percent", "fits"}
    assert (step["level"], step["fits"]) == (100, True)


def test_interrupted_it_gives_the_lamp_back_and_is_status_1(agent: Agent) -> None:
    terminal = Terminal("self-test", "--socket", str(agent.socket))
    terminal.read_until("1 of 4")
    terminal.interrupt()
    assert terminal.end() == 1
    assert "interrupted; the lamp fades to what else is asked of it" in terminal.seen
    assert "Traceback" not in terminal.seen
    assert agent.status["state"]["slot"] == "programme"


def test_interrupted_it_is_still_one_document(agent: Agent) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", "self-test", "--json", "--socket", str(agent.socket)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    eventually(lambda: agent.status["state"]["reason"].startswith("self-test at the pole"))
    assert process.stderr is not None
    assert process.stderr.readline().startswith("100 %")
    process.send_signal(signal.SIGINT)
    document, _ = process.communicate(timeout=OVER_S)
    assert process.returncode == 1
    assert json.loads(document)["verdict"] == "interrupted"
    assert agent.status["state"]["slot"] == "programme"


def test_what_else_holds_the_lamp_is_said_and_how_to_end_it(agent: Agent) -> None:
    run(agent, "set", "50")
    for command in ("identify", "self-test"):
        result = run(agent, command)
        assert result.exit_code == 1
        assert "the lamp is set to 50 % at the pole; wait until that is over, or end it with `release`" in result.stderr
    assert agent.level == 50


def test_identify_says_until_when_it_blinks_and_is_seen_to(agent: Agent) -> None:
    result = run(agent, "identify", "--for", "60s")
    assert result.exit_code == 0
    assert " %, identify at the pole: blinks until 23:" in result.stdout
    levels: set[float] = set()
    eventually(lambda: levels.add(agent.level) or levels >= {10, 100})
    assert levels <= {10, 100}
    assert run(agent, "identify", "--for", "61s").exit_code == 1
    assert run(agent, "identify", "--for", "ever").exit_code == 2


def test_somebody_who_sets_the_lamp_meanwhile_ends_it_and_it_says_so(agent: Agent) -> None:
    terminal = Terminal("self-test", "--socket", str(agent.socket))
    terminal.read_until("1 of 4")
    run(agent, "set", "50")
    assert terminal.end() == 1
    assert "INTERRUPTED  somebody at the pole has used `set` or `release`; try again" in terminal.seen
    assert agent.level == 50


def test_without_a_meter_it_says_that_only_eyes_can_judge_and_is_status_1(tmp_path: Path) -> None:
    blind = Agent(tmp_path / "agent", config=NO_METER)
    try:
        blind.start("--speed", SPEED)
        result = run(blind, "self-test")
    finally:
        blind.kill()
    assert result.exit_code == 1
    assert "NOT MEASURED  no meter is configured (sensors.power)" in result.stdout


def test_an_agent_that_ends_meanwhile_is_said(tmp_path: Path) -> None:
    short = Agent(tmp_path / "agent")
    try:
        short.start()
        terminal = Terminal("self-test", "--socket", str(short.socket))
        terminal.read_until("1 of 4")
    finally:
        short.kill()
    assert terminal.end() == 1
    assert "the agent has ended, and the self-test with it" in terminal.seen
