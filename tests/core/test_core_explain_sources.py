"""Explain, the sources: each state that one can be in, as it is told, and what to do where it is not believed."""

from dataclasses import replace

import pytest
from core_explain import explained, source
from core_street import LAMP, METERED, Street, clear_sky, constant, utc
from hypothesis import given
from hypothesis import strategies as st

from agent.core.photocell import CONVICT_S
from agent.core.presence import LineState, Presence
from agent.events import Measured, MotionEdge, ReadFailed
from agent.records import ClockSource, Fault, Part, Quality, Quantity, Reading
from agent.settings.hardware import MotionSensor, PowerMeter, TemperatureSensor
from agent.settings.model import Derating, Limits, Luminaire, Settings

AT_60 = replace(METERED, programmes=constant(60).programmes)
HOUR_S = 3600.0


def lit(settings: Settings = AT_60, **kwargs: object) -> Street:
    return Street(settings, **kwargs).run(60)  # type: ignore[arg-type]


def test_only_what_is_configured_is_told() -> None:
    names = [line.name for line in explained(lit()).sources]
    assert names == ["clock", "sun", "light", "motion", "power", "soc"]
    assert [line.name for line in explained(lit(Settings())).sources] == ["clock", "soc"]


# --- the clock and the sun


def test_a_clock_that_ntp_keeps_is_good_and_a_dusk_confirms_it() -> None:
    assert source(lit(), "clock") == (True, "synchronised by NTP")
    after_dusk = Street(LAMP, "2026-12-21 14:00").run_to("2026-12-21 18:00")
    assert source(after_dusk, "clock") == (True, "synchronised by NTP, confirmed by a dusk or dawn")


def test_a_clock_that_nobody_sets_is_not_and_the_sun_with_it() -> None:
    street = lit(source=ClockSource.UNSYNCED)
    assert source(street, "clock") == (False, "not synchronised; check the network and `timedatectl`")
    assert source(street, "sun") == (False, "not asked, because the clock is not believed")


def test_an_rtc_is_good_and_not_confirmed_yet() -> None:
    street = Street(AT_60, source=ClockSource.RTC)
    street.controller._watch.timekeeper.remember(0.0, utc("2026-12-20 12:00"))
    assert source(street.run(60), "clock") == (True, "set by the RTC, not confirmed by a dusk or dawn yet")


@pytest.mark.parametrize(("off_s", "words"), [(3 * HOUR_S, "ahead by 3 h"), (-12 * 60, "back by 12 min")])
def test_a_stepped_clock_says_by_how_much(off_s: float, words: str) -> None:
    street = lit()
    street.wall_off_s = off_s
    good, told = source(street.run(130), "clock")
    assert (good, told) == (False, f"suspect: the host's clock was set {words}; the time before goes on here. Check NTP")
    assert source(street, "sun")[0]


def test_a_dusk_at_a_wrong_hour_makes_the_clock_suspect() -> None:
    street = Street(LAMP, "2026-12-21 18:00", sky=lambda utc_s: clear_sky()(utc_s - 5 * HOUR_S)).run_to("2026-12-21 23:30")
    words = "suspect: a dusk came more than an hour off the sun's; check lamp.location and NTP"
    assert source(street, "clock") == (False, words)


def test_the_sun_says_where_it_stands_and_when_it_sets_and_rises() -> None:
    assert source(lit(), "sun") == (True, "at -57.1 degrees; sunset 16:26:14, sunrise 08:36:19")


# --- the photocell


def test_a_photocell_says_what_it_sees_and_since_when_that_is_dark() -> None:
    assert source(lit(sky=lambda _: 12.34), "light") == (True, "12.3 lx, dark since 23:00:00")


def test_a_photocell_at_the_end_of_its_range_says_so() -> None:
    street = Street(AT_60, "2026-06-21 12:00").run(60)
    reading = Reading(Quantity.LIGHT_LEVEL_LX, 36_864.0, street.now.mono_s, Quality.SATURATED)
    street.tell(Measured(Part.LIGHT, (reading,)))
    assert source(street, "light") == (True, "36,864 lx, or more: the end of its range, bright since 12:00:00")


def test_the_lamp_s_own_light_is_told_where_it_is_taken_off() -> None:
    street = Street(LAMP, "2026-12-21 22:28", own_lx=30.0).run(HOUR_S)  # the level changes at 22:30
    words = source(street, "light")[1]
    assert words == "0 lx, dark since 22:28:00; the lamp itself adds 30 lx at 100 %, taken off"


