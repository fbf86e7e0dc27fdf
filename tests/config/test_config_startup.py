"""What the daemon believes at start, in which order, and that it gets it whatever happens to file, disk and compiler."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.__main__ import compile_into
from agent.config.answer import Answer, Failure
from agent.config.artifact import load, save
from agent.config.startup import Origin, at_once, at_start
from agent.settings.model import Settings

GOOD = "lamp: {site: s, id: l}\noutput: {driver: pwm, gpio: 18}\nbroker: {url: 'mqtts://b'}\nnight: {mode: always}\n"
OTHER = GOOD.replace("id: l", "id: m")
BROKEN = OTHER + "motion: {hold: 45}\n"


class Pole:
    """A config file, a state directory and a compiler that counts its calls."""

    def __init__(self, folder: Path) -> None:
        self.file, self.output, self.calls = folder / "agent.yaml", folder / "config.json", 0

    def write(self, text: str) -> None:
        self.file.write_text(text)

    def compile(self, file: Path, output: Path) -> Answer:
        self.calls += 1
        return compile_into(file, output)

    def origin_and_lamp(self) -> tuple[Origin, str | None]:
        start = at_start(self.file, self.output, self.compile)
        return start.origin, None if start.settings.lamp is None else start.settings.lamp.id


@pytest.fixture
def pole(tmp_path: Path) -> Pole:
    return Pole(tmp_path)


def test_an_unchanged_file_is_compiled_once(pole: Pole) -> None:
    pole.write(GOOD)

    assert pole.origin_and_lamp() == (Origin.COMPILED, "l")
    assert pole.origin_and_lamp() == (Origin.UNCHANGED, "l")
    assert pole.calls == 1


def test_a_changed_file_is_compiled_while_the_last_good_config_lights_the_lamp(pole: Pole) -> None:
    pole.write(GOOD)
    pole.origin_and_lamp()
    pole.write(OTHER)

    meanwhile = at_once(pole.file, pole.output)
    assert meanwhile is not None
    assert (meanwhile.origin, meanwhile.is_final) == (Origin.LAST_GOOD, False)
    assert pole.origin_and_lamp() == (Origin.COMPILED, "m")


def test_another_agent_compiles_an_unchanged_file_again(pole: Pole) -> None:
    pole.write(GOOD)
    pole.origin_and_lamp()
    kept = load(pole.output)
    assert kept is not None
    save(pole.output, replace(kept, agent_version="0.0.1"))

    assert pole.origin_and_lamp() == (Origin.COMPILED, "l")


def test_a_broken_file_leaves_the_last_good_config(pole: Pole) -> None:
    pole.write(GOOD)
    pole.origin_and_lamp()
    pole.write(BROKEN)

    for _ in range(2):
        start = at_start(pole.file, pole.output, pole.compile)
        assert (start.origin, start.is_valid) == (Origin.LAST_GOOD, False)
        assert [problem.key for problem in start.problems] == ["motion.hold"]
    kept = load(pole.output)
    assert kept is not None
    assert not kept.salvaged


def test_of_a_broken_file_without_a_last_good_config_the_valid_sections_hold(pole: Pole) -> None:
    pole.write(BROKEN)

    assert pole.origin_and_lamp() == (Origin.SALVAGED, "m")
    again = at_once(pole.file, pole.output)
    assert again is not None
    assert (again.origin, again.is_final, again.is_valid) == (Origin.SALVAGED, True, False)
    assert [problem.key for problem in again.problems] == ["motion.hold"]
    pole.write(GOOD)
    assert at_once(pole.file, pole.output) is None
    assert pole.origin_and_lamp() == (Origin.COMPILED, "l")


def test_a_missing_file_leaves_the_last_good_config_or_the_defaults(pole: Pole) -> None:
    assert pole.origin_and_lamp() == (Origin.DEFAULTS, None)
    pole.write(GOOD)
    pole.origin_and_lamp()
    pole.file.unlink()

    start = at_start(pole.file, pole.output, pole.compile)
    assert start.origin is Origin.LAST_GOOD
    assert "no such file" in start.problems[0].message


def test_a_damaged_artifact_is_compiled_anew(pole: Pole) -> None:
    pole.write(GOOD)
    pole.origin_and_lamp()
    pole.output.write_bytes(pole.output.read_bytes()[:-20])

    assert pole.origin_and_lamp() == (Origin.COMPILED, "l")
    assert pole.origin_and_lamp() == (Origin.UNCHANGED, "l")


def test_a_disk_that_refuses_costs_the_lamp_nothing(pole: Pole) -> None:
    pole.write(GOOD)
    pole.output = pole.output.parent / "gone" / "config.json"

    start = at_start(pole.file, pole.output, pole.compile)
    assert (start.origin, start.is_valid) == (Origin.COMPILED, True)
    assert start.not_written is not None
    assert "gone" in start.not_written


@pytest.mark.parametrize("failure", list(Failure))
def test_a_compiler_that_fails_leaves_the_last_good_config_or_the_defaults(pole: Pole, failure: Failure) -> None:
    def fails(file: Path, output: Path) -> Answer:
        return Answer((), None, failure=failure, detail="why")

    compilers: list[Callable[[Path, Path], Answer]] = [fails, pole.compile, fails]
    origins = []
    for text, compiler in zip((GOOD, GOOD, OTHER), compilers, strict=True):
        pole.write(text)
        start = at_start(pole.file, pole.output, compiler)
        origins.append(start.origin)
        if compiler is fails:
            assert "why" in start.problems[0].message
    assert origins == [Origin.DEFAULTS, Origin.COMPILED, Origin.LAST_GOOD]
    assert at_start(pole.file, pole.output.with_name("none"), fails).settings == Settings()
