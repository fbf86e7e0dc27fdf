"""Commands that come before the ledger has been read, or twice before the first is on disk."""

from zoneinfo import ZoneInfo

from agent.commands import Dim, Envelope
from agent.core.controller import Controller
from agent.effects import Confirm, Drive, Effect, Promise, Send
from agent.events import CommandArrived, Event, Restored, Stored, Woken
from agent.ledger import Memory, SeenCommand
from agent.messages import Ack, AckStatus
from agent.records import Boot, BootReason, Instant
from agent.settings.model import Lamp, Settings

START_UTC_S = 1_796_000_000.0
KNOWN = Ack("a", "lamp-1", "dim", AckStatus.APPLIED, durable=True, level=20.0)


class Core:
    """The core alone, told one event after the other."""

    def __init__(self) -> None:
        settings = Settings(lamp=Lamp("site", "lamp-1"))
        self._controller = Controller(settings, Boot("boot", BootReason.RESTART, 50.0), Instant(0.0, START_UTC_S), ZoneInfo)
        self._controller.start(Instant(0.0, START_UTC_S))

    def tell(self, event: Event, at_s: float) -> tuple[Effect, ...]:
        return self._controller.step(event, Instant(at_s, START_UTC_S + at_s)).effects


def dim(command_id: str, delivery: int) -> CommandArrived:
    return CommandArrived(Envelope(command_id, "dim", delivery), Dim(20.0))


def acks(effects: tuple[Effect, ...]) -> list[AckStatus]:
    return [effect.message.status for effect in effects if isinstance(effect, Send) and isinstance(effect.message, Ack)]


def confirmed(effects: tuple[Effect, ...]) -> list[int]:
    return [effect.delivery for effect in effects if isinstance(effect, Confirm)]


def test_a_command_waits_for_the_ledger_which_may_know_it_as_a_repeat() -> None:
    core = Core()
    early = core.tell(dim("a", 1), 0.1)
    assert not acks(early)
    assert not confirmed(early)

    restored = core.tell(Restored(Memory(seen=(SeenCommand("a", START_UTC_S - 60, KNOWN),)), durable=True), 0.5)
    assert acks(restored) == [AckStatus.APPLIED]
    assert confirmed(restored) == [1]
    assert not any(isinstance(effect, Promise) for effect in restored)


def test_a_ledger_that_never_comes_holds_up_a_command_for_ten_seconds_at_most() -> None:
    core = Core()
    core.tell(dim("a", 1), 0.1)
    opened = core.tell(Woken(), 10.0)
    assert any(isinstance(effect, Promise) for effect in opened)
    assert [effect.ramp.end_level for effect in opened if isinstance(effect, Drive)] == [20.0]


def test_a_delivery_that_comes_again_before_its_promise_is_kept_is_confirmed_with_it() -> None:
    core = Core()
    core.tell(Restored(Memory(), durable=True), 0.0)
    promise = next(effect for effect in core.tell(dim("a", 1), 1.0) if isinstance(effect, Promise))
    assert not confirmed(core.tell(dim("a", 2), 1.1))
    assert confirmed(core.tell(Stored(promise.number, durable=True), 1.2)) == [1, 2]
