"""The table of virtual chips: which one stands for which sensor of the settings, where it answers, and what it feels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from agent.records import Part
from agent.settings.hardware import LightSensor, PowerMeter, Sensors, TemperatureSensor
from agent.simulation.bus import VirtualBus, VirtualChip
from agent.simulation.chips import ade7953, bh1750, ina219, ina226, mcp9808, opt3001, tmp102, tsl2591, veml7700
from agent.simulation.chips.words import WordPort, WordRegisters

Course = Callable[[float], float]  # a quantity's true value, by lamp time

Sensor = TypeVar("Sensor", LightSensor, PowerMeter, TemperatureSensor)


class Resettable(Protocol):
    """A virtual chip, as the one sees it who plays brown-out."""

    def reset(self, now_s: float) -> None: ...


class WordChip(WordRegisters, Resettable, Protocol):
    """A virtual chip made of 16-bit registers."""


class OwnChip(VirtualChip, Resettable, Protocol):
    """A virtual chip that talks to the bus in a manner of its own."""


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


@dataclass(frozen=True, slots=True)
class Made:
    """A chip, and how the bus talks to it."""

    chip: Resettable
    port: VirtualChip


@dataclass(frozen=True, slots=True)
class Twin(Generic[Sensor]):
    address: int  # where it answers unless the config says otherwise
    make: Callable[[Sensor, Surroundings, float], Made | None]  # switched on at that lamp time; None: nobody answers there


def _low_first(chip: WordChip) -> Made:
    return Made(chip, WordPort(chip, "little"))


def _high_first(chip: WordChip) -> Made:
    return Made(chip, WordPort(chip, "big"))


def _by_itself(chip: OwnChip) -> Made:
    return Made(chip, chip)


def _light(address: int, made: Callable[[Course, float], Made]) -> Twin[LightSensor]:
    """The chip itself gets less than there is: a lamp is calibrated because its window swallows light."""

    def make(light: LightSensor, around: Surroundings, now_s: float) -> Made:
        return made(lambda at_s: around.lux(at_s) / light.calibration, now_s)

    return Twin(address, make)


def _ina219(meter: PowerMeter, around: Surroundings, now_s: float) -> Made | None:
    if meter.shunt_ohm is None:
        return None
    return _high_first(ina219.Ina219Chip(around.volts, around.amps, meter.shunt_ohm, now_s))


def _ina226(meter: PowerMeter, around: Surroundings, now_s: float) -> Made | None:
    if meter.shunt_ohm is None:
        return None
    return _high_first(ina226.Ina226Chip(around.volts, around.amps, meter.shunt_ohm, now_s))


def _ade7953(meter: PowerMeter, around: Surroundings, now_s: float) -> Made | None:
    if meter.volt_scale is None or meter.amp_scale is None or meter.watt_scale is None:
        return None
    board = ade7953.Board(meter.volt_scale, meter.amp_scale, meter.watt_scale)
    return _by_itself(ade7953.Ade7953Chip(around.volts, around.amps, around.power_factor, board, now_s))


LIGHT: Mapping[str, Twin[LightSensor]] = MappingProxyType(
    {
        "veml7700": _light(veml7700.ADDRESS, lambda lux, now_s: _low_first(veml7700.Veml7700Chip(lux, now_s))),
        "bh1750": _light(bh1750.ADDRESS, lambda lux, now_s: _by_itself(bh1750.Bh1750Chip(lux, now_s))),
        "tsl2591": _light(tsl2591.ADDRESS, lambda lux, now_s: _by_itself(tsl2591.Tsl2591Chip(lux, now_s))),
        "opt3001": _light(opt3001.ADDRESS, lambda lux, now_s: _high_first(opt3001.Opt3001Chip(lux, now_s))),
    }
)
POWER: Mapping[str, Twin[PowerMeter]] = MappingProxyType(
    {
        "ade7953": Twin(ade7953.ADDRESS, _ade7953),
        "ina219": Twin(ina219.ADDRESS, _ina219),
        "ina226": Twin(ina226.ADDRESS, _ina226),
    }
)
TEMPERATURE: Mapping[str, Twin[TemperatureSensor]] = MappingProxyType(
    {
        "tmp102": Twin(tmp102.ADDRESS, lambda _, around, now_s: _high_first(tmp102.Tmp102Chip(around.celsius, now_s))),
        "mcp9808": Twin(mcp9808.ADDRESS, lambda _, around, now_s: _by_itself(mcp9808.Mcp9808Chip(around.celsius, now_s))),
    }
)


def plug_in(sensors: Sensors, around: Surroundings, buses: Buses, now_s: float) -> dict[Part, Fitting]:
    """The chips that the settings name, switched on now. At the address of one that has no virtual twin yet nobody answers."""
    fittings = {
        Part.LIGHT: _plug(LIGHT, sensors.light, around, buses, now_s),
        Part.POWER: _plug(POWER, sensors.power, around, buses, now_s),
        Part.TEMPERATURE: _plug(TEMPERATURE, sensors.temperature, around, buses, now_s),
    }
    return {part: fitting for part, fitting in fittings.items() if fitting is not None}


def _plug(
    table: Mapping[str, Twin[Sensor]], sensor: Sensor | None, around: Surroundings, buses: Buses, now_s: float
) -> Fitting | None:
    if sensor is None or (twin := table.get(sensor.driver)) is None or (made := twin.make(sensor, around, now_s)) is None:
        return None
    bus, address = buses.bus(sensor.bus), twin.address if sensor.address is None else sensor.address
    bus.plug(address, made.port)
    return Fitting(bus, address, made.chip)
