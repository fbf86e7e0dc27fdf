"""What must hold under which faults: the contract's table, as code."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from agent.simulation.faults.catalogue import CATALOGUE
from agent.simulation.faults.fault import Fault
from agent.simulation.faults.kinds import FaultName, Promise
from faults.nights import SETTLED_S, Night
from faults.witness import Account, Course

DARK_S = 3.0  # the sun is not known to the second
DAYLIT_S, SWITCHINGS = 600.0, 6
STORMY_SWITCHINGS = 12  # of an agent that is started again each hour, without a clock, in a storm about 1,000 lx
BRIGHT_LX = 1000.0  # above it, without a clock, no software can tell a floodlight from day
TOUCHED_PERCENT, TOUCHED_S = 1.0, 120.0  # so long the light may be another than without the fault, all fades together
DRIFTED_S = 5 * 300.0  # the programme's steps are early or late by as much as is not yet a step of the clock
RAISED_S = 2 * 3600.0  # as long a stuck motion line may keep the light up in a night

CLOCK_LOST = {FaultName.CLOCK_UNSET, FaultName.CLOCK_STALE, FaultName.POWER_CUT}
STARTING_AGAIN = {FaultName.AGENT_RESTART, FaultName.AGENT_HANG}
BLIND = {each for each in FaultName if each.startswith("light.")} | {FaultName.BUS_HANG}
BRIGHTENING = {FaultName.LIGHT_FLOODLIT, FaultName.LIGHT_NOISE, FaultName.LIGHT_OWN}
LIT_BY_HARDWARE = {FaultName.RELAY_WELDED}
LASTING_S = 3600.0  # a fault that passes sooner need not be told of
SLOW_ALARMS = {FaultName.MOTION_DEAD}  # nobody for a week is what makes it


def broken(night: Night, faults: tuple[Fault, ...], course: Course, undisturbed: Course | None) -> list[str]:
    """Every promise that was not kept, in words. ``undisturbed``: the same nights without a fault, for a single one."""
    found = [
        f"night {number + 1}: {what}" for number, one in enumerate(course.nights) for what in _of_a_night(night, faults, one)
    ]
    if len(faults) == 1:
        found += _of_the_alarms(faults[0], course)
        if undisturbed is not None:
            found += _of_the_light(faults[0], course, undisturbed)
    return found


def _of_a_night(where: Night, faults: tuple[Fault, ...], night: Account) -> list[str]:
    names = {fault.name for fault in faults}
    clock_lost, blind = bool(names & CLOCK_LOST), bool(names & BLIND)
    too_bright = any(fault.name in BRIGHTENING and (fault.value or 0) >= BRIGHT_LX for fault in faults)
    found = []
    if night.dark_s > DARK_S and not (clock_lost and too_bright):
        found.append(f"dark for {night.dark_s:.0f} s, first {_clock(night.first_dark_s or 0)}")
    if clock_lost and (blind or where.polar):  # a photocell bright for over 26 hours is not believed, nor is any learnt night
        return found
    daylit_s = night.brightly_daylit_s if clock_lost else night.daylit_s
    if daylit_s > DAYLIT_S and not names & LIT_BY_HARDWARE:
        found.append(f"lit by day for {daylit_s / 60:.0f} min")
    stormy = clock_lost and where.weather == "storm" and names & STARTING_AGAIN
    if night.switchings > (STORMY_SWITCHINGS if stormy else SWITCHINGS):
        found.append(f"switched {night.switchings} times")
    return found


def _of_the_alarms(fault: Fault, course: Course) -> list[str]:
    if fault.name in SLOW_ALARMS or (fault.duration_s is not None and fault.duration_s < LASTING_S):
        return []
    return [f"no {alarm}" for alarm in CATALOGUE[fault.name].alarms if alarm not in course.alarms]


def _of_the_light(fault: Fault, course: Course, undisturbed: Course) -> list[str]:
    promise = CATALOGUE[fault.name].promise
    if promise is Promise.UNTOUCHED:
        most_s = DRIFTED_S if fault.name is FaultName.CLOCK_DRIFT else TOUCHED_S
    elif promise is Promise.RAISED:
        most_s = RAISED_S
    else:
        return []
    touched_s = differing_s(course.light, undisturbed.light, SETTLED_S + len(course.nights) * 86_400.0)
    most_s *= len(course.nights)
    return [f"the light was another for {touched_s:.0f} s"] if touched_s > most_s else []


Steps = Sequence[tuple[float, float]]


def differing_s(one: Steps, other: Steps, end_s: float) -> float:
    """For how long two courses of light differ, from the first noon on."""
    moments = sorted({at_s for at_s, _ in (*one, *other) if SETTLED_S < at_s < end_s} | {SETTLED_S, end_s})
    return sum(end - at_s for at_s, end in pairwise(moments) if abs(_at(one, at_s) - _at(other, at_s)) > TOUCHED_PERCENT)


def _at(steps: Steps, at_s: float) -> float:
    return steps[max(0, bisect_right(steps, at_s, key=lambda step: step[0]) - 1)][1]


def _clock(since_noon_s: float) -> str:
    minutes = round(since_noon_s / 60) + 12 * 60
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
