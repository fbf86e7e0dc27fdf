"""One reading of a sensor by the agent's own driver, in words, and whether what it says can be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.doctor.line import Line, passed, warned
from agent.hardware.bus import BusError
from agent.hardware.driver import Driver
from agent.records import Fault, NotBefore, Quality, Quantity, Reading
from agent.settings.model import Supply

PATIENCE_S = 8.0  # the slowest, a VEML7700 that ranges in the dark, takes some 4
UNITS = {
    Quantity.LIGHT_LEVEL_LX: "lx",
    Quantity.TEMPERATURE_C: "°C",
    Quantity.SUPPLY_VOLTAGE_V: "V",
    Quantity.SUPPLY_CURRENT_A: "A",
    Quantity.ACTIVE_POWER_W: "W",
    Quantity.POWER_FACTOR: "power factor",
    Quantity.FREQUENCY_HZ: "Hz",
}
BACKWARDS_A = -0.02  # more than noise
COLD_C, HOT_C = -45.0, 120.0  # beyond, it is no luminaire on a pole
UNSUPPLIED = 0.5  # of the nominal voltage


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes while a conversion runs."""

    now_s: Callable[[], float]
    sleep: Callable[[float], None]


def read(driver: Driver, pace: Pace) -> Sequence[Reading]:
    """Waits for the conversions that the driver asks for. Raises BusError."""
    until_s = pace.now_s() + PATIENCE_S
    while True:
        answer = driver.poll(pace.now_s())
        if not isinstance(answer, NotBefore):
            return answer
        if answer.at_s > until_s:
            raise BusError(Fault.FAILED, f"no reading within {PATIENCE_S:g} s; check its supply")
        pace.sleep(max(0.001, answer.at_s - pace.now_s()))


def reading_line(check: str, chip: str, readings: Sequence[Reading], supply: Supply | None) -> Line:
    """The readings, and what they say of the wiring."""
    told = f"{chip}: {', '.join(_words(reading) for reading in readings)}"
    values = {reading.quantity: reading.value for reading in readings}
    celsius, volts = values.get(Quantity.TEMPERATURE_C, 0.0), values.get(Quantity.SUPPLY_VOLTAGE_V)
    if not COLD_C < celsius < HOT_C:
        return warned(check, told, "no luminaire is so: check the sensor, and the wires to it")
    if values.get(Quantity.SUPPLY_CURRENT_A, 0.0) < BACKWARDS_A:
        return warned(check, told, "the current flows backwards: swap the two wires at the shunt")
    if volts is not None and supply is not None and volts < UNSUPPLIED * supply.nominal_v:
        return warned(check, told, f"the lamp's supply should be {supply.nominal_v:g} V: check the meter's wires and the relay")
    return passed(check, told)


def _words(reading: Reading) -> str:
    told = f"{reading.value:.3g} {UNITS.get(reading.quantity, reading.quantity)}"
    return told if reading.quality is Quality.OK else f"{told} ({reading.quality.value})"
