"""Signals: what they ask for is kept until there is somebody who can do it."""

import signal
from collections.abc import Callable
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """``listen`` from the main thread, before anything else; ``deliver_to`` once there is an inbox."""

    def __init__(self) -> None:
        self._deliver: Callable[[int], None] | None = None
        self._early: list[int] = []

    def listen(self) -> None:
        for number in (*ENDING, signal.SIGHUP):
            signal.signal(number, self._caught)

    def deliver_to(self, deliver: Callable[[int], None]) -> None:
        """From now on each signal's number goes there, those that came before first."""
        self._deliver = deliver
        while self._early:
            deliver(self._early.pop(0))

    def _caught(self, number: int, _frame: FrameType | None) -> None:
        if self._deliver is None:
            self._early.append(number)
        else:
            self._deliver(number)
