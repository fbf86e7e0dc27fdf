"""What every sensor driver is: a small state machine that is polled, never sleeps and reads no clock."""

from typing import Protocol

from agent.records import NotBefore, Reading


class Driver(Protocol):
    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        """The readings, taken together, or when to ask again because a conversion runs.

        Raises BusError; the poll after that configures the chip afresh.
        """
        ...
