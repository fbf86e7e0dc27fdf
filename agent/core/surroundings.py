"""What the core is told of the process around it: link, disk, config, output."""

from dataclasses import dataclass, field

from agent.core.alarms import Alarm
from agent.events import (
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


@dataclass(slots=True)
class Surroundings:
    outbox: OutboxView = field(default_factory=lambda: OutboxView(0, 0))
    restored: bool = False  # the ledger has been read
    linked: bool = False
    storage_failed: bool = False  # as the storage last said of all its files
    promise_failed: bool = False  # the last one: the other file may fail all the same when it has not
    config_invalid: bool = False
    output_faults: dict[Part, Fault] = field(default_factory=dict)

    def note(self, event: Event) -> bool:
        """Take what concerns the surroundings; whether the outbox has just drained."""
        match event:
            case LinkChanged(connected):
                self.linked = connected
            case OutboxChanged(pending, dropped, degraded):
                drained = pending == 0 and self.outbox.pending > 0
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

    def truths(self, *, has_broker: bool) -> dict[Alarm, bool]:
        return {
            Alarm.CONTROL_GEAR_COMM_FAILURE: any(fault is not Fault.HUNG_BUS for fault in self.output_faults.values()),
            Alarm.INVALID_CONFIG: self.config_invalid,
            Alarm.STORAGE_DEGRADED: self.storage_failed or self.promise_failed,
            Alarm.COMMUNICATION_FAILURE: has_broker and not self.linked,
        }
