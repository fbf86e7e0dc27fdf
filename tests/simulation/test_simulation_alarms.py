"""Each alarm through the virtual hardware: raised in its time, held, cleared, and a near miss that must not raise it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from alarm_poles import DAY, LAMPS, LARGE, MEDIUM, NIGHT, SHELLY, SLACK_S, SMALL, Pole, lamp, with_relay, with_rule

from agent.core.alarms import Alarm
from agent.core.alarmtable import KINDS
from agent.core.lampwatch import CYCLE_S, QUIET_S
from agent.events import BrokerRefused, CertificateRead, LinkChanged, OutboxChanged, TechnicianSet
from agent.records import BootReason
from agent.settings.hardware import PowerMeter
from agent.settings.model import AlarmRule, Derating, Limits, Settings
from agent.simulation.faults.act import Rhythm

Do = Callable[[Pole], None]


def defect(**values: object) -> Do:
    return lambda pole: [setattr(pole.defects, name, value) for name, value in values.items()] and None


def drawing(share: float) -> Do:
    """The luminaire draws that share of what it should more."""
    return lambda pole: setattr(pole.defects, "leak_w", share * pole.world.lamp.power_w())


def volts(share: float | None) -> Do:
    def hold(pole: Pole) -> None:
        supply = pole.settings.luminaire.supply
        assert supply is not None
        pole.world.wires.held_v = None if share is None else share * supply.nominal_v

    return hold


def celsius(degrees: float | None) -> Do:
    return lambda pole: setattr(pole.world.warming, "held_c", degrees)


def wires(name: str, value: float) -> Do:
    return lambda pole: setattr(pole.world.wires, name, value)


def sysfs(name: str, value: float | bool) -> Do:
    return lambda pole: setattr(pole.world.sysfs, name, value)


def outbox(full_percent: float = 0.0, dropped: int = 0) -> Do:
    return lambda pole: pole.tell(OutboxChanged(10, dropped, degraded=False, full_percent=full_percent))


def certificate(days: float) -> Do:
    return lambda pole: pole.tell(CertificateRead(pole.virtual.now().utc_s + days * 86_400))


DERATED = replace(MEDIUM, limits=Limits(derating=Derating(70, 85, 30)))
POLE = replace(MEDIUM, sensors=replace(MEDIUM.sensors, power=replace(MEDIUM.sensors.power, measures="pole")))
ALL = tuple(LAMPS.values())
BRIGHT = (MEDIUM, LARGE)
DIMMED = (LAMPS["150 W at 20 %, 230 V"],)


@dataclass(frozen=True)
class Case:
    alarm: Alarm
    begin: Do
    end: Do
    near: Do
    lamps: tuple[Settings, ...] = (MEDIUM,)
    start: str = NIGHT
    beside: tuple[Alarm, ...] = ()  # what is true with it


CASES = (
    Case(Alarm.LAMP_FAILURE, defect(source_open=True), defect(source_open=False), defect(strings_out=0.15), ALL),
    Case(
        Alarm.CONTROL_GEAR_FAILURE,
        defect(gone=True),
        defect(gone=False),
        defect(strings_out=0.15),
        ALL,
        beside=(Alarm.LAMP_FAILURE,),
    ),
    Case(Alarm.DIMMING_FAILURE, defect(deaf=True), defect(deaf=False), drawing(0.15), (SMALL, MEDIUM, *DIMMED)),
    Case(Alarm.LAMP_POWER_TOO_LOW, defect(strings_out=0.4), defect(strings_out=0.0), defect(strings_out=0.15), BRIGHT),
    Case(Alarm.LAMP_POWER_TOO_HIGH, drawing(0.27), defect(leak_w=0.0), drawing(0.15), BRIGHT),
    Case(
        Alarm.ABSOLUTE_LAMP_POWER_TOO_HIGH,
        drawing(9),
        defect(leak_w=0.0),
        drawing(0.15),
        (SMALL,),
        beside=(Alarm.CURRENT_TOO_HIGH,),
    ),
    Case(Alarm.LAMP_UNEXPECTED_ON, defect(leak_w=5.0), defect(leak_w=0.0), defect(leak_w=1.5), ALL, DAY),
    Case(Alarm.SUPPLY_LOSS, volts(0.0), volts(None), volts(0.97), ALL),
    Case(Alarm.SUPPLY_VOLTAGE_TOO_LOW, volts(0.78), volts(None), volts(0.875), ALL),
    Case(Alarm.SUPPLY_VOLTAGE_TOO_HIGH, volts(1.22), volts(None), volts(1.09), ALL),
    Case(
        Alarm.CURRENT_TOO_HIGH,
        wires("distortion", 0.5),
        wires("distortion", 1.0),
        wires("distortion", 0.97),
        (LARGE,),
        beside=(Alarm.POWER_FACTOR_TOO_LOW,),
    ),
    Case(Alarm.POWER_FACTOR_TOO_LOW, wires("distortion", 0.75), wires("distortion", 1.0), wires("distortion", 0.92), (LARGE,)),
    Case(Alarm.POWER_FACTOR_TOO_LOW, wires("distortion", 0.25), wires("distortion", 1.0), wires("distortion", 0.5), DIMMED),
    Case(Alarm.UNEXPECTED_LOAD, wires("other_w", 60.0), wires("other_w", 3.5), wires("other_w", 20.0), (POLE,)),
    Case(Alarm.TEMPERATURE_TOO_HIGH, celsius(90), celsius(None), celsius(84)),
    Case(Alarm.TEMPERATURE_TOO_LOW, celsius(-45), celsius(None), celsius(-38)),
    Case(Alarm.FIRE_DETECTED, celsius(120), celsius(None), celsius(80), beside=(Alarm.TEMPERATURE_TOO_HIGH,)),
    Case(Alarm.PROTECTION_ACTIVE, celsius(80), celsius(None), celsius(69), (DERATED,)),
    Case(Alarm.POWER_SUPPLY_UNDERVOLTAGE, sysfs("sags", True), sysfs("sags", False), sysfs("sags", False)),
    Case(Alarm.OVER_TEMPERATURE_SOC, sysfs("soc_warmer_c", 60), sysfs("soc_warmer_c", 0), sysfs("soc_warmer_c", 40)),
    Case(Alarm.BUFFER_HIGH_WATER, outbox(85), outbox(50), outbox(79)),
    Case(Alarm.BUFFER_DROPPED, outbox(dropped=3), outbox(dropped=3), outbox(50)),
    Case(Alarm.CERTIFICATE_EXPIRING, certificate(20), certificate(365), certificate(32)),
    Case(
        Alarm.BROKER_REJECTED,
        lambda pole: pole.tell(BrokerRefused()),
        lambda pole: pole.tell(LinkChanged(connected=True)),
        lambda pole: pole.tell(LinkChanged(connected=True)),
    ),
)
SETS = [
    pytest.param(case, settings, id=f"{place}-{case.alarm}-{number}")
    for place, case in enumerate(CASES)
    for number, settings in enumerate(case.lamps)
]
READ_S = 300.0  # temperatures far from every limit


def lasting(seconds: float) -> float:
    """A delay and the time until the next reading."""
    return seconds + SLACK_S + READ_S


@pytest.mark.parametrize(("case", "settings"), SETS)
def test_it_is_raised_held_and_cleared_in_its_time_and_told_once(case: Case, settings: Settings) -> None:
    pole, kind = Pole(settings, case.start), KINDS[case.alarm]
    assert not pole.told
    expected = {case.alarm, *case.beside}

    case.begin(pole)
    began_s = pole.virtual.now_s
    pole.run(lasting(max(KINDS[alarm].after_s for alarm in expected)))
    assert set(pole.up) == expected
    told_s = next(at_s for name, _, at_s in pole.told if name == case.alarm)
    assert told_s >= began_s + kind.after_s

    pole.run(1800)
    assert sorted(pole.heard) == sorted((alarm.value, "raised") for alarm in expected)

    case.end(pole)
    ended_s = pole.virtual.now_s
    pole.run(max(KINDS[alarm].clear_after_s for alarm in expected) + 3 * READ_S + 3600)  # a luminaire cools down slowly
    assert pole.up == ()
    assert sorted(pole.heard) == sorted((alarm.value, edge) for alarm in expected for edge in ("raised", "cleared"))
    assert next(at_s for name, edge, at_s in pole.told if (name, edge) == (case.alarm, "cleared")) >= ended_s + kind.clear_after_s


@pytest.mark.parametrize(("case", "settings"), SETS)
def test_a_near_miss_raises_nothing(case: Case, settings: Settings) -> None:
    pole = Pole(settings, case.start)
    case.near(pole)
    pole.run(3600)
    assert not pole.told


@pytest.mark.parametrize("case", [case for case in CASES if KINDS[case.alarm].after_s >= 10], ids=lambda case: case.alarm)
def test_what_is_over_before_its_time_is_never_told(case: Case) -> None:
    pole = Pole(case.lamps[0], case.start)
    case.begin(pole)
    pole.run(KINDS[case.alarm].after_s / 2)
    case.end(pole)
    pole.run(900)
    assert case.alarm.value not in {name for name, _ in pole.heard}


# --- the lamp, as only it can be


@pytest.mark.parametrize("settings", LAMPS.values(), ids=LAMPS)
def test_a_lamp_that_is_well_raises_nothing_through_night_and_day(settings: Settings) -> None:
    assert not Pole(settings, "2026-12-21T12:00:00+01:00").run(86_400).told


def test_a_failed_lamp_has_failed_by_day_too_and_is_told_once() -> None:
    pole = Pole(MEDIUM)
    pole.defects.source_open = True
    pole.run(3 * 86_400)
    assert pole.heard == [("lampFailure", "raised")]


@pytest.mark.parametrize("closed", [True, False])
def test_a_relay_that_does_not_obey_is_told_once_over_nights_and_days_until_it_has_been_seen_to_obey(closed: bool) -> None:
    pole = Pole(with_relay(MEDIUM))
    pole.run(3600)
    pole.defects.contact_closed = closed
    pole.run(3 * 86_400)
    assert pole.heard == [("relayFailure", "raised")]
    pole.defects.contact_closed = None
    pole.run(86_400)
    assert pole.heard == [("relayFailure", "raised"), ("relayFailure", "cleared")]


def test_a_lamp_that_cycles_is_told_once_and_cleared_after_half_an_hour_of_quiet() -> None:
    pole = Pole(MEDIUM)

    def out(is_out: bool) -> Callable[[], None]:
        return lambda: setattr(pole.defects, "source_open", is_out)

    rhythm = Rhythm(pole.virtual, ((out(True), 50.0), (out(False), 50.0)))
    rhythm.begin()
    pole.run(CYCLE_S)
    rhythm.end()
    out(False)()
    assert ("cyclingFailure", "raised") in pole.heard
    assert pole.up == ("cyclingFailure",)  # and no lamp failure beside it, nor one each time that it is out
    after = pole.heard[pole.heard.index(("cyclingFailure", "raised")) :]
    assert ("lampFailure", "raised") not in after
    pole.run(QUIET_S - CYCLE_S)
    assert "cyclingFailure" in pole.up
    pole.run(QUIET_S)
    assert [edge for name, edge in pole.heard if name == "cyclingFailure"] == ["raised", "cleared"]


@pytest.mark.parametrize("broken", [False, True])
def test_a_small_lamp_behind_a_coarse_meter_is_not_judged_by_its_light(broken: bool) -> None:
    coarse = (SHELLY, PowerMeter("ina219", shunt_ohm=0.002))
    for meter in coarse:
        supply = replace(SMALL.luminaire, supply=None, standby_power_w=0.6, power_curve=((0, 0.6), (10, 1.6), (100, 12)))
        pole = Pole(lamp(supply, meter, 10))
        pole.defects.source_open = broken
        pole.run(86_400)
        assert not pole.told


def test_a_lamp_whose_power_nobody_has_written_is_not_judged_by_it() -> None:
    unknown = replace(LARGE, luminaire=replace(LARGE.luminaire, nominal_power_w=None))
    pole = Pole(unknown)
    pole.defects.strings_out = 0.9
    assert not pole.run(3600).told


def test_while_the_supply_is_lost_the_lamp_is_not_blamed_and_what_was_told_of_it_stays() -> None:
    pole = Pole(LARGE)
    pole.defects.source_open = True
    pole.run(300)
    volts(0.0)(pole)
    pole.run(1800)
    assert pole.heard == [("lampFailure", "raised"), ("supplyLoss", "raised")]
    assert set(pole.up) == {"lampFailure", "supplyLoss"}


def test_a_lamp_that_the_technician_leaves_lit_by_day_is_told_after_five_minutes_with_its_cause() -> None:
    pole = Pole(with_relay(MEDIUM), DAY)
    pole.tell(TechnicianSet(50, 3600))
    pole.run(290)
    assert pole.up == ()
    pole.run(30)
    assert pole.up == ("lampUnexpectedOn",)
    assert pole.events[-1].attributes["cause"] == "setAtPole"
    pole.run(3600)
    assert pole.heard == [("lampUnexpectedOn", "raised"), ("lampUnexpectedOn", "cleared")]


def test_an_old_lamp_is_told_once_and_its_hours_are_the_config_s() -> None:
    worn = with_rule(MEDIUM, "lampEndOfLife", AlarmRule(above=0.5))
    assert Pole(worn).run(1500).up == ()
    assert Pole(worn).run(3600).heard == [("lampEndOfLife", "raised")]


def test_least_power_and_least_current_are_judged_where_the_config_says_them() -> None:
    least = with_rule(MEDIUM, "absoluteLampPowerTooLow", AlarmRule(below=10))
    least = with_rule(least, "currentTooLow", AlarmRule(below=0.4))
    pole = Pole(least)
    pole.defects.strings_out = 0.66
    assert set(pole.run(300).up) == {"absoluteLampPowerTooLow", "currentTooLow"}
    pole.defects.strings_out = 0.0
    assert pole.run(300).up == ()


# --- over restarts


@pytest.mark.parametrize(
    "broken",
    [defect(source_open=True), volts(0.78), celsius(90), sysfs("sags", True)],
    ids=["lampFailure", "supplyVoltageTooLow", "temperatureTooHigh", "powerSupplyUndervoltage"],
)
@pytest.mark.parametrize("reason", [BootReason.CRASH, BootReason.POWER_ON])
def test_what_is_still_true_after_a_restart_is_up_and_not_told_again(broken: Do, reason: BootReason) -> None:
    pole = Pole(MEDIUM)
    broken(pole)
    pole.run(900)
    told = pole.heard.copy()
    assert len(told) == 1
    pole.virtual.kill()
    pole.virtual.start_later(3, reason)
    pole.run(3600)
    assert pole.heard == told
    assert pole.up == (told[0][0],)


def test_what_is_no_longer_true_after_a_restart_is_cleared() -> None:
    pole = Pole(MEDIUM)
    pole.defects.source_open = True
    pole.run(300)
    pole.virtual.kill()
    pole.defects.source_open = False
    pole.virtual.start_later(3, BootReason.CRASH)
    pole.run(900)
    assert pole.heard == [("lampFailure", "raised"), ("lampFailure", "cleared")]


# --- what goes with them


def test_the_event_shows_what_there_was_to_see() -> None:
    pole = Pole(LARGE)
    pole.defects.strings_out = 0.4
    pole.run(300)
    seen = pole.events[-1].attributes
    assert seen["actual_level"] == 100
    assert seen["expected_power_w"] == 150
    assert seen["active_power_w"] == pytest.approx(0.6 * 148 + 2, rel=0.02)
    assert seen["supply_voltage_v"] == pytest.approx(230, rel=0.01)


def test_a_voltage_that_comes_and_goes_is_told_four_times_and_then_as_flapping_until_it_is_quiet() -> None:
    pole = Pole(LARGE)
    for _ in range(30):
        volts(0.8)(pole)
        pole.run(120)
        volts(None)(pole)
        pole.run(120)
    raised = [event for event in pole.events if event.edge == "raised"]
    assert len(raised) == 4
    assert [event.attributes.get("flapping") for event in raised] == [None, None, None, True]
    assert pole.up == ("supplyVoltageTooLow",)
    assert pole.run(3700).up == ()
