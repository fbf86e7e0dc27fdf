"""Commands of a preview: how they are written, and that they act as the broker's and the technician's do."""

from collections.abc import Callable
from datetime import time

import pytest

from agent.commands import BrokerSlot, Dim, EmergencyLight, Resume
from agent.events import TechnicianSet
from agent.simulation.preview.orders import OrderError, parse_order
from agent.simulation.preview.report import Preview, Row

Run = Callable[..., Preview]
WINTER = "2026-12-21"


@pytest.mark.parametrize(
    ("text", "what", "at"),
    [
        ("dim 0 for=2h@23:00", Dim(0, duration_s=7200), time(23)),
        ("dim 40@01:30:15", Dim(40), time(1, 30, 15)),
        ("set 0@22:00", TechnicianSet(0, 1800), time(22)),
        ("set 55.5 for=10min @ 22:00", TechnicianSet(55.5, 600), time(22)),
        ("emergency for=30min@02:00", EmergencyLight(1800), time(2)),
        ("emergency@02:00", EmergencyLight(None), time(2)),
        ("resume@03:00", Resume(None), time(3)),
        ("resume override@03:00", Resume(BrokerSlot.OVERRIDE), time(3)),
    ],
)
def test_what_is_written_is_understood(text: str, what: object, at: time) -> None:
    order = parse_order(text)
    assert (order.what, order.at) == (what, at)
    assert order.by_broker is not isinstance(what, TechnicianSet)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dim 40", "no time is said"),
        ("dim@23:00", "dim needs a level"),
        ("dim 140@23:00", "not between 0 and 100"),
        ("dim nan@23:00", "not between 0 and 100"),
        ("dim 40 for=2@23:00", "2 has no unit"),
        ("dim 40 for=9d@23:00", "at most 168 hours"),
        ("dim 40 fast@23:00", "does not understand 'fast'"),
        ("dimm 40@23:00", "perhaps dim is meant"),
        ("identify@23:00", "there is no command 'identify'"),
        ("dim 40@25:00", "no time of day"),
        ("resume motion@23:00", "override or emergency"),
        ("", "no time is said"),
        ("@23:00", "there is no command ''"),
    ],
)
def test_what_cannot_be_understood_is_said_with_an_example(text: str, says: str) -> None:
    with pytest.raises(OrderError) as caught:
        parse_order(text)
    assert says in str(caught.value)
    assert "write such as" in str(caught.value)


def held(rows: tuple[Row, ...] | None, moment: str) -> tuple[str | None, float | None]:
    row = next(row for row in reversed(rows or ()) if row.at <= moment)
    return row.slot, row.feedback_level


def test_commands_act_at_their_local_time_and_end_by_themselves(run: Run) -> None:
    orders = ("dim 20 for=2h@19:00", "set 80 for=10min@20:00", "emergency for=30min@02:00", "dim 30@03:00", "resume@03:30")
    rows = run(WINTER, orders=orders).report.timeline
    moments = [(21, "17:59:59"), (21, "18:01:00"), (21, "19:05:00"), (21, "19:15:00"), (21, "20:01:00")]
    moments += [(22, "01:01:00"), (22, "01:31:00"), (22, "02:01:00"), (22, "02:31:00")]
    seen = {text: held(rows, f"2026-12-{day}T{text}.000Z") for day, text in moments}
    assert seen == {
        "17:59:59": ("programme", 100),
        "18:01:00": ("override", 20),
        "19:05:00": ("maintenance", 80),
        "19:15:00": ("override", 20),
        "20:01:00": ("programme", 100),
        "01:01:00": ("emergency", 100),
        "01:31:00": ("programme", 30),
        "02:01:00": ("override", 30),
        "02:31:00": ("programme", 30),
    }


def test_a_command_reaches_no_lamp_whose_broker_is_down_but_the_technician_does(run: Run) -> None:
    rows = run(WINTER, orders=("dim 20@19:00", "set 50@20:00"), faults=("broker.down",)).report.timeline
    assert held(rows, "2026-12-21T18:05:00.000Z") == ("programme", 100)
    assert held(rows, "2026-12-21T19:05:00.000Z") == ("maintenance", 50)


def test_a_fault_late_in_the_morning_comes_at_the_end_of_the_night_and_not_before_its_noon(run: Run) -> None:
    rows = run(WINTER, faults=("temperature.dead@11:30",)).report.timeline or ()
    assert rows[0].alarms == ()
    assert rows[-1].alarms == ("temperatureSensorFault",)
