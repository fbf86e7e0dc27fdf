"""How a status is shown: in place on a terminal, one line a change into a pipe, and as JSON."""

from textwrap import wrap
from typing import Any

import msgspec
from msgspec import UNSET

from agent.core.words import lux_words
from agent.daemon.protocol import Status

BAR = 30
NAMES = 9  # columns
WIDTH = 80


def as_json(status: Status) -> dict[str, Any]:
    """The state's own fields at the top, beside what only the pole knows."""
    whole = msgspec.to_builtins(status)
    state = whole.pop("state")
    return {**state, **whole}


def line(status: Status) -> str:
    """One change in one line: time, lamp, level, why, broker."""
    state = status.state
    return (
        f"{status.local_time} {status.lamp} {state.feedback_level:5.1f} %  {state.reason}"
        f"  | {_lux(status)}, {_watts(status)} | {_broker(status)}"
    )


def change_key(status: Status) -> tuple[object, ...]:
    """What makes a new line."""
    state = status.state
    return state.feedback_level, state.slot, state.reason, state.alarms, status.link.connected


def panel(status: Status, width: int | None = None) -> list[str]:
    """The whole lamp at a glance, for 80 columns. With a ``width``, alarms that do not fit into it are counted."""
    state = status.state
    sun = "unknown" if status.sun_elevation_deg is None else f"{status.sun_elevation_deg:+.1f} degrees"
    night = "night" if state.night.is_night else "day"
    rows = [
        ("time", f"{status.local_time}   clock {state.time_quality}" + ("   (simulated)" if status.simulated else "")),
        ("sun", f"{sun}   {night} by {state.night.by}"),
        ("light", _lux(status)),
        ("presence", _presence(status)),
        ("level", f"{_bar(state.actual_level)} {state.actual_level:5.1f} %"),
        ("why", state.reason),
        ("next", status.next_change),
        ("power", _watts(status)),
        ("broker", _broker(status)),
        *(("", part) for part in wrap(status.link.trouble or "", WIDTH - NAMES - 1, break_on_hyphens=False)),
        ("outbox", f"{state.outbox.pending} waiting" + (f", {state.outbox.dropped} lost" if state.outbox.dropped else "")),
        ("alarms", _alarms(state.alarms, width) or "none"),
    ]
    if status.config_problems:
        rows.append(("config", _config(status.config_problems)))
    title = f"{status.site} / {status.lamp}"
    return [title, "-" * len(title), *(f"{name:<{NAMES}} {text}" for name, text in rows)]


def _alarms(names: tuple[str, ...], width: int | None) -> str:
    """As many as fit, and the number of the others."""
    shown = len(names)
    while True:
        others = (f"+{len(names) - shown} more",) if shown < len(names) else ()
        text = ", ".join((*names[:shown], *others))
        if width is None or shown == 0 or len(text) <= width - NAMES - 1:
            return text
        shown -= 1


def _config(problems: tuple[str, ...]) -> str:
    return problems[0] + (f"; and {len(problems) - 1} more" if problems[1:] else "")


def _bar(level: float) -> str:
    filled = round(level / 100 * BAR)
    return "█" * filled + "░" * (BAR - filled)


def _lux(status: Status) -> str:
    lux = status.state.light_level_lx
    if lux is UNSET:
        return "no light sensor"
    return "light unknown" if lux is None else lux_words(lux)


def _presence(status: Status) -> str:
    presence = status.state.presence
    if presence is UNSET:
        return "no motion sensor"
    return "somebody is there" if presence else "nobody"


def _watts(status: Status) -> str:
    watts = status.active_power_w
    return f"{watts:.1f} W" if isinstance(watts, float) else "power not measured"


def _broker(status: Status) -> str:
    link = status.link
    if link.broker is None:
        return "no broker configured"
    return f"{link.broker} {'connected' if link.connected else 'not connected'}"
