"""The control thread: takes one thing after another from the inbox, steps the core, moves the lamp, feeds the watchdog."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from agent.clock import Clock, host_s
from agent.commands import Identify, SelfTest
from agent.core.controller import Controller
from agent.core.maintenance import DEFAULT_S
from agent.daemon.carrier import Carrier
from agent.daemon.inbox import Inbox, Inquiry, Item, Reload, Stop
from agent.daemon.notify import Notifier
from agent.daemon.protocol import Reply, Request
from agent.effects import Drive, Step
from agent.events import Event, TechnicianRelease, TechnicianRuns, TechnicianSet, Woken
from agent.records import OutputFailed, OutputWorks, Ramp

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger  # loaded after the first light

    from agent.hardware.pins import MotionInput

LEAST_WAIT_S = 0.005  # host time: a fade at 600 times the speed is not worth more
LONGEST_WAIT_S = 10.0
MOST_BUGS, BUGS_WITHIN_S = 10, 60.0
AFTER_A_BUG_S = 1.0


class MovableLamp(Protocol):
    """The lamp as the control thread moves it."""

    def drive(self, ramp: Ramp) -> None: ...

    def advance(self, now_s: float) -> float | None: ...

    def take_events(self) -> Sequence[OutputFailed | OutputWorks]: ...


class Control:
    """Owns the core. ``answer`` knows what only the process as a whole does; ``reload`` starts the compiler in the background."""

    def __init__(
        self,
        controller: Controller,
        lamp: MovableLamp | None,
        clock: Clock,
        inbox: Inbox,
        notifier: Notifier,
    ) -> None:
        self._controller = controller
        self._lamp = lamp
        self._clock = clock
        self._inbox = inbox
        self._notifier = notifier
        self._log: FilteringBoundLogger | None = None
        self._carrier: Carrier | None = None
        self._motion: Sequence[MotionInput] = ()
        self._answer: Callable[[Request], Reply] | None = None
        self._reload: Callable[[], None] = lambda: None
        self._step = Step((), 0.0)
        self._lamp_next_s: float | None = None
        self._alive_s = host_s()
        self._told = ""
        self._bugs: deque[float] = deque(maxlen=MOST_BUGS)  # when the core failed, in host time

    def light(self) -> None:
        """The first light, before anything else of the process is there."""
        self._step = self._controller.start(self._clock.now())
        if self._lamp is not None:
            for drive in (effect for effect in self._step.effects if isinstance(effect, Drive)):
                self._lamp.drive(drive.ramp)
            self._lamp_next_s = self._lamp.advance(self._clock.now().mono_s)

    def attach(
        self,
        carrier: Carrier,
        motion: "Sequence[MotionInput]",
        answer: Callable[[Request], Reply],
        reload: Callable[[], None],
        log: "FilteringBoundLogger",
    ) -> None:
        """The rest of the process is there: what was asked for at first light is carried out."""
        self._carrier, self._motion, self._answer, self._reload = carrier, motion, answer, reload
        self._log = log
        carrier.carry(self._step.effects)

    def run(self) -> None:
        """Until asked to stop."""
        while True:
            item = self._inbox.take(self._wait_s())
            if isinstance(item, Stop):
                self._put_down()
                return
            self._handle(item)
            self._feed_watchdog()

    def _put_down(self) -> None:
        """What has been counted is kept to the last."""
        if self._carrier is not None:
            self._carrier.carry(self._controller.end(self._clock.now()).effects)

    def _wait_s(self) -> float:
        now_s = self._clock.now().mono_s
        moments = [self._step.wake_at_s]
        if self._lamp_next_s is not None:
            moments.append(self._lamp_next_s)
        moments += [at_s for at_s in (motion.settle(now_s) for motion in self._motion) if at_s is not None]
        wait_s = self._clock.host_delay_s(min(moments) - now_s)
        longest_s = LONGEST_WAIT_S if self._notifier.watchdog_s is None else min(LONGEST_WAIT_S, self._notifier.watchdog_s / 4)
        return min(longest_s, max(LEAST_WAIT_S, wait_s))

    def _handle(self, item: Item) -> None:
        match item:
            case Inquiry(request, answer):
                answer.put(self._asked(request))
            case Reload():
                self._reload()
            case Stop():
                pass
            case Woken():
                now_s = self._clock.now().mono_s
                if now_s >= self._step.wake_at_s:
                    self._take(item)
            case _:
                self._take(item)
        self._move_lamp()

    def _take(self, event: Event) -> None:
        now = self._clock.now()
        try:
            self._step = self._controller.step(event, now)
        except Exception as error:  # noqa: BLE001  one event that the core has a bug for must not take the lamp with it
            self._survive(event, error, now.mono_s)
            return
        if self._carrier is not None:
            self._carrier.carry(self._step.effects)
        self._tell()

    def _survive(self, event: Event, error: Exception, now_s: float) -> None:
        """Go on without the event, but not for ever: a core that keeps failing is better begun anew, by whoever restarts us."""
        self._bugs.append(host_s())
        if len(self._bugs) == MOST_BUGS and self._bugs[-1] - self._bugs[0] < BUGS_WITHIN_S:
            raise error
        if self._log is not None:
            self._log.error("a bug of the core; the event is dropped", happened=type(event).__name__, exc_info=error)
        self._step = Step((), now_s + AFTER_A_BUG_S)

    def _move_lamp(self) -> None:
        if self._lamp is None:
            return
        now_s = self._clock.now().mono_s
        self._lamp_next_s = self._lamp.advance(now_s)
        for event in self._lamp.take_events():
            self._take(event)
            self._lamp_next_s = now_s  # the step may have brought another ramp

    def _tell(self) -> None:
        """One line in the log for each new decision, in the same words as state and explain."""
        summary = self._controller.summary()
        if summary != self._told:
            self._told = summary
            if self._log is not None:
                self._log.info("level", why=summary)
            self._notifier.status(summary)

    def _asked(self, request: Request) -> Reply:
        match request.do:
            case "set":
                self._take(TechnicianSet(request.level or 0.0, DEFAULT_S if request.duration_s is None else request.duration_s))
            case "release":
                self._take(TechnicianRelease())
            case "identify" | "self-test":
                course = Identify(request.duration_s) if request.do == "identify" else SelfTest(request.afresh)
                refusal = self._controller.refusal(course)
                if refusal is not None:
                    return Reply(error=refusal.message)
                self._take(TechnicianRuns(course))
            case _:
                self._take(Woken())  # so that what is shown is of now: a fade, a dwell and a silence go on between two events
        if self._answer is None:
            return Reply(error="the agent is still starting; ask again in a second")
        return self._answer(request)

    def _feed_watchdog(self) -> None:
        """Only progress of this thread keeps systemd from starting the agent again."""
        now_s = host_s()
        if self._notifier.watchdog_s is not None and now_s - self._alive_s >= self._notifier.watchdog_s / 4:
            self._alive_s = now_s
            self._notifier.alive()
