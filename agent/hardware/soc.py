"""The temperature of the Pi's own chip, from the kernel's thermal zone."""

import errno

from agent.hardware.bus import BusError
from agent.hardware.sysfs import Attributes
from agent.records import Fault, Quantity, Reading

TEMPERATURE = "class/thermal/thermal_zone0/temp"  # in thousandths of a degree (Documentation/driver-api/thermal/sysfs-api.rst)


class SocTemperature:
    """Raises BusError: not there where the host has no thermal zone, as most virtual machines have none."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes

    def poll(self, now_s: float) -> tuple[Reading, ...]:
        try:
            text = self._attributes.read(TEMPERATURE)
        except OSError as error:
            fault = Fault.NOT_THERE if error.errno == errno.ENOENT else Fault.FAILED
            raise BusError(fault, f"/sys/{TEMPERATURE}: {error}") from error
        try:
            millidegrees = int(text)
        except ValueError as error:
            raise BusError(Fault.GARBAGE, f"/sys/{TEMPERATURE}: {text!r} is no temperature") from error
        return (Reading(Quantity.SOC_TEMPERATURE_C, millidegrees / 1000, now_s),)
