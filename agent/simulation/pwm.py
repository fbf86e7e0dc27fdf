"""A virtual PWM chip that accepts and refuses as the kernel's PWM core does (drivers/pwm/core.c and sysfs.c of Linux 6.1)."""

import errno
import os

from msgspec import Struct

ATTRIBUTES = ("duty_cycle", "enable", "period", "polarity")


class PwmState(Struct, frozen=True, gc=False):
    period_ns: int = 0
    duty_ns: int = 0
    enabled: bool = False
    inversed: bool = False

    def shown(self, attribute: str) -> str:
        match attribute:
            case "period":
                return str(self.period_ns)
            case "duty_cycle":
                return str(self.duty_ns)
            case "enable":
                return str(int(self.enabled))
            case _:
                return "inversed" if self.inversed else "normal"

    def changed(self, attribute: str, text: str) -> "PwmState":
        """With one attribute as written. Raises OSError EINVAL for nonsense."""
        match attribute, text:
            case "period", _:
                return PwmState(number(text), self.duty_ns, self.enabled, self.inversed)
            case "duty_cycle", _:
                return PwmState(self.period_ns, number(text), self.enabled, self.inversed)
            case "enable", "0" | "1":
                return PwmState(self.period_ns, self.duty_ns, text == "1", self.inversed)
            case "polarity", "normal" | "inversed":
                return PwmState(self.period_ns, self.duty_ns, self.enabled, text == "inversed")
        raise kernel_error(errno.EINVAL)

    def high_fraction(self) -> float | None:
        """The share of time for which the line is high; None while the channel does not run."""
        if not self.enabled:
            return None
        duty = self.duty_ns / self.period_ns
        return 1 - duty if self.inversed else duty


class PwmChip:
    """Channels, exported or not. They keep running when they are unexported and when their writer dies."""

    def __init__(self, channels: int) -> None:
        self.fail_errno: int | None = None  # what every write that changes something is refused with
        self.channels = channels
        self.exported_s: dict[int, float] = {}
        self._states = [PwmState()] * channels

    def export(self, channel: int, now_s: float) -> None:
        if channel >= self.channels:
            raise kernel_error(errno.ENODEV)
        if channel in self.exported_s:
            raise kernel_error(errno.EBUSY)
        self.exported_s[channel] = now_s

    def unexport(self, channel: int) -> None:
        if channel not in self.exported_s:
            raise kernel_error(errno.ENODEV)
        del self.exported_s[channel]

    def state(self, channel: int) -> PwmState:
        return self._states[channel]

    def apply(self, channel: int, wanted: PwmState) -> None:
        """Raises OSError. A state that changes nothing never reaches the chip, so it is accepted even while the chip fails."""
        if not wanted.period_ns or wanted.duty_ns > wanted.period_ns:
            raise kernel_error(errno.EINVAL)
        if wanted == self._states[channel]:
            return
        if self.fail_errno is not None:
            raise kernel_error(self.fail_errno)
        self._states[channel] = wanted

    def forget(self) -> None:
        """All channels as the kernel shows them after the chip's driver was bound again: unexported, at rest."""
        self.exported_s.clear()
        self._states = [PwmState()] * self.channels


def number(text: str) -> int:
    """An unsigned decimal as the kernel takes it. Raises OSError EINVAL."""
    if not text.isdecimal():
        raise kernel_error(errno.EINVAL)
    return int(text)


def kernel_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
