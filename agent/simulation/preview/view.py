"""One moment as a row of the timeline: the simulated truth beside what the agent makes of it."""

from dataclasses import replace

from agent.core.controller import Controller
from agent.curve import electrical_percent
from agent.messages import Measured, rfc3339
from agent.settings.model import Settings
from agent.simulation.loop import VirtualLamp
from agent.simulation.preview.report import Row


def row(lamp: VirtualLamp, settings: Settings) -> Row:
    """As it is now, after everything that was due."""
    truth = lamp.world.truth(lamp.now_s)
    seen = Row(
        at=rfc3339(lamp.world.time.utc_s(lamp.now_s)),
        clock_at=rfc3339(lamp.now().utc_s) if lamp.powered else None,
        sun_elevation_deg=round(truth.sun_elevation_deg, 3),
        daylight_lx=round(truth.daylight_lx, 3),
        passers_by=truth.passers_by,
        emitted_percent=round(truth.emitted_percent, 2),
        active_power_w=round(truth.active_power_w, 2),
    )
    return seen if lamp.process is None else _with_view(seen, lamp.process.controller, lamp.now_s, settings)


def _with_view(seen: Row, controller: Controller, now_s: float, settings: Settings) -> Row:
    """The agent's view is that of its last step; what a fade or the time changes since then is carried on to now."""
    state = controller.state()
    actual_level = round(controller.ramp.level_at(now_s), 1)
    curve = "linear" if settings.output is None else settings.output.curve
    return replace(
        seen,
        clock_at=rfc3339(controller.time.utc_s + now_s - controller.sight().now.mono_s),
        time_quality=state.time_quality,
        light_level_lx=_known(state.light_level_lx),
        presence=state.presence if isinstance(state.presence, bool) else None,
        night=state.night.is_night,
        slot=state.slot,
        reason=state.reason,
        target_level=state.target_level,
        feedback_level=state.feedback_level,
        actual_level=actual_level,
        output_level=round(electrical_percent(actual_level, curve), 1),
        measured_level=_known(state.measured_level),
        alarms=state.alarms,
    )


def _known(value: Measured) -> float | None:
    return value if isinstance(value, float) else None
