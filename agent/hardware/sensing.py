"""When each sensor is read: pure scheduling over drivers, with back-off, in whatever time the caller keeps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import floor, inf
from typing import TypeAlias

from agent.events import Measured, ReadFailed
from agent.hardware.bus import BusError
from agent.hardware.driver import Driver
from agent.records import Fault, NotBefore, Part, Reading

FIRST_RETRY_S, LAST_RETRY_S = 1.0, 60.0
HANG_S = 1.0  # what Linux takes to give a hung transfer up
ROUNDING = 1e-6  # of a period: a multiple that arithmetic has missed by a hair is one all the same
LEAST_WAIT_S = 0.001  # a driver that names a moment already past must not be polled in a tight circle

BugHandler: TypeAlias = Callable[[Part, Exception], None]
FailureHandler: TypeAlias = Callable[[Part, BusError], None]


@dataclass(frozen=True, slots=True)
class Source:
    part: Part
    driver: Driver
    every_s: float
    bus: int | None  # None: on no I2C bus


def back_off_s(failures: int) -> float:
    """How long to wait after that many failures in a row: 1 s, doubling to 60 s."""
    return min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(failures - 1, 10))


@dataclass(slots=True)
class _Plan:
    """One source and when it is polled next."""

    source: Source
    every_s: float
    due_s: float = -inf
    not_before_s: float = -inf  # its bus has hung
    started_s: float = -inf  # the first poll towards the reading under way, or of the last one
    reading: bool = False  # a conversion runs
    failures: int = 0  # in a row

    def next_period(self, now_s: float) -> None:
        self.due_s = self.after_last()
        if self.due_s <= now_s:  # the reading took longer than the period
            self.due_s = now_s + self.every_s

    def after_last(self) -> float:
        """The first multiple of the period after the last reading began: sources of like periods wake their thread together."""
        return floor(self.started_s / self.every_s + 1 + ROUNDING) * self.every_s


@dataclass(slots=True)
class Sampler:
    """Polls the drivers that share one thread; all its methods are called by the thread that owns it.

    ``on_bug`` is given what a driver raised beside BusError, so that it is logged; the part has failed all the same.
    ``on_failure`` is given the error behind each ReadFailed, which says more than its fault.
    """

    sources: Iterable[Source]
    on_bug: BugHandler
    on_failure: FailureHandler = lambda _part, _error: None
    _plans: list[_Plan] = field(init=False)
    _due_s: float = field(init=False)  # the earliest of the plans
    _hangs: dict[int, int] = field(init=False, default_factory=dict)  # by bus, in a row

    def __post_init__(self) -> None:
        self._plans = [_Plan(source, source.every_s) for source in self.sources]
        self._note_due()

    def next_due_s(self) -> float:
        """When to call ``run_due`` next: already past where something is due, infinity without sources."""
        return self._due_s

    def _note_due(self) -> None:
        self._due_s = min([plan.due_s for plan in self._plans], default=inf)

    def set_every(self, part: Part, every_s: float) -> None:
        """Read a part this often, counted from its last reading; a part that is not among the sources is somebody else's."""
        for plan in self._plans:
            if plan.source.part is part:
                plan.every_s = every_s
                if not plan.reading and not plan.failures and plan.started_s > -inf:
                    plan.due_s = max(plan.after_last(), plan.not_before_s)
        self._note_due()

    def run_due(self, now_s: float) -> list[Measured | ReadFailed]:
        """Polls once whatever is due, healthy sources first."""
        events: list[Measured | ReadFailed] = []
        if now_s < self._due_s:
            return events
        due = [plan for plan in self._plans if plan.due_s <= now_s]
        if len(due) > 1:
            due.sort(key=lambda plan: (plan.failures, plan.due_s))
        for plan in due:
            if plan.due_s <= now_s:  # still: a bus that has just hung puts the others off
                event = self._poll(plan, now_s)
                if event is not None:
                    events.append(event)
        self._note_due()
        return events

    def _poll(self, plan: _Plan, now_s: float) -> Measured | ReadFailed | None:
        if not plan.reading:
            plan.started_s = now_s
        part = plan.source.part
        try:
            answer = plan.source.driver.poll(now_s)
        except BusError as error:
            self.on_failure(part, error)
            return self._failed(plan, error.fault, now_s)
        except Exception as error:  # noqa: BLE001  a bug in one driver must not take the other sensors with it
            self.on_bug(part, error)
            return self._failed(plan, Fault.FAILED, now_s)
        if self._hangs:
            self._bus_works(plan.source.bus)
        return self._answered(plan, answer, now_s)

    def _answered(self, plan: _Plan, answer: tuple[Reading, ...] | NotBefore, now_s: float) -> Measured | None:
        if isinstance(answer, NotBefore):
            plan.reading = True
            plan.due_s = max(answer.at_s, now_s + LEAST_WAIT_S)
            return None
        plan.reading, plan.failures = False, 0
        plan.next_period(now_s)
        return Measured(plan.source.part, answer)

    def _failed(self, plan: _Plan, fault: Fault, now_s: float) -> ReadFailed:
        plan.reading = False
        plan.failures += 1
        plan.due_s = now_s + back_off_s(plan.failures)
        if fault is Fault.HUNG_BUS and plan.source.bus is not None:
            plan.due_s += HANG_S
            self._put_off(plan.source.bus, now_s)
        else:
            self._bus_works(plan.source.bus)
        return ReadFailed(plan.source.part, fault, now_s, plan.source.bus)

    def _put_off(self, bus: int, now_s: float) -> None:
        """Nobody else tries a bus that has just hung: one chip's second in each back-off is enough to learn that it is back."""
        hangs = self._hangs[bus] = self._hangs.get(bus, 0) + 1
        until_s = now_s + HANG_S + back_off_s(hangs)
        for plan in self._plans:
            if plan.source.bus == bus:
                plan.not_before_s = until_s
                plan.due_s = max(plan.due_s, until_s)

    def _bus_works(self, bus: int | None) -> None:
        if bus is not None:
            self._hangs.pop(bus, None)
