"""Where each chip can answer on its bus, and what its pins can do: facts that the compiler and the drivers share."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Addresses:
    """``default`` is None where boards differ too much to assume one."""

    possible: tuple[int, ...]
    default: int | None


DEFAULT_BUS = 1  # the one on the header of every Pi


def _one(address: int) -> Addresses:
    return Addresses((address,), address)


ADDRESSES: Mapping[str, Addresses] = {
    "veml7700": _one(0x10),
    "bh1750": Addresses((0x23, 0x5C), 0x23),
    "tsl2591": _one(0x29),
    "opt3001": Addresses(tuple(range(0x44, 0x48)), 0x44),
    "ina219": Addresses(tuple(range(0x40, 0x50)), 0x40),
    "ina226": Addresses(tuple(range(0x40, 0x50)), 0x40),
    "ade7953": _one(0x38),
    "tmp102": Addresses(tuple(range(0x48, 0x4C)), 0x48),
    "mcp9808": Addresses(tuple(range(0x18, 0x20)), 0x18),
    "mcp4725": Addresses(tuple(range(0x60, 0x68)), None),  # 0x60 on the bare chip, 0x62 on most breakouts
    "gp8403": Addresses(tuple(range(0x58, 0x60)), 0x58),
    "pca9685": Addresses(tuple(range(0x40, 0x70)), 0x40),  # above: its all-call address and beyond what Linux scans
}

ANALOGUE = ("mcp4725", "gp8403")  # outputs that dim by a voltage, 0-10 V at the lamp's driver

CHANNELS: Mapping[str, int] = {"gp8403": 2, "pca9685": 16}

KERNEL_PWM_GPIOS = (12, 13, 18, 19)

FREQUENCIES_HZ: Mapping[str, tuple[float, float]] = {"pwm": (100, 20_000), "gpio_pwm": (1, 500), "pca9685": (24, 1526)}

BUS_GPIOS: Mapping[int, tuple[int, int]] = {0: (0, 1), 1: (2, 3)}  # data and clock of the header's I2C buses

# Of the meters of DC, as their datasheets say (SBOS448, SBOS547): what their pins stand, what a shunt may drop, and by how much
# that may be read wrong.
MOST_V: Mapping[str, float] = {"ina219": 26.0, "ina226": 36.0}
SHUNT_FULL_V: Mapping[str, float] = {"ina219": 0.32, "ina226": 0.08192}
SHUNT_OFFSET_V: Mapping[str, float] = {"ina219": 2e-4, "ina226": 1e-5}
