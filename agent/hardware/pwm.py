"""Kernel PWM over sysfs: hardware-timed, and it keeps its duty when the agent dies."""

from collections.abc import Callable
from dataclasses import dataclass
from errno import EBUSY, EINVAL, EROFS, ETIMEDOUT

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from agent.hardware.output import OutputError
from agent.hardware.sysfs import Sysfs
from agent.records import Fault

CLASS = "class/pwm"
RP1_CHIP = "1f00098000.pwm"  # the Pi 5's; its number changed between kernels, so a chip is known by its device alone
BCM_CHIP = "20c000.pwm"  # fe20c000.pwm, 3f20c000.pwm: the end is common to the models before it
RP1_CHANNELS = {12: 0, 13: 1, 18: 2, 19: 3}
BCM_CHANNELS = {18: 0, 19: 1, 12: 0, 13: 1}  # which pair it is, the overlay decides
ALT0, ALT5 = 4, 2  # as the overlay numbers a pin's functions; a Pi 5's pinctrl-rp1 takes the same numbers (its legacy_fsel_map)
OVERLAY_FUNCTIONS = {12: ALT0, 13: ALT0, 18: ALT5, 19: ALT5}  # Linux for the Pi: arch/arm/boot/dts/overlays/README, pwm
UDEV_WAIT_S, UDEV_TRIES = 0.02, 50  # a fresh channel is root's until udev has run: 120 to 240 ms were seen
NS_PER_S = 1_000_000_000


def find_chip(sysfs: Sysfs, *, pi5: bool) -> str | None:
    """The folder of the header's PWM below /sys/class/pwm, such as pwmchip0; None where there is none. Raises OSError."""
    for name in (each for each in sysfs.list(CLASS) if each.startswith("pwmchip")):
        device = sysfs.target(f"{CLASS}/{name}/device").rpartition("/")[2]
        if device == RP1_CHIP if pi5 else device.endswith(BCM_CHIP):
            return name
    return None


def chip_wanted(*, pi5: bool) -> str:
    """The device of the header's PWM, as messages name it."""
    return RP1_CHIP if pi5 else f"...{BCM_CHIP}"


def channel_of(gpio: int, *, pi5: bool) -> int | None:
    """Which of the chip's channels drives a line of the header; None for a line without hardware PWM."""
    return (RP1_CHANNELS if pi5 else BCM_CHANNELS).get(gpio)


def overlay_line(gpio: int) -> str:
    """The line of config.txt that gives a line with hardware PWM to it, on every model."""
    return f"dtoverlay=pwm,pin={gpio},func={OVERLAY_FUNCTIONS.get(gpio, ALT5)}"


@dataclass(frozen=True, slots=True)
class _Running:
    """What a channel does, as its files tell."""

    period_ns: int
    duty_ns: int
    enabled: bool


