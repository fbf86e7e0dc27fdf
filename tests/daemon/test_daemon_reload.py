"""What a running process takes over from a changed config, and what waits for its next start."""

from dataclasses import replace

import pytest

from agent.daemon.reload import taken_over
from agent.settings.hardware import LightSensor, Output, Sensors
from agent.settings.model import Broker, Lamp, Location, Luminaire, Motion, Night, Settings, Storage, TelemetrySettings

RUNNING = Settings(
    lamp=Lamp("s", "l", ("g",), Location(51.4, 6.7, "Europe/Berlin")),
    output=Output("pwm", gpio=18),
    sensors=Sensors(light=LightSensor("veml7700")),
    broker=Broker("mqtts://one.example:8883"),
)


@pytest.mark.parametrize(
    "fresh",
    [
        replace(RUNNING, luminaire=Luminaire(nominal_power_w=30)),
        replace(RUNNING, night=Night(mode="always")),
        replace(RUNNING, motion=Motion(raise_to=80)),
        replace(RUNNING, telemetry=TelemetrySettings(every_s=60)),
        replace(RUNNING, lamp=Lamp("s", "l", ("g",), Location(52.5, 13.4, "Europe/Berlin"))),
    ],
)
def test_what_only_the_core_reads_is_taken_over_at_once(fresh: Settings) -> None:
    assert taken_over(RUNNING, fresh) == (fresh, ())


@pytest.mark.parametrize(
    ("section", "fresh"),
    [
        ("lamp", replace(RUNNING, lamp=Lamp("s", "another", ("g",), Location(51.4, 6.7, "Europe/Berlin")))),
        ("output", replace(RUNNING, output=Output("pwm", gpio=12))),
        ("sensors", replace(RUNNING, sensors=Sensors())),
        ("broker", replace(RUNNING, broker=Broker("mqtts://two.example:8883"))),
        ("storage", replace(RUNNING, storage=Storage(flush_every_s=5))),
    ],
)
def test_what_the_process_was_built_from_waits_for_the_next_start(section: str, fresh: Settings) -> None:
    settings, waiting = taken_over(RUNNING, replace(fresh, motion=Motion(raise_to=80)))
    assert waiting == (section,)
    assert settings == replace(RUNNING, motion=Motion(raise_to=80))
