"""A night watch by itself: looked at from moment to moment, shown light, under a clock that may be wrong."""

from zoneinfo import ZoneInfo

from core_street import LAMP, utc

from agent.core.nightwatch import Night, NightWatch
from agent.core.programme import Switch
from agent.core.timekeeping import Time, Timekeeper
from agent.records import ClockSource, Instant, Quantity, Reading
from agent.settings.model import Settings

BOOT_S = 1000.0


class Watch:
    """It begins at a local time in Berlin. The lamp is off and adds nothing to its photocell."""

    def __init__(
        self, start: str, settings: Settings = LAMP, source: ClockSource = ClockSource.NTP, wall_off_s: float = 0.0
    ) -> None:
        self.start_utc_s = utc(start)
        self.passed_s = 0.0
        self.source = source
        self.wall_off_s = wall_off_s
        self.keeper = Timekeeper(rtc_set_utc_s=self.start_utc_s - 86_400 if source is ClockSource.RTC else None)
        self.watch = NightWatch(settings, self.keeper, BOOT_S, ZoneInfo)

    @property
    def now(self) -> Instant:
        return Instant(BOOT_S + self.passed_s, self.start_utc_s + self.passed_s + self.wall_off_s, self.source)

    @property
    def time(self) -> Time:
        return self.keeper.look(self.now)

    def at(self, text: str) -> "Watch":
        return self.after(utc(text) - self.start_utc_s - self.passed_s)

    def after(self, seconds: float) -> "Watch":
        self.passed_s += seconds
        return self

    def sees(self, lx: float, times: int = 1, every_s: float = 5.0) -> "Watch":
        """So many live readings, the last of them now."""
        self.after(-every_s * (times - 1))
        for number in range(times):
            reading = Reading(Quantity.LIGHT_LEVEL_LX, lx + number % 2 / 10, self.now.mono_s)
            self.watch.light(reading, 0.0, steady=True, now=self.now)
            if number < times - 1:
                self.after(every_s)
        return self

    def look(self) -> Night:
        return self.watch.look(self.now, self.time)

    def next_in_s(self) -> float:
        """How long until it wants to look again."""
        self.look()
        return self.watch.next_s() - self.now.mono_s

    def next_change(self) -> Switch | None:
        self.look()
        return self.watch.next_change(self.time)