class KernelPwm:
    """One PWM channel, found again and exported again whenever it has been lost.

    Inversion is done by the duty, not by the polarity file: some drivers refuse another polarity while the channel runs, and to
    stop it for that would make the light dip.
    """

    def __init__(self, sysfs: Sysfs, gpio: int, frequency_hz: float, *, pi5: bool, inverted: bool = False) -> None:
        self._sysfs = sysfs
        self._gpio = gpio
        self._period_ns = round(NS_PER_S / frequency_hz)
        self._pi5 = pi5
        self._inverted = inverted
        self._folder: str | None = None  # None: to be found
        self._written_ns: int | None = None  # None: not known to run at our period and enabled
        self._doubted = False  # it has failed: only a change that it takes proves that it works again

    def start(self, sleep: Callable[[float], None]) -> None:
        """Claim the channel, with patience: udev hands a fresh one over after a moment. Raises OutputError.

        Without this call the channel is claimed at the first use, without waiting. A channel that runs keeps its duty.
        """
        patiently = Retrying(
            retry=retry_if_exception_type(PermissionError),
            stop=stop_after_attempt(UDEV_TRIES),
            wait=wait_fixed(UDEV_WAIT_S),
            sleep=sleep,
            reraise=True,
        )
        try:
            patiently(self._claim)
        except OSError as error:
            raise self._explained(error) from error

    def set_fraction(self, fraction: float) -> bool:
        duty_ns = self._duty_ns(fraction)
        if duty_ns != self._written_ns:
            self._guarded(lambda: self._drive(duty_ns))
        return True

    def reassert(self) -> None:
        """Write the duty once more, by way of its neighbour: the kernel does not pass an unchanged value on to the chip."""
        duty_ns, self._written_ns = self._written_ns, None
        if duty_ns is not None:
            self._guarded(lambda: self._redrive(duty_ns))

    def fraction(self) -> float | None:
        """What the channel does now; None while it does not run. The kernel keeps it over the death of whoever set it."""
        try:
            running = self._running()
        except (OSError, ValueError, OutputError):
            return None  # told by the first write, which meets the same trouble
        if not running.enabled or not running.period_ns:
            return None
        fraction = running.duty_ns / running.period_ns
        return 1 - fraction if self._inverted else fraction

    def _duty_ns(self, fraction: float) -> int:
        drive = min(1.0, max(0.0, fraction))
        return round((1 - drive if self._inverted else drive) * self._period_ns)

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except (OSError, OutputError, ValueError) as error:
            explained = self._explained(error)
            self._written_ns = self._folder = None  # begin anew: the chip may have been bound again, the channel unexported
            self._doubted = True
            raise explained from error

    def _claim(self) -> None:
        """Bring the channel under our hand: a running one to our period at its own duty, any other untouched but for a trial."""
        running = self._running()
        duty_ns = running.duty_ns
        if running.enabled and running.period_ns and running.period_ns != self._period_ns:
            duty_ns = round(running.duty_ns / running.period_ns * self._period_ns)
            self._write_both(duty_ns, running.period_ns)
        elif running.period_ns:
            self._write("duty_cycle", duty_ns)  # changes nothing, and tells whether we may write
        else:
            self._write("period", self._period_ns)

    def _drive(self, duty_ns: int) -> None:
        if self._written_ns is None:
            self._take_over(duty_ns)
        else:
            self._write("duty_cycle", duty_ns)
        if self._doubted:
            self._redrive(duty_ns)  # a chip that refuses every change takes what it has already
        else:
            self._check(duty_ns)

    def _check(self, duty_ns: int) -> None:
        """A write that the chip refused may have succeeded all the same."""
        found = self._numbers()
        if found != (self._period_ns, duty_ns, 1):
            raise OutputError(Fault.GARBAGE, f"{self._where()} does not keep what is written: period, duty, enable are {found}")
        self._written_ns, self._doubted = duty_ns, False

    def _redrive(self, duty_ns: int) -> None:
        try:
            self._write("duty_cycle", duty_ns - 1 if duty_ns else 1)
            self._write("duty_cycle", duty_ns)
        except OSError as error:
            if error.errno != EINVAL:  # it has not merely forgotten its period
                raise
            self._take_over(duty_ns)
        self._check(duty_ns)
        self._written_ns = duty_ns

    def _take_over(self, duty_ns: int) -> None:
        """From any state to ours: never a duty above the period, never a stop of what runs, enabled last."""
        running = self._running()
        self._write_both(duty_ns, running.period_ns)
        if not running.enabled:
            self._write("enable", 1)

    def _write_both(self, duty_ns: int, period_ns: int) -> None:
        """The kernel refuses a duty above the period, between two writes too: lowering, duty goes first; raising, the period."""
        if self._period_ns < period_ns:
            self._write("duty_cycle", duty_ns)
            self._write("period", self._period_ns)
        else:
            if self._period_ns > period_ns:
                self._write("period", self._period_ns)
            self._write("duty_cycle", duty_ns)

    def _write(self, name: str, value: int) -> None:
        self._sysfs.write(f"{self._channel()}/{name}", str(value))

    def _running(self) -> _Running:
        period, duty, enable = self._numbers()
        return _Running(period, duty, enable == 1)

    def _numbers(self) -> tuple[int, int, int]:
        """Period and duty in ns, and whether it is enabled."""
        folder, read = self._channel(), self._sysfs.read
        return int(read(f"{folder}/period")), int(read(f"{folder}/duty_cycle")), int(read(f"{folder}/enable"))

    def _channel(self) -> str:
        if self._folder is None:
            chip, number = self._chip(), self._number()
            if f"pwm{number}" not in self._sysfs.list(f"{CLASS}/{chip}"):
                self._export(chip, number)
            self._folder = f"{CLASS}/{chip}/pwm{number}"
        return self._folder

    def _export(self, chip: str, number: int) -> None:
        try:
            self._sysfs.write(f"{CLASS}/{chip}/export", str(number))
        except OSError as error:
            if error.errno != EBUSY:  # somebody else was faster
                raise

    def _chip(self) -> str:
        chip = find_chip(self._sysfs, pi5=self._pi5)
        if chip is None:
            remedy = f"add {overlay_line(self._gpio)} to config.txt and restart the Pi"
            raise OutputError(Fault.NOT_THERE, f"/sys/{CLASS}: no chip {chip_wanted(pi5=self._pi5)}; {remedy}")
        return chip

    def _number(self) -> int:
        channel = channel_of(self._gpio, pi5=self._pi5)
        if channel is None:
            raise OutputError(
                Fault.NOT_THERE, f"output.gpio: {self._gpio} has no hardware PWM; use one of {sorted(OVERLAY_FUNCTIONS)}"
            )
        return channel

    def _where(self) -> str:
        return f"/sys/{self._folder or CLASS}"

    def _explained(self, error: Exception) -> OutputError:
        if isinstance(error, OutputError):
            return error
        remedy = ""
        if isinstance(error, PermissionError):
            remedy = "; the agent's user must be in the group that udev gives the PWM files to"
        elif isinstance(error, OSError) and error.errno == EROFS:
            remedy = "; the unit must not set ProtectKernelTunables, or must list the chip in ReadWritePaths"
        fault = Fault.HUNG_BUS if isinstance(error, OSError) and error.errno == ETIMEDOUT else Fault.FAILED
        return OutputError(fault, f"{self._where()}: {error}{remedy}")
