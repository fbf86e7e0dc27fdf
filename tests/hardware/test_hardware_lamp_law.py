"""The relay's law, whatever levels, failures of the output and restarts come: every edge of output and relay in its order."""

from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.hardware.lamp import CONTACT_OPEN_S, FADE_STEP_S, MINIMUM_OFF_S, PATIENCE_S, RETRY_S, Lamp
from agent.hardware.output import OutputError
from agent.records import Fault, Ramp

Manner = Literal["obeys", "slow", "hangs", "fails"]
MINIMUM = 10.0
CARRIED_S = 0.01  # an output on a bus has its level so long after it was asked
START_S = 0.3  # no process comes back sooner
ABOUT_S = 1e-6


@dataclass
class Wires:
    """The virtual output and relay: each edge is noted with its moment."""

    now_s: float = 0.0
    manner: Manner = "obeys"
    troubled_s: float = -100.0  # the last moment at which the output did not answer, or refused
    output: float = 1.0
    coming: float | None = None
    arrives_s: float = 0.0
    closed: bool = True
    edges: list[tuple[float, str, float]] = field(default_factory=list)

    def set_fraction(self, fraction: float) -> bool:
        if self.manner == "fails":
            raise OutputError(Fault.FAILED, "the output is made to fail")
        if fraction != (self.output if self.coming is None else self.coming):  # the newest order wins
            self.coming, self.arrives_s = fraction, self.now_s + (CARRIED_S if self.manner == "slow" else 0.0)
        self.arrive()
        return self.output == fraction and self.manner != "hangs"

    def arrive(self) -> None:
        if self.manner in ("obeys", "slow") and self.coming is not None and self.now_s >= self.arrives_s - ABOUT_S:
            if self.coming != self.output:
                self.edges.append((self.now_s, "output", self.coming))
            self.output, self.coming = self.coming, None

    def reassert(self) -> None:
        if self.manner == "fails":
            raise OutputError(Fault.FAILED, "the output is made to fail")

    def fraction(self) -> float | None:
        if self.manner in ("fails", "hangs"):
            raise OutputError(Fault.FAILED, "the output cannot be read")
        return self.output

    def supplied(self) -> bool:
        return self.closed

    def set_supplied(self, supplied: bool) -> None:
        if supplied is not self.closed:
            self.edges.append((self.now_s, "close" if supplied else "open", self.output))
        self.closed = supplied

    def leave(self) -> None:
        """Nothing is touched."""