def test_a_photocell_without_a_reading_says_what_to_look_at() -> None:
    street = Street(AT_60)
    street.dead.add(Part.LIGHT)
    assert source(street.run(20), "light") == (False, "no reading yet; if that lasts, see `journalctl -u streetlight-agent`")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.NOT_THERE, "does not answer; check its wires, its supply and its address"),
        (Fault.HUNG_BUS, "the bus hangs; check the bus's wires and pull-ups"),
        (Fault.WRONG_CHIP, "another chip answers; check its driver and its address in the config"),
        (Fault.GARBAGE, "answers nonsense; check its wires and its supply"),
        (Fault.FAILED, "fails; see `journalctl -u streetlight-agent`"),
    ],
)
def test_a_silent_photocell_says_since_when_why_and_what_to_do(fault: Fault, words: str) -> None:
    street = Street(AT_60, sky=lambda _: 20.0).run(62)  # read every 5 s
    street.dead.add(Part.LIGHT)
    street.run(70)
    for _ in range(3):
        street.tell(ReadFailed(Part.LIGHT, fault, street.now.mono_s, bus=1))
    assert source(street, "light") == (True, f"20 lx, dark since 23:00:00; silent since 23:01:00: {words}")
    assert source(street.run(90), "light") == (False, f"silent since 23:01:00: {words}")


def test_a_chip_that_waits_for_a_hung_bus_blames_the_bus() -> None:
    street = lit()
    street.dead |= {Part.LIGHT, Part.POWER}
    for _ in range(3):
        street.tell(ReadFailed(Part.POWER, Fault.HUNG_BUS, street.now.mono_s, bus=1))
    street.run(1000)
    assert "i2cBusFault" in street.state.alarms
    good, words = source(street, "light")
    assert not good
    assert words.endswith(": the bus hangs; check the bus's wires and pull-ups")


def test_a_photocell_that_is_back_is_heard_after_a_dwell() -> None:
    street = Street(AT_60, sky=lambda _: 20.0).run(62)
    street.dead.add(Part.LIGHT)
    street.run(300)
    street.dead.clear()
    assert source(street.run(311), "light") == (False, "20 lx, back after a silence; believed from 23:06:00 on")


def test_a_contradicted_photocell_says_how_long_it_is_believed_and_a_convicted_one_how_it_is_acquitted() -> None:
    street = Street(AT_60, sky=lambda utc_s: 80.0 + utc_s % 2 / 100).run(CONVICT_S - 60)
    until = "contradicts the sun since 23:00:00, and is believed no longer than until 23:15:00"
    assert source(street, "light") == (True, f"80 lx, bright since 23:00:00; {until}")
    words = "80 lx, which the sun contradicts: covered, stuck or floodlit, and not believed since 23:15:00; "
    words += "clean or move it; a dusk or dawn within an hour of the sun's acquits it"
    assert source(street.run(CONVICT_S + 90), "light") == (False, words)


# --- motion


def moved(street: Street, active: bool, at_s: float) -> Street:
    street.run(at_s)
    street.tell(MotionEdge(0, active, street.now.mono_s))
    return street


def test_a_motion_line_says_who_is_there_and_who_was() -> None:
    street = lit()
    assert source(street, "motion") == (True, "nobody since the start")
    assert source(moved(street, True, 70), "motion") == (True, "somebody since 23:01:10")
    assert source(moved(street, False, 75), "motion") == (True, "nobody since 23:01:15")


def test_a_stuck_line_raises_nothing_any_more() -> None:
    street = moved(lit(), True, 70).run(70 + 1801)
    words = "stuck: active since 23:01:10 without a break, and raises nothing any more; check the sensor"
    assert source(street, "motion") == (False, words)


def test_a_chattering_line_is_counted_again_after_a_calm() -> None:
    street = lit()
    for edge in range(40):
        moved(street, edge % 2 == 0, 70 + edge)
    words = "chatters: not counted before 23:11:48, after ten minutes of calm; check its wires"
    assert source(street, "motion") == (False, words)


def test_a_line_that_was_silent_for_a_week_says_since_which_day() -> None:
    street = moved(lit(), False, 70)
    street._polls.clear()  # a week without the photocell's readings, which are of no concern here
    words = "silent: not an edge since 2026-12-21 23:01; check the sensor and its cable"
    assert source(street.run(8 * 86_400), "motion") == (False, words)


def test_each_of_several_sensors_has_its_number() -> None:
    two = replace(AT_60, sensors=replace(AT_60.sensors, motion=(MotionSensor(17), MotionSensor(27))))
    street = Street(two).run(60)
    street.tell(MotionEdge(1, True, street.now.mono_s))
    assert source(street, "motion 1") == (True, "nobody since the start")
    assert source(street, "motion 2") == (True, "somebody since 23:01:00")


@given(st.lists(st.tuples(st.floats(0, 400), st.booleans()), max_size=60), st.floats(0, 900_000))
def test_a_line_is_told_as_bad_exactly_while_presence_is_faulty(edges: list[tuple[float, bool]], then_s: float) -> None:
    presence, now_s = Presence(1, 0.0), 0.0
    for after_s, active in edges:
        now_s += after_s
        presence.edge(0, active, now_s)
    now_s += then_s
    bad = presence.lines(now_s)[0].state in (LineState.STUCK, LineState.CHATTERS, LineState.SILENT)
    assert bad is presence.is_faulty(now_s)


# --- what is measured


def test_power_is_held_against_what_is_expected() -> None:
    assert source(lit(), "power") == (True, "25.4 W measured, 25.4 W expected at 60 %")


