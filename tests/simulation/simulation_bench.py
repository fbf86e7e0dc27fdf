"""For the tests of drivers over virtual chips: a bus with a chip for each part, in surroundings set by hand."""

from dataclasses import dataclass, field

from agent.hardware.bus import Device
from agent.hardware.driver import Driver
from agent.hardware.drivers import fit
from agent.records import NotBefore, Part, Quantity, Reading
from agent.settings.hardware import LightSensor, PowerMeter, Sensors, TemperatureSensor
from agent.simulation.fitting import Buses, Fitting, Surroundings, plug_in

SENSORS = Sensors(
    light=LightSensor("veml7700"), power=PowerMeter("ina226", shunt_ohm=0.02), temperature=TemperatureSensor("tmp102")
)


class NoFiles:
    """For what reads no sysfs."""

    def read(self, path: str) -> str:
        raise FileNotFoundError(2, "No such file or directory", path)

    def write(self, path: str, text: str) -> None:
        raise FileNotFoundError(2, "No such file or directory", path)


@dataclass
class Bench:
    """``drivers`` are those that the agent's own table makes of the sensors."""

    sensors: Sensors = SENSORS
    now_s: float = 0.0
    lux: float = 0.0
    volts: float = 24.0
    amps: float = 0.0
    celsius: float = 20.0
    chips: dict[Part, Fitting] = field(init=False)
    drivers: dict[Part, Driver] = field(init=False)

    def __post_init__(self) -> None:
        self.buses = Buses(lambda: self.now_s, self._spend)
        around = Surroundings(lambda _: self.lux, lambda _: self.volts, lambda _: self.amps, lambda _: self.celsius)
        self.chips = plug_in(self.sensors, around, self.buses, self.now_s)
        self.start_agent()

    def start_agent(self) -> None:
        """One that knows nothing of what an earlier one has left in the chips."""
        sources = fit(self.sensors, self.buses.bus, NoFiles()).sources
        self.drivers = {source.part: source.driver for source in sources if source.part is not Part.SOC}

    def device(self, part: Part) -> Device:
        return Device(self.buses.bus(1), self.chips[part].address)

    def read(self, driver: Driver, most_polls: int = 20) -> dict[Quantity, Reading]:
        """Polls as a bus thread does, and no sooner than the driver asks."""
        for _ in range(most_polls):
            answer = driver.poll(self.now_s)
            if not isinstance(answer, NotBefore):
                return {reading.quantity: reading for reading in answer}
            assert answer.at_s > self.now_s
            self.now_s = answer.at_s
        raise AssertionError("the driver never comes to a reading")

    def lux_read(self) -> Reading:
        return self.read(self.drivers[Part.LIGHT])[Quantity.LIGHT_LEVEL_LX]

    def celsius_read(self) -> float:
        return self.read(self.drivers[Part.TEMPERATURE])[Quantity.TEMPERATURE_C].value

    def brown_out(self, part: Part) -> None:
        self.chips[part].chip.reset(self.now_s)

    def _spend(self, seconds: float) -> None:
        self.now_s += seconds
