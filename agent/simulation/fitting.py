"""Which virtual chip stands for which sensor of the settings, and on which virtual bus."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.records import Part
from agent.settings.hardware import Sensors
from agent.simulation.bus import VirtualBus, VirtualChip
from agent.simulation.chips import ade7953, ina219, ina226, tmp102, veml7700
from agent.simulation.chips.words import WordPort

Course = Callable[[float], float]  # a quantity's true value, by lamp time


class Resettable(Protocol):
    """A virtual chip, as the one sees it who plays brown-out."""

    def reset(self, now_s: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Fitting:
    """A part's chip, and where it is plugged in."""

    bus: VirtualBus
    address: int
    chip: Resettable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the chips feel."""

    lux: Course
    volts: Course
    amps: Course
    celsius: Course
    power_factor: Course = lambda _: 1.0  # of a supply that alternates; negative: the current leads


class Buses:
    """The I2C buses of the board, each made when it is first asked for."""

    def __init__(self, now_s: Callable[[], float], spend_s: Callable[[float], None]) -> None:
        self._now_s = now_s
        self._spend_s = spend_s
        self._made: dict[int, VirtualBus] = {}

    def bus(self, number: int) -> VirtualBus:
        return self._made.setdefault(number, VirtualBus(self._now_s, self._spend_s, number))


def plug_in(sensors: Sensors, around: Surroundings, buses: Buses, now_s: float) -> dict[Part, Fitting]:
    """The chips that the settings name, switched on now. At the address of one that has no virtual twin yet nobody answers."""
    fitted: dict[Part, Fitting] = {}

    def plug(part: Part, bus: int, address: int, chip: Resettable, port: VirtualChip) -> None:
        fitted[part] = Fitting(buses.bus(bus), address, chip)
        buses.bus(bus).plug(address, port)

    light, power, temperature = sensors.light, sensors.power, sensors.temperature
    if light is not None and light.driver == "veml7700":
        veml = veml7700.Veml7700Chip(_behind_glass(around.lux, light.calibration), now_s)
        plug(Part.LIGHT, light.bus, light.address or veml7700.ADDRESS, veml, WordPort(veml, "little"))
    if power is not None and power.driver == "ade7953" and power.volt_scale and power.amp_scale and power.watt_scale:
        board = ade7953.Board(power.volt_scale, power.amp_scale, power.watt_scale)
        ade = ade7953.Ade7953Chip(around.volts, around.amps, around.power_factor, board, now_s)
        plug(Part.POWER, power.bus, power.address or ade7953.ADDRESS, ade, ade)
    if power is not None and power.driver == "ina219" and power.shunt_ohm is not None:
        small = ina219.Ina219Chip(around.volts, around.amps, power.shunt_ohm, now_s)
        plug(Part.POWER, power.bus, power.address or ina219.ADDRESS, small, WordPort(small, "big"))
    if power is not None and power.driver == "ina226" and power.shunt_ohm is not None:
        ina = ina226.Ina226Chip(around.volts, around.amps, power.shunt_ohm, now_s)
        plug(Part.POWER, power.bus, power.address or ina226.ADDRESS, ina, WordPort(ina, "big"))
    if temperature is not None and temperature.driver == "tmp102":
        tmp = tmp102.Tmp102Chip(around.celsius, now_s)
        plug(Part.TEMPERATURE, temperature.bus, temperature.address or tmp102.ADDRESS, tmp, WordPort(tmp, "big"))
    return fitted


def _behind_glass(lux: Course, calibration: float) -> Course:
    """What the chip itself gets: a lamp is calibrated because its window swallows light."""
    return lambda at_s: lux(at_s) / calibration
