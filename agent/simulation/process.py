"""The agent's process in virtual time: the real core, drivers and lamp, one event after the other; no threads, no sleeping."""

from collections import deque
from collections.abc import Callable
from math import inf
from zoneinfo import ZoneInfo

from agent.core.controller import Controller
from agent.effects import Drive, Effect, Promise, Remember, Sample, Step
from agent.events import ConfigInvalid, Event, LinkChanged, MotionEdge, OutboxChanged, Restored, Stored, Woken
from agent.hardware.output import OutputError
from agent.hardware.rig import Bottom, build_rig
from agent.hardware.senses import build_motion, build_samplers
from agent.records import Boot, BootReason, Instant, Part
from agent.settings.model import Settings
from agent.simulation.shelf import VirtualLedger

FADE_STEP_S, FADE_STEPS = 0.25, 4  # the daemon fades in steps of 20 ms; nothing here can see the difference
RESTORE_S = 0.3  # the ledger is read so long after the first light

Clock = Callable[[], Instant]
Observer = Callable[[Instant, Effect], None]


class VirtualProcess:
    """From its start to its death. ``now`` gives the instant as the lamp's own clocks have it."""

    def __init__(
        self,
        settings: Settings,
        bottom: Bottom,
        now: Clock,
        ledger: VirtualLedger,
        observer: Observer,
        reason: BootReason,
        *,
        kernel_boot_id: str,
        linked: bool,
        config_invalid: bool,
    ) -> None:
        self._now = now
        self._ledger = ledger
        self._observer = observer
        self._inbox: deque[Event] = deque()
        self._lamp_next_s = inf
        self._moved = False  # the lamp, in this turn
        self._degraded = False  # as it was told of the disk
        self.hung = False
        self._restore_at_s = now().mono_s + RESTORE_S
        self._rig = build_rig(settings, bottom, _told_by_an_event)
        self.lamp = None if self._rig is None else self._rig.lamp
        self._carried = None if self._rig is None else self._rig.carried
        if self._carried is not None:
            self._carried.attend(_is_seen_in_the_next_turn, self._hasten)
        found = None if reason is BootReason.POWER_ON else self.lamp
        boot = Boot(
            f"virtual-{now().mono_s:.0f}",
            reason,
            None if found is None else found.found_level(),
            kernel_boot_id,
            simulated=True,
            untold=found is not None and found.untold,
        )
        self.controller = Controller(settings, boot, now(), ZoneInfo)
        self._samplers = tuple(build_samplers(settings, bottom, _is_a_bug, self._carried).values())
        self._settles_at_s = inf  # a motion line's debounce is over
        self._motion = build_motion(settings, bottom, self.tell, lambda: now().mono_s)
        self._step = self.controller.start(now())
        self._carry(self._step)
        self.tell(LinkChanged(connected=linked))
        if config_invalid:
            self.tell(ConfigInvalid(("the file does not compile",)))

    def tell(self, event: Event) -> None:
        """Put an event into the inbox; it is taken in the next turn."""
        self._inbox.append(event)

    def next_s(self, now_s: float) -> float:
        """When the next turn is due: now, while something waits; never, once it hangs."""
        if self.hung:
            return inf
        if self._inbox or (self._carried is not None and self._carried.waiting):
            return now_s
        due_s = min(self._step.wake_at_s, self._lamp_next_s, self._restore_at_s, self._ledger.due_s(), self._settles_at_s)
        for sampler in self._samplers:
            due_s = min(due_s, sampler.next_due_s())
        return due_s

    def turn(self, now_s: float) -> bool:
        """Do all that is due; whether the light can have changed."""
        if self.hung:
            return False
        self._moved = self._carried is not None  # its bus may have something for it at any time
        if now_s >= self._settles_at_s:
            self._settle(now_s)
        if self._carried is not None:
            self._carried.carry()
        if now_s >= self._lamp_next_s:
            self._move_lamp()
        if now_s >= self._restore_at_s:
            self._restore_at_s = inf
            memory, durable = self._ledger.load()
            self._degraded = not durable
            self.tell(Restored(memory, durable))
        self._write_ledger(now_s)
        inbox = self._inbox
        for sampler in self._samplers:
            if now_s >= sampler.next_due_s():
                inbox.extend(sampler.run_due(now_s))
        if not inbox and now_s >= self._step.wake_at_s:
            inbox.append(Woken())
        while inbox:
            event = inbox.popleft()
            self._step = self.controller.step(event, self._now())
            if self._step.effects:  # most readings have none
                self._carry(self._step)
            if isinstance(event, MotionEdge):
                self._settle(now_s)
        return self._moved

    def _settle(self, now_s: float) -> None:
        """Let the motion lines whose debounce is over say what they are, and see when the next one's is."""
        settling = [motion.settle(now_s) for motion in self._motion]
        self._settles_at_s = min((at_s for at_s in settling if at_s is not None), default=inf)

    def _write_ledger(self, now_s: float) -> None:
        if now_s >= self._ledger.due_s():
            self._ledger.write_due(now_s)
        self._tell_of_disk()

    def _tell_of_disk(self) -> None:
        if self._ledger.degraded is not self._degraded:
            self._degraded = self._ledger.degraded
            self.tell(OutboxChanged(0, 0, self._degraded))

    def die(self) -> None:
        """Killed: nothing is written any more, the pins are let go as they are."""
        if self._rig is not None:
            self._rig.leave()
        for motion in self._motion:
            motion.close()

    def _carry(self, step: Step) -> None:
        now = self._now()
        now_s = now.mono_s
        for effect in step.effects:
            match effect:
                case Drive(ramp):
                    if self.lamp is not None:
                        self.lamp.drive(ramp)
                        self._move_lamp()
                case Sample(part, every_s):
                    for sampler in self._samplers:
                        sampler.set_every(part, every_s)
                case Promise(number, entries):
                    self.tell(Stored(number, self._ledger.promise(entries, now_s)))
                    self._tell_of_disk()
                case Remember(entries, within_s):
                    self._ledger.remember(entries, now_s + within_s)
                case _:
                    pass
            self._observer(now, effect)

    def _hasten(self) -> None:
        """The output has taken a level, or has refused it."""
        self._lamp_next_s = -inf

    def _move_lamp(self) -> None:
        if self.lamp is None:
            return
        self._moved = True
        now_s = self._now().mono_s
        next_s = self.lamp.advance(now_s)
        self._inbox.extend(self.lamp.take_events())
        ramp = self.controller.ramp
        step_s = max(FADE_STEP_S, (ramp.end_s - ramp.start_s) / FADE_STEPS)
        coarse_s = min(now_s + step_s, ramp.end_s) if ramp.end_s > now_s else now_s
        self._lamp_next_s = inf if next_s is None else max(next_s, coarse_s)


def _is_seen_in_the_next_turn() -> None:
    """There is no thread to call: each turn begins with what waits for the bus."""


def _told_by_an_event(part: Part, error: OutputError) -> None:
    """The text is for the log; the event of the same failure reaches the core by itself."""


def _is_a_bug(part: Part, error: Exception) -> None:
    """A driver that raises anything but BusError has a bug, and no simulation may pass over it."""
    raise AssertionError(f"the driver of {part} has a bug") from error
