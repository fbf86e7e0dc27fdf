"""A virtual /sys: one PWM chip, linked as on a Raspberry Pi 4, the SoC's thermometer, and the firmware's voltmeter."""

import errno
import os
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache

from agent.simulation.pwm import ATTRIBUTES, PwmChip, kernel_error, number

_DEVICE = "fe20c000.pwm"
_CHANNEL_OF_GPIO = {12: 0, 13: 1, 18: 0, 19: 1}  # a Pi 4; the overlay chooses the pair
_CHANNELS = 2
UDEV_S = 0.15  # measured: 120 to 240 ms until udev's rule has given the group its rights


class VirtualSysfs:
    """Safe for several threads. A channel's files refuse writes for ``udev_s`` after export, in the time of ``now_s``."""

    def __init__(self, now_s: Callable[[], float], soc_c: Callable[[float], float], udev_s: float = UDEV_S) -> None:
        self._now_s = now_s
        self._soc_c = soc_c
        self._udev_s = udev_s
        self._lock = threading.Lock()
        self._pwm = PwmChip(_CHANNELS)
        self.sags = False  # the Pi's own supply
        self.soc_warmer_c = 0.0  # than its surroundings make it

    def high_fraction(self, gpio: int) -> float | None:
        """The truth for the lamp: the share of time for which a pin is high; None where no running channel drives it."""
        channel = _CHANNEL_OF_GPIO.get(gpio)
        if channel is None:
            return None
        with self._lock:
            return self._pwm.state(channel).high_fraction()

    def fail(self, code: int | None) -> None:
        """Refuse every write that changes the PWM with this errno; None: work again."""
        with self._lock:
            self._pwm.fail_errno = code

    def forget(self) -> None:
        """A brown-out: the channels are unexported and at rest."""
        with self._lock:
            self._pwm.forget()

    def read(self, path: str) -> str:
        with self._lock:
            channel, attribute = _channel_file(path)
            if channel in self._pwm.exported_s:
                return self._pwm.state(channel).shown(attribute) + "\n"
            try:
                return self._read(path) + "\n"
            except OSError as error:
                raise _named(error, path) from None

    def write(self, path: str, text: str) -> None:
        with self._lock:
            try:
                self._write(path, text.removesuffix("\n"))
            except OSError as error:
                raise _named(error, path) from None

    def list(self, path: str) -> Sequence[str]:
        with self._lock:
            try:
                return sorted(self._list(path))
            except OSError as error:
                raise _named(error, path) from None

    def target(self, path: str) -> str:
        with self._lock:
            try:
                return self._target(path)
            except OSError as error:
                raise _named(error, path) from None

    def _target(self, path: str) -> str:
        match _parts(path):
            case ("class", "pwm", "pwmchip0"):
                return f"../../devices/platform/soc/{_DEVICE}/pwm/pwmchip0"
            case ("class", "pwm", "pwmchip0", "device"):
                return f"../../../{_DEVICE}"
        self._read(path)  # not there at all?
        raise kernel_error(errno.EINVAL)  # no link

    def _read(self, path: str) -> str:
        match _parts(path):
            case ["class", "thermal", "thermal_zone0", "temp"]:
                return str(round((self._soc_c(self._now_s()) + self.soc_warmer_c) * 1000))
            case ["class", "hwmon", "hwmon1", "name"]:
                return "rpi_volt"
            case ["class", "hwmon", "hwmon1", "in0_lcrit_alarm"]:
                return "1" if self.sags else "0"
            case ["class", "thermal", "thermal_zone0", "type"]:
                return "cpu-thermal"
            case ["class", "pwm", "pwmchip0", "npwm"]:
                return str(_CHANNELS)
            case ["class", "pwm", "pwmchip0", "export" | "unexport"]:
                raise kernel_error(errno.EACCES)
        raise kernel_error(errno.ENOENT)

    def _write(self, path: str, text: str) -> None:
        channel, attribute = _channel_file(path)
        if channel in self._pwm.exported_s:
            if self._now_s() - self._pwm.exported_s[channel] < self._udev_s:
                raise kernel_error(errno.EACCES)
            self._pwm.apply(channel, self._pwm.state(channel).changed(attribute, text))
        elif path == "class/pwm/pwmchip0/export":
            self._pwm.export(number(text), self._now_s())
        elif path == "class/pwm/pwmchip0/unexport":
            self._pwm.unexport(number(text))
        else:
            self._read(path)  # not there at all?
            raise kernel_error(errno.EACCES)  # read-only

    def _list(self, path: str) -> Sequence[str]:
        match _parts(path):
            case ["class", "pwm"]:
                return ["pwmchip0"]
            case ["class", "pwm", "pwmchip0"]:
                return ["device", "export", "npwm", "unexport", *(f"pwm{channel}" for channel in self._pwm.exported_s)]
            case ["class", "pwm", "pwmchip0", folder] if _channel(folder) in self._pwm.exported_s:
                return ATTRIBUTES
            case ["class", "hwmon"]:
                return ["hwmon1"]
            case ["class", "hwmon", "hwmon1"]:
                return ["in0_lcrit_alarm", "name"]
            case ["class", "thermal"]:
                return ["thermal_zone0"]
            case ["class", "thermal", "thermal_zone0"]:
                return ["temp", "type"]
        raise kernel_error(errno.ENOENT)


@lru_cache(maxsize=64)  # a fade, and every assertion of the output, asks for the same few files
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


@lru_cache(maxsize=64)
def _channel_file(path: str) -> tuple[int, str]:
    """Channel and attribute of a path; -1, which no channel has, where it is none of theirs."""
    folder, _, attribute = path.removeprefix("class/pwm/pwmchip0/").partition("/")
    return (_channel(folder), attribute) if attribute in ATTRIBUTES else (-1, "")


@lru_cache(maxsize=64)
def _channel(folder: str) -> int:
    """The number in ``pwm0``; -1, which no channel has, in any other name."""
    number = folder.removeprefix("pwm")
    return int(number) if number.isdecimal() else -1


def _named(error: OSError, path: str) -> OSError:
    """The error with the file's name in it, as the kernel's own carry it."""
    if error.filename is not None or error.errno is None:
        return error
    return OSError(error.errno, os.strerror(error.errno), f"/sys/{path}")
