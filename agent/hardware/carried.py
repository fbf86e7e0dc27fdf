"""An output on a bus: the control thread leaves its order in a place for one, and whoever has the bus carries it there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from agent.hardware.bus import Bus
from agent.hardware.output import Output, OutputError
from agent.records import Fault

Act: TypeAlias = Callable[[], None]
Apart: TypeAlias = Callable[[Act], None]
"""Does something where it may block nobody, and returns soon, whether it is done by then or not."""


@dataclass(frozen=True, slots=True, eq=False)  # an order is not another one for the same
class _Order:
    fraction: float | None  # None: only make sure that what was set last is so still


class CarriedOutput:
    """An Output whose methods are the control thread's and never wait for the bus; ``carry`` belongs to the bus's own thread.

    The newest order wins. How it has ended is told by the ``set_fraction`` after ``done``. Until ``attend`` names a thread that
    has the bus, every order is carried ``apart``.
    """

    def __init__(self, output: Output, bus: int, apart: Apart) -> None:
        self.bus = bus
        self._output = output
        self._apart = apart
        self._call: Act = lambda: apart(self.carry)
        self._done: Act = _nobody_waits
        self._on_the_bus = threading.Lock()
        self._place = threading.Lock()  # never held over a transfer
        self._order: _Order | None = None  # until it is done
        self._taken: float | None = None  # what the output has; None: not known
        self._error: OutputError | None = None  # that nobody has been told of

    def attend(self, call: Act, done: Act) -> None:
        """From now on ``call`` is called when there is an order, and ``done``, on the bus's thread, when it has been carried."""
        self._call, self._done = call, done

    # --- the control thread's side

    def set_fraction(self, fraction: float) -> bool:
        with self._place:
            self._tell()
            first = self._order is None
            if self._goal != fraction:
                self._order = _Order(fraction)
            called = first and self._order is not None
        if called:
            self._call()
        with self._place:
            self._tell()
            return self._taken == fraction == self._goal

    def reassert(self) -> None:
        with self._place:
            self._tell()
            if self._order is not None:  # which makes as sure
                return
            self._order = _Order(None)
        self._call()

    def fraction(self) -> float | None:
        answers: list[float | None | OutputError] = []
        self._apart(lambda: answers.append(self._read()))
        if not answers:
            raise OutputError(Fault.HUNG_BUS, f"output: bus {self.bus} does not answer in time")
        if isinstance(answers[0], OutputError):
            raise answers[0]
        return answers[0]

    @property
    def _goal(self) -> float | None:
        """What the output will have, once the order is carried."""
        return self._taken if self._order is None or self._order.fraction is None else self._order.fraction

    def _tell(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    # --- the bus's side

    @property
    def waiting(self) -> bool:
        """Whether there is an order to carry."""
        return self._order is not None

    def carry(self) -> None:
        """Carry orders until none is left. To be called whenever the bus is free, from any thread; raises nothing."""
        while self.waiting:
            with self._on_the_bus:
                order = self._begun()
                if order is None:  # another thread was faster
                    return
                self._end(order, self._tried(order))
            self._done()

    def _begun(self) -> _Order | None:
        with self._place:
            if self._order is not None and self._order.fraction is not None:
                self._taken = None
            return self._order

    def _end(self, order: _Order, error: OutputError | None) -> None:
        with self._place:
            if self._order is order:  # else a newer one has come meanwhile
                self._order = None
            if error is not None:
                self._error, self._taken = error, None
            elif order.fraction is not None:
                self._taken = order.fraction

    def _tried(self, order: _Order) -> OutputError | None:
        try:
            if order.fraction is None:
                self._output.reassert()
            else:
                self._output.set_fraction(order.fraction)
        except OutputError as error:
            return error
        except Exception as bug:  # noqa: BLE001  a bug in the driver must not take the thread, and the sensors, with it
            failure = OutputError(Fault.FAILED, f"output: a bug of the driver's: {bug!r}")
            failure.__cause__ = bug
            return failure
        return None

    def _read(self) -> float | None | OutputError:
        with self._on_the_bus:
            try:
                return self._output.fraction()
            except OutputError as error:
                return error


def _nobody_waits() -> None:
    """Before the rest of the process is there."""


class BehindOutput:
    """The bus as the sensors on it have it: before each transfer of theirs the output has its turn."""

    def __init__(self, bus: Bus, carried: CarriedOutput) -> None:
        self._bus = bus
        self._carried = carried

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        self._carried.carry()
        return self._bus.transfer(address, write, read)
