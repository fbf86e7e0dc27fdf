"""YAML without its traps: what is written is what is meant, and a hostile file is refused, fast."""

import time
from collections.abc import Callable

import pytest

from agent.config.compiler import compile_text
from agent.config.problems import Problem
from agent.settings.schedule import Anchor, TimeOfNight

Problems = Callable[..., tuple[Problem, ...]]


def test_text_is_taken_as_written() -> None:
    compiled = compile_text(
        "lamp: {site: on, id: 0042, groups: [no, 1e3, 12-24, true, 0x10]}\n"
        "output: {driver: pwm, gpio: 18}\n"
        "broker: {url: 'mqtts://b', username: off, protocol: 3.1.1}\n",
        "agent.yaml",
    )

    assert compiled.settings is not None
    assert compiled.settings.lamp is not None
    assert compiled.settings.broker is not None
    assert (compiled.settings.lamp.site, compiled.settings.lamp.id) == ("on", "0042")
    assert compiled.settings.lamp.groups == ("no", "1e3", "12-24", "true", "0x10")
    assert (compiled.settings.broker.username, compiled.settings.broker.protocol) == ("off", "3.1.1")


def test_a_time_of_day_needs_no_quotes_and_an_exponent_is_a_number(valid: str) -> None:
    text = valid + "programmes: {p: [{at: 22:30, level: 1e1}, {at: 01:00, level: .5e+2}]}\n"
    settings = compile_text(text, "agent.yaml").settings

    assert settings is not None
    (first, second) = settings.programmes["p"]
    assert first.at == TimeOfNight(Anchor.MIDNIGHT, 81_000)
    assert (first.level, second.level) == (10, 50)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\nb: *x\n", "an anchor"),
        ("a: *x\n", "an alias"),
        ("a: {<<: {b: 1}}\n", "a merge key"),
        ("a: !!python/object/apply:os.system ['true']\n", "a tag"),
        ("a: !!str 5\n", "a tag"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("[a]: 1\n", "where a key belongs"),
        ("- a\n- b\n", "holds no sections"),
        ("just words\n", "holds no sections"),
        ("a: '\x07'\n", "does not print"),
        ('a: "\\UFFFFFFFF"\n', "no character"),
        ("%YAML x\n", "cannot begin with %"),
        ("a: [" + "[" * 100_000, "nested deeper"),
        ("a: {" + "b: {" * 50_000, "nested deeper"),
        ("a:\n" + "".join(f"{' ' * depth}- \n" for depth in range(1, 400)), ""),
        ("# " + "x" * 300_000, "larger than 256 KiB"),
    ],
)
def test_what_a_config_does_not_need_is_refused(text: str, said: str) -> None:
    problems = compile_text(text, "agent.yaml").problems

    assert any(said in problem.message for problem in problems), [str(problem) for problem in problems]


def test_depth_is_allowed_up_to_twenty(problems: Problems) -> None:
    twenty, deeper = ("sensors: " + "[" * depth + "]" * depth + "\n" for depth in (19, 20))

    assert not any("nested" in problem.message for problem in problems(twenty))
    assert any("nested" in problem.message for problem in problems(deeper))


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "{" * 260_000,
        "a: " + "[" * 20 + "a, " * 80_000,
        "".join(f"key{number}: {number}\n" for number in range(15_000)),
        "a:\n" * 60_000,
        "programmes:\n  p:\n" + "    - {at: 22:30, level: 1}\n" * 8_000,
        "? " * 100_000,
        "- " * 100_000,
        "a: '" + "''" * 120_000,
        "lamp: {id: " + "9" * 250_000 + "}\nmotion: {hold: " + "9" * 5_000 + "}\n",
        ": " * 100_000,
        "a: |\n" + " x\n" * 80_000,
    ],
    ids=range(11),
)
def test_no_file_takes_long(text: str) -> None:
    began_s = time.perf_counter()
    compile_text(text[: 256 * 1024], "agent.yaml")

    assert time.perf_counter() - began_s < 20


def test_one_broken_section_hides_neither_problems_nor_worth_of_the_others(problems: Problems) -> None:
    found = problems('motion:\n  hold: "45s\nlimits: {flooor: 10}\nnight:\n\tdwell: 60s\ntelemetry: {every: 5}\n')

    assert [(problem.line, problem.key) for problem in found] == [
        (5, "motion"),
        (6, "limits.flooor"),
        (8, "night"),
        (9, "telemetry.every"),
    ]


def test_lines_are_counted_as_editors_do_whatever_ends_them() -> None:
    for ending in ("\n", "\r\n"):
        text = ending.join(("lamp: {site: s, id: l}", "output: {driver: pwm, gpio: 18}", "", "motion:", "\thold: 45s", ""))
        assert any(problem.line == 5 and "a tab" in problem.message for problem in compile_text(text, "agent.yaml").problems)


def test_a_byte_order_mark_is_no_problem(valid: str) -> None:
    assert compile_text("\ufeff" + valid, "agent.yaml").problems == ()


@pytest.mark.parametrize("empty", ["", "~", "null"])
def test_an_empty_value_is_as_if_not_written_but_said(problems: Problems, empty: str) -> None:
    (problem,) = problems(f"sensors:\n  light: {empty}\n")

    assert (problem.key, problem.severity.value) == ("sensors.light", "warning")
