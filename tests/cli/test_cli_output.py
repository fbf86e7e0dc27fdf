"""How a command ends: with 1 and a sentence where standard output takes nothing, and quietly where nobody wants it any more."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.agent import Agent, eventually

pytestmark = pytest.mark.process
CONFIG = Path(__file__).parents[2] / "configs" / "minimal.yaml"
FULL = "Error: standard output cannot be written (No space left on device); send it somewhere else\n"
OF_THE_POLE = (("status",), ("status", "--json"), ("status", "--watch"), ("explain",), ("set", "60"), ("release",), ("identify",))
BUFFERED, UNBUFFERED = "", "1"  # Python fails as it flushes, or as it writes
BY_THEMSELVES = (
    (("--version",), BUFFERED),
    (("check", "--json", str(CONFIG)), BUFFERED),
    (("schema",), UNBUFFERED),
    (("run", "--help"), BUFFERED),
    (("run", "--help"), UNBUFFERED),
)


def run(arguments: Sequence[str], output: int, unbuffered: str = BUFFERED) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "agent", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )


@pytest.mark.parametrize(("arguments", "unbuffered"), BY_THEMSELVES)
def test_a_full_disk_under_standard_output_is_told_and_is_status_1(arguments: Sequence[str], unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run(arguments, full.fileno(), unbuffered)
    assert (ended.returncode, ended.stderr) == (1, FULL)


@pytest.mark.parametrize("arguments", OF_THE_POLE, ids=" ".join)
def test_so_it_is_where_the_agent_has_answered(arguments: Sequence[str], agent: Agent) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = run([*arguments, "--socket", str(agent.socket)], full.fileno())
    assert (ended.returncode, ended.stderr) == (1, FULL)


@pytest.mark.parametrize(("arguments", "unbuffered"), BY_THEMSELVES)
def test_a_reader_that_has_gone_away_is_no_error_to_tell(arguments: Sequence[str], unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = run(arguments, writer, unbuffered)
    finally:
        os.close(writer)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_without_any_standard_output_it_is_said_that_there_is_none() -> None:
    command = ["sh", "-c", 'exec "$0" -m agent schema >&-', sys.executable]
    ended = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stderr) == (1, "Error: there is no standard output to write to; do not close it\n")


def test_misuse_stays_misuse_whatever_becomes_of_the_output() -> None:
    with Path("/dev/full").open("wb") as full:
        assert run(["set", "half"], full.fileno()).returncode == 2
        assert run(["run", "--speed", "2"], full.fileno()).returncode == 2


def test_the_daemon_lights_its_lamp_without_a_standard_output(tmp_path: Path) -> None:
    lamp = Agent(tmp_path / "agent")
    daemon = subprocess.Popen(["sh", "-c", 'exec "$@" >&-', "sh", *lamp.command], stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: lamp.socket.exists() and lamp.level == 60)
        daemon.terminate()
        assert daemon.wait(10) == 0
    finally:
        daemon.kill()


INTERRUPTED_AS_IT_LOADS = """
import os, signal, sys

class Finder:
    def find_spec(name, *_):
        if name == sys.argv[2]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder)
from agent.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("command", "module"), [("status", "agent.cli.main"), ("status", "msgspec"), ("run", "agent.daemon.entry")]
)
def test_interrupted_while_it_is_loaded_a_command_ends_without_a_word(command: str, module: str) -> None:
    line = [sys.executable, "-c", INTERRUPTED_AS_IT_LOADS, command, module]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
