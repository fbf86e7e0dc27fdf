"""The sampler: periods, conversions, back-off, a hung bus that costs one second in each back-off, and drivers with bugs."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.events import Measured, ReadFailed
from agent.hardware.bus import BusError
from agent.hardware.sensing import HANG_S, Sampler, Source, _Plan, back_off_s
from agent.records import Fault, NotBefore, Part, Quantity, Reading


@dataclass
class Chip:
    """A driver by hand: fails as long as ``fault`` is set, converts for ``conversion_s``, else reads 1."""

    conversion_s: float = 0.0
    fault: Fault | None = None
    bug: Exception | None = None
    polled_at: list[float] = field(default_factory=list)
    _ready_at_s: float | None = None

    def poll(self, now_s: float) -> tuple[Reading, ...] | NotBefore:
        self.polled_at.append(now_s)
        if self.bug is not None:
            raise self.bug
        if self.fault is not None:
            raise BusError(self.fault, "made to fail")
        if self._ready_at_s is None and self.conversion_s:
            self._ready_at_s = now_s + self.conversion_s
            return NotBefore(self._ready_at_s)
        self._ready_at_s = None
        return (Reading(Quantity.LIGHT_LEVEL_LX, 1.0, now_s),)


def sampler_of(*sources: Source) -> Sampler:
    def no_bug(part: Part, error: Exception) -> None:
        raise AssertionError(f"{part}: {error}")

    return Sampler(sources, no_bug)


def run(sampler: Sampler, until_s: float) -> list[Measured | ReadFailed]:
    """Everything up to and including a moment, in virtual time from 0."""
    events: list[Measured | ReadFailed] = []
    while sampler.next_due_s() <= until_s:
        events += sampler.run_due(max(0.0, sampler.next_due_s()))
    return events


def test_a_source_is_read_at_once_and_then_every_period() -> None:
    chip = Chip()
    events = run(sampler_of(Source(Part.LIGHT, chip, 5, 1)), 11)
    assert chip.polled_at == [0, 5, 10]
    assert events[0] == Measured(Part.LIGHT, (Reading(Quantity.LIGHT_LEVEL_LX, 1.0, 0),))
    assert len(events) == 3


def test_a_period_begins_with_the_conversion_not_with_its_end() -> None:
    chip = Chip(conversion_s=0.2)
    run(sampler_of(Source(Part.LIGHT, chip, 5, 1)), 6)
    assert chip.polled_at == pytest.approx([0, 0.2, 5, 5.2])


def test_a_conversion_longer_than_the_period_does_not_make_the_sampler_spin() -> None:
    chip = Chip(conversion_s=1.6)
    run(sampler_of(Source(Part.LIGHT, chip, 0.2, 1)), 10)
    assert len(chip.polled_at) < 20


def test_a_driver_that_names_a_past_moment_does_not_make_the_sampler_spin() -> None:
    chip = Chip(conversion_s=-1)
    run(sampler_of(Source(Part.LIGHT, chip, 5, 1)), 4)
    assert len(chip.polled_at) == 2


def test_a_shorter_period_pulls_the_next_reading_forward_and_a_longer_one_puts_it_off() -> None:
    chip = Chip()
    sampler = sampler_of(Source(Part.POWER, chip, 60, 1))
    run(sampler, 0)
    sampler.set_every(Part.POWER, 1)
    assert sampler.next_due_s() == 1
    sampler.set_every(Part.POWER, 60)
    assert sampler.next_due_s() == 60


def test_a_new_period_disturbs_neither_the_first_reading_nor_a_running_conversion_nor_a_back_off() -> None:
    first = sampler_of(Source(Part.POWER, Chip(), 60, 1))
    first.set_every(Part.POWER, 30)
    assert first.next_due_s() < 0
    converting = sampler_of(Source(Part.POWER, Chip(conversion_s=0.2), 60, 1))
    converting.run_due(0)
    converting.set_every(Part.POWER, 0.1)
    assert converting.next_due_s() == 0.2
    failing = sampler_of(Source(Part.POWER, Chip(fault=Fault.NOT_THERE), 60, 1))
    run(failing, 10)
    due_s = failing.next_due_s()
    failing.set_every(Part.POWER, 0.2)
    assert failing.next_due_s() == due_s


def test_a_period_for_a_part_that_is_read_elsewhere_changes_nothing() -> None:
    sampler = sampler_of(Source(Part.POWER, Chip(), 60, 1))
    run(sampler, 0)
    sampler.set_every(Part.LIGHT, 1)
    assert sampler.next_due_s() == 60


def test_each_failed_poll_is_told_and_the_next_try_comes_after_1_2_4_up_to_60_seconds() -> None:
    chip = Chip(fault=Fault.NOT_THERE)
    events = run(sampler_of(Source(Part.LIGHT, chip, 5, 1)), 200)
    assert chip.polled_at == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert events[1] == ReadFailed(Part.LIGHT, Fault.NOT_THERE, 1, 1)
    assert len(events) == len(chip.polled_at)


def test_a_chip_that_is_back_is_read_at_its_period_again() -> None:
    chip = Chip(fault=Fault.NOT_THERE)
    sampler = sampler_of(Source(Part.LIGHT, chip, 5, 1))
    run(sampler, 3)
    chip.fault = None
    run(sampler, 13)
    assert chip.polled_at == [0, 1, 3, 7, 10]


def test_sources_of_like_periods_wake_their_thread_together_whenever_they_began() -> None:
    first, second = Chip(), Chip()
    sampler = sampler_of(Source(Part.LIGHT, first, 5, 1), Source(Part.TEMPERATURE, second, 1, 1))
    run(sampler, 3)
    sampler.set_every(Part.TEMPERATURE, 5)
    run(sampler, 16)
    assert first.polled_at == [0, 5, 10, 15]
    assert second.polled_at == [0, 1, 2, 3, 5, 10, 15]


@given(
    started_s=st.floats(0, 1e7),
    every_s=st.sampled_from([0.2, 0.5, 1.0, 3.0, 5.0, 30.0, 60.0, 600.0]),
)
def test_the_next_reading_is_never_more_than_a_period_away_and_never_at_once(started_s: float, every_s: float) -> None:
    plan = _Plan(Source(Part.LIGHT, Chip(), every_s, 1), every_s, started_s=started_s)
    assert 0 < plan.after_last() - started_s <= every_s * 1.00001


def test_one_dead_chip_leaves_the_others_their_period() -> None:
    alive = Chip()
    run(sampler_of(Source(Part.LIGHT, Chip(fault=Fault.NOT_THERE), 5, 1), Source(Part.TEMPERATURE, alive, 5, 1)), 20)
    assert alive.polled_at == [0, 5, 10, 15, 20]


def test_a_hung_bus_costs_one_poll_in_each_back_off_not_one_a_chip() -> None:
    chips = [Chip(fault=Fault.HUNG_BUS) for _ in range(3)]
    parts = (Part.LIGHT, Part.POWER, Part.TEMPERATURE)
    sources = [Source(part, chip, 1, 1) for part, chip in zip(parts, chips, strict=True)]
    events = run(sampler_of(*sources), 600)
    assert len(events) <= 17  # alone, doubling to 60 s: 1 + 2 + 4 + ... and then once a minute
    assert {event.part for event in events} == set(parts)  # all are seen to fail


@pytest.mark.parametrize("read_before", [False, True])
def test_another_period_does_not_bring_a_chip_back_to_a_bus_that_has_just_hung(read_before: bool) -> None:
    light, power = Chip(), Chip()
    sampler = sampler_of(Source(Part.LIGHT, light, 5, 1), Source(Part.POWER, power, 5, 1))
    if read_before:
        run(sampler, 0)
    light.fault = Fault.HUNG_BUS
    sampler.run_due(5)
    sampler.set_every(Part.POWER, 1)
    assert sampler.next_due_s() == 5 + HANG_S + back_off_s(1)


def test_another_bus_does_not_wait_for_the_hung_one() -> None:
    other = Chip()
    run(sampler_of(Source(Part.LIGHT, Chip(fault=Fault.HUNG_BUS), 1, 1), Source(Part.POWER, other, 1, 3)), 5)
    assert other.polled_at == [0, 1, 2, 3, 4, 5]


def test_when_the_bus_is_back_every_chip_is_read_within_a_back_off() -> None:
    light, power = Chip(fault=Fault.HUNG_BUS), Chip(fault=Fault.HUNG_BUS)
    sampler = sampler_of(Source(Part.LIGHT, light, 1, 1), Source(Part.POWER, power, 1, 1))
    run(sampler, 300)
    light.fault = power.fault = None
    events = run(sampler, 425)
    assert {event.part for event in events if isinstance(event, Measured)} == {Part.LIGHT, Part.POWER}


def test_one_chip_that_hangs_the_bus_does_not_starve_the_healthy_ones() -> None:
    healthy = Chip()
    run(sampler_of(Source(Part.LIGHT, Chip(fault=Fault.HUNG_BUS), 1, 1), Source(Part.POWER, healthy, 1, 1)), 600)
    assert len(healthy.polled_at) > 550


def test_a_bug_in_a_driver_is_told_as_a_failure_and_handed_to_be_logged() -> None:
    bugs: list[tuple[Part, Exception]] = []
    bug = ZeroDivisionError("division by zero")
    healthy = Chip()
    sampler = Sampler(
        [Source(Part.LIGHT, Chip(bug=bug), 5, 1), Source(Part.POWER, healthy, 5, 1)],
        lambda part, error: bugs.append((part, error)),
    )
    events = run(sampler, 0)
    assert bugs == [(Part.LIGHT, bug)]
    assert ReadFailed(Part.LIGHT, Fault.FAILED, 0, 1) in events
    assert healthy.polled_at == [0]


@given(st.integers(1, 10_000))
def test_back_off_never_leaves_1_to_60_seconds(failures: int) -> None:
    assert 1 <= back_off_s(failures) <= 60


def test_nothing_to_read_is_never_due() -> None:
    assert sampler_of().next_due_s() == float("inf")
