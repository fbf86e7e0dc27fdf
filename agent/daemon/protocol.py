"""The control socket's language: one JSON object a line, one request and one reply a connection."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from agent.core.explain import Explanation
from agent.core.maintenance import MOST_S
from agent.messages import Measured, State

MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Request:
    do: Literal["status", "explain", "set", "release"]
    level: float | None = None  # set: percent
    duration_s: float | None = None  # set: default 30 min, at most 8 h


@dataclass(frozen=True, slots=True)
class LinkReport:
    broker: str | None  # url; None: no broker is configured
    connected: bool


@dataclass(frozen=True, slots=True)
class Status:
    """The state as it is published, and what only somebody at the pole asks."""

    site: str
    lamp: str
    simulated: bool
    agent_version: str
    config_version: str
    boot_id: str
    uptime_s: float
    local_time: str  # of the lamp, HH:MM:SS
    state: State
    next_change: str  # in words, in local time
    sun_elevation_deg: float | None
    active_power_w: Measured = field(default=UNSET, kw_only=True)
    temperature_c: Measured = field(default=UNSET, kw_only=True)
    link: LinkReport
    config_problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """``error`` says why it was not done; else one of the others answers."""

    error: str | None = None
    status: Status | UnsetType = UNSET
    explanation: Explanation | UnsetType = UNSET


def parse_request(line: bytes) -> Request | Reply:
    """The request, or the reply that says what is wrong with it."""
    try:
        request = msgspec.json.decode(line, type=Request)
    except msgspec.MsgspecError as error:
        return Reply(error=f"not a request: {error}")
    if request.do == "set" and (request.level is None or not 0 <= request.level <= 100):
        return Reply(error="level: set needs a number from 0 to 100, in percent")
    if request.duration_s is not None and not 0 < request.duration_s <= MOST_S:
        return Reply(error="duration: more than 0 and at most 8h; the technician's hand is never for ever")
    return request
