"""What a fault does to the pole: how it begins, how it ends, and what it does again and again in between."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.records import Fault
from agent.simulation.fitting import Fitting
from agent.simulation.loop import VirtualLamp, nothing

Action = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Act:
    begin: Action
    end: Action = nothing


def holding(thing: object, **values: object) -> Act:
    """Gives the fields of a thing these values, and at the end those that they have now."""
    before = {name: getattr(thing, name) for name in values}

    def give(fields: dict[str, object]) -> None:
        for name, value in fields.items():
            setattr(thing, name, value)

    return Act(lambda: give(values), lambda: give(before))


def disturbing(fitting: Fitting, how: Fault) -> Act:
    """Lets every transfer with a chip fail in that way."""
    return Act(lambda: fitting.bus.disturb(fitting.address, how), lambda: fitting.bus.mend(fitting.address))


class Rhythm:
    """Does one thing after another while it runs, each for its time in seconds."""

    def __init__(self, lamp: VirtualLamp, beats: tuple[tuple[Action, float], ...]) -> None:
        self._lamp = lamp
        self._beats = beats
        self._runs = 0  # a beat of an earlier run is nobody's any more

    def begin(self) -> None:
        self._runs += 1
        self._beat(0, self._runs)

    def end(self) -> None:
        self._runs += 1

    def _beat(self, number: int, run: int) -> None:
        if run != self._runs:
            return
        action, length_s = self._beats[number]
        action()
        self._lamp.call(self._lamp.now_s + length_s, lambda: self._beat((number + 1) % len(self._beats), run))
