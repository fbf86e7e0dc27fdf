"""Runs one case and judges it; the verdict is what is kept on file."""

from functools import cache

import msgspec

from faults.cases import Case
from faults.nights import Night
from faults.promises import broken
from faults.witness import Course, Witness


class Verdict(msgspec.Struct, frozen=True):
    """The worst of its nights. ``broken`` is empty when every promise was kept."""

    case: str
    dark_s: float
    daylit_s: float
    switchings: int
    alarms: list[str]
    broken: list[str]


def judge(case: Case) -> Verdict:
    course = Witness(case.night, case.faults, case.nights).watch()
    reference = _undisturbed(case.night, case.nights) if len(case.faults) == 1 else None
    return Verdict(
        case=str(case),
        dark_s=max(one.dark_s for one in course.nights),
        daylit_s=max(one.daylit_s for one in course.nights),
        switchings=max(one.switchings for one in course.nights),
        alarms=sorted(course.alarms),
        broken=broken(case.night, case.faults, course, reference),
    )


@cache
def _undisturbed(night: Night, nights: int) -> Course:
    return Witness(night, (), nights).watch()
