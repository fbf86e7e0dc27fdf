"""The compiler as a process of its own: its answer, and that nothing it does can hurt who started it."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent.config.answer import Failure
from agent.config.artifact import load
from agent.config.child import compile_in_child
from agent.config.startup import Origin, at_start

pytestmark = pytest.mark.process
GOOD = "lamp: {site: s, id: l}\noutput: {driver: pwm, gpio: 18}\nbroker: {url: 'mqtts://b'}\nnight: {mode: always}\n"


def test_the_child_compiles_writes_and_answers(tmp_path: Path) -> None:
    file, output = tmp_path / "agent.yaml", tmp_path / "config.json"
    file.write_text(GOOD)

    answer = compile_in_child(file, output)

    assert (answer.failure, answer.problems, answer.not_written) == (None, (), None)
    assert answer.artifact is not None
    assert load(output) == answer.artifact
    assert at_start(file, output).origin is Origin.UNCHANGED


def test_its_status_and_output_are_a_programs(tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(GOOD + "motion: {hold: 45}\n")
    command = [sys.executable, "-m", "agent.config", str(file), str(tmp_path / "config.json")]

    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == 1
    assert msgspec.json.decode(ended.stdout)["problems"][0]["key"] == "motion.hold"
    assert ended.stderr == b""
    assert subprocess.run(command[:-1], capture_output=True, check=False).returncode == 2


def test_what_is_no_file_is_a_problem_and_no_wait(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    for path, said in (
        (fifo, "not a file"),
        (tmp_path, "is a folder"),
        (tmp_path / "none", "no such file"),
        (Path("/dev/zero"), "not a file"),
    ):
        answer = compile_in_child(path, tmp_path / "config.json", timeout_s=30)
        assert said in answer.problems[0].message
        assert answer.artifact is None


@pytest.mark.parametrize(
    ("program", "failure"),
    [
        ("import time; time.sleep(60)", Failure.TOO_SLOW),
        ("import os; os.kill(os.getpid(), 9)", Failure.CRASHED),
        ("print('not JSON')", Failure.CRASHED),
        ("print('{\"problems\": 5}')", Failure.CRASHED),
        ("import sys; sys.stdout.buffer.write(b'\\xff' * 1000)", Failure.CRASHED),
        ("raise SystemExit('no pydantic here')", Failure.CRASHED),
    ],
)
def test_whatever_the_child_does_there_is_an_answer(tmp_path: Path, program: str, failure: Failure) -> None:
    answer = compile_in_child(tmp_path / "a", tmp_path / "b", timeout_s=1, compiler=(sys.executable, "-S", "-c", program))

    assert answer.failure is failure
    assert answer.artifact is None
    assert answer.detail


def test_a_child_that_cannot_be_started_is_an_answer_too(tmp_path: Path) -> None:
    assert compile_in_child(tmp_path, tmp_path, compiler=("/nonexistent",)).failure is Failure.NOT_STARTED
    assert compile_in_child(Path("a\0b"), tmp_path).failure is Failure.NOT_STARTED


def test_what_the_daemon_imports_loads_neither_pydantic_nor_yaml() -> None:
    program = "import sys, agent.config.startup; print([name for name in ('pydantic', 'yaml') if name in sys.modules])"

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"[]\n"
