"""The lamp watched by its power: dark, wrongly dimmed, lit against our will, a relay that does not obey, a lamp that cycles."""

from collections import deque
from collections.abc import Callable

from agent.core.alarms import Alarm
from agent.core.meter import expected_power_w
from agent.records import Ramp
from agent.settings.model import Settings

WARM_UP_S = 10.0  # after a change of level the driver's power says nothing
RESOLUTION_W = 0.1  # of a meter; a lamp is judged only where it draws clearly more
DARK_SHARE = 0.2  # of what the light should draw beyond standby
BAND_SHARE, BAND_W = 0.2, 1.0  # how far the power may be from the expected one
UNEXPECTED_W = 2.0  # beyond standby
CYCLES, CYCLE_S, QUIET_S = 5, 600.0, 1800.0


class LampWatch:
    """Told each power reading of a meter at the lamp. Watts, percent, monotonic seconds."""

    def __init__(self) -> None:
        self._found: dict[Alarm, bool] = {}
        self._was_lit: bool | None = None  # by power, under the present level
        self._level: float | None = None
        self._turns: deque[float] = deque(maxlen=CYCLES)  # when the power went on or off by itself

    def measured(self, power_w: float, at_s: float, ramp: Ramp, settings: Settings) -> bool:
        """Judge one reading, if the lamp has been at its level for long enough; whether that finds something else than before."""
        if at_s < ramp.end_s + WARM_UP_S:
            self._was_lit = None
            return False
        before = self._found.copy()
        level = ramp.end_level
        if level != self._level:
            self._level, self._was_lit = level, None
        has_relay = settings.output is not None and settings.output.relay is not None
        standby_w = settings.luminaire.standby_power_w
        expected_w = expected_power_w(settings.luminaire, level)
        tells = expected_w - standby_w > 3 * RESOLUTION_W
        if level <= 0:
            self._judge_dark(power_w, standby_w, has_relay=has_relay)
        elif tells:
            self._judge_lit(power_w, standby_w, expected_w, has_relay=has_relay)
            self._count_turn(lit=power_w > standby_w + (expected_w - standby_w) / 2, at_s=at_s)
        self._found[Alarm.CYCLING_FAILURE] = self.cycles(at_s)
        return self._found != before

    def _judge_dark(self, power_w: float, standby_w: float, *, has_relay: bool) -> None:
        draws = power_w > standby_w + UNEXPECTED_W
        self._found |= {
            Alarm.LAMP_FAILURE: False,
            Alarm.DIMMING_FAILURE: False,
            Alarm.RELAY_FAILURE: has_relay and draws,  # the contact is welded
            Alarm.LAMP_UNEXPECTED_ON: draws and not has_relay,
        }

    def _judge_lit(self, power_w: float, standby_w: float, expected_w: float, *, has_relay: bool) -> None:
        dark = power_w < standby_w + DARK_SHARE * (expected_w - standby_w)
        unsupplied = dark and has_relay and standby_w > 3 * RESOLUTION_W and power_w < standby_w / 2
        outside = abs(power_w - expected_w) > max(BAND_W, BAND_SHARE * expected_w)
        self._found |= {
            Alarm.LAMP_FAILURE: dark and not unsupplied,
            Alarm.RELAY_FAILURE: unsupplied,  # not even the driver draws anything: the contact stays open
            Alarm.DIMMING_FAILURE: outside and not dark,
            Alarm.LAMP_UNEXPECTED_ON: False,
        }

    def _count_turn(self, *, lit: bool, at_s: float) -> None:
        if self._was_lit is not None and lit is not self._was_lit:
            self._turns.append(at_s)
        self._was_lit = lit

    def cycles(self, now_s: float) -> bool:
        """Five turns within ten minutes, and the last not half an hour ago."""
        if len(self._turns) < CYCLES or now_s - self._turns[-1] > QUIET_S:
            return False
        return self._turns[-1] - self._turns[0] <= CYCLE_S

    def truths(self, *, good: bool) -> dict[Alarm, bool]:
        """What the power says; nothing while the meter is no good, so that what was told stays."""
        return self._found if good else {}

    def suspects(self, now_s: float, is_up: Callable[[Alarm], bool]) -> bool:
        """Whether the next readings matter: an alarm is to be raised or cleared, or the power turns by itself, which is counted.

        ``is_up``: whether an alarm has been raised. What is told and steady can wait for the next look, however long it lasts.
        """
        for alarm, found in self._found.items():
            if found is not is_up(alarm):
                return True
        turned = bool(self._turns) and now_s - self._turns[-1] <= CYCLE_S
        return turned or self._found.get(Alarm.CYCLING_FAILURE, False)
