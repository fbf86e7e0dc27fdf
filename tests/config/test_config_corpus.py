"""Files broken as technicians break them, with the text that they then read; and the files that must be right."""

import os
from pathlib import Path

import pytest

from agent.config.compiler import compile_file, compile_text
from agent.config.problems import Severity, render_all

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_says_where_what_and_how_to_mend_it(path: Path) -> None:
    text = path.read_text()
    compiled = compile_text(text, path.name)
    shown = render_all(compiled.problems, text) + "\n"

    expected = path.with_suffix(".txt")
    if os.environ.get("REWRITE_EXPECTED"):  # then read the difference: it is what technicians will read
        expected.write_text(shown)
    assert shown == expected.read_text()
    assert any(problem.severity is Severity.ERROR for problem in compiled.problems)
    assert compiled.settings is None


def test_there_is_a_corpus() -> None:
    assert len(BROKEN) >= 30


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_has_no_problem_at_all(path: Path) -> None:
    compiled, text = compile_file(path)

    assert render_all(compiled.problems, text) == ""
    assert compiled.settings is not None


def test_the_contracts_example_is_valid_and_says_what_is_not_in_effect_yet() -> None:
    compiled, _ = compile_file(Path(__file__).parent / "contract.yaml")

    assert compiled.settings is not None
    assert {(problem.key, problem.severity) for problem in compiled.problems} == {
        (key, Severity.WARNING) for key in ("broker.home_assistant",)
    }
    assert all("not in effect yet" in problem.message for problem in compiled.problems)
