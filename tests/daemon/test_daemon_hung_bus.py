"""A hung I2C bus costs its own thread a second a transfer, and nobody else anything: people, broker and relay are served."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from support.agent import BASE, CONFIG, NIGHT, eventually
from support.broker import Mosquitto
from support.operator import Operator
from support.pole import Pole

from agent.core.sampling import LIGHT_AFTER_S
from agent.simulation.bus import HANG_S

pytestmark = pytest.mark.process
WITH_MOTION = CONFIG.replace("sensors:\n", "sensors:\n  motion: {gpio: 17}\n") + (
    "motion: {raise_to: 100, hold: 1s, fade_up: 0s, fade_down: 0s}\n"
)
AFTERNOON = "2026-12-21T15:20:00+01:00"  # the sun is at 6 degrees: day for certain
TIMES = 3

MakePole = Callable[..., Pole]


@pytest.fixture
def make_pole(tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePole]:
    made: list[Pole] = []

    def make(start: str, speed: int = 1) -> Pole:
        options = {"--broker": broker.url, "--start": start, "--speed": str(speed)}
        made.append(Pole(tmp_path, WITH_MOTION, monkeypatch, options))
        return made[-1]

    yield make
    for pole in made:
        assert pole.ends()  # also with a transfer that never comes back
        pole.let_go()


@pytest.fixture
def operator(broker: Mosquitto) -> Iterator[Operator]:
    client = Operator(broker.port)
    yield client
    client.close()


def until(is_so: Callable[[], bool]) -> float:
    """The seconds that it takes to be so."""
    began_s = time.monotonic()
    while not is_so():
        assert time.monotonic() < began_s + 10, "it did not come to be"
        time.sleep(0.001)
    return time.monotonic() - began_s


def edge_s(pole: Pole) -> float:
    """From somebody's step under the lamp to full light."""
    eventually(lambda: pole.light == 60)
    pole.world.passage.hold(True)
    taken_s = until(lambda: pole.light == 100)
    pole.world.passage.hold(False)
    return taken_s


def dim_s(pole: Pole, operator: Operator) -> float:
    """From the operator's command to the light that it asks for."""
    eventually(lambda: pole.light == 60)
    began_s = time.monotonic()
    operator.send(f"{BASE}/command/dim", {"id": uuid4().hex, "level": 25})
    until(lambda: pole.light == 25)
    taken_s = time.monotonic() - began_s
    operator.send(f"{BASE}/command/resume", {"id": uuid4().hex})
    return taken_s


def test_somebody_and_the_broker_are_obeyed_while_a_transfer_is_stuck(make_pole: MakePole, operator: Operator) -> None:
    """As promptly as without; whoever waited for the bus would wait for ever, for the test lets it go only at its end."""
    pole = make_pole(NIGHT, speed=20)
    operator.wait_status("ready")
    sound_s = min(edge_s(pole) for _ in range(TIMES)), min(dim_s(pole, operator) for _ in range(TIMES))

    pole.hold()
    assert pole.hangs.wait(20)
    hung_at_s = pole.status.uptime_s
    eventually(lambda: pole.status.uptime_s > hung_at_s + LIGHT_AFTER_S)  # then a change of level asks more of the sensors again
    hung_s = min(edge_s(pole) for _ in range(TIMES)), min(dim_s(pole, operator) for _ in range(TIMES))

    assert pole.hangs.is_set()  # the transfer that was under way is so still
    assert max(sound_s) < HANG_S / 2  # the best of some tries, for the machine may be busy
    assert max(hung_s) < HANG_S / 2


def test_the_relay_lights_at_dusk_and_the_bus_is_told_of_once(make_pole: MakePole, operator: Operator) -> None:
    pole = make_pole(AFTERNOON, speed=300)
    pole.hang()
    relay = pole.world.pin_factory.pin("GPIO23")
    eventually(lambda: pole.light == 0 and relay.state == 1)  # the coil holds the contact open

    eventually(lambda: pole.light == 60 and relay.state == 0, within_s=30)

    eventually(lambda: "i2cBusFault" in pole.status.state.alarms)
    state = pole.status.state
    assert (state.night.is_night, state.night.by, state.light_level_lx) == (True, "sun", None)
    assert state.alarms == ("i2cBusFault",)
    events = [seen.json for seen in operator.wait_topic(f"{BASE}/event", count=2)]
    assert [event["event"] for event in events if event["edge"] == "raised"] == ["i2cBusFault"]
