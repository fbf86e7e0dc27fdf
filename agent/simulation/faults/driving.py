"""Faults of what the lamp lights with: the output's chip, the relay's contact, the light source and its driver."""

import errno

from agent.settings.model import Settings
from agent.simulation.faults.act import Act, Rhythm, holding
from agent.simulation.faults.fault import Fault
from agent.simulation.faults.kinds import FaultName
from agent.simulation.loop import VirtualLamp

FLICKER_S = 50.0  # a light source that overheats and cools down again


def driving(lamp: VirtualLamp, settings: Settings, fault: Fault) -> Act | None:
    """None where the lamp has no such part, or the fault is of another kind."""
    output, sysfs, defects = settings.output, lamp.world.sysfs, lamp.world.lamp.defects
    has_pwm = output is not None and output.driver == "pwm"
    match fault.name:
        case FaultName.OUTPUT_DEAD if has_pwm:
            return Act(lambda: sysfs.fail(errno.EIO), lambda: sysfs.fail(None))
        case FaultName.OUTPUT_RESET if has_pwm:
            return Act(sysfs.forget)
        case FaultName.RELAY_WELDED | FaultName.RELAY_OPEN if lamp.world.relay is not None:
            return holding(defects, contact_closed=fault.name is FaultName.RELAY_WELDED)
        case FaultName.LAMP_OPEN:
            return holding(defects, source_open=True)
        case FaultName.LAMP_STUCK:
            return holding(defects, deaf=True)
        case FaultName.LAMP_FLICKER:
            return _flicker(lamp, holding(defects, source_open=True))
    return None


def _flicker(lamp: VirtualLamp, out: Act) -> Act:
    rhythm = Rhythm(lamp, ((out.begin, FLICKER_S), (out.end, FLICKER_S)))

    def end() -> None:
        rhythm.end()
        out.end()

    return Act(rhythm.begin, end)
