"""What the daemon says of itself to those at the pole (status, explain) and to the broker (status, info)."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from agent import __version__
from agent.core.controller import Controller
from agent.core.desk import VERBS
from agent.daemon.configuration import Configuration
from agent.daemon.protocol import LinkReport, Reply, Request, Status
from agent.hardware.board import Board
from agent.link.link import LinkView
from agent.messages import Info, InfoLocation, InfoLuminaire, InfoPart, Presence, rfc3339
from agent.messages import Status as StatusMessage
from agent.records import Boot, Part, Quantity
from agent.settings.model import Settings


@dataclass(slots=True)
class Identity:
    """Who this process is. ``configuration`` is replaced whole when another is in force, so any thread may read it."""

    configuration: Configuration
    boot: Boot
    board: Board

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    @property
    def broker(self) -> str | None:
        """The url in force."""
        return None if self.settings.broker is None else self.settings.broker.url

    @property
    def site(self) -> str:
        return "" if self.settings.lamp is None else self.settings.lamp.site

    @property
    def lamp(self) -> str:
        return "" if self.settings.lamp is None else self.settings.lamp.id


def answer(identity: Identity, controller: Controller, link: Callable[[], LinkView]) -> Callable[[Request], Reply]:
    """The answers that the control thread gives; it is the only caller."""

    def reply(request: Request) -> Reply:
        if request.do in ("self-test", "report"):
            return Reply(self_test=controller.self_test())
        if request.do == "explain":
            return Reply(explanation=controller.explain())
        return Reply(status=_status(identity, controller, link()))

    return reply


def _status(identity: Identity, controller: Controller, link: LinkView) -> Status:
    sight = controller.sight()
    elevation = controller.sun_elevation_deg()
    return Status(
        site=identity.site,
        lamp=identity.lamp,
        simulated=identity.boot.simulated,
        agent_version=__version__,
        config_version=identity.configuration.version,
        boot_id=identity.boot.boot_id,
        uptime_s=round(controller.uptime_s, 3),
        local_time=datetime.fromtimestamp(sight.time.utc_s, sight.zone or UTC).strftime("%H:%M:%S"),
        state=controller.state(),
        next_change=controller.explain().next,
        sun_elevation_deg=None if elevation is None else round(elevation, 2),
        active_power_w=sight.measured(Part.POWER, Quantity.ACTIVE_POWER_W, 2),
        temperature_c=sight.measured(Part.TEMPERATURE, Quantity.TEMPERATURE_C, 1),
        link=LinkReport(identity.broker, link.connected, link.trouble),
        config_problems=identity.configuration.problems,
    )


def birth(identity: Identity, controller: Controller) -> Callable[[Presence, int], StatusMessage]:
    """What the link publishes as ``status``, for the number of its session; called on the link's thread."""

    def compose(presence: Presence, session: int) -> StatusMessage:
        time = controller.time
        return StatusMessage(
            status=presence,
            boot_id=identity.boot.boot_id,
            session=session,
            at=rfc3339(time.utc_s),
            simulated=identity.boot.simulated,
            agent_version=__version__,
            config_version=identity.configuration.version,
            boot_reason=identity.boot.reason,
            time_quality=time.quality,
        )

    return compose


def info(identity: Identity, at_utc_s: float) -> Info:
    settings, board = identity.settings, identity.board
    location = None if settings.lamp is None else settings.lamp.location
    return Info(
        at=rfc3339(at_utc_s),
        simulated=identity.boot.simulated,
        model=board.model,
        serial=board.serial,
        os=board.os or os.uname().sysname,
        agent_version=__version__,
        config_version=identity.configuration.version,
        location=None if location is None else InfoLocation(location.latitude, location.longitude, location.time_zone),
        groups=() if settings.lamp is None else settings.lamp.groups,
        luminaire=InfoLuminaire(
            settings.luminaire.nominal_power_w,
            settings.luminaire.standby_power_w,
            settings.luminaire.minimum_level,
            settings.luminaire.virtual_light_output,
        ),
        parts=_parts(settings),
        verbs=VERBS,
    )


def _parts(settings: Settings) -> tuple[InfoPart, ...]:
    sensors = settings.sensors
    named = (
        (Part.OUTPUT, settings.output),
        (Part.LIGHT, sensors.light),
        (Part.POWER, sensors.power),
        (Part.TEMPERATURE, sensors.temperature),
    )
    found = [InfoPart(part, one.driver) for part, one in named if one is not None]
    if settings.output is not None and settings.output.relay is not None:
        found.append(InfoPart(Part.RELAY, "gpio"))
    return (*found, *(InfoPart(Part.MOTION, "gpio") for _ in sensors.motion))
