"""Sampling threads: one per bus. A bus that blocks makes its own readings stale, and nothing else waits for it."""

from collections.abc import Callable
from math import inf
from queue import Empty, SimpleQueue

from agent.clock import Clock
from agent.events import Event
from agent.hardware.sensing import Sampler
from agent.records import Part

LONGEST_WAIT_S = 60.0


class SamplingThread:
    """The body of one thread around one sampler; ``emit`` must only enqueue."""

    def __init__(self, sampler: Sampler, clock: Clock, emit: Callable[[Event], None]) -> None:
        self._sampler = sampler
        self._clock = clock
        self._emit = emit
        self._changes: SimpleQueue[tuple[Part, float] | None] = SimpleQueue()  # None: stop

    def set_every(self, part: Part, every_s: float) -> None:
        """From any thread; a part that is read elsewhere is no concern here."""
        self._changes.put((part, every_s))

    def stop(self) -> None:
        self._changes.put(None)

    def run(self) -> None:
        while True:
            try:
                change = self._changes.get(timeout=self._wait_s())
            except Empty:
                for event in self._sampler.run_due(self._clock.now().mono_s):
                    self._emit(event)
                continue
            if change is None:
                return
            self._sampler.set_every(*change)

    def _wait_s(self) -> float:
        due_s = self._sampler.next_due_s()
        if due_s == inf:
            return LONGEST_WAIT_S
        return min(LONGEST_WAIT_S, max(0.0, self._clock.host_delay_s(due_s - self._clock.now().mono_s)))