class Observed:
    """A lamp on these wires in virtual time; what the law says is looked at after each of its steps."""

    def __init__(self) -> None:
        self.wires = Wires()
        self._lamp = self._made()
        self._ramp: Ramp | None = None
        self._next_s: float | None = None
        self._wanted, self._turned_s = True, 0.0  # lit or dark, and since when
        self._opened_s = -100.0
        self._restarted = False  # since the contact was opened
        self._seen = 0  # edges that have been judged
        self._was_closed = True  # after the last of them

    def _made(self) -> Lamp:
        return Lamp(self.wires, self.wires, curve="linear", minimum=MINIMUM)

    # --- what happens

    def want(self, level: float, fade_s: float) -> None:
        now_s = self.wires.now_s
        start = level if self._ramp is None else self._ramp.level_at(now_s)
        self._drive(Ramp(start, level, now_s, now_s + fade_s, MINIMUM))

    def _drive(self, ramp: Ramp) -> None:
        self._ramp = ramp
        self._lamp.drive(ramp)
        self._step()

    def behave(self, manner: Manner) -> None:
        self._note_trouble()
        self.wires.manner = manner
        self._note_trouble()

    def restart(self) -> None:
        """Killed and started again: the new lamp goes on with what it finds, or, where it cannot tell, with what was wanted."""
        self._lamp.leave()
        self.wires.now_s += START_S
        self.wires.arrive()
        self.wires.coming = None  # what has not arrived by now died with the process
        self._judge_edges()
        self._restarted, self._turned_s = True, self.wires.now_s
        edges = len(self.wires.edges)
        self._lamp = self._made()
        found = self._lamp.found_level()
        assert self._lamp.advance(self.wires.now_s) is None
        if found is None:
            assert len(self.wires.edges) == edges
            assert self._ramp is not None
            self._drive(self._ramp)
            return
        self._drive(Ramp.steady(found, self.wires.now_s))
        dark = found == 0
        told = [edge for edge in self.wires.edges[edges:] if not (dark and edge[1:] == ("output", 1.0))]
        assert told == []  # what is found is kept: not a flicker; a dark lamp's output may still have to be parked

    def run(self, span_s: float) -> None:
        end_s = self.wires.now_s + span_s
        while True:
            arrives_s = self.wires.arrives_s if self.wires.manner == "slow" and self.wires.coming is not None else end_s
            self.wires.now_s = max(self.wires.now_s, min(end_s, arrives_s, self._next_s or end_s))
            self._step()
            if self.wires.now_s >= end_s:
                return

    def _step(self) -> None:
        self._note_trouble()
        if self.wants_light is not self._wanted:
            self._wanted, self._turned_s = self.wants_light, self.wires.now_s
        self.wires.arrive()
        self._next_s = self._lamp.advance(self.wires.now_s)
        self._judge_edges()
        self._judge_relay()

    def _note_trouble(self) -> None:
        if self.wires.manner in ("fails", "hangs"):
            self.wires.troubled_s = self.wires.now_s

    # --- the law

    @property
    def wants_light(self) -> bool:
        return self._ramp is not None and self._ramp.level_at(self.wires.now_s) > 0

    def _judge_edges(self) -> None:
        for at_s, what, fraction in self.wires.edges[self._seen :]:
            match what:
                case "open":
                    self._judge_open(fraction)
                    self._was_closed, self._restarted, self._opened_s = False, False, at_s
                case "close":
                    self._judge_close(at_s, fraction)
                    self._was_closed = True
                case _:
                    self._judge_output(at_s, fraction)
        self._seen = len(self.wires.edges)

    def _judge_relay(self) -> None:
        now_s, patient_s = self.wires.now_s, self._turned_s + PATIENCE_S + ABOUT_S
        if self.wants_light and not self.wires.closed:
            assert now_s <= max(patient_s, self._opened_s + MINIMUM_OFF_S + ABOUT_S), "dark when it should be lit"
        if self._ramp is not None and not self.wants_light and self.wires.closed:
            assert now_s <= patient_s, "supplied when it should be dark"

    @property
    def _obeyed(self) -> bool:
        """Whether the output has had the time to be tried again."""
        return self.wires.now_s > self.wires.troubled_s + RETRY_S + PATIENCE_S

    def _judge_open(self, fraction: float) -> None:
        assert not self.wants_light
        if self._obeyed:
            assert fraction == pytest.approx(MINIMUM / 100), "opened under more than the least current"

    def _judge_close(self, at_s: float, fraction: float) -> None:
        assert self.wants_light
        if not self._restarted:  # a new process knows nothing of what the last one has just done
            assert at_s >= self._opened_s + MINIMUM_OFF_S - ABOUT_S, "closed before the driver had run down"
        if self._obeyed and self._ramp is not None:
            moments = (at_s - FADE_STEP_S - CARRIED_S - ABOUT_S, at_s)  # a fade has gone on since its last step was written
            before, now = (max(self._ramp.level_at(moment_s), MINIMUM) / 100 for moment_s in moments)
            assert min(before, now) - ABOUT_S <= fraction <= max(before, now) + ABOUT_S, "closed before the level was set"

    def _judge_output(self, at_s: float, fraction: float) -> None:
        if self._was_closed or self.wants_light:
            return
        if self._obeyed:  # an order that a bus held up may still come
            assert fraction == 1.0, "an output behind an open contact is parked at full"
        assert fraction < 1.0 or at_s >= self._opened_s + CONTACT_OPEN_S - ABOUT_S, "parked while the contact may still carry"


WAITS = st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.15, 0.19, 0.3, 1.0, 1.9, 2.1, 5.0])
LEVELS = st.tuples(st.just("level"), st.sampled_from([0.0, 10.0, 30.0, 60.0, 100.0]), st.sampled_from([0.0, 0.1, 2.0]))
MANNERS = st.tuples(st.just("manner"), st.sampled_from(["obeys", "slow", "hangs", "fails"]), st.none())
RESTARTS = st.tuples(st.just("restart"), st.none(), st.none())
SCRIPT = st.lists(st.tuples(st.one_of(LEVELS, LEVELS, MANNERS, RESTARTS), WAITS), max_size=25)


@given(SCRIPT)
@settings(max_examples=300, deadline=None)
def test_whatever_is_wanted_and_whatever_fails_the_relay_and_the_output_keep_their_law(script: list) -> None:  # type: ignore[type-arg]
    observed = Observed()
    observed.want(60, 0.0)
    for (what, first, second), wait_s in script:
        match what:
            case "level":
                observed.want(first, second)
            case "manner":
                observed.behave(first)
            case _:
                observed.restart()
        observed.run(wait_s)
    observed.behave("obeys")
    observed.want(70, 0.0)
    observed.run(5.0)
    assert (observed.wires.closed, observed.wires.output) == (True, 0.7)


def test_orders_that_keep_coming_do_not_make_the_relay_wait_for_an_output_that_does_not_answer() -> None:
    observed = Observed()
    observed.want(0, 0.0)
    observed.run(10)
    observed.behave("hangs")
    for level in range(20, 40):
        observed.want(level, 0.0)
        observed.run(0.1)
    assert observed.wires.closed
