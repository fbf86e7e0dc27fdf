"""Sampling follows need: what can change a decision is read at its own period, the rest once a minute."""

from agent.core.lampwatch import WARM_UP_S
from agent.core.light import Light
from agent.core.nightwatch import NightWatch
from agent.core.sources import Sources
from agent.core.timekeeping import Time
from agent.records import Part
from agent.settings.model import Settings

SLOW_S = 60.0
LIGHT_AFTER_S = 30.0  # so long after a change of level the lamp's own light on the photocell is learnt
POWER_AFTER_S = WARM_UP_S + 3.0  # so long after the end of a fade its power is metered closely, and judged a few times

Parts = dict[Part, tuple[float, int | None]]


def configured_parts(settings: Settings) -> Parts:
    """The parts that are read, each with its shortest period in seconds and its bus. The SoC is always read."""
    sensors = settings.sensors
    found: Parts = {Part.SOC: (SLOW_S, None)}
    for part, sensor in ((Part.LIGHT, sensors.light), (Part.POWER, sensors.power), (Part.TEMPERATURE, sensors.temperature)):
        if sensor is not None:
            found[part] = sensor.every_s, sensor.bus
    return found


def new_periods(
    parts: Parts, sources: Sources, watch: NightWatch, time: Time, light: Light, now_s: float, *, power_matters: bool
) -> dict[Part, float]:
    """The periods (seconds) that are to be other than they are."""
    often = {
        Part.LIGHT: now_s < light.changed_s + LIGHT_AFTER_S or watch.wants_light_often(time),
        Part.POWER: power_matters or now_s < light.ramp.end_s + POWER_AFTER_S,
    }
    wanted = {part: every_s if often.get(part) else max(every_s, SLOW_S) for part, (every_s, _) in parts.items()}
    return {part: every_s for part, every_s in wanted.items() if sources.set_every(part, every_s, now_s)}


def next_s(light: Light, now_s: float) -> float | None:
    """When a source stops being interesting because of the last change of level."""
    moments = (light.changed_s + LIGHT_AFTER_S, light.ramp.end_s + POWER_AFTER_S)
    return min((at_s for at_s in moments if at_s > now_s), default=None)
