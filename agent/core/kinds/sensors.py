"""The alarms of the sensors, and of what they find."""

from collections.abc import Mapping

from agent.core import bounds
from agent.core.alarms import Alarm, AlarmKind, Family
from agent.core.kinds.words import NO_ANSWER, READ_AGAIN
from agent.core.presence import CALM_S, CHATTER, SILENT_S, STUCK_S
from agent.messages import Severity

SENSORS: Mapping[Alarm, AlarmKind] = {
    Alarm.LIGHT_SENSOR_FAULT: AlarmKind(
        Family.SENSORS,
        Severity.MAJOR,
        0,  # three misses are counted before it is true
        0,
        "the light sensor cannot be read; the sun alone decides",
        NO_ANSWER,
        READ_AGAIN,
        "check the chip and its wires",
    ),
    Alarm.PHOTOCELL_FAULT: AlarmKind(
        Family.SENSORS,
        Severity.MAJOR,
        0,  # a conviction has taken its time
        0,
        "the photocell contradicts the sun: covered, stuck or floodlit",
        "dark by day or bright by night for 15 min",
        "a dusk or dawn within an hour of the sun's",
        "clean or move it",
    ),
    Alarm.PRESENCE_FAULT: AlarmKind(
        Family.SENSORS,
        Severity.MINOR,
        0,
        60,
        "a motion line is stuck, chatters, or is silent",
        f"active for {STUCK_S / 60:g} min, {CHATTER} times in a minute, or not once in {SILENT_S / 86400:g} days",
        f"let go, calm for {CALM_S / 60:g} min, or heard; after a start, once somebody has come and gone",
        "check the sensor, its aim and its cable",
    ),
    Alarm.TEMPERATURE_SENSOR_FAULT: AlarmKind(
        Family.SENSORS,
        Severity.MAJOR,
        0,
        0,
        "the luminaire's thermometer cannot be read; no derating",
        NO_ANSWER,
        READ_AGAIN,
        "check the chip and its wires",
    ),
    Alarm.TEMPERATURE_TOO_HIGH: AlarmKind(
        Family.SENSORS,
        Severity.MAJOR,
        10,
        60,
        "the luminaire is too hot",
        f"over `derating.to_c`, or {bounds.HOT_C:g} °C where no derating is written",
        f"{bounds.HYSTERESIS_C:g} °C less",
        "check cooling and sun",
    ),
    Alarm.TEMPERATURE_TOO_LOW: AlarmKind(
        Family.SENSORS,
        Severity.MAJOR,
        60,
        60,
        "the luminaire is colder than drivers are made for",
        f"under {bounds.COLD_C:g} °C",
        f"{bounds.HYSTERESIS_C:g} °C more",
        "see that the driver may be used in such a cold",
    ),
    Alarm.FIRE_DETECTED: AlarmKind(
        Family.SENSORS,
        Severity.CRITICAL,
        5,
        600,
        "the luminaire is hotter than it can get by itself",
        f"over {bounds.FIRE_C:g} °C",
        f"{bounds.HYSTERESIS_C:g} °C less",
        "call the fire brigade, and cut the supply",
    ),
    Alarm.I2C_BUS_FAULT: AlarmKind(
        Family.SENSORS,
        Severity.MAJOR,
        0,
        0,
        "a bus fails as a whole; its chips are then not told one by one",
        "every chip of it fails, or it hangs",
        f"{READ_AGAIN} of one of them",
        "check the bus's wires and pull-ups",
    ),
}
