"""Faults of what the agent runs on: clock, process, supply, disk, config file and broker."""

from agent.events import ConfigInvalid, LinkChanged, Reconfigured
from agent.records import BootReason, ClockSource
from agent.settings.model import Settings
from agent.simulation.faults.act import Act, holding
from agent.simulation.faults.fault import Fault
from agent.simulation.faults.kinds import FaultName
from agent.simulation.loop import VirtualLamp

UNSET_S = 120 * 86_400 + 5 * 3600.0  # the date of the image, and a time of day that is wrong too
KEPT_EVERY_S = 3600.0  # without an RTC the Pi begins with the time that it last wrote to its disk
WATCHDOG_S, RESTART_S = 30.0, 3.0  # as in the unit: WatchdogSec, and RestartSec with the start itself


def hosting(lamp: VirtualLamp, settings: Settings, fault: Fault) -> Act | None:
    """None where the fault is of another kind."""
    match fault.name:
        case FaultName.CLOCK_UNSET | FaultName.CLOCK_STALE:
            behind_s = UNSET_S if fault.name is FaultName.CLOCK_UNSET else fault.value or 0.0
            return Act(lambda: _boot_with_clock(lamp, -behind_s), lambda: lamp.clock.boot(0.0, lamp.now_s, ClockSource.NTP))
        case FaultName.CLOCK_JUMP:
            by_s = fault.value or 0.0
            return Act(lambda: lamp.clock.jump(by_s, lamp.now_s), lambda: lamp.clock.jump(-by_s, lamp.now_s))
        case FaultName.CLOCK_DRIFT:
            ppm = fault.value or 0.0
            return Act(lambda: lamp.clock.drift_by(ppm, lamp.now_s), lambda: lamp.clock.drift_by(0.0, lamp.now_s))
        case FaultName.AGENT_RESTART:
            return Act(lambda: _restart(lamp))
        case FaultName.AGENT_HANG:
            return Act(lambda: _hang(lamp))
        case FaultName.POWER_CUT:
            return _cut(lamp)
        case FaultName.CONFIG_BROKEN:
            return Act(lambda: _break_config(lamp), lambda: _mend_config(lamp, settings))
        case FaultName.BROKER_DOWN:
            return Act(lambda: _link(lamp, up=False), lambda: _link(lamp, up=True))
    return _disk(lamp, fault.name)


def _boot_with_clock(lamp: VirtualLamp, error_s: float) -> None:
    """Before the first start it is that boot; later the Pi boots once more for it."""
    runs = lamp.process is not None
    if runs:
        lamp.cut_power()
    lamp.clock.boot(error_s, lamp.now_s)
    if runs:
        lamp.restore_power()


def _cut(lamp: VirtualLamp) -> Act:
    kept_utc_s = 0.0  # what the disk knows of the time

    def begin() -> None:
        nonlocal kept_utc_s
        shown_s = lamp.now().utc_s
        kept_utc_s = shown_s - shown_s % KEPT_EVERY_S
        lamp.cut_power()

    def end() -> None:
        lamp.clock.boot(kept_utc_s - lamp.world.time.utc_s(lamp.now_s), lamp.now_s)
        lamp.restore_power()

    return Act(begin, end)


def _restart(lamp: VirtualLamp) -> None:
    if lamp.process is not None:
        lamp.kill()
        lamp.start_later(RESTART_S, BootReason.CRASH)


def _hang(lamp: VirtualLamp) -> None:
    hung = lamp.process
    if hung is None:
        return
    hung.hung = True

    def bite() -> None:
        if lamp.process is hung:
            lamp.kill()
            lamp.start_later(RESTART_S, BootReason.WATCHDOG)

    lamp.call(lamp.now_s + WATCHDOG_S, bite)


def _disk(lamp: VirtualLamp, name: FaultName) -> Act | None:
    unwritable, unusable = holding(lamp.ledger, writable=False), holding(lamp.ledger, writable=False, readable=False)

    def corrupt() -> None:
        unusable.begin()
        lamp.ledger.damage()

    match name:
        case FaultName.STORAGE_READONLY | FaultName.STORAGE_FULL:
            return unwritable
        case FaultName.STORAGE_CORRUPT:
            return Act(corrupt, unusable.end)
        case FaultName.STORAGE_GONE:
            return unusable
    return None


def _break_config(lamp: VirtualLamp) -> None:
    lamp.config_invalid = True
    if lamp.process is not None:
        lamp.process.tell(ConfigInvalid(("the file does not compile",)))


def _mend_config(lamp: VirtualLamp, settings: Settings) -> None:
    lamp.config_invalid = False
    if lamp.process is not None:
        lamp.process.tell(Reconfigured(settings, "mended"))


def _link(lamp: VirtualLamp, *, up: bool) -> None:
    lamp.linked = up
    if lamp.process is not None:
        lamp.process.tell(LinkChanged(connected=up))
