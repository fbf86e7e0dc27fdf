"""Whether to believe the wall clock: trust, steps, the time carried on, and what dusks and dawns say of it."""

from msgspec import Struct

from agent.core.twilight import Twilight
from agent.ledger import Watermark
from agent.records import ClockSource, Instant, TimeQuality

STEP_S = 300.0  # a move of the wall clock against CLOCK_BOOTTIME that is a step
CARRY_S = 30 * 86400.0  # how long a clock, or a trusted moment, is good without NTP
AGREE_S = 3600.0  # a dusk or dawn this near to the sun's confirms the clock
BETTER_S = 1800.0  # a stepped clock is adopted when a dusk fits it better than the carried time by this much


class Time(Struct, frozen=True, gc=False):
    """What the agent takes the time to be. ``usable``: for sun and programme; ``trusted``: commands are judged by it too."""

    utc_s: float
    quality: TimeQuality
    usable: bool

    @property
    def trusted(self) -> bool:
        return self.usable and self.quality is not TimeQuality.SUSPECT


class Timekeeper:
    """Follows the clock from instant to instant.

    ``not_before_utc_s`` is the later of the build date and the last time on disk: an RTC that is behind it has stopped.
    ``rtc_set_utc_s`` is when NTP last set the RTC, as the ledger knows.
    """

    def __init__(self, not_before_utc_s: float = 0.0, rtc_set_utc_s: float | None = None) -> None:
        self._not_before_utc_s = not_before_utc_s
        self._rtc_set_utc_s = rtc_set_utc_s
        self._offset_s: float | None = None  # utc - mono, as of the last trusted moment
        self._offset_at_s = 0.0
        self._source = ClockSource.UNSYNCED  # what the trusted offset came from
        self._ntp_at_s: float | None = None
        self.stepped = False
        self.moved_s = 0.0  # by so much the clock that is followed differs from the time carried on: less than a step
        self.confirmed = False
        self.suspected_by: Twilight | None = None
        self._seen: Instant | None = None  # looked at last, with what was believed then
        self._believed = Time(0.0, TimeQuality.UNSYNCED, usable=False)

    def remember(self, not_before_utc_s: float, rtc_set_utc_s: float | None) -> None:
        """What the ledger knows, which may come after the first light."""
        self._seen = None
        self._not_before_utc_s = max(self._not_before_utc_s, not_before_utc_s)
        self._rtc_set_utc_s = rtc_set_utc_s

    def carry(self, mark: Watermark) -> None:
        """Go on by what an earlier run of the agent, in the same boot of the Pi, believed with NTP."""
        self._seen = None
        if mark.offset_s is not None:
            self._offset_s, self._offset_at_s, self._source = mark.offset_s, mark.utc_s - mark.offset_s, ClockSource.NTP
            self._ntp_at_s = self._offset_at_s if self._ntp_at_s is None else self._ntp_at_s

    @property
    def ntp_offset_s(self) -> float | None:
        """The believed time less the monotonic; None where it is not NTP's, or in doubt."""
        doubted = self._source is not ClockSource.NTP or self.suspected_by is not None
        return None if doubted else self._offset_s

    def look(self, now: Instant) -> Time:
        """Take note of the clock and say what to believe."""
        if now is not self._seen:  # all that is due at a moment asks for it
            self._believed, self._seen = self._look(now), now
        return self._believed

    def _look(self, now: Instant) -> Time:
        if now.clock is ClockSource.NTP:
            self._ntp_at_s = now.mono_s
        source = self._claim(now)
        first_sync = source is ClockSource.NTP and self._source is not ClockSource.NTP
        if self._offset_s is not None and not first_sync:
            self._follow(now, source, now.utc_s - now.mono_s - self._offset_s)
        elif source is not ClockSource.UNSYNCED:
            self._adopt(now, source)
        return self._belief(now, source)

    def _follow(self, now: Instant, source: ClockSource, moved_s: float) -> None:
        """Hold the clock against the time carried on from when it was adopted: drifts add up, and a clock may come back."""
        if abs(moved_s) > STEP_S:
            if not self.stepped:
                self.stepped, self.confirmed = True, False
            self.moved_s = 0.0  # what moved is not followed
            return
        self.stepped, self.moved_s = False, moved_s
        if source is not ClockSource.UNSYNCED:
            self._offset_at_s = now.mono_s

    def _claim(self, now: Instant) -> ClockSource:
        """What the host's clock is worth, before any step is considered."""
        if self._ntp_at_s is not None:
            return ClockSource.NTP if now.mono_s - self._ntp_at_s <= CARRY_S else ClockSource.UNSYNCED
        if now.clock is ClockSource.RTC and now.utc_s >= self._not_before_utc_s:
            fresh = self._rtc_set_utc_s is not None and now.utc_s - self._rtc_set_utc_s <= CARRY_S
            return ClockSource.RTC if fresh else ClockSource.UNSYNCED
        return ClockSource.UNSYNCED

    def _adopt(self, now: Instant, source: ClockSource) -> None:
        offset_s = now.utc_s - now.mono_s
        if self._offset_s is not None and abs(offset_s - self._offset_s) > STEP_S:
            self.confirmed, self.suspected_by = False, None  # that was said of another time
        self._offset_s, self._offset_at_s, self._source = offset_s, now.mono_s, source
        self.stepped, self.moved_s = False, 0.0

    def _belief(self, now: Instant, source: ClockSource) -> Time:
        expired = now.mono_s - self._offset_at_s > CARRY_S or (source is ClockSource.UNSYNCED and not self.stepped)
        if self._offset_s is None or expired:
            return Time(now.utc_s, TimeQuality.UNSYNCED, usable=False)
        utc_s = now.mono_s + self._offset_s if self.stepped else now.utc_s
        if self.suspected_by is not None:
            return Time(utc_s, TimeQuality.SUSPECT, usable=False)
        if self.stepped:
            return Time(utc_s, TimeQuality.SUSPECT, usable=True)
        return Time(utc_s, TimeQuality.NTP if self._source is ClockSource.NTP else TimeQuality.RTC, usable=True)

    # --- the sky's opinion

    def witnessed(self, now: Instant, kind: Twilight, off_s: float | None, wall_off_s: float | None) -> bool:
        """A dusk or dawn was seen, so far from the sun's of the same kind by the believed time and by the wall clock.

        None: the sun has none within 18 hours. True when the photocell is acquitted by it: it agrees with the sun, or the
        clock is what is doubted. Of a clock that nobody has set the sky says nothing.
        """
        self._seen = None
        if self._offset_s is None:
            return False
        off = float("inf") if off_s is None else abs(off_s)
        wall_off = float("inf") if wall_off_s is None else abs(wall_off_s)
        if self.stepped and wall_off + BETTER_S < off:
            self._adopt(now, ClockSource.NTP if self._ntp_at_s is not None else ClockSource.RTC)
            off = wall_off
        if off <= AGREE_S:
            self.confirmed, self.suspected_by = True, None
            return True
        if not self.confirmed:
            self.suspected_by = kind
            return True
        return False

    def moved(self) -> None:
        """The lamp stands elsewhere: what was seen here says nothing there."""
        self.confirmed = False

    def exonerate(self) -> None:
        """The suspicion was the photocell's fault."""
        self.suspected_by, self._seen = None, None

    @property
    def rtc_alone(self) -> bool:
        """Nothing but an RTC, and no dusk or dawn has confirmed it: night is when either witness says so."""
        return self._source is ClockSource.RTC and not self.confirmed

    @property
    def synchronised(self) -> bool:
        return self._ntp_at_s is not None
