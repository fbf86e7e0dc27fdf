"""Faults of what the lamp senses with: photocell, motion lines, meter, thermometer, and the bus they share."""

from agent.records import Fault as BusFault
from agent.records import Part
from agent.simulation.faults.act import Act, Rhythm, disturbing, holding
from agent.simulation.faults.fault import Fault
from agent.simulation.faults.kinds import FaultName
from agent.simulation.loop import VirtualLamp

COVER_LETS_THROUGH = 0.0003
PULSE_S, GAP_S, PULSES, CALM_S = 0.5, 1.5, 30, 240.0  # a loose contact in gusts of wind: a minute of every five


def sensing(lamp: VirtualLamp, fault: Fault) -> Act | None:
    """None where the lamp has no such part, or the fault is of another kind."""
    match fault.name:
        case FaultName.MOTION_DEAD | FaultName.MOTION_STUCK | FaultName.MOTION_CHATTER:
            return _motion(lamp, fault.name)
        case FaultName.BUS_HANG:
            return _hang(lamp)
    part = _CHIPS.get(fault.name)
    if part is None or part not in lamp.world.chips:
        return None
    match fault.name:
        case FaultName.LIGHT_DEAD | FaultName.POWER_DEAD | FaultName.TEMPERATURE_DEAD:
            return disturbing(lamp.world.chips[part], BusFault.NOT_THERE)
        case FaultName.POWER_GARBAGE:
            return disturbing(lamp.world.chips[part], BusFault.GARBAGE)
        case FaultName.TEMPERATURE_HOT:
            return holding(lamp.world.warming, held_c=fault.value)
    return _light(lamp, fault)


_CHIPS = {
    FaultName.LIGHT_DEAD: Part.LIGHT,
    FaultName.LIGHT_STUCK: Part.LIGHT,
    FaultName.LIGHT_COVERED: Part.LIGHT,
    FaultName.LIGHT_FLOODLIT: Part.LIGHT,
    FaultName.LIGHT_NOISE: Part.LIGHT,
    FaultName.LIGHT_OWN: Part.LIGHT,
    FaultName.POWER_DEAD: Part.POWER,
    FaultName.POWER_GARBAGE: Part.POWER,
    FaultName.TEMPERATURE_DEAD: Part.TEMPERATURE,
    FaultName.TEMPERATURE_HOT: Part.TEMPERATURE,
}


def _light(lamp: VirtualLamp, fault: Fault) -> Act:
    path = lamp.world.light
    match fault.name:
        case FaultName.LIGHT_STUCK:
            return holding(path, stuck_lx=fault.value)
        case FaultName.LIGHT_COVERED:
            return holding(path, let_through=COVER_LETS_THROUGH)
        case FaultName.LIGHT_FLOODLIT:
            return holding(path, floodlight_lx=fault.value)
        case FaultName.LIGHT_NOISE:
            return holding(path, noise_lx=fault.value)
    return holding(path, own_lx_at_full=fault.value)


def _motion(lamp: VirtualLamp, name: FaultName) -> Act:
    hold = lamp.world.passage.hold
    if name is not FaultName.MOTION_CHATTER:
        return Act(lambda: hold(name is FaultName.MOTION_STUCK), lambda: hold(None))
    pulse = ((lambda: hold(True), PULSE_S), (lambda: hold(False), GAP_S))
    rhythm = Rhythm(lamp, pulse * PULSES + ((lambda: hold(None), CALM_S),))

    def end() -> None:
        rhythm.end()
        hold(None)

    return Act(rhythm.begin, end)


def _hang(lamp: VirtualLamp) -> Act | None:
    buses = {fitting.bus for fitting in lamp.world.chips.values()}

    def hang(*, hung: bool) -> None:
        for bus in buses:
            bus.hung = hung

    return Act(lambda: hang(hung=True), lambda: hang(hung=False)) if buses else None
