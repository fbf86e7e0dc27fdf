"""The night watch: keeps the clock, the sun and the photocell, holds each against the other, and says whether it is night."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from math import inf

from agent.core.night import By, LightWitness, SunWitness, Verdict, judge
from agent.core.photocell import Photocell
from agent.core.programme import Plan, Planner, Switch
from agent.core.sun import SUNSET_DEG, Sun
from agent.core.timekeeping import Time, Timekeeper
from agent.core.twilight import BRIGHT_LX, LearntNight, Seen, Twilight
from agent.records import Instant, Reading
from agent.settings.hardware import LightSensor
from agent.settings.model import Location, Settings

AHEAD_DEG = 1.3  # as much as the sun moves between two looks by day: reading often begins before the photocell decides
DUSK_DEG = -3.0  # where a clear sky gives about 35 lx: the sun's own dusk and dawn, for comparison with the photocell's
SLEWED_S = 5.0  # NTP moves a clock by less without a word
APPROACH_S = 15.0
CLOUD_S = 60.0  # where the photocell alone decides, by day and by night
ZoneOf = Callable[[str], tzinfo]


@dataclass(frozen=True, slots=True)
class Night:
    is_night: bool
    by: By
    since_s: float  # monotonic


def _location(settings: Settings) -> Location | None:
    return None if settings.lamp is None else settings.lamp.location


def _wiring(settings: Settings) -> LightSensor | None:
    """The photocell but for how often it is read."""
    light = settings.sensors.light
    return None if light is None else replace(light, every_s=0.0)


def _photocell(settings: Settings, now_s: float, patience_s: float) -> Photocell | None:
    return None if settings.sensors.light is None else Photocell(settings.night, now_s, patience_s)


class NightWatch:
    """Everything that knows of day and night. Moments are monotonic unless a name says utc."""

    def __init__(
        self, settings: Settings, timekeeper: Timekeeper, boot_s: float, zone_of: ZoneOf, patience_s: float = 2.0
    ) -> None:
        self._patience_s = patience_s
        self.timekeeper = timekeeper
        self._zone_of = zone_of
        self.learnt = LearntNight()
        self._night: Night | None = None
        self._next_s = boot_s
        self.photocell = _photocell(settings, boot_s, patience_s)
        self._place(settings)

    def configure(self, settings: Settings, now_s: float) -> None:
        """Take other settings in force. What a sensor has seen is kept while it is the same sensor."""
        before = self._settings
        if _location(settings) != _location(before):
            self.timekeeper.moved()
        if self.photocell is None or _wiring(settings) != _wiring(before):
            self.photocell = _photocell(settings, now_s, self._patience_s)
        else:
            self.photocell.configure(settings.night)
        self._place(settings)

    def _place(self, settings: Settings) -> None:
        self._settings, self._rule = settings, settings.night
        location = _location(settings)
        self.sun = None if location is None else Sun(location.latitude, location.longitude)
        self.zone = None if location is None else self._zone_of(location.time_zone)
        self._coming: tuple[Night, float, Switch] | None = None  # the next change, the night that it was asked in, and when
        self._planner: Planner | None = None
        if self.sun is not None and self.zone is not None:
            self._planner = Planner(settings.programmes, settings.calendar, self.sun, self.zone)

    # --- what is told

    def light(self, reading: Reading, level: float, *, steady: bool, now: Instant) -> None:
        """A reading of the photocell, under the lamp at a level (percent)."""
        if self.photocell is None:
            return
        seen = self.photocell.read(reading, level, lamp_steady=steady)
        if seen is not None:
            self.learnt.saw(seen)
            self._compare(seen, now)

    def _compare(self, seen: Seen, now: Instant) -> None:
        """Hold a dusk or dawn against the sun, by the believed time and by the wall clock."""
        if self.sun is None or self.photocell is None:
            return
        ago_s = now.mono_s - seen.at_s
        believed_utc_s = self.timekeeper.look(now).utc_s - ago_s
        rising = seen.kind is Twilight.DAWN
        off = self._off_s(believed_utc_s, rising=rising)
        wall_utc_s = now.utc_s - ago_s
        wall_off = off if wall_utc_s == believed_utc_s else self._off_s(wall_utc_s, rising=rising)
        if self.timekeeper.witnessed(now, seen.kind, off, wall_off):
            self.photocell.acquit()

    def _off_s(self, utc_s: float, *, rising: bool) -> float | None:
        if self.sun is None:
            return None
        sun_s = self.sun.nearest_crossing(utc_s, DUSK_DEG, rising=rising)
        return None if sun_s is None else utc_s - sun_s

    # --- what is concluded

    def look(self, now: Instant, time: Time) -> Night:
        """Judge the night again, by the time that is believed."""
        if self._ends_suspicion(now):
            time = self.timekeeper.look(now)
        sun = self._sun_witness(time)
        self._next_s = inf
        self._hold_against_sun(sun, now)
        if sun is None and (change_s := self.learnt.next_change_s(now.mono_s)) is not None:
            self._next_s = min(self._next_s, change_s)
        verdict = judge(self._rule.mode, sun, self._light_witness(now), self.learnt.is_night(now.mono_s))
        return self._note(verdict, now)

    def _sun_witness(self, time: Time) -> SunWitness | None:
        if self.sun is None or not time.usable:
            return None
        elevation_deg, moved_s = self.sun.followed_deg(time.utc_s), self.timekeeper.moved_s
        if abs(moved_s) > SLEWED_S:  # nobody knows which of the two is right: the darker counts
            elevation_deg = min(elevation_deg, self.sun.elevation_deg(time.utc_s - moved_s))
        return SunWitness(elevation_deg, *self._rule.twilight_deg, self.timekeeper.rtc_alone)

    def _light_witness(self, now: Instant) -> LightWitness | None:
        cell = self.photocell
        if cell is None or cell.dark is None or not cell.good(now.mono_s):
            return None
        return LightWitness(cell.dark, self._day_proven(now.mono_s))

    def _day_proven(self, now_s: float) -> bool:
        longest_s = 86400.0 if self.sun is None else self.sun.longest_day_s
        return self.photocell is not None and self.photocell.proves_day(now_s, longest_s)

    def _hold_against_sun(self, sun: SunWitness | None, now: Instant) -> None:
        if sun is None or self.sun is None:
            return
        at_deg = sun.elevation_deg
        nearest = min(abs(at_deg - sun.lower_deg), abs(at_deg - sun.upper_deg), abs(at_deg - SUNSET_DEG))
        self._next_s = min(self._next_s, now.mono_s + max(1.0, nearest / self.sun.fastest_deg_s))
        if self.photocell is not None and not sun.rtc_alone:
            at_s = self.photocell.contradicted(now.mono_s, by_sun_night=sun.certain)
            if at_s is not None:
                self._next_s = min(self._next_s, at_s)

    def _ends_suspicion(self, now: Instant) -> bool:
        """A dusk that made the clock suspect was a cover when it stays dark for longer than any night lasts here."""
        cell, keeper = self.photocell, self.timekeeper
        if keeper.suspected_by is not Twilight.DUSK or cell is None or self.sun is None or not keeper.synchronised:
            return False
        if not cell.dark or now.mono_s - cell.changed_s <= self.sun.longest_night_s + 7200:
            return False
        keeper.exonerate()
        cell.convict(now.mono_s)
        return True

    def _note(self, verdict: Verdict, now: Instant) -> Night:
        before = self._night
        if before is None or before.is_night is not verdict.is_night:
            self._night = before = Night(verdict.is_night, verdict.by, now.mono_s)
        elif before.by is not verdict.by:
            self._night = before = Night(verdict.is_night, verdict.by, before.since_s)
        return before

    def next_s(self) -> float:
        """When to look again."""
        return self._next_s

    def plan(self, time: Time) -> Plan | None:
        """Tonight's plan; None while no clock is believed, or nobody knows where the lamp stands."""
        if self._planner is None or not time.usable:
            return None
        return self._planner.plan(time.utc_s)

    def next_change(self, time: Time) -> Switch | None:
        """What the programme has planned next: by day the sunset; None without a clock, or while only the dark is awaited."""
        if self._planner is None or self.sun is None or not time.usable or self._night is None:
            return None
        utc_s = time.utc_s
        if not self._night.is_night and self.sun.followed_deg(utc_s) < SUNSET_DEG:
            return None
        coming = self._coming
        if coming is None or coming[0] is not self._night or not coming[1] <= utc_s < coming[2].at_utc_s:
            switch = self._next_change(self._planner, utc_s, is_night=self._night.is_night)
            self._coming = coming = None if switch is None else (self._night, utc_s, switch)
        return None if coming is None else coming[2]

    def _next_change(self, planner: Planner, utc_s: float, *, is_night: bool) -> Switch | None:
        if not is_night:
            return planner.next_sunset(utc_s)
        plan = planner.plan(utc_s)
        by_mode = self._rule.mode in ("always", "powered")  # no sunrise ends such a night
        return plan.next_switch(utc_s) if by_mode else plan.next_change(utc_s)

    def falls_back(self, time: Time) -> bool:
        """Whether the night is judged without the sun where it should be asked."""
        wants_sun = self.sun is not None and self._rule.mode in ("auto", "sun")
        return wants_sun and not time.usable

    def day_is_about_to_be_proven(self, now_s: float) -> bool:
        """Whether the photocell sees more light than any lamp gives, but has not seen it for long enough yet."""
        cell = self.photocell
        return (
            cell is not None and cell.fresh(now_s) and cell.lx is not None and cell.lx > BRIGHT_LX and not self._day_proven(now_s)
        )

    def light_period_s(self, time: Time) -> float:
        """The longest period (seconds) at which the photocell may be read now: 0 where the next reading can change a decision.

        In the twilight window nothing changes before the light has come near a threshold, which even a thundercloud takes
        longer for than ``APPROACH_S``.
        """
        if self.photocell is None or self._rule.mode in ("always", "powered"):
            return inf
        if self.sun is None or not time.usable or self.photocell.near_threshold():
            return 0.0
        lower, upper = self._rule.twilight_deg
        if lower - AHEAD_DEG < self.sun.followed_deg(time.utc_s) < upper + AHEAD_DEG:
            return APPROACH_S
        return CLOUD_S if self._rule.mode == "photocell" else inf
