"""The agent's own drivers on the real kernel, polled as their threads do: PWM, relay, light, power, temperature."""

import json
import os
import sys
import time

from agent.hardware.bus import Device, SmbusBus
from agent.hardware.driver import Driver
from agent.hardware.ina226 import Ina226
from agent.hardware.pins import RelayOutput, gpio_factory
from agent.hardware.pwm import KernelPwm
from agent.hardware.sysfs import HostSysfs
from agent.hardware.tmp102 import Tmp102
from agent.hardware.veml7700 import Veml7700
from agent.records import Reading
from agent.settings.hardware import Relay

SHUNT_OHM = 0.02
STREET_S = 0.3  # so long, with room, the street takes to follow


def polled(driver: Driver) -> tuple[Reading, ...]:
    while not isinstance(answer := driver.poll(time.monotonic()), tuple):
        time.sleep(max(0.0, answer.at_s - time.monotonic()))
    return answer


bus = SmbusBus(1)
light, power, temperature = (
    Veml7700(Device(bus, 0x10)),
    Ina226(Device(bus, 0x40), SHUNT_OHM),
    Tmp102(Device(bus, 0x48)),
)
pwm = KernelPwm(HostSysfs(), gpio=18, frequency_hz=1000, pi5=False)
pwm.start(time.sleep)
found_fraction = pwm.fraction()
pwm.set_fraction(float(os.environ["FRACTION"]))
relay = RelayOutput(Relay(gpio=23), gpio_factory())
found_supplied = relay.supplied()
relay.set_supplied(os.environ["SUPPLIED"] == "yes")
time.sleep(STREET_S)
readings = {
    reading.quantity: (reading.value, reading.quality.value) for each in (light, power, temperature) for reading in polled(each)
}
relay.leave()
json.dump({"found_fraction": found_fraction, "found_supplied": found_supplied, "readings": readings}, sys.stdout)
