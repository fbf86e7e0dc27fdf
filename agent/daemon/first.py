"""What exists once the lamp is lit, before the rest of the process is loaded."""

from dataclasses import dataclass

from agent.core.controller import Controller
from agent.daemon.bottom import Ground
from agent.daemon.configuration import Configuration
from agent.daemon.control import Control
from agent.daemon.notify import Notifier
from agent.hardware.lamp import Lamp
from agent.hardware.output import OutputError
from agent.records import Boot, Part


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that failed before there was a log to say it in."""

    part: Part
    error: OutputError


@dataclass(frozen=True, slots=True)
class FirstLight:
    configuration: Configuration
    ground: Ground
    lamp: Lamp | None
    boot: Boot
    controller: Controller
    control: Control
    notifier: Notifier
    troubles: list[Trouble]
