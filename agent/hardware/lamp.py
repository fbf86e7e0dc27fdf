"""The lamp: brings output and relay along a ramp, switches in the right order, and tells once when one of them fails."""

from collections.abc import Callable
from math import inf
from typing import Literal, Protocol, TypeAlias

from agent.curve import Curve, electrical_percent, level_percent
from agent.hardware.output import Output, OutputError
from agent.records import OutputFailed, OutputWorks, Part, Ramp

FADE_STEP_S = 0.02
LEAST_STEP_PERCENT = 0.025  # a 12-bit step: a slow fade does not wake the agent for less
CONTACT_OPEN_S = 0.2  # a relay's contact opens within 10 ms, an arc dies with the half wave
MINIMUM_OFF_S = 2.0  # an LED driver runs on for up to a second, and one that is caught half-way down starts as it likes
PATIENCE_S = 0.2  # a level is on the output within milliseconds, whatever else its bus has to do; after that the bus hangs
RETRY_S = 1.0
DARK_REASSERT = 5  # times as seldom behind an open contact, where nobody sees what a chip has forgotten

OutputEvent: TypeAlias = OutputFailed | OutputWorks
FailureHandler: TypeAlias = Callable[[Part, OutputError], None]


class Contact(Protocol):
    """The relay, in terms of the lamp; both raise OutputError."""

    def supplied(self) -> bool: ...

    def set_supplied(self, supplied: bool) -> None: ...

    def leave(self) -> None: ...


