"""The names by which the file may set an alarm's times and thresholds: TALQ's where TALQ has one. Not all can be told."""

from collections.abc import Mapping

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

THRESHOLDS: Mapping[str, tuple[str, str]] = {  # the key that is used, and what its value is
    "absoluteLampPowerTooHigh": ("above", "watts"),
    "absoluteLampPowerTooLow": ("below", "watts"),
    "lampPowerTooHigh": ("above", "watts more than expected"),
    "lampPowerTooLow": ("below", "watts less than expected"),
    "lampEndOfLife": ("above", "operating hours"),
    "supplyLoss": ("below", "volts"),
    "supplyVoltageTooHigh": ("above", "volts"),
    "supplyVoltageTooLow": ("below", "volts"),
    "currentTooHigh": ("above", "amperes"),
    "currentTooLow": ("below", "amperes"),
    "powerFactorTooLow": ("below", "power factor at full light"),
    "unexpectedLoad": ("above", "watts beside the lamp"),
    "temperatureTooHigh": ("above", "degrees Celsius"),
    "temperatureTooLow": ("below", "degrees Celsius"),
    "fireDetected": ("above", "degrees Celsius"),
    "bufferHighWater": ("above", "percent of storage.max_size_mb"),
    "overTemperatureSoc": ("above", "degrees Celsius"),
    "certificateExpiring": ("below", "days"),
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
