"""The alarms of the supply and its meter."""

from collections.abc import Mapping

from agent.core import supply
from agent.core.alarms import Alarm, AlarmKind, Family
from agent.core.kinds.words import NO_ANSWER, READ_AGAIN, percent
from agent.messages import Severity

SUPPLY: Mapping[Alarm, AlarmKind] = {
    Alarm.SUPPLY_LOSS: AlarmKind(
        Family.SUPPLY,
        Severity.CRITICAL,
        5,
        10,
        "the lamp has no supply, while the Pi has one",
        f"less than {percent(supply.LOST)} of the nominal voltage; the lamp is then not judged",
        f"over {percent(supply.LOST_CLEAR)} of it",
        "check the feeder and the fuse",
    ),
    Alarm.SUPPLY_VOLTAGE_TOO_HIGH: AlarmKind(
        Family.SUPPLY,
        Severity.MAJOR,
        10,
        10,
        "more voltage than lamps are made for",
        f"ac: over {percent(supply.AC_HIGH)} of nominal; dc: over {percent(1 + supply.DC_OFF)}",
        f"ac: at most {percent(supply.AC_HIGH_CLEAR)}; dc: at most {percent(1 + supply.DC_OFF_CLEAR)}",
        "tell whoever runs the grid; check a lost neutral",
    ),
    Alarm.SUPPLY_VOLTAGE_TOO_LOW: AlarmKind(
        Family.SUPPLY,
        Severity.MAJOR,
        10,
        10,
        "less voltage than lamps are made for",
        f"ac: under {percent(supply.AC_LOW)} of nominal; dc: under {percent(1 - supply.DC_OFF)}; the lamp is then not judged",
        f"ac: at least {percent(supply.AC_LOW_CLEAR)}; dc: at least {percent(1 - supply.DC_OFF_CLEAR)}",
        "check feeder, terminals and power supply",
    ),
    Alarm.CURRENT_TOO_HIGH: AlarmKind(
        Family.SUPPLY,
        Severity.MAJOR,
        60,
        60,
        "more current than the lamp can take",
        f"over {percent(supply.OVERCURRENT)} of the current at 100 %, and {supply.OVERCURRENT_A:g} A beyond it at least",
        f"at most {percent(supply.BACK)} of that",
        "look for a short circuit or a failed driver",
    ),
    Alarm.CURRENT_TOO_LOW: AlarmKind(
        Family.SUPPLY,
        Severity.MAJOR,
        60,
        60,
        "lit, and less current than the config allows",
        "less than `below`; not judged without it",
        f"{percent(2 - supply.BACK)} of that",
        "check the lamp and its wires",
    ),
    Alarm.POWER_FACTOR_TOO_LOW: AlarmKind(
        Family.SUPPLY,
        Severity.MINOR,
        300,
        60,
        "takes more current from the mains than its power needs",
        f"from {supply.PF_LEVEL:g} % on: less than the regulation asks of a lamp of its power at full light"
        f" ({supply.PF_REQUIRED_ABOVE:g} over 25 W), less {supply.PF_HYSTERESIS:g}; dimmed, as the reactive power of that allows",
        f"{supply.PF_HYSTERESIS:g} more",
        "replace the driver: its capacitors age",
    ),
    Alarm.UNEXPECTED_LOAD: AlarmKind(
        Family.SUPPLY,
        Severity.MAJOR,
        600,
        60,
        "somebody else draws power from the pole",
        f"with `measures: pole`: over {supply.POLE_W:g} W more than the lamp should draw",
        "at most two thirds of that",
        "see what is connected; what belongs there is added to `above`",
    ),
    Alarm.METER_FAULT: AlarmKind(
        Family.SUPPLY,
        Severity.MAJOR,
        0,
        0,
        "the meter cannot be read; lamp and supply are then not judged",
        f"{NO_ANSWER}; or it said what no lamp draws, or is at the end of its range",
        READ_AGAIN,
        "check the chip and its wires; `explain` says more",
    ),
}
