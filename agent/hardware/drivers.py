"""The table of sensor drivers: which chip each name in the config means, where it answers, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from agent.hardware import ade7953, bh1750, ina219, ina226, mcp9808, opt3001, tmp102, tsl2591, veml7700
from agent.hardware.bus import Bus, Device
from agent.hardware.driver import Driver
from agent.hardware.sensing import Source
from agent.hardware.soc import Soc
from agent.hardware.sysfs import Attributes
from agent.records import Part
from agent.settings.hardware import LightSensor, PowerMeter, Sensors, TemperatureSensor

SOC_EVERY_S = 60.0

Sensor = TypeVar("Sensor", LightSensor, PowerMeter, TemperatureSensor)


class UnsupportedPart(Exception):  # noqa: N818  it names what is in the way, and reads as such where it is caught
    """A chip that the config may name but that has no driver yet, or a setting without which its driver cannot work."""

    def __init__(self, part: Part, message: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True, slots=True)
class Chip(Generic[Sensor]):
    address: int  # where it answers unless the config says otherwise
    make: Callable[[Device, Sensor], Driver]


def _shunt_ohm(meter: PowerMeter) -> float:
    if meter.shunt_ohm is None:
        advice = "write the shunt's resistance in ohm"
        raise UnsupportedPart(Part.POWER, f"sensors.power.shunt_ohm: an {meter.driver} needs it; {advice}")
    return meter.shunt_ohm


def _ade7953(device: Device, meter: PowerMeter) -> Driver:
    if meter.volt_scale is None or meter.amp_scale is None or meter.watt_scale is None:
        advice = "write the board's own counts per volt, ampere and watt"
        raise UnsupportedPart(Part.POWER, f"sensors.power: an ade7953 needs volt_scale, amp_scale and watt_scale; {advice}")
    return ade7953.Ade7953(device, ade7953.Scales(meter.volt_scale, meter.amp_scale, meter.watt_scale))


LIGHT: Mapping[str, Chip[LightSensor]] = MappingProxyType(
    {
        "veml7700": Chip(veml7700.ADDRESS, lambda device, light: veml7700.Veml7700(device, light.calibration)),
        "bh1750": Chip(bh1750.ADDRESS, lambda device, light: bh1750.Bh1750(device, light.calibration)),
        "tsl2591": Chip(tsl2591.ADDRESS, lambda device, light: tsl2591.Tsl2591(device, light.calibration)),
        "opt3001": Chip(opt3001.ADDRESS, lambda device, light: opt3001.Opt3001(device, light.calibration)),
    }
)
POWER: Mapping[str, Chip[PowerMeter]] = MappingProxyType(
    {
        "ade7953": Chip(ade7953.ADDRESS, _ade7953),
        "ina219": Chip(ina219.ADDRESS, lambda device, meter: ina219.Ina219(device, _shunt_ohm(meter))),
        "ina226": Chip(ina226.ADDRESS, lambda device, meter: ina226.Ina226(device, _shunt_ohm(meter))),
    }
)
TEMPERATURE: Mapping[str, Chip[TemperatureSensor]] = MappingProxyType(
    {
        "tmp102": Chip(tmp102.ADDRESS, lambda device, _: tmp102.Tmp102(device)),
        "mcp9808": Chip(mcp9808.ADDRESS, lambda device, _: mcp9808.Mcp9808(device)),
    }
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The sensors that can be read, and those that cannot, each with the reason."""

    sources: tuple[Source, ...]
    unsupported: tuple[UnsupportedPart, ...]


def fit(sensors: Sensors, bus: Callable[[int], Bus], attributes: Attributes) -> Fitted:
    """A source for each sensor in the config, and for the SoC, which is always read. Nothing is transferred yet.

    ``bus`` gives the bus of a number, the same one each time it is asked.
    """
    makers: list[Callable[[], Source]] = [lambda: Source(Part.SOC, Soc(attributes), SOC_EVERY_S, None)]
    if (light := sensors.light) is not None:
        makers.append(lambda: _source(Part.LIGHT, LIGHT, light, bus))
    if (power := sensors.power) is not None:
        makers.append(lambda: _source(Part.POWER, POWER, power, bus))
    if (temperature := sensors.temperature) is not None:
        makers.append(lambda: _source(Part.TEMPERATURE, TEMPERATURE, temperature, bus))
    sources: list[Source] = []
    unsupported: list[UnsupportedPart] = []
    for make in makers:
        try:
            sources.append(make())
        except UnsupportedPart as error:
            unsupported.append(error)
    return Fitted(tuple(sources), tuple(unsupported))


def _source(part: Part, table: Mapping[str, Chip[Sensor]], sensor: Sensor, bus: Callable[[int], Bus]) -> Source:
    chip = table.get(sensor.driver)
    if chip is None:
        known = ", ".join(table)
        raise UnsupportedPart(part, f"sensors.{part}.driver: {sensor.driver} is not supported yet; supported are: {known}")
    address = chip.address if sensor.address is None else sensor.address
    return Source(part, chip.make(Device(bus(sensor.bus), address), sensor), sensor.every_s, sensor.bus)
