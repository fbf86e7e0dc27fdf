"""An output that is a chip on a bus: a code for each fraction, read back where that is possible, told again what it forgot."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.hardware.bus import BusError
from agent.hardware.output import OutputError
from agent.records import Fault

REMEDIES = {
    Fault.NOT_THERE: "check its supply, its wiring and output.address",
    Fault.HUNG_BUS: "something holds the bus; check the wiring of all that is on it",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What a chip says of itself. ``code``: None where it drives nothing. ``ours``: all else is as ``set_up`` leaves it."""

    code: int | None
    ours: bool


class OutputChip(Protocol):
    """Codes run from 0 to the chip's top. All methods raise BusError."""

    def set_up(self, code: int) -> None:
        """From whatever state to ours, at this code: without a flash, and without a stop of what runs as it should."""
        ...

    def write(self, code: int) -> None:
        """The code alone: the chip has been set up."""
        ...

    def found(self) -> Found | None:
        """None from a chip that cannot be read."""
        ...


class ChipOutput:
    """``name`` is how messages call it, ``top`` the code of full drive. Not for two threads; every method waits for the bus."""

    def __init__(self, chip: OutputChip, name: str, top: int, *, inverted: bool = False) -> None:
        self._chip = chip
        self._name = name
        self._top = top
        self._inverted = inverted
        self._written: int | None = None  # None: not known to be set up and at a code of ours

    def set_fraction(self, fraction: float) -> bool:
        code, before = self._code(fraction), self._written
        if code != before:
            self._written = None  # unless we get to the end
            self._guarded(lambda: self._bring(code, is_set_up=before is not None))
        return True

    def reassert(self) -> None:
        """A chip that can be read is set up again only where it has forgotten, and that is told; another is told all again."""
        code, self._written = self._written, None
        if code is not None:
            self._guarded(lambda: self._look_after(code))

    def fraction(self) -> float | None:
        try:
            found = self._chip.found()
        except BusError as error:
            raise self._explained(error) from error
        if found is None:
            raise OutputError(Fault.FAILED, f"{self._name}: it cannot be read")
        if found.code is None:
            return None
        share = found.code / self._top
        return 1 - share if self._inverted else share

    def _code(self, fraction: float) -> int:
        drive = min(1.0, max(0.0, fraction))
        return round((1 - drive if self._inverted else drive) * self._top)

    def _bring(self, code: int, *, is_set_up: bool) -> None:
        if is_set_up:
            self._chip.write(code)
        else:
            self._chip.set_up(code)
        if self._chip.found() in (None, Found(code, ours=True)):
            self._written = code
        elif is_set_up:
            self._restore(code)
        else:
            raise self._stubborn()

    def _look_after(self, code: int) -> None:
        found = self._chip.found()
        if found is None:
            self._chip.set_up(code)
        elif found != Found(code, ours=True):
            self._restore(code)
        self._written = code

    def _restore(self, code: int) -> None:
        """Light first; then it is told, although all is well again."""
        self._chip.set_up(code)
        if self._chip.found() != Found(code, ours=True):
            raise self._stubborn()
        self._written = code
        raise OutputError(
            Fault.GARBAGE, f"{self._name}: it had forgotten its settings, as after a dip of its supply; they are written again"
        )

    def _stubborn(self) -> OutputError:
        return OutputError(Fault.GARBAGE, f"{self._name}: it does not keep what is written; is it this chip that answers there?")

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BusError as error:
            raise self._explained(error) from error

    def _explained(self, error: BusError) -> OutputError:
        remedy = REMEDIES.get(error.fault)
        return OutputError(error.fault, f"{self._name}: {error}" + ("" if remedy is None else f"; {remedy}"))
