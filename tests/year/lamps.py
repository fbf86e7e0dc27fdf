"""The lamps that live through the year: every config that is shipped, and lamps of three sizes, on dc and on the mains."""

from collections.abc import Iterator
from dataclasses import replace

from alarm_poles import CONFIGS, LAMPS, LARGE, MEDIUM, with_relay

from agent.config.compiler import compile_file
from agent.settings.hardware import MotionSensor
from agent.settings.model import Settings


def lamps() -> Iterator[tuple[str, Settings]]:
    """Each with its name. Those of the sizes dim with the programme of the demonstration, and are raised by motion."""
    for path in sorted(CONFIGS.glob("*.yaml")):
        settings = compile_file(path)[0].settings
        assert settings is not None
        yield path.stem, settings
        if path.stem == "simulated":
            demonstration = settings
    for name, lamp in LAMPS.items():
        yield name, lived_in(lamp, demonstration)
    yield "42 W, 24 V, with a relay", lived_in(with_relay(MEDIUM), demonstration)
    meter = LARGE.sensors.power
    assert meter is not None
    pole = replace(LARGE, sensors=replace(LARGE.sensors, power=replace(meter, measures="pole")))
    yield "150 W, 230 V, metered with its pole", lived_in(pole, demonstration)


def lived_in(lamp: Settings, like: Settings) -> Settings:
    """In the street of another lamp."""
    return replace(
        lamp,
        programmes=like.programmes,
        calendar=like.calendar,
        motion=like.motion,
        sensors=replace(lamp.sensors, motion=(MotionSensor(17),)),
    )
