"""Sampling follows need: what can change a decision is read at its own period, the rest once a minute."""

from math import inf

from agent.core.lampwatch import WARM_UP_S
from agent.core.light import Light
from agent.core.nightwatch import NightWatch
from agent.core.timekeeping import Time
from agent.records import Part
from agent.settings.model import Settings

SLOW_S = 60.0
LIGHT_AFTER_S = 30.0  # so long after a change of level the lamp's own light on the photocell is learnt
FADED_S = 1.5  # so long after the end of a fade its power is metered closely: what it is now counts for the energy
JUDGED_EVERY_S = 5.0  # and then so often, until it has been judged
JUDGED_S = WARM_UP_S + 2 * JUDGED_EVERY_S

Parts = dict[Part, tuple[float, int | None]]


def configured_parts(settings: Settings) -> Parts:
    """The parts that are read, each with its shortest period in seconds and its bus. The SoC is always read."""
    sensors = settings.sensors
    found: Parts = {Part.SOC: (SLOW_S, None)}
    for part, sensor in ((Part.LIGHT, sensors.light), (Part.POWER, sensors.power), (Part.TEMPERATURE, sensors.temperature)):
        if sensor is not None:
            found[part] = sensor.every_s, sensor.bus
    return found


Periods = tuple[float, float]


def needed(watch: NightWatch, time: Time, light: Light, now_s: float, *, power_matters: bool) -> Periods:
    """The longest periods (seconds) at which photocell and meter may be read now; infinite: they change nothing."""
    light_often = watch.wants_light_often(time) or _light_steps(light, watch, now_s)
    faded_s = now_s - light.ramp.end_s
    if power_matters or faded_s < FADED_S:
        return 0.0 if light_often else inf, 0.0
    return 0.0 if light_often else inf, JUDGED_EVERY_S if faded_s < JUDGED_S else inf


def period_s(part: Part, every_s: float, periods: Periods) -> float:
    """How often a part is to be read: never more often than at its own period, never less often than at the slow one."""
    wanted_s = {Part.LIGHT: periods[0], Part.POWER: periods[1]}.get(part, inf)
    return max(every_s, min(SLOW_S, wanted_s))


def _light_steps(light: Light, watch: NightWatch, now_s: float) -> bool:
    """Whether a step of the lamp has just shown, or is about to show, what it adds to the photocell's light."""
    cell = watch.photocell
    return cell is not None and now_s < light.changed_s + LIGHT_AFTER_S and cell.learns_own_light()


def next_s(light: Light, now_s: float) -> float:
    """When a source stops being interesting because of the last change of level."""
    moments = [at_s for at_s in (light.changed_s + LIGHT_AFTER_S, light.ramp.end_s + FADED_S, light.ramp.end_s + JUDGED_S) if at_s > now_s]
    return min(moments, default=inf)
