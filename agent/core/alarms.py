"""Alarms: what can be wrong, how bad it is, how long it must be true before it is told, and how long untrue before it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from agent.ledger import ActiveAlarms
from agent.messages import Edge, Severity
from agent.settings.model import AlarmRule


class Alarm(StrEnum):
    """Names as TALQ gives them, where it does."""

    LAMP_FAILURE = "lampFailure"
    DIMMING_FAILURE = "dimmingFailure"
    LAMP_UNEXPECTED_ON = "lampUnexpectedOn"
    RELAY_FAILURE = "relayFailure"
    CYCLING_FAILURE = "cyclingFailure"
    CONTROL_GEAR_COMM_FAILURE = "controlGearCommFailure"
    TEMPERATURE_TOO_HIGH = "temperatureTooHigh"
    LIGHT_SENSOR_FAULT = "lightSensorFault"
    PHOTOCELL_FAULT = "photocellFault"
    METER_FAULT = "meterFault"
    TEMPERATURE_SENSOR_FAULT = "temperatureSensorFault"
    PRESENCE_FAULT = "presenceFault"
    I2C_BUS_FAULT = "i2cBusFault"
    TIME_UNSYNCED = "timeUnsynced"
    TIME_STEPPED = "timeStepped"
    FALLBACK_ACTIVE = "fallbackActive"
    INVALID_CONFIG = "invalidConfig"
    STORAGE_DEGRADED = "storageDegraded"
    COMMUNICATION_FAILURE = "communicationFailure"
    SELF_TEST_FAILED = "selfTestFailed"


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


@dataclass(frozen=True, slots=True)
class AlarmKind:
    severity: Severity
    after_s: float  # true for so long: raised
    clear_after_s: float  # untrue for so long: cleared


KINDS: Mapping[Alarm, AlarmKind] = {
    Alarm.LAMP_FAILURE: AlarmKind(Severity.CRITICAL, 20, 10),
    Alarm.DIMMING_FAILURE: AlarmKind(Severity.MAJOR, 60, 60),
    Alarm.LAMP_UNEXPECTED_ON: AlarmKind(Severity.MAJOR, 60, 10),
    Alarm.RELAY_FAILURE: AlarmKind(Severity.CRITICAL, 20, 10),
    Alarm.CYCLING_FAILURE: AlarmKind(Severity.MAJOR, 0, 0),  # counted over ten minutes, quiet for thirty
    Alarm.CONTROL_GEAR_COMM_FAILURE: AlarmKind(Severity.MAJOR, 0, 10),  # one that has forgotten is set again within seconds
    Alarm.TEMPERATURE_TOO_HIGH: AlarmKind(Severity.MAJOR, 10, 60),
    Alarm.LIGHT_SENSOR_FAULT: AlarmKind(Severity.MAJOR, 0, 0),  # three misses are counted before it is true
    Alarm.PHOTOCELL_FAULT: AlarmKind(Severity.MAJOR, 0, 0),  # a conviction has taken its time
    Alarm.METER_FAULT: AlarmKind(Severity.MAJOR, 0, 0),
    Alarm.TEMPERATURE_SENSOR_FAULT: AlarmKind(Severity.MAJOR, 0, 0),
    Alarm.I2C_BUS_FAULT: AlarmKind(Severity.MAJOR, 0, 0),
    Alarm.PRESENCE_FAULT: AlarmKind(Severity.MINOR, 0, 60),
    Alarm.TIME_UNSYNCED: AlarmKind(Severity.MAJOR, 900, 0),
    Alarm.TIME_STEPPED: AlarmKind(Severity.MINOR, 0, 0),
    Alarm.FALLBACK_ACTIVE: AlarmKind(Severity.MAJOR, 60, 60),
    Alarm.INVALID_CONFIG: AlarmKind(Severity.MAJOR, 0, 0),
    Alarm.STORAGE_DEGRADED: AlarmKind(Severity.MAJOR, 0, 60),
    Alarm.COMMUNICATION_FAILURE: AlarmKind(Severity.MAJOR, 60, 0),
    Alarm.SELF_TEST_FAILED: AlarmKind(Severity.MAJOR, 0, 0),  # each test measures until it is sure
}

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


@dataclass(frozen=True, slots=True)
class Transition:
    alarm: Alarm
    edge: Edge
    severity: Severity


@dataclass(slots=True)
class _Watch:
    """``pending_since_s``: since when the condition has been other than what was told."""

    active: bool = False
    since_utc_s: float = 0.0
    pending_since_s: float | None = None


class AlarmBook:
    """Told what is true at each step, it says what to raise and clear, and when it wants to look again. Monotonic seconds."""

    def __init__(self, rules: Mapping[str, AlarmRule]) -> None:
        self._rules = rules
        self._watches = {alarm: _Watch() for alarm in Alarm}
        self._pending: list[Alarm] = []  # true or untrue for not long enough yet
        self._settled: Mapping[Alarm, bool] | None = None  # what was told last, where nothing is left to come of it
        self.names: tuple[str, ...] = ()  # of those that are up, in the order of ``Alarm``

    def configure(self, rules: Mapping[str, AlarmRule]) -> None:
        """Other delays from now on; what is up stays up."""
        self._rules = rules

    def update(self, truths: Mapping[Alarm, bool], now_s: float, utc_s: float) -> list[Transition]:
        """An alarm that is not named stays as it is."""
        found: list[Transition] = []
        if truths == self._settled:
            return found
        for alarm, truth in truths.items():
            watch = self._watches[alarm]
            if truth is watch.active:
                watch.pending_since_s = None
                continue
            if watch.pending_since_s is None:
                watch.pending_since_s = now_s
            if now_s >= watch.pending_since_s + self._delay_s(alarm, raising=truth):  # the sum, as in next_s
                watch.active, watch.pending_since_s = truth, None
                watch.since_utc_s = utc_s
                found.append(Transition(alarm, Edge.RAISED if truth else Edge.CLEARED, KINDS[alarm].severity))
        self._pending = [alarm for alarm, watch in self._watches.items() if watch.pending_since_s is not None]
        self._settled = None if self._pending else truths
        if found:
            self._note_names()
        return found

    def _note_names(self) -> None:
        self.names = tuple(alarm.value for alarm, watch in self._watches.items() if watch.active)

    def _delay_s(self, alarm: Alarm, *, raising: bool) -> float:
        kind, rule = KINDS[alarm], self._rules.get(alarm, AlarmRule())
        if raising:
            return kind.after_s if rule.after_s is None else rule.after_s
        return kind.clear_after_s if rule.clear_after_s is None else rule.clear_after_s

    def next_s(self) -> float | None:
        """The next moment at which an alarm would be raised or cleared, if nothing else happens."""
        watches = [(alarm, self._watches[alarm]) for alarm in self._pending]
        moments = [
            watch.pending_since_s + self._delay_s(alarm, raising=not watch.active)
            for alarm, watch in watches
            if watch.pending_since_s is not None
        ]
        return min(moments, default=None)

    def is_up(self, alarm: Alarm) -> bool:
        return self._watches[alarm].active

    def active(self) -> list[tuple[Alarm, float]]:
        """Those that are up, and since when (POSIX seconds), in the order of ``Alarm``."""
        return [(alarm, watch.since_utc_s) for alarm, watch in self._watches.items() if watch.active]

    def memory(self) -> ActiveAlarms:
        return ActiveAlarms(tuple((alarm.value, since_utc_s) for alarm, since_utc_s in self.active()))

    def restore(self, memory: ActiveAlarms) -> None:
        """Alarms that were up before a restart are up: not told again, and cleared when they are found untrue."""
        names = {alarm.value: alarm for alarm in Alarm}
        for name, since_utc_s in memory.active:
            if name in names and not self._watches[names[name]].active:
                self._watches[names[name]] = _Watch(active=True, since_utc_s=since_utc_s)
        self._settled = None
        self._note_names()
