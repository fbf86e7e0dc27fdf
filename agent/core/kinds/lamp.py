"""The alarms of the lamp, its driver and its relay."""

from collections.abc import Mapping

from agent.core import bounds, expected, lampwatch
from agent.core.alarms import Alarm, AlarmKind, Family
from agent.core.dayburner import BY_DAY_S
from agent.core.kinds.words import percent
from agent.messages import Severity

TOLERANCE = f"{percent(expected.BAND_SHARE)} of what it should draw at its level, and {expected.BAND_W:g} W at least"

LAMP: Mapping[Alarm, AlarmKind] = {
    Alarm.LAMP_FAILURE: AlarmKind(
        Family.LAMP,
        Severity.CRITICAL,
        20,
        10,
        "lit, and dark by its power",
        f"it draws less than standby and {percent(expected.DARK_SHARE)} of what its light should draw",
        "lit, and it draws what it should; by day nothing is known, and it stays",
        "see whether fuse and relay let it through, then replace the lamp",
    ),
    Alarm.CONTROL_GEAR_FAILURE: AlarmKind(
        Family.LAMP,
        Severity.CRITICAL,
        60,
        10,
        "not even the driver draws anything, day or night, and no relay is there to be the reason",
        f"it draws less than {percent(lampwatch.GEAR_SHARE)} of `standby_power_w`, where the meter can tell that from nothing",
        f"over {percent(lampwatch.GEAR_CLEAR_SHARE)} of it",
        "check the lamp's fuse and wires, then replace the driver",
    ),
    Alarm.DIMMING_FAILURE: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        60,
        60,
        "lit, and it does not follow its dimming line",
        f"its power is off by more than {TOLERANCE}, and fits full light or the minimum level, or stayed when the level changed",
        "it draws what it should, at a level at which that proves something",
        "check the dimming line and the driver",
    ),
    Alarm.LAMP_UNEXPECTED_ON: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        60,
        10,
        "lit against our will, or by a command that was forgotten in daylight",
        f"without a relay: it draws over {lampwatch.UNEXPECTED_W:g} W more than standby at level 0; or it is day, and a command"
        f" or the technician has kept it lit for over {BY_DAY_S / 60:g} min",
        f"under {lampwatch.UNEXPECTED_W / 2:g} W beyond standby; or off, or night",
        "see `cause`: end the command; else check driver and wiring",
    ),
    Alarm.RELAY_FAILURE: AlarmKind(
        Family.LAMP,
        Severity.CRITICAL,
        20,
        10,
        "the contact is welded, or does not close",
        f"it draws over {lampwatch.UNEXPECTED_W:g} W more than standby at level 0; or it is lit, and not even the driver draws"
        " anything, where the meter can tell `standby_power_w` from nothing: else that is `lampFailure`",
        "both have been seen to be well again: off by day, supplied by night",
        "replace the relay",
    ),
    Alarm.CYCLING_FAILURE: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        0,
        0,
        "goes out and comes back by itself",
        f"its power went on or off {lampwatch.CYCLES} times in {lampwatch.CYCLE_S / 60:g} min at a constant level",
        f"quiet for {lampwatch.QUIET_S / 60:g} min",
        "replace lamp or driver",
    ),
    Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH: AlarmKind(
        Family.LAMP,
        Severity.CRITICAL,
        60,
        60,
        "draws more than any lamp of its kind",
        f"over {percent(expected.OVERLOAD)} of its power at 100 %, and {expected.BAND_W:g} W",
        "no more than that",
        "switch it off, and look for a short circuit or a wrong lamp",
    ),
    Alarm.ABSOLUTE_LAMP_POWER_TOO_LOW: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        60,
        60,
        "lit, and draws less than the config allows at any level",
        "less than `below`; not judged without it",
        "no less than that",
        "check the lamp's heads and its driver",
    ),
    Alarm.LAMP_POWER_TOO_HIGH: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        60,
        60,
        "draws more than it should at its level, and it is not the dimming",
        f"over {TOLERANCE}; more where no `power_curve` is written and it is dimmed",
        "within half of that",
        "see that the lamp is the one in the config; check its driver",
    ),
    Alarm.LAMP_POWER_TOO_LOW: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        60,
        60,
        "draws less than it should at its level, and it is not the dimming",
        f"over {TOLERANCE}",
        "within half of that",
        "look for a dead head or string; see that the lamp is the one in the config",
    ),
    Alarm.CONTROL_GEAR_COMM_FAILURE: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        0,
        10,
        "the output or the relay line refuses what is written, or has forgotten it",
        "a write failed, or something else was read back",
        "written, and read back as it was",  # one that has forgotten is set again within seconds
        "check overlay, pins, rights; a chip's supply and wiring",
    ),
    Alarm.LAMP_END_OF_LIFE: AlarmKind(
        Family.LAMP,
        Severity.INFO,
        0,
        0,
        "has been lit for as long as lamps last",
        f"over {bounds.WORN_H:g} operating hours",
        "under that, as after another `above`",
        "plan its replacement, then raise `above`",
    ),
    Alarm.SELF_TEST_FAILED: AlarmKind(
        Family.LAMP,
        Severity.MAJOR,
        0,  # each test measures until it is sure
        0,
        "the last self-test with a verdict failed",
        "a self-test failed",
        "one passes",
        "what its `selfTestEnded` said; test again",
    ),
}
