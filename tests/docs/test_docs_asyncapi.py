"""The AsyncAPI document is committed as the command prints it, names every topic of a lamp, and its examples are true."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator
from support.contract import misfit, validator

from agent.cli.contract.document import document
from agent.cli.contract.examples import ordered, published
from agent.cli.contract.words import ANSWER_CODES
from agent.cli.main import cli
from agent.delivery import Channel
from agent.events import CommandArrived
from agent.link.commands import Incoming, Verb, understand
from agent.link.topics import CommandTopic, Retained, Target, Topics

DOCS = Path(__file__).parents[2] / "docs"
LAMP = Topics("duisburg", "lamp-1", ("north",))
DOCUMENT = document()
REMAKE = "docs/asyncapi.json is not what the code says; streetlight-agent asyncapi > docs/asyncapi.json"


def addresses() -> dict[str, dict[str, Any]]:
    """The channels by the topic that they are for this lamp."""
    names = {"{site}": "duisburg", "{lamp}": "lamp-1", "{group}": "north"}
    made = {}
    for channel in DOCUMENT["channels"].values():
        address = channel["address"]
        for name, value in names.items():
            address = address and address.replace(name, value)
        made[address] = channel
    return made


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_the_committed_document_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(cli, ["asyncapi"])
    assert printed.exit_code == 0
    assert (DOCS / "asyncapi.json").read_text(encoding="utf-8") == printed.stdout, REMAKE


def test_every_topic_of_a_lamp_has_its_channel_and_no_other() -> None:
    own = {LAMP.own(last) for last in (*Retained, *Channel)}
    reply, commands = {None}, set(addresses()) - own - {None}
    assert set(addresses()) == own | commands | reply
    heard = {LAMP.command(topic) for topic in commands}
    for_one = {Verb.IDENTIFY, Verb.SELF_TEST}
    assert heard == {CommandTopic(to, verb) for to in Target for verb in Verb if to is Target.LAMP or verb not in for_one}


def test_what_a_lamp_sends_is_retained_as_the_contract_has_it_and_all_is_qos_1() -> None:
    bindings = {
        operation["channel"]["$ref"].rpartition("/")[2]: operation["bindings"]["mqtt"]
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == "send"
    }
    assert {name for name, binding in bindings.items() if binding["retain"]} == {"status", "info", "state", "alarms"}
    assert {name for name, binding in bindings.items() if not binding["retain"]} == {"telemetry", "event", "ack"}
    assert all(operation["bindings"]["mqtt"]["qos"] == 1 for operation in DOCUMENT["operations"].values())


def test_every_command_is_answered_where_it_asks_and_on_the_topic_of_acknowledgements() -> None:
    commands = [operation for operation in DOCUMENT["operations"].values() if operation["action"] == "receive"]
    assert len(commands) == len(DOCUMENT["channels"]) - len([*Retained, *Channel]) - 1
    for operation in commands:
        assert operation["reply"]["address"]["location"] == "$message.header#/responseTopic"
        assert operation["reply"]["messages"] == [{"$ref": "#/channels/reply/messages/ack"}]
    assert "sendAck" in DOCUMENT["operations"]


def test_every_reference_leads_somewhere() -> None:
    found = set(references(DOCUMENT))
    assert found
    for reference in found:
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_schema_is_one_and_every_field_says_what_it_means() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft7Validator.check_schema(schema)
        assert schema["description"], name
        for field, of in schema.get("properties", {}).items():
            assert of.get("description") or "$ref" in of, f"{name}.{field}"


@pytest.mark.parametrize("message", [*Retained, *Channel, *Verb])
def test_every_example_fits_its_own_schema_and_says_nothing_beyond_it(message: str) -> None:
    examples = DOCUMENT["components"]["messages"][message]["examples"]
    assert examples
    for example in examples:
        assert misfit(message, json.dumps(example["payload"]).encode()) is None


def test_the_examples_show_each_field_that_a_lamp_can_have_at_least_once() -> None:
    for last, shown in published().items():
        fields = {field for body in shown.values() for field in json.loads(body)}
        assert fields == set(validator(last).schema["components"]["schemas"][last.title()]["properties"])


def test_every_command_that_is_shown_is_understood() -> None:
    for verb, shown in ordered().items():
        for body in shown.values():
            assert isinstance(understand(Incoming(CommandTopic(Target.LAMP, verb), body)), CommandArrived)


def test_the_codes_of_answers_are_those_that_the_page_explains() -> None:
    rows = (DOCS / "codes.md").read_text(encoding="utf-8").split("## `ack.code`")[1].split("\n## ")[0].splitlines()
    assert set(ANSWER_CODES) == {row.split("`")[1] for row in rows if row.startswith("| `")}
