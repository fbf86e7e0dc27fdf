"""The JSON Schema, held against another validator than the compiler: what one takes the other takes."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agent.config.reader import read
from agent.config.schema import json_schema
from agent.config.tree import Mapping, Node, Scalar, Sequence

FILES = [*sorted((Path(__file__).parents[2] / "configs").glob("*.yaml")), Path(__file__).parent / "contract.yaml"]
VALIDATOR = Draft202012Validator(json_schema())
MINIMAL = {
    "lamp": {"site": "s", "id": 42},
    "output": {"driver": "pwm", "gpio": 18},
    "broker": {"url": "mqtts://b", "protocol": 5},
}


def as_an_editor_reads_it(node: Node) -> Any:
    """YAML 1.2's core schema, which editors go by."""
    match node:
        case Mapping(entries=entries):
            return {entry.key.text: as_an_editor_reads_it(entry.value) for entry in entries}
        case Sequence(items=items):
            return [as_an_editor_reads_it(item) for item in items]
        case Scalar(text=text, plain=True):
            if text in ("true", "false"):
                return text == "true"
            if re.fullmatch(r"[-+]?\d+|0x[0-9a-fA-F]+", text):
                return int(text, 16) if text.startswith("0x") else int(text)
            return float(text) if re.fullmatch(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?", text) else text
        case Scalar(text=text):
            return text
    raise AssertionError(node)


def errors(document: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_valid_file_holds_against_it(path: Path) -> None:
    assert errors(as_an_editor_reads_it(read(path.read_text()).root)) == []


def test_a_name_that_looks_like_a_number_holds_and_so_does_one_motion_sensor() -> None:
    assert errors(MINIMAL) == []
    assert errors({**MINIMAL, "sensors": {"motion": {"gpio": 17}}}) == []
    assert errors({**MINIMAL, "sensors": {"motion": [{"gpio": 17}, {"gpio": 27}]}}) == []


@pytest.mark.parametrize(
    "section",
    [
        {"motion": {"hold": 45}}, {"motion": {"hold": "45"}}, {"motion": {"hold": ""}}, {"motion": {"hodl": "45s"}},
        {"limits": {"floor": 101}}, {"limits": {"floor": "10"}}, {"programmes": {"p": []}}, {"programmes": {"P": []}},
        {"programmes": {"p": [{"at": "25:00", "level": 1}]}}, {"programmes": {"p": [{"at": "sunset+", "level": 1}]}},
        {"calendar": {"rules": [{"programme": "p", "from": "24-12"}]}}, {"night": {"twilight_deg": [-6]}},
        {"luminaire": {"nominal_power_w": 0}}, {"sensors": {"light": {"driver": "bh1751"}}}, {"lamp": {"site": "S", "id": "l"}},
        {"output": {"driver": "pwm", "gpio": 18.5}}, {"broker": {}},
    ],
)  # fmt: skip
def test_what_the_compiler_refuses_does_not_hold(section: dict[str, Any]) -> None:
    assert errors({**MINIMAL, **section}) != []


def test_every_key_is_described_and_every_default_and_example_holds() -> None:
    schema = json_schema()
    for section in [schema, *schema["$defs"].values()]:
        for key, described in section["properties"].items():
            assert described["description"], key
            validator = VALIDATOR.evolve(schema={**described, "$defs": schema["$defs"]})
            for value in [*described.get("examples", ()), *([described["default"]] if "default" in described else ())]:
                assert [error.message for error in validator.iter_errors(value)] == [], key
