"""The counters that are told: never more than the disk has, null while nobody knows them, and counted over every gap."""

from dataclasses import replace

import pytest
from core_street import DISK_S, Street, constant
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.effects import Promise, Remember, Send
from agent.events import Restored
from agent.ledger import Counters, Memory
from agent.messages import Telemetry
from agent.settings.model import Settings, TelemetrySettings

HOUR_S = 3600.0
KEPT = Memory(counters=Counters(active_energy_wh=1234.5, operating_s=7200.0, switch_on_count=7, presence_count=99))
TOLD = ("active_energy_wh", "operating_hours", "switch_on_count", "presence_count")


def sampled(settings: Settings, every_s: float) -> Settings:
    return replace(settings, telemetry=TelemetrySettings(every_s=every_s))


def told(sample: Telemetry) -> tuple[float | None, ...]:
    return tuple(getattr(sample, name) for name in TOLD)


def kept(counters: Counters) -> tuple[float, ...]:
    """As a sample would say it, but for the cut."""
    return counters.active_energy_wh, counters.operating_s / HOUR_S, counters.switch_on_count, counters.presence_count


def assert_nothing_falls_if_power_is_cut_at_any_moment(street: Street, known: Counters) -> None:
    """What each sample said was on disk before it was sent, by the latest moment that its effect allows."""
    written = [(0.0, known)]
    for at_s, effect in street.done:
        if isinstance(effect, Promise | Remember):
            late_s = DISK_S if isinstance(effect, Promise) else effect.within_s
            written += [(at_s + late_s, entry) for entry in effect.entries if isinstance(entry, Counters)]
        elif isinstance(effect, Send) and isinstance(effect.message, Telemetry):
            safe = [counters for since_s, counters in written if since_s <= at_s][-1]
            for said, has in zip(told(effect.message), kept(safe), strict=True):
                assert said is None or said <= has


@pytest.mark.parametrize("every_s", [1, 60, 300, 1800])
def test_what_a_sample_says_is_on_disk_before_it_is_sent(every_s: float) -> None:
    street = Street(sampled(constant(60), every_s), memory=KEPT)
    street.passer_by(900)
    street.run(HOUR_S)
    assert_nothing_falls_if_power_is_cut_at_any_moment(street, KEPT.counters)
    last = street.telemetry[-1]
    assert last.active_energy_wh is not None
    assert last.active_energy_wh > 1234.5 + 25 * 0.9 * (HOUR_S - 1800) / HOUR_S


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_lamp_that_is_killed_anywhere_and_begins_again_never_tells_less(seconds: int) -> None:
    street = Street(sampled(constant(60), 30), memory=KEPT).run(seconds / 10)
    again = street.restarted(memory=Memory(counters=safe_counters(street))).run(120)
    ends, begins = [*street.telemetry, None][-2:][0], again.telemetry[0]
    assert ends is None or all(b >= a for a, b in zip(told(ends), told(begins), strict=True))  # type: ignore[operator]


def safe_counters(street: Street) -> Counters:
    """What a power cut now leaves."""
    found = KEPT.counters
    for at_s, effect in street.done:
        if isinstance(effect, Promise | Remember):
            late_s = DISK_S if isinstance(effect, Promise) else effect.within_s
            for entry in effect.entries:
                if isinstance(entry, Counters) and at_s + late_s <= street.passed_s:
                    found = entry
    return found


def test_a_disk_that_does_not_answer_holds_up_no_sample() -> None:
    street = Street(sampled(constant(60), 10), memory=KEPT, durable=None).run(600)
    at_s = [at_s for at_s, effect in street.done if isinstance(effect, Send) and isinstance(effect.message, Telemetry)]
    assert at_s == pytest.approx([10.0 * number for number in range(1, 61)])
    assert {told(sample) for sample in street.telemetry} == {kept(KEPT.counters)}


def test_while_the_disk_fails_the_counters_stand_still_and_afterwards_nothing_is_missing() -> None:
    street = Street(sampled(constant(60), 60), memory=KEPT, durable=False).run(1800)
    assert {told(sample) for sample in street.telemetry} == {kept(KEPT.counters)}
    street.durable = True
    last = street.run(2400).telemetry[-1]
    assert last.operating_hours == pytest.approx(2 + 2340 / HOUR_S, abs=61 / HOUR_S)


def test_until_the_ledger_has_been_read_the_counters_are_null() -> None:
    street = Street(sampled(constant(60), 1), memory=None)
    street.at(20, Restored(KEPT, durable=True))
    street.run(30)
    assert {told(sample) for sample in street.telemetry[:19]} == {(None, None, None, None)}
    assert told(street.telemetry[-1]) == kept(KEPT.counters)


def test_counters_that_could_not_be_read_are_null_until_new_ones_are_on_disk() -> None:
    street = Street(sampled(constant(60), 10), memory=None)
    street.at(0.1, Restored(Memory(), durable=False))
    street.run(55)
    assert {told(sample) for sample in street.telemetry} == {(None, None, None, None)}
    sample = street.run(130).telemetry[-1]
    assert sample.active_energy_wh is not None
    assert sample.active_energy_wh > 0
