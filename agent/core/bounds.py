"""Bounds: thresholds with hysteresis, as data; here those of temperatures, of age and of what the agent runs on."""

from msgspec import Struct

from agent.core.alarms import Alarm
from agent.records import Part, Quantity
from agent.settings.model import AlarmRule, Settings

HOT_C = 85.0  # of a luminaire, where no derating says better
COLD_C = -40.0  # LED drivers are rated from here on
FIRE_C = 110.0  # no luminaire gets so hot by itself
SOC_HOT_C = 80.0  # the firmware begins to slow the Pi down
HYSTERESIS_C = 3.0
WORN_H = 100_000.0  # the life that luminaires are sold with
EXPIRING_DAYS, HYSTERESIS_DAYS = 30.0, 1.0
HIGH_WATER_PERCENT, LOW_WATER = 80.0, 0.75  # of the outbox's cap; and of that

Placed = tuple[tuple[Part, Quantity, "Bound"], ...]


class Bound(Struct, frozen=True, gc=False):
    """Beyond ``raise_at`` an alarm becomes true; once it is up it ends at ``clear_at``, which says on which side is good."""

    alarm: Alarm
    raise_at: float
    clear_at: float

    def is_beyond(self, value: float, *, is_up: bool) -> bool:
        limit = self.clear_at if is_up else self.raise_at
        return value > limit if self.raise_at > self.clear_at else value < limit


def above(settings: Settings, alarm: Alarm) -> float | None:
    """The threshold that the config writes for an alarm, None where it writes none."""
    return settings.alarms.get(alarm, AlarmRule()).above


def below(settings: Settings, alarm: Alarm) -> float | None:
    return settings.alarms.get(alarm, AlarmRule()).below


def above_or(settings: Settings, alarm: Alarm, default: float) -> float:
    written = above(settings, alarm)
    return default if written is None else written


def below_or(settings: Settings, alarm: Alarm, default: float) -> float:
    written = below(settings, alarm)
    return default if written is None else written


def too_hot(settings: Settings) -> Bound:
    derating = settings.limits.derating
    hot_c = above_or(settings, Alarm.TEMPERATURE_TOO_HIGH, HOT_C if derating is None else derating.to_c)
    return Bound(Alarm.TEMPERATURE_TOO_HIGH, hot_c, hot_c - HYSTERESIS_C)


def too_cold(settings: Settings) -> Bound:
    cold_c = below_or(settings, Alarm.TEMPERATURE_TOO_LOW, COLD_C)
    return Bound(Alarm.TEMPERATURE_TOO_LOW, cold_c, cold_c + HYSTERESIS_C)


def soc_too_hot(settings: Settings) -> Bound:
    hot_c = above_or(settings, Alarm.OVER_TEMPERATURE_SOC, SOC_HOT_C)
    return Bound(Alarm.OVER_TEMPERATURE_SOC, hot_c, hot_c - HYSTERESIS_C)


def climate_bounds(settings: Settings) -> Placed:
    """What can be told of the luminaire's thermometer and of the Pi itself: degrees Celsius, and yes (1) or no (0)."""
    fire_c = above_or(settings, Alarm.FIRE_DETECTED, FIRE_C)
    luminaire = Part.TEMPERATURE, Quantity.TEMPERATURE_C
    return (
        (*luminaire, too_hot(settings)),
        (*luminaire, too_cold(settings)),
        (*luminaire, Bound(Alarm.FIRE_DETECTED, fire_c, fire_c - HYSTERESIS_C)),
        (Part.SOC, Quantity.SOC_TEMPERATURE_C, soc_too_hot(settings)),
        (Part.SOC, Quantity.SOC_UNDERVOLTAGE, Bound(Alarm.POWER_SUPPLY_UNDERVOLTAGE, 0.5, 0.4)),
    )


def worn_h(settings: Settings) -> float:
    """Operating hours beyond which a lamp has done its time; they never fall, so no hysteresis is needed."""
    return above_or(settings, Alarm.LAMP_END_OF_LIFE, WORN_H)


def expiring(settings: Settings) -> Bound:
    """In days that a certificate is still good for."""
    days = below_or(settings, Alarm.CERTIFICATE_EXPIRING, EXPIRING_DAYS)
    return Bound(Alarm.CERTIFICATE_EXPIRING, days, days + HYSTERESIS_DAYS)


def high_water(settings: Settings) -> Bound:
    """In percent of the outbox's cap."""
    percent = above_or(settings, Alarm.BUFFER_HIGH_WATER, HIGH_WATER_PERCENT)
    return Bound(Alarm.BUFFER_HIGH_WATER, percent, LOW_WATER * percent)
