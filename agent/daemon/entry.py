"""``streetlight-agent run``: light first. Read the compiled config, set the lamp, and only then load and start the rest."""

import signal
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.core.controller import Controller
from agent.daemon.bootmark import read_mark, read_result, reason_of
from agent.daemon.bottom import make_ground
from agent.daemon.configuration import Configuration, compiled_file, final, known_at_once
from agent.daemon.control import Control
from agent.daemon.first import FirstLight, Trouble
from agent.daemon.inbox import Inbox, Reload, Stop
from agent.daemon.notify import Notifier
from agent.daemon.options import Options, parse_options
from agent.hardware.rig import build_lamp
from agent.records import Boot, BootReason
from agent.settings.model import Settings

PATIENCE_S = 2.0  # host time
BUILT_UTC_S = 1_767_225_600.0  # 2026-01-01: no clock that is right says less


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT; 0 then."""
    options = parse_options(arguments)
    inbox = Inbox()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: inbox.put(Stop()))
    signal.signal(signal.SIGHUP, lambda *_: inbox.put(Reload()))
    with suppress(OSError):  # the storage tells of it, with the alarm storageDegraded
        compiled_file(options).parent.mkdir(parents=True, exist_ok=True)
    first = first_light(options, inbox)
    from agent.daemon.process import Process

    return Process(first, options, inbox).run()


def first_light(options: Options, inbox: Inbox) -> FirstLight:
    """The lamp lit by what is known at once; a file that has changed is compiled under its light, and then counts."""
    known, is_final = known_at_once(options)
    first = None if known is None else light(known, options, inbox)
    if first is not None and is_final:
        return first
    configuration = final(options)
    if first is not None and configuration.settings == first.configuration.settings:
        return replace(first, configuration=configuration)
    if first is not None and first.lamp is not None:
        first.lamp.leave()
    return light(configuration, options, inbox)


def light(configuration: Configuration, options: Options, inbox: Inbox) -> FirstLight:
    """Nothing here waits for disk, network or sensors."""
    settings = configuration.settings
    ground = make_ground(options, settings)
    troubles: list[Trouble] = []
    lamp = build_lamp(settings, ground.bottom, lambda part, error: troubles.append(Trouble(part, error)))
    boot = _boot(options, settings, ground.board.boot_id or "unknown", None if lamp is None else lamp.found_level())
    controller = Controller(settings, boot, ground.clock.now(), ZoneInfo)
    notifier = Notifier()
    control = Control(controller, lamp, ground.clock, inbox, notifier)
    control.light()
    return FirstLight(configuration, ground, lamp, boot, controller, control, notifier, troubles)


def _boot(options: Options, settings: Settings, kernel_boot_id: str, found_level: float | None) -> Boot:
    state = Path(settings.storage.directory)
    reason = reason_of(read_mark(state), kernel_boot_id, read_result(state))
    found = None if reason is BootReason.POWER_ON else found_level
    return Boot(
        boot_id=uuid.uuid4().hex[:16],
        reason=reason,
        found_level=found,
        kernel_boot_id=kernel_boot_id,
        simulated=options.simulate,
        patience_s=PATIENCE_S * options.speed,
        built_utc_s=BUILT_UTC_S,
    )
