"""``check``, ``schema`` and the command line itself: exit statuses, what a person reads and what a program reads."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from agent.cli.main import cli

CONFIGS = Path(__file__).parents[2] / "configs"
GOOD = (CONFIGS / "minimal.yaml").read_text()
BAD = GOOD + "motion: {hold: 45, rise_to: 100}\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    return path


# --- check


@pytest.mark.parametrize("name", sorted(path.name for path in CONFIGS.glob("*.yaml")))
def test_each_shipped_config_is_clean(name: str) -> None:
    result = run("check", CONFIGS / name)
    assert result.exit_code == 0
    assert json.loads(run("check", "--json", CONFIGS / name).stdout) == []


def test_a_problem_is_shown_with_its_place_its_line_and_a_caret_under_it(bad: Path) -> None:
    result = run("check", bad)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    row = len(BAD.splitlines())
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{bad}:{row}:16: error: motion.hold: "))
    assert "45s" in lines[first]
    shown, caret = lines[first + 1], lines[first + 2]
    assert shown.endswith("motion: {hold: 45, rise_to: 100}")
    assert shown[caret.index("^") :].startswith("45")
    assert caret.strip(" |") == "^^"
    assert any("rise_to" in line and "raise_to" in line for line in lines)
    assert "2 errors" in result.stderr


def test_json_is_one_list_of_all_problems_of_all_files(good: Path, bad: Path) -> None:
    result = run("check", "--json", good, bad, bad)
    assert result.exit_code == 1
    problems = json.loads(result.stdout)
    assert len(problems) == 4
    for problem in problems:
        assert set(problem) == {"file", "line", "column", "key", "severity", "message", "hint"}
        assert (problem["file"], problem["severity"]) == (str(bad), "error")
        assert isinstance(problem["line"], int)
        assert isinstance(problem["column"], int)
    assert [problem["key"] for problem in problems[:2]] == ["motion.hold", "motion.rise_to"]
    assert result.stderr == ""


def test_warnings_alone_leave_the_status_0(tmp_path: Path) -> None:
    warned = tmp_path / "warned.yaml"
    warned.write_text(GOOD + "limits: {floor: 0}\n")
    result = run("check", warned)
    assert ": warning: limits.floor: " in result.stdout
    assert (result.exit_code, "0 errors, 1 warning" in result.stderr) == (0, True)


def test_a_file_that_is_not_there_is_a_problem_and_no_traceback(tmp_path: Path) -> None:
    result = run("check", tmp_path / "missing.yaml")
    assert result.exit_code == 1
    assert "missing.yaml" in result.stdout
    assert "Traceback" not in result.output


def test_without_a_file_check_was_not_understood() -> None:
    assert run("check").exit_code == 2


# --- schema


def test_the_schema_takes_the_shipped_configs_keys() -> None:
    result = run("schema")
    assert result.exit_code == 0
    schema = json.loads(result.stdout)
    Draft202012Validator.check_schema(schema)
    assert {"lamp", "output", "broker"} <= set(schema["required"])


# --- the command line


def test_every_command_explains_itself() -> None:
    top = run("--help")
    assert top.exit_code == 0
    for name in ("run", "check", "schema", "asyncapi", "status", "explain", "set", "release", "doctor", "send"):
        assert f"  {name} " in top.stdout
        assert run(name, "--help").exit_code == 0


def test_a_command_that_does_not_exist_is_misuse() -> None:
    assert run("dim").exit_code == 2


def test_run_s_own_options_are_checked_before_anything_starts() -> None:
    result = run("run", "--speed", "2")
    assert result.exit_code == 2
    assert "--simulate" in result.stderr
