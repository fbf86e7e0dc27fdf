"""Supervision in simulated time: a body that crashes comes back, ever more slowly, and one that ends is left alone."""

import threading
from collections.abc import Callable

import structlog
from structlog.testing import CapturingLogger

from agent.daemon.supervise import Supervised


class Clock(threading.Event):
    """Time that passes only while it is waited for; after so many waits the owner has stopped."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self.now_s = 0.0
        self.waited_s: list[float] = []
        self._waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self.waited_s.append(timeout or 0.0)
        self.now_s += timeout or 0.0
        if len(self.waited_s) == self._waits:
            self.set()
        return self.is_set()


def run(body: Callable[[Clock], None], waits: int) -> tuple[Clock, CapturingLogger]:
    """Until the body returns or the owner stops; what was waited, and what was logged."""
    clock, heard = Clock(waits), CapturingLogger()
    log = structlog.wrap_logger(heard, processors=[], wrapper_class=structlog.make_filtering_bound_logger("info"))
    thread = Supervised("i2c-1", lambda: body(clock), log, lambda: clock.now_s, clock)
    thread.start()
    thread._thread.join(5)  # by itself, before it is told to
    assert thread.stop(timeout_s=0)
    return clock, heard


def crash(clock: Clock) -> None:
    raise ValueError("a bug")


def test_it_comes_back_after_each_crash_with_waits_that_double_up_to_a_minute() -> None:
    clock, heard = run(crash, waits=9)
    assert clock.waited_s == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert len(heard.calls) == 9
    assert heard.calls[0].kwargs["thread"] == "i2c-1"
    assert heard.calls[0].kwargs["exc_info"]


def test_after_a_minute_of_steady_work_it_comes_back_as_fast_as_at_first() -> None:
    runs = iter([0.0, 0.0, 0.0, 61.0, 0.0, 0.0])

    def works_for_a_while(clock: Clock) -> None:
        clock.now_s += next(runs)
        raise OSError("gone")

    clock, _ = run(works_for_a_while, waits=6)
    assert clock.waited_s == [1, 2, 4, 1, 2, 4]


def test_a_body_that_was_told_to_return_is_not_started_again() -> None:
    times: list[float] = []
    clock, heard = run(lambda clock: times.append(clock.now_s), waits=1)
    assert times == [0.0]
    assert clock.waited_s == []
    assert heard.calls == []


def test_a_thread_that_does_not_end_is_told_of_and_not_waited_for() -> None:
    hangs = threading.Event()
    thread = Supervised("stuck", lambda: hangs.wait(10) and None, structlog.get_logger())
    thread.start()
    assert not thread.stop(timeout_s=0.01)
    hangs.set()
    assert thread.stop(timeout_s=5)
