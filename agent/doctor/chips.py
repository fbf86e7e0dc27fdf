"""The chips of the config: each answers, is what it should be, and says something that can be; or who is there instead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from agent.config.checks.buses import Chip, chips
from agent.doctor.bootconfig import BootConfig
from agent.doctor.bus import bus_line, kernel_driver, unusable
from agent.doctor.eyes import Eyes
from agent.doctor.host import Host
from agent.doctor.line import Line, Status, failed, failed_as_told, passed, warned
from agent.doctor.pins import Holder
from agent.doctor.readings import Pace, read, reading_line
from agent.doctor.recognise import IDENTITIES, answering, answers, candidates
from agent.hardware.bus import Bus, BusError
from agent.hardware.driver import Driver
from agent.hardware.drivers import LIGHT, POWER, TEMPERATURE, UnsupportedPart, fit
from agent.hardware.sysfs import HostSysfs
from agent.records import Fault
from agent.settings.model import Settings

WIRES = "check its four wires (SDA, SCL, 3.3 V, ground) and its address straps"
JOURNAL = "read more: `journalctl -u streetlight-agent -b`"
KINDS = (frozenset(LIGHT), frozenset(POWER), frozenset(TEMPERATURE))  # chips that can stand for each other


@dataclass(frozen=True, slots=True)
class Bench:
    """What the chips are looked at with. Where no agent runs that holds them, doctor reads them itself."""

    settings: Settings
    host: Host
    boot: BootConfig
    eyes: Eyes
    bus: Callable[[int], Bus]
    pace: Pace
    holder: Holder


def chip_lines(bench: Bench) -> Iterator[Line]:
    """Bus by bus; a bus that cannot be used speaks for all of its chips."""
    wanted = list(chips(bench.settings))
    for number in sorted({chip.bus for chip in wanted}):
        line = bus_line(number, bench.host, bench.boot, bench.eyes)
        if line.status is Status.PASS:
            line = unusable(number, bench.bus(number)) or line
        yield line
        if line.status is Status.PASS:
            for chip in wanted:
                if chip.bus == number and chip.address is not None:
                    yield _chip_line(bench, chip, chip.address)


def _chip_line(bench: Bench, chip: Chip, address: int) -> Line:
    check, where = str(chip.path[-1]), f"{chip.driver} at 0x{address:02x} on bus {chip.bus}"
    bound = kernel_driver(bench.host, chip.bus, address)
    if bound is not None:
        remedy = f"remove its dtoverlay= from {bench.boot.path}, and restart the Pi"
        return failed(check, f"the kernel's driver {bound} has the {where}, and sets it up its own way", remedy)
    bus = bench.bus(chip.bus)
    known: tuple[str, ...] = ()
    try:
        if not answers(bus, address):
            return _nobody(bench, chip, address)
        known = candidates(bus, address)
        if len(known) == 1 and known[0] in IDENTITIES and known[0] != chip.driver:
            return _another(chip, address, known)
        if bench.holder.agent_runs and chip.driver in IDENTITIES and chip.driver not in known:
            return _another(chip, address, known)
        return _asked(bench, check, where)
    except BusError as error:
        if error.fault is Fault.WRONG_CHIP:
            return _another(chip, address, known)
        line = failed_as_told(check, str(error), WIRES)
        return replace(line, what=f"{line.what}; it may be {_named(known)}") if known and chip.driver not in known else line


def _asked(bench: Bench, check: str, where: str) -> Line:
    """Of one that answers. Raises BusError."""
    if bench.holder.agent_runs:  # it reads the chip, and two would set it up by turns
        return _as_the_agent_says(bench, check, where)
    try:
        driver = _driver(bench, check)
    except UnsupportedPart as error:
        return failed_as_told(check, str(error), "write one that `streetlight-agent schema` names")
    if driver is None:  # an output: to drive it would move the lamp
        return passed(check, f"{where} answers")
    return reading_line(check, where, read(driver, bench.pace), bench.settings.luminaire.supply)


def _as_the_agent_says(bench: Bench, check: str, where: str) -> Line:
    source = bench.holder.told.get(check)
    if source is None:
        return passed(check, f"{where} answers")
    if source.good:
        return passed(check, f"{where} answers; the agent: {source.words}")
    words, _, advice = source.words.partition("; ")
    return warned(check, f"{where} answers; the agent: {words}", advice or JOURNAL)


def _driver(bench: Bench, check: str) -> Driver | None:
    """The agent's own for a sensor; None for what is none. Raises UnsupportedPart."""
    fitted = fit(bench.settings.sensors, bench.bus, HostSysfs(str(bench.host.root / "sys")))
    for unsupported in fitted.unsupported:
        if unsupported.part == check:
            raise unsupported
    return next((source.driver for source in fitted.sources if source.part == check), None)


def _nobody(bench: Bench, chip: Chip, address: int) -> Line:
    check, bus = str(chip.path[-1]), bench.bus(chip.bus)
    others = (one.address for one in chips(bench.settings) if one.bus == chip.bus and one.address is not None)
    found = {other: candidates(bus, other) for other in answering(bus, beside=others)}
    told = f"no {chip.driver}: nobody answers at 0x{address:02x} on bus {chip.bus}"
    seen = "".join(f"; 0x{other:02x} answers: {_named(known)}" for other, known in found.items())
    return failed(check, told + seen, _remedy(chip, found))


def _remedy(chip: Chip, found: Mapping[int, tuple[str, ...]]) -> str:
    """What to write, where what answers can stand for what is missing."""
    for other, known in found.items():
        if chip.driver in known:
            return f"write address: 0x{other:02x}, or strap the {chip.driver} to its own; or: {WIRES}"
    for other, known in found.items():
        for name in known:
            if any(chip.driver in kind and name in kind for kind in KINDS):
                return f"if it is the {name}, write driver: {name} and address: 0x{other:02x}; else {WIRES}"
    return WIRES


def _another(chip: Chip, address: int, known: tuple[str, ...]) -> Line:
    """Another answers in its place; nobody tells which where that one has no identity."""
    told = f"at 0x{address:02x} on bus {chip.bus} is {_named(known)}, not the {chip.driver}"
    instead = f"write driver: {known[0]}" if len(known) == 1 else "write the driver of the chip that is there"
    return failed(str(chip.path[-1]), told, f"{instead}, or plug in the {chip.driver}")


def _named(known: tuple[str, ...]) -> str:
    if not known:
        return "a chip that the agent does not know"
    names = known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}"
    return f"{'an' if names[0] in 'aiom' else 'a'} {names}"
