"""The lamp watched by its power: dark, wrongly dimmed, lit against our will, a relay that does not obey, a lamp that cycles."""

from collections import deque

from agent.core.alarms import Alarm
from agent.core.expected import Expected, Former, IsUp, expected, trouble
from agent.records import Ramp
from agent.settings.model import Settings

WARM_UP_S = 10.0  # after a change of level the driver's power says nothing
UNEXPECTED_W = 2.0  # beyond standby
GEAR_SHARE, GEAR_CLEAR_SHARE = 0.5, 0.75  # of standby: less, and not even the driver is there
CYCLES, CYCLE_S, QUIET_S = 5, 600.0, 1800.0

OF_LIGHT = (
    Alarm.LAMP_FAILURE,
    Alarm.DIMMING_FAILURE,
    Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH,
    Alarm.ABSOLUTE_LAMP_POWER_TOO_LOW,
    Alarm.LAMP_POWER_TOO_HIGH,
    Alarm.LAMP_POWER_TOO_LOW,
)
NONE_OF_LIGHT = dict.fromkeys(OF_LIGHT, False)


class LampWatch:
    """Told each power reading of a meter at the lamp. Watts, percent, monotonic seconds.

    What can only be seen of a lit lamp is left as it is while it is dark, and the other way round: one that has failed has failed
    by day too.
    """

    def __init__(self) -> None:
        self._found: dict[Alarm, bool] = {}
        self._settings: Settings | None = None
        self._level: float | None = None
        self._expected: Expected | None = None  # at that level
        self._power_w: float | None = None  # the last one judged at that level
        self._former: Former | None = None
        self._wrong: Former | None = None  # what the lamp drew when it was last wrong, and what it should have drawn
        self._opens: bool | None = None  # the relay's contact, as far as it was seen
        self._closes: bool | None = None
        self._was_lit: bool | None = None  # by power, under the present level
        self._turns: deque[float] = deque(maxlen=CYCLES)  # when the power went on or off by itself
        self._since_s: float | None = None  # the first reading that was judged

    def measured(self, power_w: float, at_s: float, ramp: Ramp, settings: Settings, is_up: IsUp) -> bool:
        """Judge one reading, if the lamp has been at its level for long enough; whether that finds something else than before."""
        before = self._found
        if ramp.end_level != self._level or settings is not self._settings:
            self._turn_to(ramp.end_level, settings)
        if at_s < ramp.end_s + WARM_UP_S:
            self._was_lit = None
            return self._found != before
        if self._since_s is None:
            self._since_s = at_s
        has_relay = settings.output is not None and settings.output.relay is not None
        judge = self._judge_lit if ramp.end_level > 0 else self._judge_dark
        found = judge(power_w, is_up, at_s, has_relay=has_relay)
        if found is None:
            return self._found != before
        cycles = self.cycles(at_s)
        if cycles or at_s - self._since_s > QUIET_S:
            found[Alarm.CYCLING_FAILURE] = cycles
        if cycles and Alarm.LAMP_FAILURE in found:  # one that comes and goes is told of as that, not once each time
            found |= NONE_OF_LIGHT
        if has_relay and (self._opens is False or self._closes is False or (self._opens and self._closes)):
            found[Alarm.RELAY_FAILURE] = not (self._opens and self._closes)
        self._found = found
        return found != before

    def blames_supply(self) -> None:
        """Whatever the lamp draws now, it is not its own fault."""
        self._found, self._was_lit = {}, None

    def _turn_to(self, level: float, settings: Settings) -> None:
        if self._expected is not None and self._power_w is not None:
            self._former = Former(self._power_w, self._expected.lit_w)
        if self._level is not None and (level > 0) is not (self._level > 0):
            self._found = {}  # what was about to be told of the other state begins anew
        self._settings, self._level, self._was_lit, self._power_w = settings, level, None, None
        self._expected = expected(settings, level)

    def _judge_lit(self, power_w: float, is_up: IsUp, at_s: float, *, has_relay: bool) -> dict[Alarm, bool] | None:
        """What is true and untrue; None where this reading says neither."""
        at = self._expected
        if at is None or not at.tells:
            return {}
        self._power_w = power_w
        self._count_turn(lit=power_w > (at.standby_w + at.lit_w) / 2, at_s=at_s)
        unsupplied = has_relay and at.shows_standby and power_w < GEAR_SHARE * at.standby_w
        if has_relay:
            self._closes = not unsupplied
        found = None if unsupplied else trouble(power_w, at, self._former, is_up)
        if found is None and self._would_look_right(at):
            return None
        self._wrong = None if found is None else Former(power_w, at.lit_w)
        judged = NONE_OF_LIGHT.copy()
        if found is not None:
            judged[found] = True
        return judged if has_relay else judged | self._gear(power_w, is_up)

    def _would_look_right(self, at: Expected) -> bool:
        """Whether a lamp that hangs where it was last found wrong draws what it should at this level by chance."""
        wrong = self._wrong
        return wrong is not None and wrong.expected_w != at.lit_w and at.is_within(wrong.power_w)

    def _judge_dark(self, power_w: float, is_up: IsUp, _at_s: float, *, has_relay: bool) -> dict[Alarm, bool]:
        alarm = Alarm.RELAY_FAILURE if has_relay else Alarm.LAMP_UNEXPECTED_ON
        standby_w = 0.0 if self._settings is None else self._settings.luminaire.standby_power_w
        is_dark = power_w <= standby_w + (UNEXPECTED_W / 2 if is_up(alarm) else UNEXPECTED_W)
        if has_relay:
            self._opens = is_dark
            return {}
        return {Alarm.LAMP_UNEXPECTED_ON: not is_dark} | self._gear(power_w, is_up)

    def _gear(self, power_w: float, is_up: IsUp) -> dict[Alarm, bool]:
        """Whether not even the driver draws anything; to be asked where no relay can be the reason."""
        at = self._expected
        if at is None or not at.shows_standby:
            return {}
        share = GEAR_CLEAR_SHARE if is_up(Alarm.CONTROL_GEAR_FAILURE) else GEAR_SHARE
        return {Alarm.CONTROL_GEAR_FAILURE: power_w < share * at.standby_w}

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

    def suspects(self, now_s: float, is_up: IsUp) -> bool:
        """Whether the next readings matter: an alarm is to be raised or cleared, or the power turns by itself, which is counted.

        ``is_up``: whether an alarm has been raised. What is told and steady can wait for the next look, however long it lasts.
        """
        for alarm, found in self._found.items():
            if found is not is_up(alarm):
                return True
        turned = bool(self._turns) and now_s - self._turns[-1] <= CYCLE_S
        return turned or self._found.get(Alarm.CYCLING_FAILURE, False)
