"""The I2C buses: there, permitted, not hanging, and none of the agent's chips in the hands of a driver of the kernel's."""

import os

from agent.doctor.bootconfig import BootConfig
from agent.doctor.eyes import Eyes, may
from agent.doctor.host import Host, text_of
from agent.doctor.line import Line, failed, failed_as_told, passed
from agent.doctor.recognise import answering
from agent.hardware.bus import Bus, BusError
from agent.records import Fault

ENABLE = "dtparam=i2c_arm=on"
HANGS = "a chip holds SDA or SCL low: unplug one after the other, and take the power from the pole for a moment"


def bus_line(number: int, host: Host, boot: BootConfig, eyes: Eyes) -> Line:
    """Whether the bus can be used; what is on it is another question."""
    check, device = f"i2c-{number}", host.root / f"dev/i2c-{number}"
    if not device.exists():
        if (host.root / f"sys/bus/i2c/devices/i2c-{number}").exists():
            remedy = "`modprobe i2c-dev`, and write i2c-dev in a file in /etc/modules-load.d"
            return failed(check, f"the bus is there, and /dev/i2c-{number} is not", remedy)
        remedy = boot.remedy(ENABLE) if number == 1 else f"give the Pi bus {number} by its dtoverlay=i2c{number}, or use bus 1"
        return failed(check, f"there is no /dev/i2c-{number}: I2C is not enabled", remedy)
    if not may(device, os.R_OK | os.W_OK):
        return eyes.cannot(check, f"/dev/i2c-{number}", "used", eyes.device_remedy(device))
    return passed(check, f"/dev/i2c-{number} can be used by {eyes.user}")


def unusable(number: int, bus: Bus) -> Line | None:
    """The failure of a bus on which no address can be asked; None where it works, however empty it is."""
    try:
        answering(bus)
    except BusError as error:
        if error.fault is Fault.HUNG_BUS:
            return failed(f"i2c-{number}", "the bus hangs", HANGS)
        return failed_as_told(f"i2c-{number}", str(error), "restart the Pi")
    return None


def kernel_driver(host: Host, number: int, address: int) -> str | None:
    """The kernel's driver that is bound to an address.

    Nothing stops the agent there, for I2C_RDWR asks nobody (drivers/i2c/i2c-dev.c): both would set the chip up, each for itself.
    """
    client = host.root / f"sys/bus/i2c/devices/{number}-{address:04x}"
    if not (client / "driver").exists():
        return None
    return text_of(client / "name") or "unknown"
