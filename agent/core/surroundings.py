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
from agent.records import OutputFailed, OutputWorks, Part


@dataclass(slots=True)
class Surroundings:
    outbox: OutboxView = field(default_factory=lambda: OutboxView(0, 0))
    restored: bool = False  # the ledger has been read
    linked: bool = False
    storage_failed: bool = False
    config_invalid: bool = False
    output_faults: set[Part] = field(default_factory=set)

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
                self.storage_failed = not event.durable
            case Restored():
                self.restored, self.storage_failed = True, not event.durable
            case OutputFailed(part):
                self.output_faults.add(part)
            case OutputWorks(part):
                self.output_faults.discard(part)
            case ConfigInvalid():
                self.config_invalid = True
            case Reconfigured():
                self.config_invalid = False
            case _:
                pass
        return False

    def truths(self, *, has_broker: bool) -> dict[Alarm, bool]:
        return {
            Alarm.CONTROL_GEAR_COMM_FAILURE: bool(self.output_faults),
            Alarm.INVALID_CONFIG: self.config_invalid,
            Alarm.STORAGE_DEGRADED: self.storage_failed,
            Alarm.COMMUNICATION_FAILURE: has_broker and not self.linked,
        }
