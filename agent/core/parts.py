"""The parts of the core: made for each other, set anew and restored together."""

from agent.core.alarms import Occurrence
from agent.core.basket import Basket
from agent.core.courses import Courses
from agent.core.deciding import Decider
from agent.core.desk import CommandDesk
from agent.core.instruments import Instruments
from agent.core.learnt import LearntCurve
from agent.core.light import Light, start_delay_s
from agent.core.maintenance import MaintenanceSlot
from agent.core.nightwatch import Night, NightWatch, ZoneOf
from agent.core.surroundings import Surroundings
from agent.core.telling import Teller
from agent.core.timekeeping import Time, Timekeeper
from agent.ledger import Memory
from agent.records import Boot, BootReason, Instant
from agent.settings.model import Settings


class Parts:
    """Who knows whom. The controller tells them what happens, and in which order they are asked."""

    def __init__(self, settings: Settings, boot: Boot, now: Instant, zone_of: ZoneOf) -> None:
        self._boot = boot
        self._timekeeper = Timekeeper(not_before_utc_s=boot.built_utc_s)
        self._given = self.settings = settings
        self.around = Surroundings()
        self.maintenance = MaintenanceSlot(boot.kernel_boot_id)
        self.instruments = Instruments(settings, now.mono_s, boot.patience_s)
        self.desk = CommandDesk("" if settings.lamp is None else settings.lamp.id)
        self.decider = Decider(self.maintenance, self.desk.emergency, self.desk.override)
        self.desk.asks(self.decider)
        self.light = Light(boot.found_level, now.mono_s, start_delay_s(settings, boot), untold=boot.untold)
        self.instruments.meter.lights(self.light.lit)
        self.watch = NightWatch(settings, self._timekeeper, now.mono_s, zone_of, boot.patience_s)
        self.decider.configure(settings, self.watch, self.instruments.presence)
        self.learnt = LearntCurve()
        self.courses = Courses(settings, self.maintenance, self.desk.emergency, self.light, self.around, self.learnt)
        self.courses.answers_to(self.desk)
        self.desk.hands_to(self.courses)
        self.teller = Teller(
            settings, self.light, self.watch, self.instruments, self.desk, self.around, self.courses, now.mono_s, boot
        )

    def configure(self, settings: Settings, now: Instant, basket: Basket) -> None:
        """Take settings in force; what they do not touch is kept. What was learnt stands in for what they do not say."""
        self._given = settings
        self.settings = settings = self.learnt.configure(settings, basket)
        self.desk.rename("" if settings.lamp is None else settings.lamp.id)
        self.watch.configure(settings, now.mono_s)
        self.instruments.configure(settings, now.mono_s)
        self.decider.configure(settings, self.watch, self.instruments.presence)
        self.teller.configure(settings, now.mono_s)

    def configure_again(self, now: Instant, basket: Basket) -> None:
        """Something else has been learnt."""
        self.configure(self._given, now, basket)

    def look(self, now: Instant, time: Time) -> Night:
        """Judge the night, by which the next questions are answered."""
        operating_h = self.instruments.meter.operating_s / 3600
        night = self.decider.look(now, time, operating_h, self.instruments.temperature_c(now.mono_s))
        self.courses.is_night = night.is_night
        return night

    def restore(self, memory: Memory, now: Instant, started_s: float, basket: Basket, *, durable: bool) -> Time:
        """Take what earlier runs have left; the time that is believed then. ``durable``: all of it could be read."""
        mark, boot = memory.watermark, self._boot
        counted_s = None  # up to when the time of this boot of the Pi is in the counters
        if mark is not None and boot.reason is not BootReason.POWER_ON and mark.kernel_boot_id == boot.kernel_boot_id:
            self._timekeeper.carry(mark)
            counted_s = mark.mono_s
        time = self._timekeeper.look(now)
        self.desk.restore(memory, now)
        self.courses.restore(memory.course, now, time, basket)
        self.look(now, time)  # a command is judged by the level that would result
        self.desk.open(now, time, basket)
        self.maintenance.restore(memory.maintenance, now.mono_s)
        if self.learnt.restore(memory.learnt):
            self.configure_again(now, basket)
        self.instruments.bridge(counted_s, started_s, boot.found_level)
        supply_lost = mark is not None and boot.reason is BootReason.POWER_ON and not boot.after_shutdown
        self.instruments.restore(memory.counters, supply_lost=supply_lost)
        if supply_lost:
            self.teller.hurry()
        last_utc_s = self.teller.restore(memory, time, basket, durable=durable)
        if mark is not None and last_utc_s is not None:
            self._timekeeper.remember(last_utc_s, mark.ntp_utc_s)
        basket.occurred(Occurrence.DEVICE_RESET, {"reason": boot.reason.value})
        if boot.reason is BootReason.WATCHDOG:
            basket.occurred(Occurrence.WATCHDOG_TRIPPED, {})
        return time
