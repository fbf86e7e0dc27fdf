"""The table of drivers: settings to sources, and chips that the config may name but nobody can read yet."""

from typing import Literal

import pytest

from agent.hardware.drivers import fit
from agent.records import Part
from agent.settings.hardware import LightSensor, PowerMeter, Sensors, TemperatureSensor


class NoFiles:
    def read(self, path: str) -> str:
        raise FileNotFoundError(2, "No such file or directory", path)

    def write(self, path: str, text: str) -> None:
        raise FileNotFoundError(2, "No such file or directory", path)


class Buses:
    """Notes which buses are asked for and which addresses are spoken to."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.addresses: list[int] = []

    def __call__(self, number: int) -> "Buses":
        self.numbers.append(number)
        return self

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        self.addresses.append(address)
        return write[1:].ljust(read, b"\0")


def test_each_sensor_becomes_a_source_on_its_bus_at_its_own_address() -> None:
    buses = Buses()
    fitted = fit(
        Sensors(
            light=LightSensor("veml7700", every_s=7),
            power=PowerMeter("ina226", bus=3, shunt_ohm=0.01),
            temperature=TemperatureSensor("tmp102", address=0x49),
        ),
        buses,
        NoFiles(),
    )
    assert [(source.part, source.every_s, source.bus) for source in fitted.sources] == [
        (Part.SOC, 60, None),
        (Part.LIGHT, 7, 1),
        (Part.POWER, 1, 3),
        (Part.TEMPERATURE, 30, 1),
    ]
    assert buses.numbers == [1, 3, 1]
    assert not buses.addresses  # nothing is transferred before the first poll
    fitted.sources[3].driver.poll(0)
    assert set(buses.addresses) == {0x49}


def test_a_part_that_cannot_be_made_says_so_and_the_others_are_fitted_all_the_same() -> None:
    fitted = fit(Sensors(power=PowerMeter("ina219"), temperature=TemperatureSensor("tmp102")), Buses(), NoFiles())
    assert [source.part for source in fitted.sources] == [Part.SOC, Part.TEMPERATURE]
    assert [unsupported.part for unsupported in fitted.unsupported] == [Part.POWER]


@pytest.mark.parametrize("driver", ["ina219", "ina226"])
def test_a_meter_without_its_shunt_says_what_to_write(driver: Literal["ina219", "ina226"]) -> None:
    fitted = fit(Sensors(power=PowerMeter(driver)), Buses(), NoFiles())
    assert str(fitted.unsupported[0]).startswith(f"sensors.power.shunt_ohm: an {driver} needs it; write")


def test_an_ade7953_without_a_scale_says_which_are_needed() -> None:
    fitted = fit(Sensors(power=PowerMeter("ade7953", volt_scale=26_000, amp_scale=100_000)), Buses(), NoFiles())
    assert str(fitted.unsupported[0]).startswith("sensors.power: an ade7953 needs volt_scale, amp_scale and watt_scale; write")
