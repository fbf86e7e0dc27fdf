"""lgpio lines that keep their level: gpiozero's own claim a line as an input first, then as a low output, and a relay falls.

This module imports lgpio, which opens a pipe in the working directory and starts a thread: only ``pins.gpio_factory`` imports it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO

import lgpio
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin

from agent.hardware.gpiochip import line_level


class KeepingFactory(LGPIOFactory):  # type: ignore[misc]  # gpiozero has no types
    """The Pi's own GPIO chip, with pins that leave a driven line as it is until told otherwise."""

    def __init__(self, chip: int | None = None) -> None:
        super().__init__(chip)
        self.pin_class = KeepingPin

    @property
    def handle(self) -> int:
        return int(self._handle)


class KeepingPin(LGPIOPin):  # type: ignore[misc]
    """Raises OSError where lgpio raises its own error, which is neither an OSError nor one of gpiozero's.

    Between gpiozero's two claims, as an input and as an output, the line floats for some ten microseconds: no relay follows that.
    """

    _pwm: tuple[float, float] | None  # gpiozero's: frequency in Hz, percent of the time high

    def __init__(self, factory: KeepingFactory, info: object) -> None:
        number = int(info.name.removeprefix("GPIO"))  # type: ignore[attr-defined]
        self._found = line_level(factory.chip, number)  # before lgpio makes it an input
        with as_os_error():
            super().__init__(factory, info)

    def _set_function(self, value: str) -> None:
        with as_os_error():
            if value != "output":
                super()._set_function(value)
                return
            level = self._get_state() if self._get_function() == "output" else self._found
            lgpio.gpio_claim_output(self.factory.handle, self._number, int(level))

    def _get_function(self) -> str:
        with as_os_error():
            return str(super()._get_function())

    def _get_state(self) -> float:
        with as_os_error():
            return float(super()._get_state())

    def _set_state(self, value: float) -> None:
        with as_os_error():
            if self._pwm is None:
                super()._set_state(value)
                return
            self._pwm = (self._pwm[0], value * 100)  # gpiozero cuts to whole percents, of which a fade would be seen
            lgpio.tx_pwm(self.factory.handle, self._number, *self._pwm)

    def _set_frequency(self, value: float | None) -> None:
        with as_os_error():
            super()._set_frequency(value)


@contextmanager
def as_os_error() -> Iterator[None]:
    try:
        yield
    except lgpio.error as error:
        raise OSError(EIO, str(error).strip("'")) from error  # lgpio quotes its texts
