"""After a restart or a power cut: what was promised holds, what was told is not told again, and nothing published falls."""

from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from core_street import DISK_S, LAMP, METERED, POWER_ON, Street, constant

from agent.commands import Dim, EmergencyLight, Envelope
from agent.core.controller import Controller
from agent.effects import Promise, Remember
from agent.events import CommandArrived, ConfigInvalid, Restored, TechnicianSet
from agent.ledger import Counters, Memory, Watermark
from agent.records import Boot, BootReason, ClockSource, Instant, Part, TimeQuality
from agent.settings.model import Limits, Settings, TelemetrySettings

HOUR_S = 3600.0
A = Envelope("a", "dim", delivery=7)


def dimmed(duration_s: float = 2 * HOUR_S, **kwargs: object) -> Street:
    """A lamp at 60 % that was dimmed to 20 % a minute after its start at 23:00."""
    one = Street(constant(60), **kwargs).run(60)  # type: ignore[arg-type]
    one.command(Dim(20, duration_s=duration_s), A)
    return one.run(70)


def test_an_override_outlives_a_restart_and_ends_at_its_time() -> None:
    again = dimmed().run(600).restarted()
    assert again.run(0.1).level == 20  # found, and kept: no flash of full light
    assert again.run(10).level == 20
    left_s = 60 + 2 * HOUR_S - 600
    assert again.run(left_s - 1).level == 20
    assert again.run(left_s + 10).level == 60
    assert again.acks == [("a", "ended")]


def test_after_a_power_cut_with_a_clock_an_override_ends_at_its_time() -> None:
    again = dimmed().run(600).restarted(dark_s=HOUR_S, boot=POWER_ON)
    assert again.level == 100
    assert again.run(20).level == 20
    assert again.run(60 + HOUR_S - 600 + 10).level == 60


def test_an_override_that_ran_out_in_the_dark_is_ended() -> None:
    again = dimmed().restarted(dark_s=3 * HOUR_S, boot=POWER_ON).run(20)
    assert again.level == 60
    assert again.acks == [("a", "ended")]


def test_after_a_power_cut_without_a_clock_an_override_ends_after_what_was_left() -> None:
    again = dimmed().run(HOUR_S).restarted(dark_s=5 * HOUR_S, boot=POWER_ON, source=ClockSource.UNSYNCED, wall_off_s=-1e7)
    assert again.run(60).level == 20
    at_least_s = 60 + HOUR_S - 600  # two hours from 60 s on, an hour of them gone
    assert again.run(at_least_s).level == 20
    assert again.run(at_least_s + 1000).level == 100


def test_what_is_left_is_at_most_five_minutes_old_even_where_the_lamp_is_dark() -> None:
    dark = replace(constant(60), limits=Limits(floor=0))
    one = Street(dark).run(60)
    one.command(Dim(0, duration_s=4 * HOUR_S))
    one.run(2 * HOUR_S)
    marks = [
        at_s for at_s, effect in one.done if isinstance(effect, Promise) and any(isinstance(e, Watermark) for e in effect.entries)
    ]
    assert max(b - a for a, b in pairwise(marks)) <= 300


def test_its_own_time_counts_again_as_soon_as_the_clock_is_trusted() -> None:
    again = dimmed().run(HOUR_S).restarted(dark_s=3 * HOUR_S, boot=POWER_ON, source=ClockSource.UNSYNCED, wall_off_s=-1e7)
    assert again.run(120).level == 20
    again.source, again.wall_off_s = ClockSource.NTP, 0.0
    assert again.run(240).level == 60
    assert again.acks == [("a", "ended")]


def test_an_emergency_survives_too() -> None:
    one = Street(constant(60)).run(60)
    one.command(EmergencyLight())
    again = one.run(70).restarted(boot=POWER_ON, dark_s=10).run(60)
    assert (again.level, again.state.cause) == (100, "emergency")


@pytest.mark.parametrize("when", ["before the ledger is read", "after it"])
def test_a_repeated_id_does_nothing_more_after_a_restart(when: str) -> None:
    again = dimmed().run(2.5 * HOUR_S).restarted()
    if when == "after it":
        again.run(10)
    again.tell(CommandArrived(A, Dim(20)))
    assert again.run(30).level == 60
    assert again.acks == [("a", "ended")]


def test_the_order_of_commands_outlives_a_restart() -> None:
    one = Street(constant(60)).run(60)
    one.command(Dim(20, duration_s=60), A, issued_utc_s=one.now.utc_s)
    issued_s = one.now.utc_s - 1
    again = one.run(200).restarted().run(10)
    again.command(Dim(90), A, id="b", issued_utc_s=issued_s)
    assert again.run(20).acks == [("b", "superseded")]


def test_the_technicians_hand_outlives_a_restart_of_the_agent_and_not_a_boot_of_the_pi() -> None:
    one = Street(constant(60)).run(60)
    one.tell(TechnicianSet(0, 1800))
    one.run(100)
    assert one.restarted().run(60).level == 0
    rebooted = replace(POWER_ON, kernel_boot_id="kernel-2")
    assert one.restarted(boot=rebooted, mono_at_start_s=5.0).run(60).level == 60


def test_counters_go_on_from_what_was_kept() -> None:
    kept = Counters(active_energy_wh=1234.5, operating_s=7200.0, switch_on_count=7, presence_count=99)
    street = Street(METERED, memory=Memory(counters=kept))
    street.passer_by(10)
    sample = street.run(400).telemetry[-1]
    assert sample.active_energy_wh > 1234.5
    assert sample.operating_hours > 2
    assert (sample.switch_on_count, sample.presence_count) == (7, 100)


