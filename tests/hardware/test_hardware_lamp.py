"""The lamp: fades, the order of switching with a relay, failures told once, and never a part that waits for a broken one."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.lamp import Lamp, fade_step_s
from agent.hardware.output import OutputError
from agent.records import Fault, OutputFailed, OutputWorks, Part, Ramp


@dataclass
class Bench:
    """An output and a relay on one log, so that their order shows; each can be made to fail."""

    found: float | None = None
    closed: bool = True
    log: list[str] = field(default_factory=list)
    output_fails: bool = False
    relay_fails: bool = False
    slow: bool = False  # what is set is only on its way, until ``arrive``
    dumb: bool = False  # cannot tell what it does
    now: float | None = None
    coming: float | None = None

    def __post_init__(self) -> None:
        self.now = self.found

    def fraction(self) -> float | None:
        if self.dumb:
            raise OutputError(Fault.FAILED, "the output cannot be read")
        return self.now

    def set_fraction(self, fraction: float) -> bool:
        if self.output_fails:
            self.log.append("output fails")
            raise OutputError(Fault.FAILED, "the output is made to fail")
        self.coming = fraction
        if not self.slow:
            self.arrive()
        return self.now == fraction

    def arrive(self) -> None:
        if self.coming != self.now:
            self.log.append(f"output {self.coming:.2f}")
        self.now = self.coming

    def reassert(self) -> None:
        self.set_fraction(self.now or 0.0)
        self.log.append("reasserted")

    def supplied(self) -> bool:
        if self.relay_fails:
            raise OutputError(Fault.FAILED, "the relay is made to fail")
        return self.closed

    def set_supplied(self, supplied: bool) -> None:
        if self.relay_fails:
            self.log.append("relay fails")
            raise OutputError(Fault.FAILED, "the relay is made to fail")
        if supplied != self.closed:
            self.log.append("close" if supplied else "open")
        self.closed = supplied

    @property
    def light(self) -> float:
        """What comes out, as a fraction: an output that was never driven leaves the lamp at full."""
        return 0.0 if not self.closed else 1.0 if self.now is None else self.now


def lamp_on(bench: Bench, *, relay: bool = True, minimum: float = 10, reassert_every_s: float = 60) -> Lamp:
    return Lamp(bench, bench if relay else None, curve="linear", minimum=minimum, reassert_every_s=reassert_every_s)


def run(lamp: Lamp, start_s: float, end_s: float) -> int:
    """Virtual time: called whenever the lamp asked for it; how often that was."""
    now_s: float | None = start_s
    calls = 0
    while now_s is not None and now_s <= end_s:
        following = lamp.advance(now_s)
        calls += 1
        assert following is None or following > now_s
        now_s = following
    return calls


def test_nothing_is_touched_before_the_first_ramp() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    assert lamp.advance(0) is None
    assert not bench.log


def test_a_steady_level_is_written_once_and_then_only_reasserted() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(60))
    assert lamp.advance(0) == 60
    assert bench.log == ["output 0.60"]
    assert run(lamp, 60, 599) == 9
    assert bench.log.count("reasserted") == 9


def test_behind_an_open_contact_it_is_reasserted_five_times_as_seldom_and_once_lit_as_often_again() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(0))
    run(lamp, 0, 599)
    assert bench.log.count("reasserted") == 2  # after the minute in which it went out, and at 300 s
    lamp.drive(Ramp.steady(60, 610))
    run(lamp, 610, 899)
    assert bench.log.count("reasserted") == 2 + 5  # at once, and every minute


def test_a_fade_is_written_every_20_ms_and_ends_exactly() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp(30, 100, 0, 2, minimum=10))
    assert lamp.advance(0) == pytest.approx(0.02)
    assert lamp.advance(1) == pytest.approx(1.02)
    assert lamp.actual_level == 65
    run(lamp, 1.02, 2)
    assert lamp.actual_level == 100


def test_whoever_calls_between_two_steps_of_a_fade_moves_nothing() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp(30, 100, 0, 2, minimum=10))
    lamp.advance(0)
    bench.log.clear()
    assert lamp.advance(0.013) == pytest.approx(0.02)
    assert not bench.log


def test_a_slow_fade_is_not_written_more_often_than_it_changes() -> None:
    assert fade_step_s(Ramp(100, 90, 0, 300)) == pytest.approx(0.75)  # 0.025 % at a thirtieth of a percent a second
    lamp = lamp_on(Bench(), reassert_every_s=1000)
    lamp.drive(Ramp(100, 90, 0, 300))
    assert run(lamp, 0, 300) <= 402


def test_a_fade_that_only_jumps_at_its_end_is_woken_for_that_alone() -> None:
    lamp = lamp_on(Bench(found=0.1))
    lamp.drive(Ramp(10, 0, 0, 8, minimum=10))
    assert lamp.advance(0) == 8


def test_a_newer_ramp_replaces_the_older_in_mid_fade() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp(100, 0, 0, 8, minimum=10))
    run(lamp, 0, 4)
    lamp.drive(Ramp(55, 100, 4, 5))
    run(lamp, 4, 5)
    assert bench.light == 1


def test_off_goes_to_the_minimum_opens_the_relay_and_parks_the_output_once_the_contact_is_open() -> None:
    bench = Bench(found=1.0)
    lamp = lamp_on(bench)
    lamp.drive(Ramp(100, 0, 0, 1, minimum=10))
    run(lamp, 0, 0.99)
    bench.log.clear()
    run(lamp, 1, 1.1)
    assert bench.log == ["output 0.10", "open"]
    run(lamp, 1.2, 30)
    assert bench.log == ["output 0.10", "open", "output 1.00"]
    assert (lamp.actual_level, lamp.output_level) == (0, 0)


def test_on_sets_the_level_and_then_closes_the_relay() -> None:
    bench = Bench(found=1.0, closed=False)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(40))
    lamp.advance(0)
    assert bench.log == ["output 0.40", "close"]
    assert lamp.actual_level == 40


def test_light_asked_for_while_the_contact_opens_is_not_parked_over() -> None:
    bench = Bench(found=0.3)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(0))
    lamp.advance(0)
    lamp.drive(Ramp.steady(30))
    run(lamp, 0.05, 5)
    assert bench.light == 0.3


def test_a_contact_that_has_opened_stays_open_for_two_seconds_and_the_level_waits_behind_it() -> None:
    bench = Bench(found=0.3)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(0))
    run(lamp, 0, 0.5)
    lamp.drive(Ramp.steady(30))
    run(lamp, 0.5, 1.99)
    assert (bench.now, bench.light) == (0.3, 0)
    run(lamp, lamp.advance(1.99) or 0, 2)
    assert bench.light == 0.3


def test_a_lamp_that_has_long_been_dark_is_lit_at_once_and_so_is_one_found_dark() -> None:
    bench = Bench(found=1.0, closed=False)
    lamp = lamp_on(bench)
    for start_s in (0.0, 60.0):
        lamp.drive(Ramp.steady(30))
        lamp.advance(start_s)
        assert bench.light == 0.3
        lamp.drive(Ramp.steady(0))
        run(lamp, start_s + 30, start_s + 40)
        assert bench.light == 0


def test_without_a_relay_off_is_an_output_of_0() -> None:
    bench = Bench(found=1.0)
    lamp = lamp_on(bench, relay=False)
    lamp.drive(Ramp.steady(0))
    lamp.advance(0)
    assert bench.log == ["output 0.00"]
    assert lamp.actual_level == 0


@pytest.mark.parametrize(
    ("found", "closed", "level"), [(0.4, True, 40), (1.0, False, 0), (None, True, None), (None, False, 0), (0.0, True, 0)]
)
def test_what_is_found_on_the_hardware_is_told_as_a_level(found: float | None, closed: bool, level: float | None) -> None:
    assert lamp_on(Bench(found=found, closed=closed)).found_level() == level


@pytest.mark.parametrize(("closed", "found", "untold"), [(True, None, True), (False, 0, False)])
def test_an_output_that_cannot_tell_its_level_is_no_failure_and_an_open_relay_tells_that_it_is_dark(
    closed: bool, found: float | None, untold: bool
) -> None:
    lamp = lamp_on(Bench(found=0.3, closed=closed, dumb=True))
    assert (lamp.found_level(), lamp.untold) == (found, untold)
    assert lamp.take_events() == []


def test_a_lamp_that_tells_its_level_is_not_untold() -> None:
    assert not lamp_on(Bench(found=0.3)).untold
    assert not lamp_on(Bench(found=None)).untold


def test_a_found_drive_is_read_through_the_curve() -> None:
    lamp = Lamp(Bench(found=170 / 254), None, curve="logarithmic", minimum=1)
    assert lamp.found_level() == pytest.approx(10.1, abs=0.05)
    assert lamp.output_level == pytest.approx(66.9, abs=0.05)


@pytest.mark.parametrize(("undriven", "level"), [("full", 100), ("off", 0)])
def test_an_undriven_lamp_is_as_its_wiring_leaves_it(undriven: str, level: float) -> None:
    assert Lamp(Bench(), None, curve="linear", minimum=10, undriven=undriven).actual_level == level


def test_a_dead_output_is_told_once_keeps_its_last_level_and_is_tried_every_second() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(60))
    lamp.advance(0)
    bench.output_fails = True
    lamp.drive(Ramp.steady(30))
    run(lamp, 1, 10)
    assert lamp.take_events() == [OutputFailed(Part.OUTPUT, Fault.FAILED)]
    assert lamp.actual_level == 60
    assert 9 <= bench.log.count("output fails") <= 11
    bench.output_fails = False
    run(lamp, 11, 12)
    assert lamp.take_events() == [OutputWorks(Part.OUTPUT)]
    assert lamp.actual_level == 30


def test_a_dead_output_never_holds_up_the_relay() -> None:
    bench = Bench(found=0.5)
    lamp = lamp_on(bench)
    bench.output_fails = True
    lamp.drive(Ramp.steady(0))
    lamp.advance(0)
    assert not bench.closed
    lamp.drive(Ramp.steady(80))
    lamp.advance(3)
    assert bench.closed
    assert lamp.actual_level == 50  # what the output last took


def test_a_slow_output_has_the_level_before_the_relay_closes() -> None:
    bench = Bench(found=1.0, closed=False, slow=True)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(40))
    lamp.advance(0)
    assert bench.log == []
    bench.arrive()
    lamp.advance(0.003)
    assert bench.log == ["output 0.40", "close"]


def test_a_slow_output_is_at_its_minimum_before_the_relay_opens() -> None:
    bench = Bench(found=0.7, slow=True)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(0))
    lamp.advance(0)
    bench.arrive()
    lamp.advance(0.003)
    assert bench.log == ["output 0.10", "open"]


@pytest.mark.parametrize(("found_closed", "level", "switched"), [(False, 40, "close"), (True, 0, "open")])
def test_an_output_that_does_not_answer_holds_the_relay_up_for_a_fifth_of_a_second(
    found_closed: bool, level: float, switched: str
) -> None:
    bench = Bench(found=1.0, closed=found_closed, slow=True)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(level))
    assert lamp.advance(0) == pytest.approx(0.2)
    run(lamp, 0.19, 0.19)
    assert bench.log == []
    run(lamp, 0.2, 0.2)
    assert bench.log == [switched]


def test_a_relay_that_has_waited_once_waits_anew_the_next_time() -> None:
    bench = Bench(found=1.0, closed=False, slow=True)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(40))
    run(lamp, 0, 5)
    lamp.drive(Ramp.steady(0))
    lamp.advance(100)
    assert bench.closed
    run(lamp, 100.2, 101)
    assert not bench.closed


def test_a_relay_that_no_longer_has_to_wait_waits_anew_the_next_time() -> None:
    bench = Bench(found=1.0, closed=True, slow=True)
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(0))
    lamp.advance(0)
    lamp.drive(Ramp.steady(70))
    run(lamp, 0.1, 5)
    lamp.drive(Ramp.steady(0))
    lamp.advance(100)
    assert bench.closed
    bench.log.clear()
    bench.arrive()
    lamp.advance(100.003)
    assert bench.log == ["output 0.10", "open"]


def test_while_an_output_fails_whatever_happens_does_not_make_it_tried_more_than_once_a_second() -> None:
    bench = Bench(output_fails=True)
    lamp = lamp_on(bench)
    lamp.drive(Ramp(10, 100, 0, 5))
    for step in range(500):
        lamp.advance(step / 100)
    assert bench.log.count("output fails") == 5


def test_a_relay_that_does_not_open_leaves_the_output_as_dark_as_it_goes_never_parked() -> None:
    bench = Bench(found=0.5)
    lamp = lamp_on(bench)
    bench.relay_fails = True
    lamp.drive(Ramp.steady(0))
    run(lamp, 0, 10)
    assert bench.now == 0
    assert lamp.take_events() == [OutputFailed(Part.RELAY, Fault.FAILED)]
    bench.relay_fails = False
    run(lamp, 11, 13)
    assert not bench.closed
    assert bench.now == 1
    assert lamp.take_events() == [OutputWorks(Part.RELAY)]


def test_a_relay_that_cannot_be_read_at_start_is_told_and_taken_for_closed() -> None:
    bench = Bench(found=0.5, relay_fails=True)
    lamp = lamp_on(bench)
    assert lamp.found_level() == 50
    assert lamp.take_events() == [OutputFailed(Part.RELAY, Fault.FAILED)]
    bench.relay_fails, bench.closed = False, False
    lamp.drive(Ramp.steady(50))
    lamp.advance(0)
    assert bench.closed


def test_a_failure_found_by_reasserting_is_told_too() -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    lamp.drive(Ramp.steady(60))
    lamp.advance(0)
    bench.output_fails = True
    lamp.advance(60)
    assert lamp.take_events() == [OutputFailed(Part.OUTPUT, Fault.FAILED)]


def test_the_error_behind_a_failure_is_handed_to_be_logged_once() -> None:
    bench = Bench()
    heard: list[str] = []
    lamp = Lamp(bench, None, curve="linear", minimum=10, on_failure=lambda part, error: heard.append(f"{part}: {error}"))
    bench.output_fails = True
    lamp.drive(Ramp.steady(60))
    run(lamp, 0, 10)
    assert heard == ["output: the output is made to fail"]


LEVELS = st.one_of(st.just(0.0), st.floats(10, 100))
STEPS = st.lists(st.tuples(LEVELS, st.floats(0, 10), st.floats(0.3, 20), st.booleans(), st.booleans()), max_size=8)


@given(STEPS)
def test_once_both_parts_work_the_light_is_what_was_asked_whatever_failed_before(
    steps: list[tuple[float, float, float, bool, bool]],
) -> None:
    bench = Bench()
    lamp = lamp_on(bench)
    now_s = 0.0
    for level, fade_s, hold_s, output_fails, relay_fails in [*steps, (70.0, 1.0, 5.0, False, False)]:
        bench.output_fails, bench.relay_fails = output_fails, relay_fails
        lamp.drive(Ramp(lamp.actual_level, level, now_s, now_s + fade_s, minimum=10))
        run(lamp, now_s, now_s + fade_s + hold_s)
        now_s += fade_s + hold_s
        if not output_fails and not relay_fails and hold_s > 2:
            assert bench.light == pytest.approx(level / 100)
    assert bench.light == pytest.approx(0.7)
