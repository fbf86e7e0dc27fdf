"""The names by which the file may set an alarm's times and thresholds: TALQ's where TALQ has one. Not all can be told."""

from collections.abc import Mapping
from dataclasses import dataclass

ALARM_NAMES = (
    # the lamp and its gear
    "lampFailure", "dimmingFailure", "lampUnexpectedOn", "cyclingFailure", "lampPowerTooHigh", "lampPowerTooLow",
    "absoluteLampPowerTooHigh", "absoluteLampPowerTooLow", "relayFailure", "controlGearFailure", "controlGearCommFailure",
    "controlGearThermalDerating", "controlGearThermalShutdown", "lightSourceOpenCircuit", "lightSourceShortCircuit",
    "lampEndOfLife",
    # the supply
    "supplyLoss", "supplyVoltageTooHigh", "supplyVoltageTooLow", "currentTooHigh", "currentTooLow", "powerFactorTooLow",
    "leakageDetected", "criticalInrush", "voltageSag", "voltageSwell", "unexpectedLoad", "meterFault",
    # what decides
    "invalidProgram", "invalidCalendar", "invalidConfig", "invalidLampType", "fallbackActive", "protectionActive",
    # the sensors
    "photocellFault", "lightSensorFault", "presenceFault", "temperatureSensorFault", "temperatureTooHigh", "temperatureTooLow",
    "i2cBusFault", "fireDetected", "impactDetected", "orientationChanged", "locationChanged",
    # the agent, its clock, link and disk
    "timeUnsynced", "timeStepped", "communicationFailure", "lowCommunication", "brokerRejected", "bufferHighWater",
    "bufferDropped", "storageDegraded", "powerSupplyUndervoltage", "overTemperatureSoc", "watchdogTripped",
    "certificateExpiring", "assetMismatch", "selfTestFailed", "deviceMalfunction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Threshold:
    """The key that is used, what its value is, and the bounds, both allowed, between which it can be meant."""

    key: str
    value: str
    unit: str  # that messages name
    least: float
    most: float

    def is_possible(self, value: float) -> bool:
        return self.least <= value <= self.most


THRESHOLDS: Mapping[str, Threshold] = {
    "absoluteLampPowerTooHigh": Threshold("above", "watts", "W", 0.1, 25_000),
    "absoluteLampPowerTooLow": Threshold("below", "watts", "W", 0, 25_000),
    "lampPowerTooHigh": Threshold("above", "watts more than expected", "W", 0.1, 25_000),
    "lampPowerTooLow": Threshold("below", "watts less than expected", "W", 0.1, 25_000),
    "lampEndOfLife": Threshold("above", "operating hours", "h", 1, 1_000_000),
    "supplyLoss": Threshold("below", "volts", "V", 0, 1_000),
    "supplyVoltageTooHigh": Threshold("above", "volts", "V", 1, 1_500),
    "supplyVoltageTooLow": Threshold("below", "volts", "V", 0, 1_000),
    "currentTooHigh": Threshold("above", "amperes", "A", 0.001, 1_000),
    "currentTooLow": Threshold("below", "amperes", "A", 0, 1_000),
    "powerFactorTooLow": Threshold("below", "power factor at full light", "", 0, 0.95),  # it ends at 0.05 more, and 1 is the most
    "unexpectedLoad": Threshold("above", "watts beside the lamp", "W", 0.1, 25_000),
    "temperatureTooHigh": Threshold("above", "degrees Celsius", "°C", 20, 150),
    "temperatureTooLow": Threshold("below", "degrees Celsius", "°C", -60, 20),
    "fireDetected": Threshold("above", "degrees Celsius", "°C", 20, 150),
    "bufferHighWater": Threshold("above", "percent of storage.max_size_mb", "%", 1, 99),
    "overTemperatureSoc": Threshold("above", "degrees Celsius", "°C", 20, 150),
    "certificateExpiring": Threshold("below", "days", "days", 0, 3_650),
}

NEVER: Mapping[str, str] = {  # names of the vocabulary that this agent cannot tell, or tells otherwise
    "controlGearThermalDerating": "a driver on PWM or 0-10 V does not say so; what it takes away is lampPowerTooLow",
    "controlGearThermalShutdown": "a driver on PWM or 0-10 V does not say so; its lamp is dark: lampFailure",
    "lightSourceOpenCircuit": "only a driver with a data line tells it from a short circuit: lampFailure",
    "lightSourceShortCircuit": "only a driver with a data line tells it from an open circuit: lampFailure",
    "leakageDetected": "no sensor for residual current",
    "criticalInrush": "the meters average over a tenth of a second and more, an inrush is over in milliseconds",
    "voltageSag": "the meters average over a tenth of a second and more; what lasts is supplyVoltageTooLow",
    "voltageSwell": "the meters average over a tenth of a second and more; what lasts is supplyVoltageTooHigh",
    "invalidProgram": "programmes come with the config: invalidConfig",
    "invalidCalendar": "the calendar comes with the config: invalidConfig",
    "invalidLampType": "the lamp is described in the config: invalidConfig",
    "impactDetected": "no accelerometer",
    "orientationChanged": "no sensor for the pole's tilt",
    "locationChanged": "no receiver of satellites",
    "lowCommunication": "nothing measures the quality of the link; a lost one is communicationFailure",
    "watchdogTripped": "it only happens, and is told at once",
    "assetMismatch": "the luminaire does not say which it is",
    "deviceMalfunction": "what fails is told by its own name",
}
