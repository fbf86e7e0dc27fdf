"""A host whose wall clock can be moved against its monotonic one, and a timekeeper that follows it."""

from agent.core.timekeeping import Time, Timekeeper
from agent.core.twilight import Twilight
from agent.records import ClockSource, Instant

NOW_UTC_S = 1_800_000_000.0
DAY_S = 86_400.0
NTP, RTC, UNSYNCED = ClockSource.NTP, ClockSource.RTC, ClockSource.UNSYNCED


class Wall:
    """A host whose wall clock can be moved against its monotonic one."""

    def __init__(self, keeper: Timekeeper | None = None, source: ClockSource = NTP) -> None:
        self.keeper = Timekeeper() if keeper is None else keeper
        self.mono_s = 100.0
        self.off_s = 0.0
        self.source = source

    @property
    def instant(self) -> Instant:
        return Instant(self.mono_s, NOW_UTC_S + self.mono_s + self.off_s, self.source)

    def look(self, after_s: float = 1.0) -> Time:
        self.mono_s += after_s
        return self.keeper.look(self.instant)

    def for_days(self, days: float) -> Time:
        for _ in range(int(days * 24)):
            self.look(3600.0)
        return self.look()

    @property
    def true_utc_s(self) -> float:
        return NOW_UTC_S + self.mono_s

    def dusk(self, off_s: float | None, wall_off_s: float | None = None, kind: Twilight = Twilight.DUSK) -> bool:
        return self.keeper.witnessed(self.instant, kind, off_s, off_s if wall_off_s is None else wall_off_s)


def with_rtc(last_ntp_ago_s: float = DAY_S, not_before_utc_s: float = 0.0) -> Wall:
    return Wall(Timekeeper(not_before_utc_s, rtc_set_utc_s=NOW_UTC_S - last_ntp_ago_s), RTC)
