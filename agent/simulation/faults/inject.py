"""Injects a fault into a virtual pole: finds what it does there, and puts it on the pole's agenda."""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from agent.settings.model import Settings
from agent.simulation.faults.act import Act
from agent.simulation.faults.driving import driving
from agent.simulation.faults.fault import Fault, first_s
from agent.simulation.faults.hosting import hosting
from agent.simulation.faults.kinds import Course
from agent.simulation.faults.sensing import sensing
from agent.simulation.loop import VirtualLamp
from agent.simulation.place import place_of

AGAIN_S = 3600.0
STEP_AFTER_S = 60.0  # a clock that steps before anybody has looked at it does not step


def prepared(settings: Settings, faults: Iterable[Fault], not_before_s: float = 0.0) -> Callable[[VirtualLamp], None]:
    """What ``VirtualLamp`` takes as ``prepare``: all of them injected, in their order; see ``inject``."""
    in_order = tuple(faults)

    def prepare(lamp: VirtualLamp) -> None:
        for fault in in_order:
            inject(lamp, settings, fault, not_before_s)

    return prepare


def inject(lamp: VirtualLamp, settings: Settings, fault: Fault, not_before_s: float = 0.0) -> None:
    """From now on, or from its local time; of a part that is not configured it does nothing. To be called before the start."""
    act = sensing(lamp, fault) or driving(lamp, settings, fault) or hosting(lamp, settings, fault)
    if act is None:
        return
    begin_s = _begin_s(lamp, settings, fault, not_before_s)
    end_s = None if fault.duration_s is None else begin_s + fault.duration_s
    if fault.kind.course is Course.HAPPENS:
        _happen(lamp, act, begin_s, end_s, again=fault.at is None or end_s is not None)
        return
    _do(lamp, begin_s, act.begin)
    if end_s is not None:
        _do(lamp, end_s, act.end)


def _begin_s(lamp: VirtualLamp, settings: Settings, fault: Fault, not_before_s: float) -> float:
    if fault.at is None:
        return {Course.LASTS: 0.0, Course.HAPPENS: AGAIN_S, Course.STEPS: STEP_AFTER_S}[fault.kind.course]
    place = place_of(settings)
    return not_before_s + first_s(fault.at, lamp.clock.true_utc_s + not_before_s, ZoneInfo(place.time_zone))


def _happen(lamp: VirtualLamp, act: Act, at_s: float, end_s: float | None, *, again: bool) -> None:
    def happen() -> None:
        act.begin()
        next_s = lamp.now_s + AGAIN_S
        if again and (end_s is None or next_s < end_s):
            lamp.call(next_s, happen)

    lamp.call(at_s, happen)


def _do(lamp: VirtualLamp, at_s: float, action: Callable[[], None]) -> None:
    if at_s <= lamp.now_s:
        action()
    else:
        lamp.call(at_s, action)