class Lamp:
    """Nothing here raises or sleeps: failures become events, and time is an argument.

    Without a relay, off is an output of 0. With one, off is an open relay, and the output is parked at full: whatever then closes
    the contact, a dead coil or a dead Pi, gives light. A contact that has opened stays open for ``MINIMUM_OFF_S``: only a lamp
    that was lit within these two seconds, and was then wanted dark, waits for its light; dimming never opens the contact.
    ``on_failure`` is given the error behind each OutputFailed, for the log.
    """

    def __init__(
        self,
        output: Output,
        relay: Contact | None,
        *,
        curve: Curve,
        minimum: float,
        undriven: Literal["full", "off"] = "full",
        reassert_every_s: float = 60.0,
        on_failure: FailureHandler = lambda _part, _error: None,
    ) -> None:
        self._output = output
        self._relay = relay
        self._curve = curve
        self._minimum = minimum
        self._reassert_every_s = reassert_every_s
        self._on_failure = on_failure
        self._ramp: Ramp | None = None
        self._level = 0.0  # of the ramp, at its last step
        self._step_at_s = -inf
        self._events: list[OutputEvent] = []
        self._failing: set[Part] = set()
        self._reassert_at_s: float | None = None
        self._park_from_s = -inf  # the contact has opened by then
        self._close_from_s = -inf
        self._patience_until_s: float | None = None  # None: the relay is not waiting for the output
        self._retry_at_s = -inf  # of a failing output

        self._untold = False
        self._output_level = self._level_found()  # None: not driven, or not known
        self._undriven_level = 100.0 if undriven == "full" else 0.0
        self._supplied = True
        if relay is not None:
            self._tried(Part.RELAY, lambda: self._note_supply(relay))
        self._found_level = self._output_level if self._supplied else 0.0

    def found_level(self) -> float | None:
        """The level found on the hardware when this was made: 0 where the relay was open, whatever the output did.

        None where the output was not driven, or could not tell.
        """
        return self._found_level

    @property
    def untold(self) -> bool:
        """Whether the output was found at a level that it could not tell, and the lamp supplied."""
        return self._untold and self._found_level is None

    @property
    def actual_level(self) -> float:
        """The light now, in percent, as far as output and relay have obeyed."""
        if not self._supplied:
            return 0.0
        return self._undriven_level if self._output_level is None else self._output_level

    @property
    def output_level(self) -> float:
        """The electrical drive of the lamp now, in percent, after the curve; 0 while the relay is open."""
        return electrical_percent(self.actual_level, self._curve)

    def drive(self, ramp: Ramp) -> None:
        """From the next ``advance`` on; a newer ramp replaces it."""
        self._ramp, self._step_at_s = ramp, -inf

    def leave(self) -> None:
        """Let go of the relay's line without touching it; PWM keeps running without us."""
        if self._relay is not None:
            self._relay.leave()

    def take_events(self) -> list[OutputEvent]:
        """What began to fail or to work again since the last call: each change once."""
        events, self._events = self._events, []
        return events

    def advance(self, now_s: float) -> float | None:
        """Bring the hardware to the ramp's level, and say when to be called again; None before the first ramp."""
        if self._ramp is None:
            return None
        if self._reassert_at_s is None or now_s >= self._reassert_at_s:
            if self._reassert_at_s is not None:
                self._reassert()
            every_s = self._reassert_every_s if self._supplied else DARK_REASSERT * self._reassert_every_s
            self._reassert_at_s = (now_s // every_s + 1) * every_s
        if now_s >= self._step_at_s:
            self._level, self._step_at_s = self._ramp.level_at(now_s), next_step_s(self._ramp, now_s)
        if self._level > 0:
            self._light(self._level, now_s)
        else:
            self._darken(now_s)
        if self._supplied:
            self._reassert_at_s = min(self._reassert_at_s, now_s + self._reassert_every_s)
        return self._next_s(now_s, self._reassert_at_s)

    def _light(self, level: float, now_s: float) -> None:
        """The level first, then the supply: the lamp does not flash at whatever the output held before."""
        taken = self._set_output(level, now_s)
        if self._supplied:
            self._patience_until_s = None  # a relay that was to open need not
            self._set_supplied(True)
        elif not self._waits(taken, now_s) and now_s >= self._close_from_s:
            self._set_supplied(True)

    def _darken(self, now_s: float) -> None:
        if self._relay is None:
            self._set_output(0.0, now_s)
        elif self._supplied:
            taken = Part.RELAY in self._failing or self._set_output(self._minimum, now_s)  # the contact breaks the least current
            if self._waits(taken, now_s):
                return
            if self._set_supplied(False):
                self._park_from_s, self._close_from_s = now_s + CONTACT_OPEN_S, now_s + MINIMUM_OFF_S
            else:
                self._set_output(0.0, now_s)  # the relay does not open: as dark as the output can
        else:
            self._patience_until_s = None  # one that was to close need not
            self._set_supplied(False)
            if now_s >= self._park_from_s:
                self._set_output(100.0, now_s)

    def _waits(self, taken: bool, now_s: float) -> bool:
        """Whether the relay must wait until the output has its level: not for one that fails, and not for long."""
        if taken or Part.OUTPUT in self._failing:
            return False
        if self._patience_until_s is None:
            self._patience_until_s = now_s + PATIENCE_S
        return now_s < self._patience_until_s

    def _set_output(self, level: float, now_s: float) -> bool:
        """Whether it has the level now."""
        if now_s < self._retry_at_s:
            return False
        try:
            taken = self._output.set_fraction(electrical_percent(level, self._curve) / 100)
        except OutputError as error:
            self._retry_at_s = now_s + RETRY_S
            self._fails(Part.OUTPUT, error)
            return False
        if taken:
            self._output_level = level
            self._works(Part.OUTPUT)
        return taken

    def _set_supplied(self, supplied: bool) -> bool:
        """Whether it is so now."""
        relay, to_do = self._relay, supplied != self._supplied or Part.RELAY in self._failing
        if relay is not None and to_do and self._tried(Part.RELAY, lambda: relay.set_supplied(supplied)):
            self._supplied, self._patience_until_s = supplied, None
        return self._supplied == supplied

    def _level_found(self) -> float | None:
        try:
            fraction = self._output.fraction()
        except OutputError:  # no failure to be told of: some can never tell, and the first write meets the trouble of others
            self._untold = True
            return None
        return None if fraction is None else level_percent(fraction * 100, self._curve)

    def _note_supply(self, relay: Contact) -> None:
        self._supplied = relay.supplied()

    def _reassert(self) -> None:
        if Part.OUTPUT not in self._failing:  # else it is written anyway
            self._tried(Part.OUTPUT, self._output.reassert)
        relay, supplied = self._relay, self._supplied
        if relay is not None and Part.RELAY not in self._failing:
            self._tried(Part.RELAY, lambda: relay.set_supplied(supplied))

    def _tried(self, part: Part, act: Callable[[], None]) -> bool:
        try:
            act()
        except OutputError as error:
            self._fails(part, error)
            return False
        self._works(part)
        return True

    def _fails(self, part: Part, error: OutputError) -> None:
        if part not in self._failing:
            self._failing.add(part)
            self._on_failure(part, error)
            self._events.append(OutputFailed(part, error.fault))

    def _works(self, part: Part) -> None:
        if part in self._failing:
            self._failing.remove(part)
            self._events.append(OutputWorks(part))

    def _next_s(self, now_s: float, reassert_at_s: float) -> float:
        moments = [reassert_at_s, self._step_at_s]
        if self._level <= 0 and now_s < self._park_from_s:
            moments.append(self._park_from_s)
        if self._level > 0 and now_s < self._close_from_s:
            moments.append(self._close_from_s)
        if self._patience_until_s is not None and now_s < self._patience_until_s:
            moments.append(self._patience_until_s)
        if self._failing:
            moments.append(now_s + RETRY_S)
        return min(moments)


def next_step_s(ramp: Ramp, now_s: float) -> float:
    """When the level of a ramp is to be written again; infinity at its end."""
    return inf if now_s >= ramp.end_s else min(now_s + fade_step_s(ramp), ramp.end_s)


def fade_step_s(ramp: Ramp) -> float:
    """After how long the level of a ramp has moved enough to be written again; infinity where it only jumps at its end."""
    change = abs(max(ramp.end_level, ramp.minimum) - max(ramp.start_level, ramp.minimum))
    if change == 0:
        return inf
    return max(FADE_STEP_S, LEAST_STEP_PERCENT / change * (ramp.end_s - ramp.start_s))
