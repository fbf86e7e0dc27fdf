"""Sampling threads: one per bus, which carries the lamp's output too. A bus that blocks makes its own readings stale, no more."""

from collections.abc import Callable
from math import inf
from queue import Empty, SimpleQueue

from agent.clock import Clock
from agent.events import Event, Woken
from agent.hardware.carried import CarriedOutput
from agent.hardware.sensing import Sampler
from agent.records import Part

LONGEST_WAIT_S = 60.0


class SamplingThread:
    """The body of one thread around one sampler; ``emit`` must only enqueue.

    ``carried`` is the lamp's output where that is on this bus. It is attended from here on, and goes ahead of the sensors.
    """

    def __init__(
        self, sampler: Sampler, clock: Clock, emit: Callable[[Event], None], carried: CarriedOutput | None = None
    ) -> None:
        self._sampler = sampler
        self._clock = clock
        self._emit = emit
        self._carried = carried
        self._to_do: SimpleQueue[Callable[[], None] | None] = SimpleQueue()  # None: stop
        if carried is not None:
            carried.attend(lambda: self._to_do.put(carried.carry), lambda: emit(Woken()))

    def set_every(self, part: Part, every_s: float) -> None:
        """From any thread; a part that is read elsewhere is no concern here."""
        self._to_do.put(lambda: self._sampler.set_every(part, every_s))

    def stop(self) -> None:
        self._to_do.put(None)

    def run(self) -> None:
        if self._carried is not None:
            self._carried.carry()  # what was ordered while nobody had the bus, or when this thread crashed
        while True:
            try:
                to_do = self._to_do.get(timeout=self._wait_s())
            except Empty:
                for event in self._sampler.run_due(self._clock.now().mono_s):
                    self._emit(event)
                continue
            if to_do is None:
                return
            to_do()

    def _wait_s(self) -> float:
        due_s = self._sampler.next_due_s()
        if due_s == inf:
            return LONGEST_WAIT_S
        return min(LONGEST_WAIT_S, max(0.0, self._clock.host_delay_s(due_s - self._clock.now().mono_s)))
