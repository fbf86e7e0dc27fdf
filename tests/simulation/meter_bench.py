"""A bench for the meters: one on a virtual bus, in surroundings set by hand, under its real driver or spoken to by hand."""

from dataclasses import dataclass, field

from agent.hardware.bus import Device
from agent.hardware.driver import Driver
from agent.hardware.drivers import POWER
from agent.records import NotBefore, Part, Quantity, Reading
from agent.settings.hardware import PowerMeter, Sensors
from agent.simulation.fitting import Buses, Fitting, Surroundings, plug_in

INA219 = PowerMeter("ina219", shunt_ohm=0.002)
SHELLY = PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000, watt_scale=154)


@dataclass
class Bench:
    """One meter on a bus, in surroundings set by hand."""

    meter: PowerMeter
    now_s: float = 0.0
    volts: float = 12.0
    amps: float = 0.0
    power_factor: float = 1.0
    fitting: Fitting = field(init=False)

    def __post_init__(self) -> None:
        self.buses = Buses(lambda: self.now_s, self._spend)
        around = Surroundings(
            lux=lambda _: 0.0,
            volts=lambda _: self.volts,
            amps=lambda _: self.amps,
            celsius=lambda _: 20.0,
            power_factor=lambda _: self.power_factor,
        )
        self.fitting = plug_in(Sensors(power=self.meter), around, self.buses, self.now_s)[Part.POWER]

    def driver(self) -> Driver:
        return POWER[self.meter.driver].make(Device(self.fitting.bus, self.fitting.address), self.meter)

    def read(self, driver: Driver, most_polls: int = 20) -> dict[Quantity, Reading]:
        """Polls as a bus thread does, and no sooner than the driver asks."""
        for _ in range(most_polls):
            answer = driver.poll(self.now_s)
            if not isinstance(answer, NotBefore):
                return {reading.quantity: reading for reading in answer}
            assert answer.at_s > self.now_s
            self.now_s = answer.at_s
        raise AssertionError("the driver never comes to a reading")

    def raw(self, register: bytes, count: int = 2) -> str:
        return self.fitting.bus.transfer(self.fitting.address, register, count).hex()

    def write(self, *data: int) -> None:
        self.fitting.bus.transfer(self.fitting.address, bytes(data), 0)

    def _spend(self, seconds: float) -> None:
        self.now_s += seconds
