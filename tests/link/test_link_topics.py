"""Topics: what is subscribed to is understood, and nothing else is."""

from agent.delivery import Channel
from agent.link.topics import CommandTopic, Retained, Target, Topics

TOPICS = Topics("duisburg", "lamp-1", ("north", "south"))


def test_the_lamps_own_topics_are_those_of_the_contract() -> None:
    assert TOPICS.own(Retained.STATUS) == "streetlight/v1/duisburg/lamp/lamp-1/status"
    assert TOPICS.own(Channel.ACK) == "streetlight/v1/duisburg/lamp/lamp-1/ack"
    assert TOPICS.client_id == "streetlight-duisburg-lamp-1"


def test_commands_are_heard_for_the_lamp_its_groups_and_all() -> None:
    assert TOPICS.command_filters() == (
        "streetlight/v1/duisburg/lamp/lamp-1/command/+",
        "streetlight/v1/duisburg/group/north/command/+",
        "streetlight/v1/duisburg/group/south/command/+",
        "streetlight/v1/duisburg/all/command/+",
    )


def test_every_filter_is_understood_with_its_target_and_verb() -> None:
    targets = (Target.LAMP, Target.GROUP, Target.GROUP, Target.ALL)
    for topic_filter, target in zip(TOPICS.command_filters(), targets, strict=True):
        assert TOPICS.command(topic_filter.replace("+", "self-test")) == CommandTopic(target, "self-test")
        assert TOPICS.command(topic_filter.replace("+", "")) == CommandTopic(target, "")


def test_other_topics_are_no_commands() -> None:
    for topic in (
        "",
        "streetlight/v1/duisburg/lamp/lamp-1/status",
        "streetlight/v1/duisburg/lamp/lamp-2/command/dim",
        "streetlight/v1/duisburg/group/east/command/dim",
        "streetlight/v1/essen/all/command/dim",
        "streetlight/v1/duisburg/all/command/dim/more",
    ):
        assert TOPICS.command(topic) is None
