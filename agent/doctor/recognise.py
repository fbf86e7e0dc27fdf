"""Who is on an I2C bus: which addresses answer, and which chip that is, by its identity where it has one, else by its address."""

from collections.abc import Callable, Iterable, Mapping

from agent.hardware import ina226, mcp9808, opt3001, tsl2591
from agent.hardware.bus import Bus, BusError, Device
from agent.records import Fault
from agent.settings.chips import ADDRESSES

FIRST, LAST = 0x08, 0x77  # the addresses before and beyond are the standard's own


def answering(bus: Bus, beside: Iterable[int] = ()) -> tuple[int, ...]:
    """The addresses that acknowledge one plain read, but for those ``beside``. Raises BusError where the bus hangs.

    It can be done beside the agent: a chip loses by it, at most, the flag that a conversion is ready, and the next one sets it.
    """
    left_out = frozenset(beside)
    return tuple(address for address in range(FIRST, LAST + 1) if address not in left_out and answers(bus, address))


def answers(bus: Bus, address: int) -> bool:
    """Raises BusError where the bus hangs, or fails for another reason than that nobody is there."""
    try:
        bus.transfer(address, b"", 1)
    except BusError as error:
        if error.fault is Fault.NOT_THERE:
            return False
        raise
    return True


def _words(device: Device, *registers: int) -> tuple[int, ...]:
    return tuple(device.read_word_swapped(register) for register in registers)


def _is_ina226(device: Device) -> bool:
    maker, die = _words(device, ina226.MANUFACTURER_ID, ina226.DIE_ID)
    return maker == ina226.TEXAS_INSTRUMENTS and die >> 4 == ina226.INA226


def _is_opt3001(device: Device) -> bool:
    return _words(device, opt3001.MANUFACTURER_ID, opt3001.DEVICE_ID) == (opt3001.TEXAS_INSTRUMENTS, opt3001.OPT3001)


def _is_mcp9808(device: Device) -> bool:
    maker, chip = _words(device, mcp9808.MANUFACTURER_ID, mcp9808.DEVICE_ID)
    return maker == mcp9808.MICROCHIP and chip >> 8 == mcp9808.MCP9808


def _is_tsl2591(device: Device) -> bool:
    return device.read(tsl2591.COMMAND | tsl2591.ID, 1)[0] == tsl2591.TSL2591


IDENTITIES: Mapping[str, Callable[[Device], bool]] = {  # registers that only tell, and that reading does not change
    "ina226": _is_ina226,
    "opt3001": _is_opt3001,
    "mcp9808": _is_mcp9808,
    "tsl2591": _is_tsl2591,
}


def candidates(bus: Bus, address: int) -> tuple[str, ...]:
    """The known chips that may be the one at an address: exactly one where it says so itself, none where none can be there."""
    possible = tuple(name for name, known in ADDRESSES.items() if address in known.possible)
    device = Device(bus, address)
    for name in possible:
        try:
            if name in IDENTITIES and IDENTITIES[name](device):
                return (name,)
        except BusError:  # it does not like to be asked so: it is another
            continue
    return tuple(name for name in possible if name not in IDENTITIES)
