"""The Pi itself: the temperature of its chip, and whether its own supply sags, as the kernel tells them."""

import errno

from agent.hardware.bus import BusError
from agent.hardware.sysfs import Attributes
from agent.records import Fault, Quantity, Reading

TEMPERATURE = "class/thermal/thermal_zone0/temp"  # in thousandths of a degree (Documentation/driver-api/thermal/sysfs-api.rst)
MONITORS = tuple(f"class/hwmon/hwmon{number}" for number in range(8))  # in the order in which their drivers came
VOLTMETER = "rpi_volt"  # drivers/hwmon/raspberrypi-hwmon.c; it asks the firmware every two seconds, and remembers no longer
SAGS = "in0_lcrit_alarm"


class Soc:
    """Raises BusError: not there where the host has no thermal zone, as most virtual machines have none."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._voltmeter: str | None = None  # its folder, found at the first poll; empty: there is none

    def poll(self, now_s: float) -> tuple[Reading, ...]:
        temperature = Reading(Quantity.SOC_TEMPERATURE_C, self._celsius(), now_s)
        sags = self._sags()
        return (temperature,) if sags is None else (temperature, Reading(Quantity.SOC_UNDERVOLTAGE, float(sags), now_s))

    def _celsius(self) -> float:
        try:
            text = self._attributes.read(TEMPERATURE)
        except OSError as error:
            fault = Fault.NOT_THERE if error.errno == errno.ENOENT else Fault.FAILED
            raise BusError(fault, f"/sys/{TEMPERATURE}: {error}") from error
        try:
            return int(text) / 1000
        except ValueError as error:
            raise BusError(Fault.GARBAGE, f"/sys/{TEMPERATURE}: {text!r} is no temperature") from error

    def _sags(self) -> bool | None:
        """None where the kernel does not tell, which is no fault: not every board can."""
        if self._voltmeter is None:
            self._voltmeter = next((folder for folder in MONITORS if self._text(f"{folder}/name") == VOLTMETER), "")
        said = self._text(f"{self._voltmeter}/{SAGS}") if self._voltmeter else None
        return None if said is None else said == "1"

    def _text(self, path: str) -> str | None:
        try:
            return self._attributes.read(path).strip()
        except OSError:
            return None
