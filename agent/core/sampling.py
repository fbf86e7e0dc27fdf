"""Sampling follows need: what can change a decision is read at its own period, the rest once a minute, or for telemetry alone."""

from math import inf

from msgspec import Struct

from agent.core.lampwatch import WARM_UP_S
from agent.core.light import Light
from agent.core.nightwatch import NightWatch
from agent.core.timekeeping import Time
from agent.records import Part
from agent.settings.model import Settings

SLOW_S = 60.0
RESTFUL_S = 300.0  # what only telemetry shows: the light by day, the power of a dark lamp, temperatures far from every limit
NEAR_C = 15.0
LIGHT_AFTER_S = 30.0  # so long after a change of level the lamp's own light on the photocell is learnt
FADED_S = 1.0  # so long after the end of a fade its power is metered closely: what it is now counts for the energy
FADING_S = 2.0  # so often in a fade
JUDGED_EVERY_S = 10.0  # and so often after one, until it has been judged
JUDGED_S = WARM_UP_S + JUDGED_EVERY_S
TESTED_EVERY_S = 1.0  # a self-test is waited for: the meter is read so often, though the config may want it seldom

Parts = dict[Part, tuple[float, int | None]]


def configured_parts(settings: Settings) -> Parts:
    """The parts that are read, each with its shortest period in seconds and its bus. The SoC is always read."""
    sensors = settings.sensors
    found: Parts = {Part.SOC: (SLOW_S, None)}
    for part, sensor in ((Part.LIGHT, sensors.light), (Part.POWER, sensors.power), (Part.TEMPERATURE, sensors.temperature)):
        if sensor is not None:
            found[part] = sensor.every_s, sensor.bus
    return found


class Need(Struct, frozen=True, gc=False):
    """The longest periods, in seconds, at which the parts may be read now; 0: what is read next can change a decision."""

    light_s: float
    power_s: float
    temperature_s: float
    soc_s: float
    is_tested: bool = False

    def period_s(self, part: Part, every_s: float) -> float:
        """How often a part is to be read that may be read every ``every_s``."""
        match part:
            case Part.POWER if self.is_tested:
                return min(every_s, TESTED_EVERY_S)
            case Part.LIGHT:
                return max(every_s, self.light_s)
            case Part.POWER:
                return max(every_s, self.power_s)
            case Part.TEMPERATURE:
                return max(every_s, self.temperature_s)
            case _:
                return max(every_s, self.soc_s)


def light_need_s(watch: NightWatch, time: Time, light: Light, now_s: float, rest_s: float) -> float:
    cell = watch.photocell
    steps = cell is not None and now_s < light.changed_s + LIGHT_AFTER_S and cell.learns_own_light()
    return 0.0 if steps else min(rest_s, watch.light_period_s(time))


def power_need_s(light: Light, now_s: float, rest_s: float, *, suspicious: bool) -> float:
    faded_s = now_s - light.ramp.end_s
    if suspicious or 0 <= faded_s < FADED_S:
        return 0.0
    if faded_s < 0:
        return FADING_S
    if faded_s < JUDGED_S:
        return JUDGED_EVERY_S
    return SLOW_S if light.lit else rest_s


def shown_need_s(telemetry_every_s: float) -> float:
    """For what only telemetry shows: as often as it does, but no more than once a minute."""
    return min(RESTFUL_S, max(SLOW_S, telemetry_every_s))


def next_s(light: Light, now_s: float) -> float:
    """When a source stops being interesting because of the last change of level."""
    end_s = light.ramp.end_s
    moments = light.changed_s + LIGHT_AFTER_S, end_s, end_s + FADED_S, end_s + JUDGED_S
    return min([at_s for at_s in moments if at_s > now_s], default=inf)
