"""Fades: how fast the light may go from where it is to where it must be, without a jump."""

from agent.core.demand import Cause, Slot
from agent.core.limits import Decision
from agent.records import Ramp
from agent.settings.model import Settings

MAINTENANCE_END_S = 30.0  # the technician may still be on the ladder


def fade(before: Decision, after: Decision, ramp: Ramp, settings: Settings, now_s: float) -> Ramp:
    """The ramp to a new decision, from the level that the running one has reached."""
    level = ramp.level_at(now_s)
    duration_s = _duration_s(before, after, settings, up=after.light_level > level)
    return Ramp(level, after.light_level, now_s, now_s + duration_s, settings.luminaire.minimum_level)


def _duration_s(before: Decision, after: Decision, settings: Settings, *, up: bool) -> float:
    if before.demand.cause is Cause.STARTING:
        return settings.luminaire.fade_up_s if up else settings.luminaire.fade_down_s
    if before.demand.slot is Slot.MAINTENANCE and after.demand.slot is not Slot.MAINTENANCE and not _cut_short(before, after):
        return MAINTENANCE_END_S
    if after.demand.fade_s is not None and after.demand != before.demand:
        return after.demand.fade_s
    if after.demand.slot is Slot.MOTION and up:
        return settings.motion.fade_up_s
    if before.demand.slot is Slot.MOTION and not up:
        return settings.motion.fade_down_s
    return settings.luminaire.fade_up_s if up else settings.luminaire.fade_down_s


def _cut_short(before: Decision, after: Decision) -> bool:
    """Whether an emergency has ended what the lamp did by itself: the rescue services do not wait half a minute for light."""
    return after.demand.slot is Slot.EMERGENCY and before.demand.cause is not Cause.SET_AT_POLE
