"""Faults of what the lamp lights with: the output's chip, the relay's contact, the light source and its driver."""

import errno

from agent.records import Fault as BusFault
from agent.settings.hardware import Output
from agent.settings.model import Settings
from agent.simulation.faults.act import Act, Rhythm, disturbing, holding
from agent.simulation.faults.fault import Fault
from agent.simulation.faults.kinds import FaultName
from agent.simulation.loop import VirtualLamp

FLICKER_S = 50.0  # a light source that overheats and cools down again


def driving(lamp: VirtualLamp, settings: Settings, fault: Fault) -> Act | None:
    """None where the lamp has no such part, or the fault is of another kind."""
    defects = lamp.world.lamp.defects
    match fault.name:
        case FaultName.OUTPUT_DEAD | FaultName.OUTPUT_RESET if settings.output is not None:
            return _output(lamp, settings.output, fault.name)
        case FaultName.RELAY_WELDED | FaultName.RELAY_OPEN if lamp.world.relay is not None:
            return holding(defects, contact_closed=fault.name is FaultName.RELAY_WELDED)
        case FaultName.LAMP_OPEN:
            return holding(defects, source_open=True)
        case FaultName.LAMP_STUCK:
            return holding(defects, deaf=True)
        case FaultName.LAMP_FLICKER:
            return _flicker(lamp, holding(defects, source_open=True))
    return None


def _output(lamp: VirtualLamp, output: Output, name: FaultName) -> Act | None:
    """Of the kernel's PWM, of the chip on the bus, or of the line."""
    dead = name is FaultName.OUTPUT_DEAD
    sysfs, pin, fitting = lamp.world.sysfs, lamp.world.drive.pin, lamp.world.drive.fitting
    if output.driver == "pwm":
        return Act(lambda: sysfs.fail(errno.EIO), lambda: sysfs.fail(None)) if dead else Act(sysfs.forget)
    if pin is not None:
        return holding(pin, refuses=True) if dead else Act(pin.let_go)
    if fitting is not None:
        return disturbing(fitting, BusFault.NOT_THERE) if dead else Act(lambda: fitting.chip.reset(lamp.now_s))
    return None


def _flicker(lamp: VirtualLamp, out: Act) -> Act:
    rhythm = Rhythm(lamp, ((out.begin, FLICKER_S), (out.end, FLICKER_S)))

    def end() -> None:
        rhythm.end()
        out.end()

    return Act(rhythm.begin, end)
