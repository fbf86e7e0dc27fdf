"""The names by which the file may set an alarm's times and thresholds: TALQ's where TALQ has one."""

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
