"""Each fault acts where it would on a real pole, in its time, and leaves nothing behind when it is over."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.config.compiler import compile_file
from agent.hardware.bus import BusError
from agent.records import BootReason, ClockSource, Fault, Part
from agent.settings.model import Settings
from agent.simulation.faults.catalogue import CATALOGUE
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.inject import prepared
from agent.simulation.faults.kinds import FaultName
from agent.simulation.loop import PI_BOOT_S, Scene, VirtualLamp

CONFIGS = Path(__file__).parents[2] / "configs"
MINUTE_S, HOUR_S = 60.0, 3600.0
NIGHT = "2026-12-21 21:00"
DAY = "2026-12-21 13:00"


def compiled(name: str) -> Settings:
    found, _ = compile_file(CONFIGS / name)
    assert found.settings is not None, found.problems
    return found.settings


@pytest.fixture(scope="module")
def settings() -> Settings:
    return compiled("simulated.yaml")


Pole = Callable[..., VirtualLamp]


@pytest.fixture
def pole(settings: Settings) -> Pole:
    """A lamp in Duisburg with these faults, from that local time on."""

    def make(*texts: str, start: str = NIGHT, run_s: float = MINUTE_S) -> VirtualLamp:
        start_utc_s = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
        faults = [parse_fault(text) for text in texts]
        lamp = VirtualLamp(settings, Scene(start_utc_s, traffic="none"), prepare=prepared(settings, faults))
        lamp.run_until(run_s)
        return lamp

    return make


def ask(lamp: VirtualLamp, part: Part) -> bytes:
    fitting = lamp.world.chips[part]
    return fitting.bus.transfer(fitting.address, b"\x00", 2)


# --- what the lamp senses with


@pytest.mark.parametrize("part", [Part.LIGHT, Part.POWER, Part.TEMPERATURE])
def test_a_dead_chip_does_not_acknowledge_and_the_others_do(pole: Pole, part: Part) -> None:
    lamp = pole(f"{part}.dead")
    with pytest.raises(BusError) as caught:
        ask(lamp, part)
    assert caught.value.fault is Fault.NOT_THERE
    for other in {Part.LIGHT, Part.POWER, Part.TEMPERATURE} - {part}:
        ask(lamp, other)


def test_garbage_is_all_ones(pole: Pole) -> None:
    assert ask(pole("power.garbage"), Part.POWER) == b"\xff\xff"


def test_a_stuck_photocell_shows_the_same_at_noon_and_at_night(pole: Pole) -> None:
    for start in (DAY, NIGHT):
        light = pole("light.stuck=300", start=start).world.light
        assert {light.lux(at_s) for at_s in (0.0, 10.0, 5000.0)} == {300.0}


def test_a_cover_takes_nearly_all_light_and_a_floodlight_adds_its_own(pole: Pole) -> None:
    plain, covered, floodlit = (
        pole(*texts, start=DAY).world.light.lux(60) for texts in ((), ("light.covered",), ("light.floodlit=500",))
    )
    assert covered < plain / 500
    assert floodlit == pytest.approx(plain + 500)


def test_noise_goes_either_way_but_never_below_nothing(pole: Pole) -> None:
    light = pole("light.noise=30").world.light
    seen = [light.lux(at_s) for at_s in range(200)]
    assert min(seen) == 0
    assert 25 < max(seen) <= 30 + 2.1


def test_own_light_follows_the_lamp(pole: Pole) -> None:
    lamp = pole("light.own=40")
    assert lamp.world.lamp.emitted_percent() == 100
    assert lamp.world.light.lux(60) == pytest.approx(40, abs=0.5)


def test_a_stuck_motion_line_is_high_and_a_dead_one_stays_low_whoever_passes(pole: Pole, settings: Settings) -> None:
    gpio = settings.sensors.motion[0].gpio
    assert pole("motion.stuck").world.pin_factory.pin(f"GPIO{gpio}").state
    dead = pole("motion.dead")
    dead.world.passage.present = 3
    dead.world.advance(61)
    assert not dead.world.pin_factory.pin(f"GPIO{gpio}").state


def test_a_chattering_line_makes_more_edges_in_a_minute_than_any_street(pole: Pole) -> None:
    lamp = pole("motion.chatter", run_s=0)
    pin = lamp.world.pin_factory.pin("GPIO17")
    pin.clear_states()
    lamp.run_until(MINUTE_S)
    assert sum(bool(one.state) for one in pin.states) >= 25
    assert "presenceFault" in lamp.controller.state().alarms


def test_the_luminaire_is_hot_itself(pole: Pole) -> None:
    assert pole("temperature.hot=95").world.warming.celsius(60) == 95


def test_a_hung_bus_takes_a_second_for_each_transfer_and_tells_of_no_chip(pole: Pole) -> None:
    lamp = pole("bus.hang", run_s=5 * MINUTE_S)
    before_s = lamp.now_s
    with pytest.raises(BusError) as caught:
        ask(lamp, Part.LIGHT)
    assert caught.value.fault is Fault.HUNG_BUS
    assert lamp.now_s == before_s + 1
    assert lamp.controller.state().alarms == ("i2cBusFault",)


# --- what it lights with


def test_a_dead_output_keeps_its_level_and_the_relay_still_switches(pole: Pole) -> None:
    lamp = pole("output.dead@07:31", start="2026-12-22 07:30", run_s=30 * MINUTE_S)
    assert lamp.world.lamp.emitted_percent() == pytest.approx(30)  # 70 % since 07:50, but for the fault
    assert "controlGearCommFailure" in lamp.controller.state().alarms
    lamp.run_until(2 * HOUR_S)
    assert lamp.world.lamp.emitted_percent() == 0


def test_an_output_that_forgets_is_undriven_and_told_again_within_a_minute(pole: Pole) -> None:
    lamp = pole("output.reset@23:30:20", start="2026-12-21 23:00", run_s=0.5 * HOUR_S + 19)
    assert lamp.world.lamp.emitted_percent() == pytest.approx(60)
    lamp.run_until(0.5 * HOUR_S + 21)
    assert lamp.world.sysfs.high_fraction(18) is None
    assert lamp.world.lamp.emitted_percent() == 100
    lamp.run_until(0.5 * HOUR_S + 83)
    assert lamp.world.lamp.emitted_percent() == pytest.approx(60)


@pytest.mark.parametrize(
    ("text", "start", "percent", "able"),
    [
        ("relay.welded", DAY, 100, True),  # the parked output, and a contact that does not open
        ("relay.open", NIGHT, 0, False),
        ("lamp.open", NIGHT, 0, False),
        ("lamp.stuck", "2026-12-22 01:00", 100, True),
        ("lamp.stuck", DAY, 0, True),
    ],
)
def test_a_broken_power_path_shows_in_the_light_whatever_the_agent_wants(
    pole: Pole, text: str, start: str, percent: float, able: bool
) -> None:
    truth = pole(text, start=start).world.truth(60)
    assert (truth.emitted_percent, truth.able) == (percent, able)


def test_a_broken_light_source_leaves_its_driver_idling(pole: Pole) -> None:
    assert pole("lamp.open").world.truth(60).active_power_w == 0.6
    assert pole("relay.open").world.truth(60).active_power_w == 0


def test_a_flickering_lamp_comes_and_goes(pole: Pole) -> None:
    lamp = pole("lamp.flicker")
    seen = []
    for minute in range(10):
        lamp.run_until(90 + minute * 50)
        seen.append(lamp.world.lamp.emitted_percent() > 0)
    assert seen == [True, False] * 5


# --- what it runs on


@pytest.mark.parametrize(
    ("text", "off_s", "source"),
    [
        ("clock.unset", -(120 * 86400 + 5 * 3600), ClockSource.UNSYNCED),
        ("clock.stale=3h", -10800, ClockSource.UNSYNCED),
        ("clock.jump=-3h", -10800, ClockSource.NTP),
        ("clock.jump=2h@21:30", 7200, ClockSource.NTP),
        ("clock.drift=5000", 18, ClockSource.NTP),
        ("clock.stale=3h@21:10+20min", 0, ClockSource.NTP),
        ("clock.jump=2h@21:10+20min", 0, ClockSource.NTP),
    ],
)
def test_the_wall_clock_alone_is_wrong(pole: Pole, text: str, off_s: float, source: ClockSource) -> None:
    lamp = pole(text, run_s=HOUR_S)
    assert lamp.now().utc_s - lamp.world.time.utc_s(lamp.now_s) == pytest.approx(off_s, abs=0.1)
    assert lamp.now().mono_s == HOUR_S
    assert lamp.now().clock is source


def test_a_restarted_agent_finds_the_light_as_it_was(pole: Pole) -> None:
    lamp = pole("agent.restart@22:59", run_s=2 * HOUR_S - 2 * MINUTE_S)
    first, before = lamp.process, lamp.world.lamp.emitted_percent()
    for passed_s in (60, 61, 62, 64, 120):
        lamp.run_until(2 * HOUR_S - 2 * MINUTE_S + passed_s)
        assert lamp.world.lamp.emitted_percent() == pytest.approx(before, abs=0.1)
    assert lamp.process is not None
    assert lamp.process is not first


def test_a_hung_agent_is_ended_by_its_watchdog_after_half_a_minute(pole: Pole) -> None:
    lamp = pole("agent.hang@21:10", run_s=10 * MINUTE_S + 29)
    hung = lamp.process
    assert hung is not None
    assert hung.hung
    lamp.run_until(10 * MINUTE_S + 31)
    assert lamp.process is None
    assert lamp.world.lamp.emitted_percent() == 100
    lamp.run_until(10 * MINUTE_S + 40)
    assert lamp.process not in (None, hung)


def test_without_a_time_it_happens_every_hour_and_with_one_once(pole: Pole, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, times in (("agent.restart", 3), ("agent.restart@22:00", 1), ("agent.restart@21:30+2h", 2)):
        reasons: list[BootReason] = []
        original = VirtualLamp.start
        with monkeypatch.context() as patched:
            patched.setattr(VirtualLamp, "start", lambda lamp, why, to=reasons, do=original: (to.append(why), do(lamp, why))[1])
            pole(text, run_s=3.5 * HOUR_S)
        assert reasons == [BootReason.POWER_ON] + [BootReason.CRASH] * times


def test_a_power_cut_takes_light_agent_and_clock_and_light_comes_back_first(pole: Pole) -> None:
    lamp = pole("power.cut@21:10+10min", run_s=15 * MINUTE_S)
    assert lamp.process is None
    truth = lamp.world.truth(lamp.now_s)
    assert (truth.fed, truth.emitted_percent, truth.active_power_w) == (False, 0, 0)

    lamp.run_until(20 * MINUTE_S + 1)
    assert lamp.process is None
    assert lamp.world.lamp.emitted_percent() == 100

    lamp.run_until(20 * MINUTE_S + PI_BOOT_S + 5)
    assert lamp.process is not None
    assert lamp.world.lamp.emitted_percent() == 100
    assert lamp.now().clock is ClockSource.UNSYNCED
    assert lamp.now().utc_s - lamp.world.time.utc_s(lamp.now_s) == -20 * MINUTE_S  # at 21:20 it went on from 21:00


def test_a_pole_without_power_from_the_start_stays_dark(pole: Pole) -> None:
    assert pole("power.cut").process is None


@pytest.mark.parametrize("name", ["readonly", "full", "corrupt", "gone"])
def test_a_disk_that_fails_keeps_nothing_new_and_says_so(pole: Pole, name: str) -> None:
    lamp = pole(f"storage.{name}@22:30", run_s=HOUR_S)
    before, readable = lamp.ledger.load()
    assert readable
    lamp.run_until(2.5 * HOUR_S)
    kept, readable = lamp.ledger.load()
    assert readable is (name in ("readonly", "full"))
    assert kept.counters.operating_s <= before.counters.operating_s + 40 * MINUTE_S
    assert "storageDegraded" in lamp.controller.state().alarms


def test_what_a_disk_lost_is_lost_and_what_it_could_not_be_read_for_a_while_is_not(pole: Pole) -> None:
    for name, lost in (("corrupt", True), ("gone", False)):
        lamp = pole(f"storage.{name}@22:02+1min", run_s=HOUR_S + 3 * MINUTE_S + 1)  # nothing is written meanwhile
        assert (lamp.ledger.load()[0].counters.operating_s == 0) is lost


def test_a_ledger_that_was_damaged_between_two_writes_is_told_by_the_next_for_a_minute_though_it_succeeds(pole: Pole) -> None:
    lamp = pole("storage.corrupt@22:02+1s", run_s=HOUR_S + 3 * MINUTE_S)
    assert lamp.controller.state().alarms == ()
    told = []
    for minute in range(4, 12):
        lamp.run_until(HOUR_S + minute * MINUTE_S)
        told.append("storageDegraded" in lamp.controller.state().alarms)
    assert 1 <= told.count(True) <= 2
    assert not told[-1]
    assert lamp.ledger.load()[0].counters.operating_s > 0


def test_a_ledger_that_is_found_damaged_at_a_start_is_told_for_a_minute(pole: Pole) -> None:
    lamp = pole("storage.corrupt@22:00+1s", "agent.restart@22:00", run_s=HOUR_S + 30)
    assert "storageDegraded" in lamp.controller.state().alarms
    lamp.run_until(HOUR_S + 3 * MINUTE_S)
    assert "storageDegraded" not in lamp.controller.state().alarms


def test_a_broken_config_and_a_broker_out_of_reach_are_told_and_are_over_when_mended(pole: Pole) -> None:
    lamp = pole("config.broken@21:10+20min", "broker.down@21:10+20min", run_s=20 * MINUTE_S)
    assert set(lamp.controller.state().alarms) == {"invalidConfig", "communicationFailure"}
    lamp.run_until(40 * MINUTE_S)
    assert lamp.controller.state().alarms == ()


# --- all of them


def example(name: FaultName) -> str:
    unit = CATALOGUE[name].unit
    return name if unit is None else f"{name}={unit.example}"


def test_a_fault_of_a_part_that_is_not_there_does_nothing() -> None:
    minimal = compiled("minimal.yaml")
    parts = [name for name in FaultName if name.partition(".")[0] in ("light", "motion", "power", "temperature", "bus", "relay")]
    faults = [parse_fault(example(name)) for name in parts if name is not FaultName.POWER_CUT]
    lamp = VirtualLamp(minimal, Scene(1_798_000_000.0), prepare=prepared(minimal, faults))
    lamp.run_until(MINUTE_S)
    assert lamp.controller.state().alarms == ()


@pytest.mark.parametrize("name", [name for name in FaultName if name is not FaultName.CLOCK_DRIFT])
def test_a_fault_that_is_over_leaves_the_pole_as_it_was(pole: Pole, name: FaultName) -> None:
    lamp, sound = pole(f"{example(name)}@21:20+10min", run_s=HOUR_S), pole(run_s=HOUR_S)
    one, other = lamp.world, sound.world
    assert one.truth(HOUR_S) == other.truth(HOUR_S)
    assert one.light.lux(HOUR_S) == pytest.approx(other.light.lux(HOUR_S), rel=1e-6)
    assert one.lamp.defects == other.lamp.defects
    assert one.warming.held_c is None
    for part in (Part.LIGHT, Part.POWER, Part.TEMPERATURE):
        ask(lamp, part)
    assert (lamp.linked, lamp.config_invalid, lamp.ledger.writable, lamp.ledger.readable) == (True, False, True, True)
