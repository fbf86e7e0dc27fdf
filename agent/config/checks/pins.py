"""GPIO: one line used twice, and lines that cannot do what is asked of them."""

from collections.abc import Iterator

from agent.config.checks.buses import chips
from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Path
from agent.config.wording import alternatives
from agent.settings.chips import BUS_GPIOS, KERNEL_PWM_GPIOS
from agent.settings.model import Settings


def lines(settings: Settings) -> Iterator[tuple[Path, int]]:
    """Every GPIO line in use, the lamp's first: of two in conflict the later one is blamed."""
    output = settings.output
    if output is not None and output.gpio is not None and output.driver in ("pwm", "gpio_pwm"):
        yield ("output", "gpio"), output.gpio
    if output is not None and output.relay is not None:
        yield ("output", "relay", "gpio"), output.relay.gpio
    for index, sensor in enumerate(settings.sensors.motion):
        yield ("sensors", "motion", index, "gpio"), sensor.gpio


def same_line_twice(settings: Settings, _: Written) -> Iterator[Finding]:
    taken: dict[int, Path] = {}
    for path, gpio in lines(settings):
        first = taken.setdefault(gpio, path)
        if first is not path:
            yield Finding(path, f"GPIO {gpio} is used by {_words(first)} already", "connect one of them to another line")


def line_of_a_bus(settings: Settings, _: Written) -> Iterator[Finding]:
    buses = {chip.bus: chip for chip in chips(settings)}
    by_gpio = {gpio: chip for bus, chip in buses.items() for gpio in BUS_GPIOS.get(bus, ())}
    for path, gpio in lines(settings):
        chip = by_gpio.get(gpio)
        if chip is not None:
            message = f"GPIO {gpio} belongs to I2C bus {chip.bus}, on which {_words(chip.path)} is"
            yield Finding(path, message, "connect it to another line")


def kernel_pwm_line(settings: Settings, _: Written) -> Iterator[Finding]:
    output = settings.output
    if output is None or output.driver != "pwm" or output.gpio is None or output.gpio in KERNEL_PWM_GPIOS:
        return
    possible = alternatives(KERNEL_PWM_GPIOS)
    yield Finding(("output", "gpio"), f"GPIO {output.gpio} has no hardware PWM", f"write {possible}")


def _words(path: Path) -> str:
    return ".".join(str(step) for step in path if not isinstance(step, int))


CHECKS = (Check(same_line_twice), Check(line_of_a_bus), Check(kernel_pwm_line))
