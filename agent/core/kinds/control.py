"""The alarms of what decides."""

from collections.abc import Mapping

from agent.core.alarms import Alarm, AlarmKind, Family
from agent.messages import Severity

CONTROL: Mapping[Alarm, AlarmKind] = {
    Alarm.PROTECTION_ACTIVE: AlarmKind(
        Family.CONTROL,
        Severity.MAJOR,
        60,
        60,
        "less light than asked for, because the luminaire is hot",
        "`limits.derating` bites",
        "it does not",
        "check cooling and sun",
    ),
    Alarm.FALLBACK_ACTIVE: AlarmKind(
        Family.CONTROL,
        Severity.MAJOR,
        60,
        60,
        "night is judged without the sun",
        "no clock is good enough for the sun and the programme",
        "one is",
        "check the clock: network, NTP, RTC battery",
    ),
    Alarm.INVALID_CONFIG: AlarmKind(
        Family.CONTROL,
        Severity.MAJOR,
        0,
        0,
        "the config file does not compile; the last good one is in force",
        "the file was read, and has errors",
        "a file without errors is in force",
        "run `streetlight-agent check`",
    ),
}
