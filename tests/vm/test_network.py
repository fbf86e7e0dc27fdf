"""The guest's network: a broker on the host by its name, the cable cut and plugged in again."""

from collections.abc import Iterator

import pytest
from guest.broker import Broker, Operator
from guest.machine import Guest
from guest.sandbox import Sandbox

CARRIER = "/sys/class/net/eth0/carrier"


@pytest.fixture
def operator(broker: Broker) -> Iterator[Operator]:
    listening = Operator(broker, "street/#")
    yield listening
    listening.close()


def test_the_guest_reaches_the_hosts_broker_by_name(sandbox: Sandbox, broker: Broker, operator: Operator) -> None:
    assert sandbox.ask("publish", BROKER_PORT=str(broker.port), TEXT="hello")["outcome"] == "published"
    operator.wait_for("lamp", text="hello")


def test_a_cut_cable_is_seen_and_a_plugged_one_works_again(
    guest: Guest, sandbox: Sandbox, broker: Broker, operator: Operator
) -> None:
    guest.plug_cable(False)
    guest.run(f"timeout 10 sh -c 'until grep -q 0 {CARRIER}; do sleep 0.1; done'")
    cut = sandbox.ask("publish", BROKER_PORT=str(broker.port), TEXT="while cut")
    guest.plug_cable(True)
    back = sandbox.ask("publish", BROKER_PORT=str(broker.port), TEXT="and back")

    assert cut["outcome"] in ("OSError", "TimeoutError")
    assert back["outcome"] == "published"
    operator.wait_for("lamp", text="and back")
    assert "while cut" not in [message.body["text"] for message in operator.heard]
