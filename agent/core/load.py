"""The load: what hangs on the meter, by which power is estimated and the meter is believed."""

from dataclasses import dataclass, replace

from agent.core.lampwatch import WARM_UP_S
from agent.core.meter import NOMINAL_W, expected_power_w, is_power_known
from agent.records import Quality, Quantity, Ramp, Reading
from agent.settings.model import Luminaire, Settings

BACKWARDS_W = -2.0  # more than the zero error of a small shunt: a lamp never feeds back
MOST_TIMES, MOST_MORE_W = 10.0, 100.0  # of a lamp's full power: a wrong scale or a broken transfer, no lamp
POLE_MOST_W = 25_000.0  # where nobody knows what else hangs there: above the fuse of any pole
OTHER_SHARE = 1 / 16  # of a new reading in what is known of the other loads: a heater's minutes even out


@dataclass(frozen=True, slots=True)
class Load:
    """The lamp, and what a meter of the whole pole sees beside it: the Pi, a heater, other loads.

    ``cut_off``: a relay takes even the standby power at level 0. ``other_w``: seen while the lamp was dark; 0 until then.
    """

    luminaire: Luminaire
    cut_off: bool = False
    whole_pole: bool = False
    other_w: float | None = None

    @classmethod
    def of(cls, settings: Settings, before: "Load | None" = None) -> "Load":
        """What the settings name; what was seen before of the other loads on the pole is kept."""
        meter, output = settings.sensors.power, settings.output
        whole_pole = meter is not None and meter.measures == "pole"
        other_w = before.other_w if before is not None and whole_pole else None
        return cls(settings.luminaire, output is not None and output.relay is not None, whole_pole, other_w)

    @property
    def is_known(self) -> bool:
        """Whether the config says what the lamp takes; else a lamp of ``NOMINAL_W`` is assumed."""
        return is_power_known(self.luminaire)

    def lamp_w(self, level: float) -> float:
        """What the lamp should draw at a level of light in percent."""
        return 0.0 if self.cut_off and level <= 0 else expected_power_w(self.luminaire, level)

    def power_w(self, level: float) -> float:
        """What the meter should see at that level."""
        return self.lamp_w(level) + (self.other_w or 0.0)

    def seen(self, power_w: float, at_s: float, ramp: Ramp) -> "Load":
        """After a reading of the meter: what is drawn while the lamp is dark and settled is not the lamp's."""
        if not self.whole_pole or ramp.end_level > 0 or at_s < ramp.end_s + WARM_UP_S:
            return self
        other_w = max(0.0, power_w - self.lamp_w(0.0))
        if self.other_w is not None:
            other_w = self.other_w + OTHER_SHARE * (other_w - self.other_w)
        return replace(self, other_w=other_w)

    @property
    def most_w(self) -> float:
        """No good meter reads more."""
        if self.whole_pole:
            return POLE_MOST_W
        full_w = expected_power_w(self.luminaire, 100.0) if self.is_known else 10 * NOMINAL_W
        return MOST_TIMES * full_w + MOST_MORE_W

    def judged(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The readings of the meter, suspect where no load can draw that power."""
        most_w = self.most_w
        if all(one.quantity is not Quantity.ACTIVE_POWER_W or BACKWARDS_W <= one.value <= most_w for one in readings):
            return readings
        return tuple(
            Reading(one.quantity, one.value, one.at_s, Quality.SUSPECT) if one.quantity is Quantity.ACTIVE_POWER_W else one
            for one in readings
        )
