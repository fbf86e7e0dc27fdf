"""What is wired to the pole: output, relay, sensors."""

from dataclasses import dataclass
from typing import Annotated, Literal

import annotated_types as at

from agent.settings.marks import BusNumber, Doc, Duration, Gpio, I2cAddress, OneOrMany

Contact = Literal["normally_closed", "normally_open"]


@dataclass(frozen=True, slots=True)
class Relay:
    gpio: Annotated[Gpio, Doc("BCM number of the line that drives the coil.", "23")]
    active_high: Annotated[bool, Doc("true: a high line energises the coil.")] = True
    contact: Annotated[Contact, Doc("normally_closed: an idle coil leaves the lamp supplied.")] = "normally_closed"


@dataclass(frozen=True, slots=True)
class Output:
    """``gpio`` belongs to pwm and gpio_pwm; ``bus``, ``address`` and ``channel`` to the others."""

    driver: Annotated[
        Literal["pwm", "gpio_pwm", "mcp4725", "gp8403", "pca9685"],
        Doc("What sets the level: kernel PWM, software PWM, 0-10 V by a converter, or a PWM chip.", "pwm"),
    ]
    gpio: Annotated[Gpio | None, Doc("BCM number of the PWM line: 12, 13, 18 or 19 for pwm.", "18")] = None
    bus: Annotated[BusNumber | None, Doc("Number of the I2C bus.")] = None
    address: Annotated[I2cAddress | None, Doc("Address on the bus.")] = None
    channel: Annotated[int | None, at.Ge(0), at.Le(15), Doc("Channel of the chip.")] = None
    frequency_hz: Annotated[
        float, at.Gt(0), Doc("PWM frequency in Hz: pwm 100-20000, pca9685 24-1526, gpio_pwm at most 500.")
    ] = 1000.0
    inverted: Annotated[bool, Doc("true: a low line is light.")] = False
    curve: Annotated[Literal["linear", "logarithmic"], Doc("From level to duty or volts; logarithmic is DALI's.")] = "linear"
    undriven: Annotated[Literal["full", "off"], Doc("What the lamp, as wired, does when pin or chip is not driven.")] = "full"
    relay: Annotated[Relay | None, Doc("Cuts the driver's supply at level 0.")] = None


@dataclass(frozen=True, slots=True)
class LightSensor:
    driver: Annotated[
        Literal["bh1750", "veml7700", "tsl2591", "opt3001"],
        Doc("The chip; full sun is too much for tsl2591 and opt3001 unless their window dims it.", "veml7700"),
    ]
    bus: Annotated[BusNumber, Doc("Number of the I2C bus.")] = 1
    address: Annotated[I2cAddress | None, Doc("Address on the bus; default: the chip's own.")] = None
    every_s: Annotated[float, Duration("every", 0.2, 600), Doc("How often it is read while that can change a decision.")] = 5.0
    calibration: Annotated[float, at.Ge(0.01), at.Le(100), Doc("Factor on the measured lux.")] = 1.0


@dataclass(frozen=True, slots=True)
class MotionSensor:
    gpio: Annotated[Gpio, Doc("BCM number of the line.", "17")]
    active_high: Annotated[bool, Doc("true: a high line is presence.")] = True
    debounce_s: Annotated[float, Duration("debounce", 0, 5), Doc("After an edge that counted, more are ignored so long.")] = 0.05


@dataclass(frozen=True, slots=True)
class PowerMeter:
    """The scales are constants of an ade7953's board, counts per unit; ``shunt_ohm`` belongs to ina219 and ina226."""

    driver: Annotated[Literal["ade7953", "ina219", "ina226"], Doc("The chip.", "ina226")]
    bus: Annotated[BusNumber, Doc("Number of the I2C bus.")] = 1
    address: Annotated[I2cAddress | None, Doc("Address on the bus; default: the chip's own.")] = None
    volt_scale: Annotated[float | None, at.Gt(0), Doc("ade7953: counts per volt.")] = None
    amp_scale: Annotated[float | None, at.Gt(0), Doc("ade7953: counts per ampere.")] = None
    watt_scale: Annotated[float | None, at.Gt(0), Doc("ade7953: counts per watt.")] = None
    shunt_ohm: Annotated[float | None, at.Ge(0.0001), at.Le(10), Doc("ina219, ina226: resistance of the shunt in ohm.")] = None
    every_s: Annotated[float, Duration("every", 0.2, 600), Doc("How often it is read after a change of level.")] = 1.0
    measures: Annotated[Literal["lamp", "pole"], Doc("lamp: the luminaire alone; pole: everything on the pole.")] = "lamp"

    @property
    def mains(self) -> bool:
        """Whether it measures an alternating current, and with it power factor and frequency."""
        return self.driver == "ade7953"


@dataclass(frozen=True, slots=True)
class TemperatureSensor:
    driver: Annotated[Literal["tmp102", "mcp9808"], Doc("The chip.", "tmp102")]
    bus: Annotated[BusNumber, Doc("Number of the I2C bus.")] = 1
    address: Annotated[I2cAddress | None, Doc("Address on the bus; default: the chip's own.")] = None
    every_s: Annotated[float, Duration("every", 0.2, 600), Doc("How often it is read.")] = 30.0


@dataclass(frozen=True, slots=True)
class Sensors:
    light: Annotated[LightSensor | None, Doc("The photocell.")] = None
    motion: Annotated[tuple[MotionSensor, ...], OneOrMany(), Doc("Presence: one sensor, or a list.")] = ()
    power: Annotated[PowerMeter | None, Doc("The meter.")] = None
    temperature: Annotated[TemperatureSensor | None, Doc("The luminaire's temperature.")] = None
