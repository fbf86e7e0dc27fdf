"""Alarms: their names, what there is to know of each kind, and the events that only happen."""

from collections.abc import Mapping
from enum import Enum, StrEnum

from msgspec import Struct

from agent.messages import Severity


class Alarm(StrEnum):
    """Names as TALQ gives them, where it does."""

    LAMP_FAILURE = "lampFailure"
    CONTROL_GEAR_FAILURE = "controlGearFailure"
    DIMMING_FAILURE = "dimmingFailure"
    LAMP_UNEXPECTED_ON = "lampUnexpectedOn"
    RELAY_FAILURE = "relayFailure"
    CYCLING_FAILURE = "cyclingFailure"
    ABSOLUTE_LAMP_POWER_TOO_HIGH = "absoluteLampPowerTooHigh"
    ABSOLUTE_LAMP_POWER_TOO_LOW = "absoluteLampPowerTooLow"
    LAMP_POWER_TOO_HIGH = "lampPowerTooHigh"
    LAMP_POWER_TOO_LOW = "lampPowerTooLow"
    CONTROL_GEAR_COMM_FAILURE = "controlGearCommFailure"
    LAMP_END_OF_LIFE = "lampEndOfLife"
    SELF_TEST_FAILED = "selfTestFailed"
    SUPPLY_LOSS = "supplyLoss"
    SUPPLY_VOLTAGE_TOO_HIGH = "supplyVoltageTooHigh"
    SUPPLY_VOLTAGE_TOO_LOW = "supplyVoltageTooLow"
    CURRENT_TOO_HIGH = "currentTooHigh"
    CURRENT_TOO_LOW = "currentTooLow"
    POWER_FACTOR_TOO_LOW = "powerFactorTooLow"
    UNEXPECTED_LOAD = "unexpectedLoad"
    METER_FAULT = "meterFault"
    PROTECTION_ACTIVE = "protectionActive"
    FALLBACK_ACTIVE = "fallbackActive"
    INVALID_CONFIG = "invalidConfig"
    LIGHT_SENSOR_FAULT = "lightSensorFault"
    PHOTOCELL_FAULT = "photocellFault"
    PRESENCE_FAULT = "presenceFault"
    TEMPERATURE_SENSOR_FAULT = "temperatureSensorFault"
    TEMPERATURE_TOO_HIGH = "temperatureTooHigh"
    TEMPERATURE_TOO_LOW = "temperatureTooLow"
    FIRE_DETECTED = "fireDetected"
    I2C_BUS_FAULT = "i2cBusFault"
    TIME_UNSYNCED = "timeUnsynced"
    TIME_STEPPED = "timeStepped"
    COMMUNICATION_FAILURE = "communicationFailure"
    BROKER_REJECTED = "brokerRejected"
    CERTIFICATE_EXPIRING = "certificateExpiring"
    BUFFER_HIGH_WATER = "bufferHighWater"
    BUFFER_DROPPED = "bufferDropped"
    STORAGE_DEGRADED = "storageDegraded"
    POWER_SUPPLY_UNDERVOLTAGE = "powerSupplyUndervoltage"
    OVER_TEMPERATURE_SOC = "overTemperatureSoc"


class Occurrence(StrEnum):
    """Events that only happen."""

    DEVICE_RESET = "deviceReset"
    WATCHDOG_TRIPPED = "watchdogTripped"
    COMMAND_REJECTED = "commandRejected"
    OVERRIDE_STARTED = "overrideStarted"
    OVERRIDE_ENDED = "overrideEnded"
    LOCAL_OVERRIDE = "localOverride"
    SELF_TEST_ENDED = "selfTestEnded"
    POWER_CURVE_DROPPED = "powerCurveDropped"


class Family(Enum):
    """What an alarm is about, and what its events show of it as far as that is known: named as in telemetry and state."""

    LAMP = (
        "The lamp",
        ("feedback_level", "actual_level", "expected_power_w", "active_power_w", "supply_voltage_v", "slot", "cause"),
    )
    SUPPLY = (
        "The supply",
        (
            *("actual_level", "supply_voltage_v", "supply_current_a", "expected_power_w", "active_power_w", "power_factor"),
            "power_fault",
        ),
    )
    CONTROL = "What decides", ("slot", "cause", "feedback_level", "actual_level", "night", "temperature_c", "time_quality")
    SENSORS = "The sensors", ("night", "light_level_lx", "light_fault", "temperature_c", "temperature_fault", "power_fault")
    SYSTEM = "The agent, its clock, link and disk", ("time_quality", "soc_temperature_c", "outbox_pending", "outbox_dropped")

    def __init__(self, title: str, attributes: tuple[str, ...]) -> None:
        self.title = title
        self.attributes = attributes


class AlarmKind(Struct, frozen=True):
    """The texts are for whoever gets the alarm; ``raised`` and ``cleared`` go on with the two delays."""

    family: Family
    severity: Severity
    after_s: float  # true for so long: raised
    clear_after_s: float  # untrue for so long: cleared
    means: str
    raised: str
    cleared: str
    remedy: str


OCCURRENCES: Mapping[Occurrence, Severity] = {
    Occurrence.DEVICE_RESET: Severity.MINOR,
    Occurrence.WATCHDOG_TRIPPED: Severity.MAJOR,
    Occurrence.COMMAND_REJECTED: Severity.MINOR,
    Occurrence.OVERRIDE_STARTED: Severity.INFO,
    Occurrence.OVERRIDE_ENDED: Severity.INFO,
    Occurrence.LOCAL_OVERRIDE: Severity.MINOR,
    Occurrence.SELF_TEST_ENDED: Severity.INFO,
    Occurrence.POWER_CURVE_DROPPED: Severity.INFO,
}
