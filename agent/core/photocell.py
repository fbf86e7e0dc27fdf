"""The photocell as a witness: dark or bright by two thresholds and a dwell, fresh or stale, proven day, convicted or not."""

from agent.core.ownlight import OwnLight
from agent.core.twilight import BRIGHT_LX, Seen, TwilightWatch
from agent.records import Quality, Reading
from agent.settings.model import Night

_USABLE = (Quality.OK, Quality.SATURATED)
PROOF_WINDOW_S = 300.0
PROOF_S = 20.0  # lightning and headlights do not last so long
CLOUD_S = 1200.0  # so long a proof of day outlasts the light; from 1,000 lx to 6 degrees below the sun takes 25 minutes and more
CONVICT_S = 900.0
STALE_PERIODS = 3
NEAR = 2.0  # times a threshold: no sky goes so far in the 15 s between two readings of the twilight (see twilight.LEAP)


class Photocell:
    """Monotonic times throughout; light in lux, calibrated, the lamp's own light taken off."""

    def __init__(self, rule: Night, boot_s: float, patience_s: float = 2.0) -> None:
        self._rule = rule
        self._patience_s = patience_s
        self._twilight = TwilightWatch(rule.on_below_lx)
        self.own_light = OwnLight()
        self.lx: float | None = None
        self.read_at_s = float("-inf")
        self._period_s = 60.0
        self._fresh_until_s = float("-inf")
        self.dark: bool | None = None  # None until the first reading
        self.candidate_since_s: float | None = None  # it has been otherwise since, and is not believed yet
        self.changed_s = boot_s
        self.last_dark_s = boot_s
        self.convicted_s: float | None = None  # since when
        self.vouched_for = False  # a dusk or dawn has acquitted it since it was last convicted
        self.heard_from_s = boot_s  # after a silence
        self._over_since_s: float | None = None  # it has been over 1,000 lx since
        self._over_s = float("-inf")  # when it last had been for a dwell
        self.contradicts_since_s: float | None = None  # it has been otherwise than the sun since
        self._varied_s = float("-inf")  # the older of the last two differing readings
        self._previous: Reading | None = None

    def read(self, reading: Reading, lamp_level: float, *, lamp_steady: bool) -> Seen | None:
        """Take a reading; the answer is a dusk or dawn that it completed."""
        if reading.quality not in _USABLE:
            return None
        lx = self.own_light.take_off(reading, lamp_level, steady=lamp_steady)
        afresh = not self.fresh(reading.at_s)
        if afresh:
            self.heard_from_s = reading.at_s if self.lx is None else reading.at_s + self._rule.dwell_s
            self.candidate_since_s = self._over_since_s = None
        self.lx, self.read_at_s = lx, reading.at_s
        self._fresh_until_s = self._stale_s(reading.at_s)
        self._note_variation(reading)
        self._judge(lx, reading.at_s, afresh=afresh)
        if self.dark:
            self.last_dark_s = reading.at_s
        return self._twilight.saw(lx, reading.at_s)

    def _note_variation(self, reading: Reading) -> None:
        previous, self._previous = self._previous, reading
        live = previous is not None and Quality.SATURATED not in (previous.quality, reading.quality)
        if live and previous is not None and previous.value != reading.value:
            self._varied_s = previous.at_s

    def _judge(self, lx: float, at_s: float, *, afresh: bool) -> None:
        if lx <= BRIGHT_LX:
            self._over_since_s = None
        elif self._over_since_s is None:
            self._over_since_s = at_s
        elif at_s >= self._over_since_s + PROOF_S:
            self._over_s = at_s
        if self.dark is None or afresh:
            before, self.dark = self.dark, lx < self._rule.off_above_lx  # between the thresholds: dark, which lights the lamp
            if self.dark is not before:
                self.changed_s = at_s
            return
        otherwise = lx > self._rule.off_above_lx if self.dark else lx < self._rule.on_below_lx
        if not otherwise:
            self.candidate_since_s = None
        elif self.candidate_since_s is None:
            self.candidate_since_s = at_s
        if self.candidate_since_s is not None and at_s - self.candidate_since_s >= self._rule.dwell_s:
            self.dark, self.changed_s, self.candidate_since_s = not self.dark, at_s, None

    def configure(self, rule: Night) -> None:
        """Other thresholds from now on; what it has seen is kept."""
        if rule.on_below_lx != self._rule.on_below_lx:
            self._twilight = TwilightWatch(rule.on_below_lx)
        self._rule = rule

    # --- what may be concluded

    def set_period(self, period_s: float, now_s: float) -> None:
        """It is read this often from now on; a shorter period does not make it stale at once."""
        self._period_s = period_s
        if self.fresh(now_s):
            self._fresh_until_s = self._stale_s(now_s)

    def fresh(self, now_s: float) -> bool:
        return now_s < self._fresh_until_s

    def _stale_s(self, since_s: float) -> float:
        return since_s + STALE_PERIODS * self._period_s + self._patience_s

    def good(self, now_s: float) -> bool:
        """Whether it is heard. One that comes back from a silence is so after a dwell: the lamp must not come and go with it."""
        return not self.convicted and self.dark is not None and self.fresh(now_s) and now_s >= self.heard_from_s

    def proves_day(self, now_s: float, longest_day_s: float) -> bool:
        """Over 1,000 lx, at most a cloud ago, and alive, and it has not been bright for longer than a day can last here."""
        in_time = now_s - self.last_dark_s <= min(longest_day_s, 86400.0) + 7200
        return self._alive_in_daylight(now_s) and self.fresh(now_s) and in_time

    def _alive_in_daylight(self, now_s: float) -> bool:
        over = now_s - self._over_s <= CLOUD_S
        return over and now_s - self._varied_s <= PROOF_WINDOW_S

    def outlook(self, now_s: float) -> tuple[object, ...]:
        """All that a decision can depend on: as long as it stays the same, readings change nothing."""
        return self.dark, self.candidate_since_s, self.near_threshold(), self.convicted, self._alive_in_daylight(now_s)

    def contradicted(self, now_s: float, *, by_sun_night: bool | None) -> float | None:
        """Hold the witness against a sun that leaves no doubt (None: it leaves some); 15 minutes of contradiction convict it.

        Returns the moment at which that will be, while a contradiction lasts.
        """
        wrong = by_sun_night is not None and self.dark is not None and self.fresh(now_s) and self.dark is not by_sun_night
        if not wrong or self.convicted:
            self.contradicts_since_s = None
            return None
        if self.contradicts_since_s is None:
            self.contradicts_since_s = now_s
        if now_s >= self.contradicts_since_s + CONVICT_S:
            self.convict(now_s)
            return None
        return self.contradicts_since_s + CONVICT_S

    def convict(self, now_s: float) -> None:
        """It is no witness any more, until it is acquitted."""
        self.convicted_s, self.contradicts_since_s, self.vouched_for = now_s, None, False

    def acquit(self) -> None:
        self.convicted_s, self.vouched_for = None, True

    @property
    def convicted(self) -> bool:
        return self.convicted_s is not None

    def learns_own_light(self) -> bool:
        """Whether the lamp's own light is still to be learnt, or so strong that it must be followed at every step of the lamp."""
        return not self.own_light.learnt or self.own_light.at_full_lx > self._rule.on_below_lx / 4

    def near_threshold(self) -> bool:
        """Whether the next readings can change the decision, so that it is worth reading often."""
        if self.lx is None or self.candidate_since_s is not None:
            return True
        return self._rule.on_below_lx / NEAR < self.lx < self._rule.off_above_lx * NEAR
