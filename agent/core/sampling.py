"""Sampling follows need: what can change a decision is read at its own period, the rest once a minute."""

from dataclasses import dataclass

from agent.core.lampwatch import WARM_UP_S
from agent.core.light import Light
from agent.core.nightwatch import NightWatch
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


@dataclass(frozen=True, slots=True)
class Need:
    """Which of the parts that are not always read alike are to be read at their own period now."""

    light: bool
    power: bool

    def period_s(self, part: Part, every_s: float) -> float:
        often = (part is Part.LIGHT and self.light) or (part is Part.POWER and self.power)
        return every_s if often else max(every_s, SLOW_S)


def need(watch: NightWatch, time: Time, light: Light, now_s: float, *, power_matters: bool) -> Need:
    return Need(
        light=_light_steps(light, watch, now_s) or watch.wants_light_often(time),
        power=power_matters or now_s < light.ramp.end_s + POWER_AFTER_S,
    )


def _light_steps(light: Light, watch: NightWatch, now_s: float) -> bool:
    """Whether a step of the lamp has just shown, or is about to show, what it adds to the photocell's light."""
    cell = watch.photocell
    return cell is not None and now_s < light.changed_s + LIGHT_AFTER_S and cell.learns_own_light()


def next_s(light: Light, now_s: float) -> float | None:
    """When a source stops being interesting because of the last change of level."""
    moments = [at_s for at_s in (light.changed_s + LIGHT_AFTER_S, light.ramp.end_s + POWER_AFTER_S) if at_s > now_s]
    return min(moments, default=None)
