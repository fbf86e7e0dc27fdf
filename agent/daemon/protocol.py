"""The control socket's language: one JSON object a line, one request and one reply a connection."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from agent.core.explain import Explanation
from agent.core.identify import MOST_S as BLINKS_MOST_S
from agent.core.maintenance import MOST_S
from agent.core.report import Report
from agent.messages import Measured, State

MOST_BYTES = 4096
FROM_NEXT_START = "as the file has it from the agent's next start"  # how a problem ends that a restart mends


@dataclass(frozen=True, slots=True)
class Request:
    do: Literal["status", "explain", "set", "release", "identify", "self-test", "report"]
    level: float | None = None  # set: percent
    duration_s: float | None = None  # set: default 30 min, at most 8 h; identify: default 20 s, at most 60 s
    afresh: bool = False  # self-test: whatever was learnt before


@dataclass(frozen=True, slots=True)
class LinkReport:
    broker: str | None  # url; None: no broker is configured
    connected: bool
    trouble: str | None = None  # why it is not connected, or what the broker does not permit; and what to do


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
    self_test: Report | None | UnsetType = UNSET  # None: there was none in this run


def parse_request(line: bytes) -> Request | Reply:
    """The request, or the reply that says what is wrong with it."""
    try:
        request = msgspec.json.decode(line, type=Request)
    except msgspec.MsgspecError as error:
        return Reply(error=f"not a request: {error}")
    if request.do == "set" and (request.level is None or not 0 <= request.level <= 100):
        return Reply(error="level: set needs a number from 0 to 100, in percent")
    if request.do == "identify" and request.duration_s is not None and not 0 < request.duration_s <= BLINKS_MOST_S:
        return Reply(error=f"duration: more than 0 and at most {BLINKS_MOST_S:g}s; a lamp must not blink for long")
    if request.duration_s is not None and not 0 < request.duration_s <= MOST_S:
        return Reply(error="duration: more than 0 and at most 8h; the technician's hand is never for ever")
    return request
