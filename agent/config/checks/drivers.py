"""Keys that a driver needs, or that do not belong to it; outputs that are legal but unwise."""

from collections.abc import Iterator, Mapping

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Path, warning
from agent.config.wording import alternatives, plain
from agent.settings.chips import ADDRESSES, ANALOGUE, FREQUENCIES_HZ
from agent.settings.model import Settings

_OUTPUT_KEYS: Mapping[str, tuple[str, ...]] = {  # key: the drivers that have it
    "gpio": ("pwm", "gpio_pwm"),
    "frequency_hz": ("pwm", "gpio_pwm", "pca9685"),
    "bus": ("mcp4725", "gp8403", "pca9685"),
    "address": ("mcp4725", "gp8403", "pca9685"),
    "channel": ("gp8403", "pca9685"),
}
_METER_KEYS: Mapping[str, tuple[str, ...]] = {
    "shunt_ohm": ("ina219", "ina226"),
    "volt_scale": ("ade7953",),
    "amp_scale": ("ade7953",),
    "watt_scale": ("ade7953",),
}
_METER_EXAMPLES = {"shunt_ohm": "0.01", "volt_scale": "26000", "amp_scale": "100000", "watt_scale": "154"}


def keys_of_the_output(settings: Settings, written: Written) -> Iterator[Finding]:
    output = settings.output
    if output is None:
        return
    yield from _foreign(("output",), output.driver, _OUTPUT_KEYS, written)
    if output.gpio is None and output.driver in _OUTPUT_KEYS["gpio"]:
        yield Finding(("output", "gpio"), f"is missing, and {output.driver} needs it", "write gpio: 18")


def keys_of_the_meter(settings: Settings, written: Written) -> Iterator[Finding]:
    meter = settings.sensors.power
    if meter is None:
        return
    path = ("sensors", "power")
    yield from _foreign(path, meter.driver, _METER_KEYS, written)
    for key, drivers in _METER_KEYS.items():
        if meter.driver in drivers and not written((*path, key)):
            of_what = "as printed on the shunt" if key == "shunt_ohm" else "the board's own"
            yield Finding(
                (*path, key), f"is missing, and {meter.driver} needs it", f"write {key}: {_METER_EXAMPLES[key]}, {of_what}"
            )


def _foreign(path: Path, driver: str, keys: Mapping[str, tuple[str, ...]], written: Written) -> Iterator[Finding]:
    for key, drivers in keys.items():
        if driver not in drivers and written((*path, key)):
            yield Finding((*path, key), f"does not belong to {driver}, but to {alternatives(drivers)}", "remove it")


def frequency(settings: Settings, written: Written) -> Iterator[Finding]:
    output = settings.output
    if output is None or output.driver not in FREQUENCIES_HZ:
        return
    least, most = FREQUENCIES_HZ[output.driver]
    if least <= output.frequency_hz <= most:
        return
    path = ("output", "frequency_hz")
    value = plain(output.frequency_hz)
    message = f"{value} Hz is not possible with {output.driver}"
    if not written(path):
        message = f"is missing, and the default of {value} Hz is not possible with {output.driver}"
    yield Finding(path, message, f"write {plain(least)} to {plain(most)} Hz")


def unwise_output(settings: Settings, _: Written) -> Iterator[Finding]:
    output = settings.output
    if output is None:
        return
    if output.driver == "gpio_pwm":
        yield warning(("output", "driver"), "software PWM flickers under load", "use pwm on GPIO 12, 13, 18 or 19")
    if output.driver in ADDRESSES and output.relay is None:
        why = "without a relay a bus that hangs by day leaves the lamp dark at night"
        if output.driver in ANALOGUE:
            why += ", and most 0-10 V drivers do not go out at 0 V"
        yield warning(("output", "driver"), why, "add a relay")
    if output.driver == "pca9685" and output.undriven == "full" and not output.inverted:
        yield warning(
            ("output", "undriven"),
            "a pca9685 that has just got its supply holds its lines low, which is dark here",
            "wire it so that low is light and write inverted: true, or write undriven: off",
        )
    if output.undriven == "off":
        yield warning(
            ("output", "undriven"),
            "the lamp is dark whenever the Pi is",
            "wire it so that it is lit when not driven, and write full",
        )
    if output.relay is not None and output.relay.contact == "normally_open":
        yield warning(
            ("output", "relay", "contact"),
            "the lamp is dark whenever the coil is not energised",
            "use the normally_closed contact",
        )


CHECKS = (Check(keys_of_the_output), Check(keys_of_the_meter), Check(frequency), Check(unwise_output))
