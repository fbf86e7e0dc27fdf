"""Problems as people and programs read them."""

import json

import pytest

from agent.config.compiler import compile_text
from agent.config.problems import Problem, Severity, render

HOLD = Problem("agent.yaml", 2, 9, "motion.hold", Severity.ERROR, "45 has no unit", "write 45s, or 1min", width=2)


def test_a_problem_reads_as_a_compilers() -> None:
    assert render(HOLD, "motion:\n  hold: 45\n") == (
        "agent.yaml:2:9: error: motion.hold: 45 has no unit; write 45s, or 1min\n    2 |   hold: 45\n      |         ^^"
    )


def test_without_the_text_the_first_line_is_all() -> None:
    assert render(HOLD, None) == "agent.yaml:2:9: error: motion.hold: 45 has no unit; write 45s, or 1min"


def test_the_json_form_has_the_contracts_keys() -> None:
    assert json.loads(json.dumps(HOLD.as_json())) == {
        "file": "agent.yaml",
        "line": 2,
        "column": 9,
        "key": "motion.hold",
        "severity": "error",
        "message": "45 has no unit",
        "hint": "write 45s, or 1min",
    }


def test_a_file_cannot_write_escape_sequences_to_the_terminal(valid: str) -> None:
    text = valid + 'motion: {hold: "\\e[31m45"}\n'
    problems = compile_text(text, "agent.yaml").problems

    assert problems
    assert all("\x1b" not in render(problem, text) for problem in problems)


def test_of_a_line_without_end_only_the_place_is_shown(valid: str) -> None:
    text = valid + "storage: {directory: " + "x" * 5000 + ", max_size_mb: 0}\n"
    (problem,) = compile_text(text, "agent.yaml").problems
    _, line, caret = render(problem, text).split("\n")

    assert len(line) < 120
    assert line[caret.index("^")] == "0"


def test_tabs_and_wide_characters_do_not_move_the_caret(valid: str) -> None:
    text = valid + "storage: {directory: 'äö\tü', max_size_mb: 0}\n"
    (problem,) = compile_text(text, "agent.yaml").problems
    _, line, caret = render(problem, text).split("\n")

    assert line[caret.index("^")] == "0"


def test_thousands_of_problems_are_cut_short_and_counted(valid: str) -> None:
    text = valid + "programmes:\n  p:\n" + "    - {at: never, level: high}\n" * 2000
    problems = compile_text(text, "agent.yaml").problems

    assert len(problems) == 201
    assert "3800 more problems" in problems[-1].message


@pytest.mark.parametrize(
    "line", ["  password: CANARY", "  x: {pass: 'CANARY', y: 1}", "  url: mqtts://me:CAN/ARY@b", "  api_token: CANARY # mine"]
)
def test_a_secret_that_stands_where_it_does_not_belong_is_not_shown_again(line: str) -> None:
    problem = Problem("agent.yaml", 1, 3, "broker", Severity.ERROR, "unknown key", "write password_file")
    _, shown, _ = render(problem, line).split("\n")
    assert "CAN" not in shown
    assert "ARY" not in shown
    assert len(shown) == len(line) + len("    1 | ")


def test_where_a_secret_lies_may_be_shown() -> None:
    line = "  password_file: /etc/streetlight-agent/password"
    problem = Problem("agent.yaml", 1, 3, "broker", Severity.ERROR, "unknown key", "write password_file")
    assert line in render(problem, line)
