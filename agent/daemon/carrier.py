"""The carrier: carries out what the core asks for. Every effect is a hand-over; nothing here waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from agent.delivery import Channel, Record
from agent.effects import Confirm, Drive, Effect, Present, PresentAll, Promise, Remember, Restamp, Sample, Send
from agent.ledger import Entry
from agent.link.topics import Retained
from agent.link.wire import encode, encode_body
from agent.messages import Ack, Edge, Event, Severity, State, Telemetry
from agent.records import Part, Ramp, TimeQuality

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger  # loaded after the first light


class LampPort(Protocol):
    def drive(self, ramp: Ramp) -> None: ...


class SamplingPort(Protocol):
    def set_every(self, part: Part, every_s: float) -> None: ...


class StoragePort(Protocol):
    def put(self, record: Record) -> None: ...

    def promise(self, number: int, entries: Sequence[Entry]) -> None: ...

    def remember(self, entries: Sequence[Entry], within_s: float) -> None: ...

    def restamp(self, offset_s: float, time_quality: TimeQuality) -> None: ...


class LinkPort(Protocol):
    def present(self, topic: Retained, payload: bytes) -> None: ...

    def confirm(self, delivery: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Carrier:
    """``link`` is None without a broker: records then wait in the outbox. ``present_all`` publishes status and info again."""

    boot_id: str
    lamp: LampPort | None
    sampling: Sequence[SamplingPort]
    storage: StoragePort
    link: LinkPort | None
    present_all: Callable[[], None]
    host_delay_s: Callable[[float], float]
    log: "FilteringBoundLogger"

    def carry(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            self._carry(effect)

    def _carry(self, effect: Effect) -> None:
        match effect:
            case Drive(ramp):
                if self.lamp is not None:
                    self.lamp.drive(ramp)
            case Sample(part, every_s):
                for sampling in self.sampling:
                    sampling.set_every(part, every_s)
            case Send():
                self._log_event(effect.message)
                self.storage.put(self._record(effect))
            case Promise(number, entries):
                self.storage.promise(number, entries)
            case Remember(entries, within_s):
                self.storage.remember(entries, self.host_delay_s(within_s))
            case Restamp(offset_s, time_quality):
                self.storage.restamp(offset_s, time_quality)
            case Present() | PresentAll() | Confirm():
                self._to_link(effect)

    def _to_link(self, effect: Present | PresentAll | Confirm) -> None:
        if self.link is None:
            return
        match effect:
            case Present(what):
                message = what.message()
                self.link.present(Retained.STATE if isinstance(message, State) else Retained.ALARMS, encode(message))
            case PresentAll():
                self.present_all()
            case Confirm(delivery):
                self.link.confirm(delivery)

    def _record(self, send: Send) -> Record:
        channel = {Telemetry: Channel.TELEMETRY, Event: Channel.EVENT, Ack: Channel.ACK}[type(send.message)]
        return Record(
            channel=channel,
            priority=send.priority,
            boot_id=self.boot_id,
            seq=send.seq,
            uptime_s=send.stamp.uptime_s,
            utc_s=send.stamp.utc_s,
            time_quality=send.stamp.time_quality,
            body=encode_body(send.message),
            reply_to=send.reply_to,
        )

    def _log_event(self, message: Telemetry | Event | Ack) -> None:
        match message:
            case Event(name, edge, severity, attributes):
                write = self.log.info if severity is Severity.INFO or edge is Edge.CLEARED else self.log.warning
                write(f"{name} {edge}", **({"attributes": attributes} if attributes else {}))
            case Ack():
                self.log.info(f"command {message.status}", id=message.id, verb=message.verb, code=message.code or None)
            case Telemetry():
                pass
