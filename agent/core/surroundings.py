"""What the core is told of the process around it: link, disk, config, output."""

from dataclasses import dataclass, field

from agent.core.alarms import Alarm
from agent.core.bounds import Bound, expiring, high_water
from agent.core.expected import IsUp
from agent.core.timekeeping import Time
from agent.events import (
    BrokerRefused,
    CertificateRead,
    ConfigInvalid,
    Event,
    LinkChanged,
    OutboxChanged,
    Reconfigured,
    Restored,
    Stored,
)
from agent.messages import OutboxView
from agent.records import Fault, OutputFailed, OutputWorks, Part
from agent.settings.model import Settings

DAY_S = 86_400.0


@dataclass(slots=True)
class Surroundings:
    outbox: OutboxView = field(default_factory=lambda: OutboxView(0, 0))
    restored: bool = False  # the ledger has been read
    linked: bool = False
    refused: bool = False  # by the broker, since the last connection
    certificate_ends_utc_s: float | None = None
    full_percent: float = 0.0  # the outbox, of its cap
    drops: bool = False  # the outbox has just lost records to its cap
    storage_failed: bool = False  # as the storage last said of all its files
    promise_failed: bool = False  # the last one: the other file may fail all the same when it has not
    config_invalid: bool = False
    output_faults: dict[Part, Fault] = field(default_factory=dict)
    _has_broker: bool = False
    _high_water: Bound = field(default_factory=lambda: high_water(Settings()))
    _expiring: Bound = field(default_factory=lambda: expiring(Settings()))

    def note(self, event: Event) -> bool:
        """Take what concerns the surroundings; whether the outbox has just drained."""
        match event:
            case LinkChanged(connected):
                self.linked, self.refused = connected, self.refused and not connected
            case BrokerRefused():
                self.refused = True
            case CertificateRead(ends_utc_s):
                self.certificate_ends_utc_s = ends_utc_s
            case OutboxChanged(pending, dropped, degraded, full_percent):
                drained = pending == 0 and self.outbox.pending > 0
                self.drops, self.full_percent = dropped > self.outbox.dropped, full_percent
                self.outbox, self.storage_failed = OutboxView(pending, dropped), degraded
                return drained
            case Stored():
                self.promise_failed = not event.durable
            case Restored():
                self.restored, self.storage_failed = True, not event.durable
            case OutputFailed(part, fault):
                self.output_faults[part] = fault
            case OutputWorks(part):
                self.output_faults.pop(part, None)
            case ConfigInvalid():
                self.config_invalid = True
            case Reconfigured():
                self.config_invalid = False
            case _:
                pass
        return False

    @property
    def bus_hangs(self) -> bool:
        """Whether the output fails because of its bus, which is then told of instead."""
        return Fault.HUNG_BUS in self.output_faults.values()

    def configure(self, settings: Settings) -> None:
        """What is asked of them from now on."""
        self._has_broker = settings.broker is not None
        self._high_water, self._expiring = high_water(settings), expiring(settings)

    def truths(self, time: Time, is_up: IsUp) -> dict[Alarm, bool]:
        truths = {
            Alarm.CONTROL_GEAR_COMM_FAILURE: any(fault is not Fault.HUNG_BUS for fault in self.output_faults.values()),
            Alarm.INVALID_CONFIG: self.config_invalid,
            Alarm.STORAGE_DEGRADED: self.storage_failed or self.promise_failed,
            Alarm.COMMUNICATION_FAILURE: self._has_broker and not self.linked,
            Alarm.BROKER_REJECTED: self._has_broker and self.refused,
            Alarm.BUFFER_HIGH_WATER: self.full_percent > 0
            and self._high_water.is_beyond(self.full_percent, is_up=is_up(Alarm.BUFFER_HIGH_WATER)),
            Alarm.BUFFER_DROPPED: self.drops,
        }
        if self.certificate_ends_utc_s is not None and time.trusted:
            days = (self.certificate_ends_utc_s - time.utc_s) / DAY_S
            truths[Alarm.CERTIFICATE_EXPIRING] = self._expiring.is_beyond(days, is_up=is_up(Alarm.CERTIFICATE_EXPIRING))
        return truths
