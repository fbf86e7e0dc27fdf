"""The counters that are told: never more than the disk has, null while nobody knows them, and counted over every gap."""

from dataclasses import replace

import pytest
from core_street import DISK_S, LAMP, METERED, POWER_ON, Street, constant
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from agent.core.meter import expected_power_w
from agent.effects import Promise, Remember, Send
from agent.events import OutboxChanged, Restored
from agent.ledger import Counters, Memory
from agent.messages import Telemetry
from agent.records import Boot, BootReason
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


# --- gaps


def energy_wh(street: Street) -> float:
    """What the last sample said."""
    said = street.telemetry[-1].active_energy_wh
    assert said is not None
    return said


def test_the_time_in_which_no_agent_ran_and_the_lamp_kept_its_level_is_counted_and_said_to_be_estimated() -> None:
    metered = sampled(replace(METERED, programmes=constant(60).programmes), 60)
    street = Street(metered, memory=KEPT).run(HOUR_S + 200)
    again = street.restarted(dark_s=2 * HOUR_S, mono_at_start_s=street.now.mono_s + 2 * HOUR_S).run(HOUR_S)
    level_w = expected_power_w(LAMP.luminaire, 60)
    assert energy_wh(again) - 1234.5 == pytest.approx(level_w * (4 * HOUR_S + 200) / HOUR_S, rel=0.01)
    assert again.telemetry[-1].operating_hours == pytest.approx(2 + 4 + 200 / HOUR_S, abs=0.05)
    told = [one.quality for one in again.telemetry]
    assert {"active_energy_wh": "estimated"} in told
    assert told[-1] is UNSET


@pytest.mark.parametrize(
    ("kernel_boot_id", "found_level", "since_s"), [("kernel-2", 60.0, 1e5), ("kernel-1", None, 1e5), ("kernel-1", 60.0, -1e5)]
)
def test_a_time_of_which_nobody_knows_anything_is_not_counted(
    kernel_boot_id: str, found_level: float | None, since_s: float
) -> None:
    street = Street(sampled(constant(60), 60), memory=KEPT).run(HOUR_S)
    boot = Boot("boot-2", BootReason.RESTART, found_level, kernel_boot_id)
    again = street.restarted(boot=boot, mono_at_start_s=street.now.mono_s + since_s).run(61)
    assert energy_wh(again) - energy_wh(street) < 3


def test_the_clock_may_be_set_by_years_and_nothing_of_it_is_counted() -> None:
    plain, jumping = (Street(sampled(constant(60), 60), memory=KEPT) for _ in range(2))
    for at_s, off_s in ((1000, 1e8), (2000, -1e8), (2500, 0.0)):
        jumping.at(at_s, lambda off_s=off_s: setattr(jumping, "wall_off_s", off_s))  # type: ignore[misc]
    assert energy_wh(jumping.run(HOUR_S)) == pytest.approx(energy_wh(plain.run(HOUR_S)), rel=1e-3)


# --- supply losses


def cut(street: Street, **boot: object) -> Street:
    """The Pi boots after a minute without power; nothing is known of it but what is on disk."""
    return street.restarted(dark_s=60, boot=replace(POWER_ON, kernel_boot_id="kernel-2", **boot), mono_at_start_s=10.0)


def test_a_power_cut_is_counted_once_and_at_once_on_disk() -> None:
    street = Street(sampled(constant(60), 60)).run(HOUR_S)
    assert street.telemetry[-1].supply_loss_count == 0  # a lamp that is new has lost nothing
    again = cut(street).run(0.1)
    assert again.on_disk().counters.supply_loss_count == 1
    assert again.run(61).telemetry[-1].supply_loss_count == 1
    killed = again.restarted(boot=Boot("boot-3", BootReason.CRASH, 60.0, "kernel-2")).run(61)
    assert killed.telemetry[-1].supply_loss_count == 1
    assert cut(killed).run(61).telemetry[-1].supply_loss_count == 2


def test_a_pi_that_was_shut_down_in_order_has_lost_no_supply() -> None:
    street = Street(sampled(constant(60), 60)).run(HOUR_S)
    assert cut(street, after_shutdown=True).run(61).telemetry[-1].supply_loss_count == 0


def test_a_mark_that_reaches_the_ledger_does_not_hide_that_the_outbox_cannot_be_written() -> None:
    street = Street(sampled(constant(60), 60))
    street.at(100, OutboxChanged(pending=3, dropped=0, degraded=True))
    assert street.run(1000).state.alarms == ("storageDegraded",)
    street.tell(OutboxChanged(pending=0, dropped=0, degraded=False))
    assert street.run(1100).state.alarms == ()
