"""The lamp itself: what light it gives and what power it takes, from what is really on its wires."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from agent.settings.hardware import Output, Relay
from agent.settings.model import Luminaire, Point

DEFAULT_NOMINAL_W = 40.0


class Line(Protocol):
    """An output line of the board, as gpiozero's mock pins have it."""

    function: str  # "output", or floating

    @property
    def state(self) -> bool: ...


@dataclass(slots=True)
class Defects:
    """What is broken on the way from the feeder to the light; may be changed at any time."""

    unfed: bool = False  # the pole has no power
    contact_closed: bool | None = None  # the relay's contact is welded (True) or never closes (False)
    source_open: bool = False  # the light source gives no light, its driver idles
    strings_out: float = 0.0  # the share of the light source that has gone dark, 0 to 1; what is left is as bright as before
    deaf: bool = False  # the driver does not hear its signal, and gives all it can
    gone: bool = False  # the driver, or the fuse before it: nothing is drawn at all
    leak_w: float = 0.0  # what the luminaire draws beside, whatever it is told, while it is supplied

    @property
    def able(self) -> bool:
        """Whether software could light the lamp."""
        return not (self.unfed or self.source_open or self.gone or self.contact_closed is False)


class LampCircuit:
    """Driver, light source and relay. ``high_fraction`` is what is on the dimming wire; None: nothing drives it."""

    def __init__(
        self, settings: Luminaire, output: Output | None, high_fraction: Callable[[], float | None], relay_line: Line | None
    ) -> None:
        self.defects = Defects()
        self._settings = settings
        self._output = output
        self._high_fraction = high_fraction
        self._relay_line = relay_line
        self._power_curve = settings.power_curve or _straight(settings)
        self._drawn = 0.0, interpolated(self._power_curve, 0.0)  # one reference: replaced as a whole

    def emitted_percent(self) -> float:
        """Of the luminaire's full light."""
        return self.light_and_power()[0]

    def power_w(self) -> float:
        """What the luminaire takes: nothing with an open relay, standby power at level 0."""
        return self.light_and_power()[1]

    def light_and_power(self) -> tuple[float, float]:
        """Percent and watts at once, for who needs both."""
        if not self._supplied():
            return 0.0, 0.0
        defects, standby_w = self.defects, self._settings.standby_power_w
        if defects.source_open:
            return 0.0, standby_w + defects.leak_w
        light = self._light()
        drawn_w, left = self._drawn_at(light), 1 - defects.strings_out
        if left == 1 and not defects.leak_w:
            return light, drawn_w
        standby_w = min(drawn_w, standby_w)
        return light * left, standby_w + (drawn_w - standby_w) * left + defects.leak_w

    def _drawn_at(self, light: float) -> float:
        """By the power curve; asked far more often than the light changes."""
        if light != self._drawn[0]:
            self._drawn = light, interpolated(self._power_curve, light)
        return self._drawn[1]

    def _light(self) -> float:
        light = self._asked()
        return max(light, self._settings.minimum_level) if light > 0 else 0.0

    def _asked(self) -> float:
        """What the signal asks of the driver, in percent of full light."""
        if self._output is None or self.defects.deaf:
            return 100.0  # nothing is wired to the agent: the pole is a plain lamp
        high = self._high_fraction()
        if high is None:
            return 100.0 if self._output.undriven == "full" else 0.0
        signal = 1 - high if self._output.inverted else high
        return _logarithmic(signal) if self._output.curve == "logarithmic" else 100 * signal

    def _supplied(self) -> bool:
        if self.defects.unfed or self.defects.gone:
            return False
        if self.defects.contact_closed is not None and self._relay_line is not None:
            return self.defects.contact_closed
        relay = self._output.relay if self._output else None
        if relay is None or self._relay_line is None:
            return True
        return _energised(relay, self._relay_line) == (relay.contact == "normally_open")


def _energised(relay: Relay, line: Line) -> bool:
    """A floating line moves no coil."""
    return line.function == "output" and bool(line.state) == relay.active_high


def _logarithmic(signal: float) -> float:
    """Light in percent of a driver with DALI's curve, whose arc level goes straight with the signal (IEC 62386-102)."""
    arc_level = 254 * signal
    return float(10 ** ((arc_level - 1) / (253 / 3) - 1)) if arc_level > 0 else 0.0


def _straight(settings: Luminaire) -> tuple[Point, ...]:
    return (0.0, settings.standby_power_w), (100.0, settings.nominal_power_w or DEFAULT_NOMINAL_W)


def interpolated(curve: tuple[Point, ...], x: float) -> float:
    """Straight between the points of an ascending curve, level beyond its ends."""
    if len(curve) == 1:
        return curve[0][1]
    place = min(max(bisect_right(curve, x, key=lambda point: point[0]), 1), len(curve) - 1)
    (x0, y0), (x1, y1) = curve[place - 1 : place + 1]
    return y0 + (y1 - y0) * min(1.0, max(0.0, (x - x0) / (x1 - x0)))
