"""The table of outputs on a bus: which chip each name in the config means, where it answers, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from agent.hardware import gp8403, mcp4725, pca9685
from agent.hardware.bus import Bus, Device
from agent.hardware.carried import Apart, CarriedOutput
from agent.hardware.chipoutput import ChipOutput, OutputChip
from agent.hardware.output import OutputError
from agent.records import Fault
from agent.settings.chips import ADDRESSES, DEFAULT_BUS
from agent.settings.hardware import Output

REASSERT_EVERY_S = 10.0  # a chip that has lost its supply is dark, or at full, for no longer


@dataclass(frozen=True, slots=True)
class Kind:
    top: int  # the code of full drive
    make: Callable[[Device, Output], OutputChip]


def _channel(settings: Output) -> int:
    if settings.channel is None:
        raise OutputError(Fault.FAILED, f"output.channel: is missing, and {settings.driver} needs it; write channel: 0")
    return settings.channel


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "mcp4725": Kind(mcp4725.TOP, lambda device, _: mcp4725.Mcp4725(device)),
        "gp8403": Kind(gp8403.TOP, lambda device, settings: gp8403.Gp8403(device, _channel(settings))),
        "pca9685": Kind(pca9685.TOP, lambda device, settings: pca9685.Pca9685(device, _channel(settings), settings.frequency_hz)),
    }
)


def build_output(settings: Output, bus: Callable[[int], Bus], apart: Apart) -> CarriedOutput:
    """The chip that the settings name, not yet spoken to. Raises OutputError where a key is missing."""
    address = ADDRESSES[settings.driver].default if settings.address is None else settings.address
    if address is None:
        raise OutputError(
            Fault.FAILED, f"output.address: is missing, and {settings.driver} needs it; write as the board is strapped"
        )
    number = DEFAULT_BUS if settings.bus is None else settings.bus
    kind = KINDS[settings.driver]
    chip = kind.make(Device(bus(number), address), settings)
    return CarriedOutput(ChipOutput(chip, f"output: {settings.driver}", kind.top, inverted=settings.inverted), number, apart)