def test_energy_and_hours_are_on_disk_within_five_minutes_while_lit() -> None:
    street = Street(constant(60)).run(HOUR_S)
    marks = [at_s for at_s, e in street.done if isinstance(e, Promise) and any(isinstance(x, Counters) for x in e.entries)]
    assert max(b - a for a, b in pairwise(marks)) < 300 - DISK_S


# --- alarms


def test_an_alarm_that_was_up_before_a_restart_is_not_raised_again() -> None:
    one = Street(constant(60))
    one.tell(ConfigInvalid(("lamp: missing",)))
    one.run(60)
    again = one.restarted()
    again.tell(ConfigInvalid(("lamp: missing",)))
    again.run(60)
    assert again.state.alarms == ("invalidConfig",)
    assert [name for name, _ in again.happened] == ["deviceReset"]


def test_an_alarm_that_went_away_meanwhile_is_cleared() -> None:
    one = Street(constant(60))
    one.dead.add(Part.LIGHT)
    again = one.run(150).restarted().run(60)
    assert again.happened[1:] == [("lightSensorFault", "cleared")]


def test_every_start_says_why() -> None:
    assert Street(constant(60)).run(10).happened[0] == ("deviceReset", "occurred")


# --- the clock


def test_an_rtc_is_trusted_by_what_the_ledger_knows() -> None:
    start = Street(constant(60)).now.utc_s
    mark = Watermark(start - 3600, TimeQuality.NTP, ntp_utc_s=start - 86_400)
    assert Street(constant(60), source=ClockSource.RTC, memory=Memory(watermark=mark)).run(10).state.time_quality == "rtc"
    assert Street(constant(60), source=ClockSource.RTC).run(10).state.time_quality == "unsynced"


def test_a_last_time_on_disk_that_nobody_believed_stops_no_rtc() -> None:
    start = Street(constant(60)).now.utc_s
    mark = Watermark(start + 1e8, TimeQuality.UNSYNCED, ntp_utc_s=start - 86_400)
    street = Street(constant(60), source=ClockSource.RTC, memory=Memory(watermark=mark)).run(10)
    assert street.state.time_quality == "rtc"


def test_when_ntp_last_set_the_clock_is_remembered_over_boots_without_it() -> None:
    one = Street(LAMP, source=ClockSource.NTP).run(HOUR_S)
    again = one.restarted(boot=POWER_ON, source=ClockSource.RTC).run(HOUR_S)
    mark = again.on_disk().watermark
    assert mark is not None
    assert mark.ntp_utc_s == pytest.approx(one.now.utc_s, abs=300)
    assert again.state.time_quality == "rtc"


def test_a_ledger_that_never_answers_keeps_no_light_and_no_command_waiting_for_long() -> None:
    street = Street(constant(60), memory=None)
    street.tell(CommandArrived(A, Dim(20)))
    assert street.run(20).level == 20
    street.tell(Restored(Memory(), durable=False))
    assert street.run(30).level == 20


@pytest.mark.parametrize("every_s", [1.0, 60.0, 300.0, 3600.0])
@pytest.mark.parametrize("cut_s", [301.0, 905.0, 3661.0])
def test_no_counter_falls_below_what_was_published(every_s: float, cut_s: float) -> None:
    often = replace(METERED, telemetry=TelemetrySettings(every_s=every_s))
    street = Street(often, "2026-12-21 18:00")
    for at_s in range(30, 4000, 37):
        street.passer_by(at_s)
    told = street.run(cut_s).telemetry
    first = street.restarted().run(every_s + 1).telemetry[0]
    for before in told:
        assert first.active_energy_wh >= before.active_energy_wh
        assert first.operating_hours >= before.operating_hours
        assert first.switch_on_count >= before.switch_on_count
        assert first.presence_count >= before.presence_count  # type: ignore[operator]


def test_what_a_ledger_knows_is_not_overwritten_before_it_is_read() -> None:
    street = Street(constant(60), memory=None).run(HOUR_S)
    assert not [e for e in [*street.of(Promise), *street.of(Remember)] if any(isinstance(x, Counters) for x in e.entries)]


def test_the_technician_is_obeyed_at_once_even_while_the_lamp_is_still_starting() -> None:
    one = Street(constant(60), memory=None)
    one.dead.add(Part.LIGHT)
    one.tell(TechnicianSet(0.0, 60.0))
    assert (one.state.slot, one.state.feedback_level) == ("maintenance", 0)
    assert one.run(30).state.feedback_level == 0
    assert one.run(120).level > 0


def test_a_farewell_puts_down_what_has_been_counted_to_the_last() -> None:
    street = Street(constant(60), "2026-12-21 22:00").run(100)
    effects = street.controller.end(street.now).effects
    (kept,) = [effect for effect in effects if isinstance(effect, Remember)]
    (counters,) = [entry for entry in kept.entries if isinstance(entry, Counters)]
    assert counters.operating_s == pytest.approx(100, abs=1)


def test_a_farewell_before_the_ledger_was_read_writes_nothing_over_it() -> None:
    settings = Settings()
    core = Controller(settings, Boot("boot", BootReason.RESTART, 60.0), Instant(0.0, 1_796_000_000.0), ZoneInfo)
    core.start(Instant(0.0, 1_796_000_000.0))
    assert not [effect for effect in core.end(Instant(1.0, 1_796_000_001.0)).effects if isinstance(effect, Remember)]
