"""The panel of ``status`` and of the demonstration: what does not fit into the terminal is counted."""

import pytest

from agent.cli.present import panel
from agent.daemon.protocol import LinkReport, Status
from agent.messages import NightView, OutboxView, State
from agent.records import TimeQuality

ALARMS = ("lightSensorFault", "meterFault", "presenceFault", "temperatureSensorFault", "communicationFailure")


def status(alarms: tuple[str, ...]) -> Status:
    state = State(
        at="2026-12-21T22:04:00.000Z", version=1, slot="programme", cause="programme", reason="programme even", programme="even",
        target_level=60.0, feedback_level=60.0, actual_level=60.0, output_level=60.0, measured_level=None,
        night=NightView(True, "sun", "2026-12-21T15:30:00.000Z"), override=None, alarms=alarms, next=None,
        time_quality=TimeQuality.NTP, outbox=OutboxView(0, 0),
    )  # fmt: skip
    return Status(
        site="teststadt", lamp="lamp-7", simulated=True, agent_version="1", config_version="c", boot_id="b", uptime_s=1.5,
        local_time="23:04:00", state=state, next_change="30 % at 00:30", sun_elevation_deg=-61.0,
        link=LinkReport(None, connected=False), config_problems=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("width", "count", "shown"),
    [
        (None, 5, ", ".join(ALARMS)),
        (80, 5, "lightSensorFault, meterFault, presenceFault, +2 more"),
        (53, 3, "lightSensorFault, meterFault, presenceFault"),
        (52, 3, "lightSensorFault, meterFault, +1 more"),
        (20, 5, "+5 more"),
        (80, 0, "none"),
    ],
)
def test_of_many_alarms_those_are_shown_that_fit_and_the_others_counted(width: int | None, count: int, shown: str) -> None:
    (row,) = (row for row in panel(status(ALARMS[:count]), width) if row.startswith("alarms"))
    assert row == f"alarms    {shown}"
