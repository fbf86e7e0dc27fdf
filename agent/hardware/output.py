"""What sets the lamp's level, whatever the hardware: a fraction of full drive, and how it fails."""

from typing import Protocol

from agent.records import Fault


class OutputError(Exception):
    """The output or the relay does not obey; the message says what to do where a person can do something."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class Output(Protocol):
    """Drive between 0 and 1, electrically: an inverted line is the output's own affair. Nothing here waits for a bus."""

    def set_fraction(self, fraction: float) -> bool:
        """Drive so much from now on; nothing is written where that is so already. Raises OutputError.

        False while it is on its way: asked again for the same, the output says what has become of it.
        """
        ...

    def reassert(self) -> None:
        """Make sure that the hardware still does what was set last, and set it again if not. Raises OutputError."""
        ...

    def fraction(self) -> float | None:
        """What the hardware does now; None where nothing drives it. Raises OutputError where it cannot tell."""
        ...
