"""I2C: two chips on one address, addresses and channels that a chip cannot have."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.config.checks.check import Check, Written
from agent.config.findings import Finding, Path, warning
from agent.config.wording import alternatives
from agent.settings.chips import ADDRESSES, CHANNELS, DEFAULT_BUS, Addresses
from agent.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Chip:
    """``address`` is None where it must be written and is not."""

    path: Path
    driver: str
    bus: int
    address: int | None


def chips(settings: Settings) -> Iterator[Chip]:
    """Everything on I2C, the output first: of two in conflict the later one is blamed, and the lamp goes before its sensors."""
    output, sensors = settings.output, settings.sensors
    if output is not None and output.driver in ADDRESSES:
        yield _chip(("output",), output.driver, output.bus, output.address)
    if sensors.light is not None:
        yield _chip(("sensors", "light"), sensors.light.driver, sensors.light.bus, sensors.light.address)
    if sensors.power is not None:
        yield _chip(("sensors", "power"), sensors.power.driver, sensors.power.bus, sensors.power.address)
    if sensors.temperature is not None:
        yield _chip(("sensors", "temperature"), sensors.temperature.driver, sensors.temperature.bus, sensors.temperature.address)


def _chip(path: Path, driver: str, bus: int | None, address: int | None) -> Chip:
    return Chip(path, driver, DEFAULT_BUS if bus is None else bus, ADDRESSES[driver].default if address is None else address)


def same_address_twice(settings: Settings, _: Written) -> Iterator[Finding]:
    taken: dict[tuple[int, int], Chip] = {}
    for chip in chips(settings):
        if chip.address is None:
            continue
        first = taken.setdefault((chip.bus, chip.address), chip)
        if first is not chip:
            message = f"0x{chip.address:02x} on bus {chip.bus} is taken by {'.'.join(map(str, first.path))} ({first.driver})"
            yield Finding((*chip.path, "address"), message, _another_address(chip, taken))


def _another_address(chip: Chip, taken: dict[tuple[int, int], Chip]) -> str:
    free = [address for address in ADDRESSES[chip.driver].possible if (chip.bus, address) not in taken]
    if not free:
        return f"a {chip.driver} has no other address: connect it to another bus"
    return f"strap the {chip.driver} to another address and write it, such as address: 0x{free[0]:02x}"


def impossible_address(settings: Settings, _: Written) -> Iterator[Finding]:
    for chip in chips(settings):
        known = ADDRESSES[chip.driver]
        path = (*chip.path, "address")
        if chip.address is None:
            yield Finding(path, "is missing", f"write address: {_range(known)}, as the board is strapped (most breakouts: 0x62)")
        elif chip.address not in known.possible:
            yield warning(path, f"0x{chip.address:02x} is none that a {chip.driver} can have", f"write {_range(known)}")


def _range(known: Addresses) -> str:
    if len(known.possible) <= 2:
        return alternatives(f"0x{address:02x}" for address in known.possible)
    return f"0x{known.possible[0]:02x} to 0x{known.possible[-1]:02x}"


def channel_of_the_chip(settings: Settings, _: Written) -> Iterator[Finding]:
    output = settings.output
    if output is None or output.driver not in CHANNELS:
        return
    last = CHANNELS[output.driver] - 1
    if output.channel is None:
        yield Finding(("output", "channel"), f"is missing, and {output.driver} needs it", f"write channel: 0 (to {last})")
    elif output.channel > last:
        yield Finding(("output", "channel"), f"{output.channel} is more than a {output.driver} has", f"write 0 to {last}")


CHECKS = (Check(same_address_twice), Check(impossible_address), Check(channel_of_the_chip))
