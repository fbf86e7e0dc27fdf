"""Motion sensors' lines follow whoever is there."""

from dataclasses import dataclass, field
from math import inf

from agent.simulation.motion import MotionLine, Passage
from agent.simulation.traffic import Kind, Pass


@dataclass
class FakeLine:
    """Remembers its edges as gpiozero's mock pins do."""

    high: bool = False
    states: list[object] = field(default_factory=list)

    def drive_high(self) -> None:
        self._drive(True)

    def drive_low(self) -> None:
        self._drive(False)

    def clear_states(self) -> None:
        self.states.clear()

    def _drive(self, high: bool) -> None:
        if high != self.high:
            self.high = high
            self.states.append(high)


def walkers(*spans: tuple[float, float]) -> list[Pass]:
    return [Pass(start_s, end_s, Kind.WALKER) for start_s, end_s in spans]


def test_two_who_meet_are_one_presence() -> None:
    line = FakeLine()
    passage = Passage([MotionLine(line, active_high=True)], iter(walkers((10, 20), (15, 30), (40, 45))))

    present = []
    for at_s in (9, 10, 16, 25, 30, 41, 50):
        passage.advance(at_s)
        present.append(passage.present)
    assert present == [0, 1, 2, 1, 0, 1, 0]
    assert line.states == [True, False, True, False]
    assert passage.arrived == 3


def test_one_who_comes_as_another_goes_is_a_new_edge() -> None:
    line = FakeLine()
    passage = Passage([MotionLine(line, active_high=True)], iter(walkers((10, 20), (20, 30))))
    passage.advance(20)
    assert line.states == [True, False, True]


def test_the_next_change_is_named_until_nobody_comes_any_more() -> None:
    passage = Passage([], iter(walkers((10, 20), (15, 18))))
    named = []
    while (change_s := passage.next_change_s()) < inf:
        named.append(change_s)
        passage.advance(change_s)
    assert named == [10, 15, 18, 20]


def test_a_low_active_line_rests_high() -> None:
    line = FakeLine()
    passage = Passage([MotionLine(line, active_high=False)], iter(walkers((10, 20))))
    passage.advance(0)
    assert line.high
    passage.advance(10)
    assert not line.high


def test_who_was_there_before_the_beginning_is_there_at_it() -> None:
    line = FakeLine()
    passage = Passage([MotionLine(line, active_high=True)], iter(walkers((-5, 3))))
    passage.advance(0)
    assert line.high