def test_without_a_nominal_power_it_is_said_what_is_assumed() -> None:
    words = "24.0 W measured, 24.0 W expected at 60 % of a lamp of 40 W, for luminaire.nominal_power_w is not configured"
    words += ": it is not judged by that"
    assert source(lit(replace(AT_60, luminaire=Luminaire())), "power") == (True, words)


def test_the_power_of_a_whole_pole_says_nothing_of_the_lamp() -> None:
    pole = replace(AT_60, sensors=replace(AT_60.sensors, power=PowerMeter("ina226", shunt_ohm=0.1, measures="pole")))
    assert source(lit(pole), "power") == (True, "25.4 W, of the whole pole: the lamp is not judged by it")


def test_what_a_pole_draws_beside_its_lamp_is_told_once_it_has_been_seen() -> None:
    meter = PowerMeter("ina226", shunt_ohm=0.1, measures="pole")
    street = Street(replace(AT_60, sensors=replace(AT_60.sensors, power=meter)), "2026-12-21 12:00")
    street.draws_w = 5.0
    good, words = source(street.run(HOUR_S), "power")
    assert good
    assert words.endswith("the lamp is not judged by it; 4.4 W were drawn beside it while it was dark")


@pytest.mark.parametrize(
    ("draws_w", "words"),
    [
        (-42.0, "says -42.0 W, and a lamp feeds nothing back: swap the two wires at the shunt; energy is estimated"),
        (
            1e9,
            "says 1e+09 W, more than the 520 W that can be; check its scales or its shunt_ohm in the config; energy is estimated",
        ),
    ],
)
def test_a_power_that_cannot_be_is_told_with_its_remedy(draws_w: float, words: str) -> None:
    street = lit()
    street.draws_w = draws_w
    assert source(street.run(400), "power") == (False, words)


def test_a_meter_at_the_end_of_its_range_says_so() -> None:
    street = lit()
    street.dead.add(Part.POWER)
    street.tell(Measured(Part.POWER, (Reading(Quantity.ACTIVE_POWER_W, 196.6, street.now.mono_s, Quality.SATURATED),)))
    words = (
        "says 196.6 W or more, the end of its range: its shunt or current sensor is too large for this load; energy is estimated"
    )
    assert source(street, "power") == (False, words)


@pytest.mark.parametrize(
    ("draws_w", "words"),
    [
        (
            0.6,
            (
                "0.6 W measured, 25.4 W expected at 60 %; lampFailure: see whether fuse and relay let it through, "
                "then replace the lamp"
            ),
        ),
        (42.0, "42.0 W measured, 25.4 W expected at 60 %; dimmingFailure: check the dimming line and the driver"),
    ],
)
def test_power_that_does_not_fit_names_the_alarm_and_the_remedy(draws_w: float, words: str) -> None:
    street = lit()
    street.draws_w = draws_w
    assert source(street.run(200), "power") == (True, words)


def test_a_dead_meter_says_that_energy_is_estimated() -> None:
    street = Street(AT_60).run(60)
    street.dead.add(Part.POWER)
    for _ in range(3):
        street.tell(ReadFailed(Part.POWER, Fault.NOT_THERE, street.now.mono_s, bus=1))
    good, words = source(street, "power")
    assert not good
    assert words.endswith(": does not answer; check its wires, its supply and its address; energy is estimated")
    street.dead.clear()
    street.run(121)
    assert source(street, "power") == (False, "read again, and believed after 2 more good readings; energy is estimated")


def test_temperatures_are_told_and_the_luminaire_s_absence_ends_derating() -> None:
    sensors = replace(AT_60.sensors, temperature=TemperatureSensor("tmp102"))
    street = lit(replace(AT_60, sensors=sensors, limits=Limits(derating=Derating(70, 85, 30))))
    at_s = street.now.mono_s
    street.tell(Measured(Part.TEMPERATURE, (Reading(Quantity.TEMPERATURE_C, 43.21, at_s),)))
    street.tell(Measured(Part.SOC, (Reading(Quantity.SOC_TEMPERATURE_C, 51.0, at_s),)))
    assert source(street, "temperature") == (True, "43.2 °C")
    assert source(street, "soc") == (True, "51.0 °C")
    for _ in range(3):
        street.tell(ReadFailed(Part.TEMPERATURE, Fault.GARBAGE, street.now.mono_s, bus=1))
    words = "silent since 23:01:00: answers nonsense; check its wires and its supply; no derating"
    assert source(street, "temperature") == (False, words)


def test_a_hot_luminaire_names_the_alarm_and_the_remedy() -> None:
    street = lit(replace(AT_60, sensors=replace(AT_60.sensors, temperature=TemperatureSensor("tmp102"))))
    for _ in range(4):
        street.tell(Measured(Part.TEMPERATURE, (Reading(Quantity.TEMPERATURE_C, 91.0, street.now.mono_s),)))
        street.run(street.passed_s + 61)
    assert source(street, "temperature") == (True, "91.0 °C; temperatureTooHigh: check cooling and sun")
