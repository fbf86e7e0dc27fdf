"""The first light: lamp and output alone, set before the core, the log or anything else of the process is loaded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from os import urandom
from pathlib import Path

from agent.daemon.bootmark import read_mark, read_result, reason_of
from agent.daemon.bottom import Ground
from agent.daemon.configuration import Configuration
from agent.daemon.options import Options
from agent.hardware.lamp import Lamp
from agent.hardware.output import OutputError
from agent.hardware.rig import Rig, build_rig
from agent.records import Boot, BootReason, Part, Ramp

PATIENCE_S = 2.0  # host time
BUILT_UTC_S = 1_767_225_600.0  # 2026-01-01: no clock that is right says less
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a part of the lamp fails with."""

    part: Part
    error: OutputError


class Troubles:
    """Keeps what fails before there is a log to say it in, and then hands on what fails later. The control thread's."""

    def __init__(self) -> None:
        self._kept: list[Trouble] = []
        self._tell: Callable[[Trouble], None] = self._kept.append

    def note(self, part: Part, error: OutputError) -> None:
        self._tell(Trouble(part, error))

    def hand_over(self, tell: Callable[[Trouble], None]) -> list[Trouble]:
        """All that has failed so far is told, and whatever will; what there was so far."""
        for trouble in self._kept:
            tell(trouble)
        self._tell = tell
        return self._kept


@dataclass(frozen=True, slots=True)
class FirstLight:
    """What exists once the lamp is lit."""

    configuration: Configuration
    ground: Ground
    rig: Rig | None
    boot: Boot
    troubles: Troubles


def light(configuration: Configuration, options: Options, ground: Ground) -> FirstLight:
    """Full light after a boot of the Pi, unless the start is to be delayed; else what is found stays. Nothing here waits."""
    settings = configuration.settings
    troubles = Troubles()
    rig = build_rig(settings, ground.bottom, troubles.note)
    boot = _boot(configuration, options, ground.board.boot_id or "unknown", None if rig is None else rig.lamp)
    keeps = boot.untold or boot.found_level is not None
    if rig is not None and not keeps and not settings.luminaire.start_delay_max_s:
        now_s = ground.clock.now().mono_s
        rig.lamp.drive(Ramp.steady(FULL, now_s))
        rig.lamp.advance(now_s)
    return FirstLight(configuration, ground, rig, boot, troubles)


def confirmed(first: FirstLight, configuration: Configuration) -> FirstLight:
    """The same light, by a config that turned out to mean the same."""
    return replace(first, configuration=configuration)


def _boot(configuration: Configuration, options: Options, kernel_boot_id: str, lamp: Lamp | None) -> Boot:
    state = Path(configuration.settings.storage.directory)
    mark = read_mark(state)
    reason = reason_of(mark, kernel_boot_id, read_result(state))
    found = None if reason is BootReason.POWER_ON else lamp
    return Boot(
        boot_id=urandom(8).hex(),
        reason=reason,
        found_level=None if found is None else found.found_level(),
        untold=found is not None and found.untold,
        kernel_boot_id=kernel_boot_id,
        simulated=options.simulate,
        patience_s=PATIENCE_S * options.speed,
        built_utc_s=BUILT_UTC_S,
        after_shutdown=reason is BootReason.POWER_ON and mark is not None and mark.ended_well,
    )
