"""The photocell as a witness: thresholds and dwell, headlights, silence, the proof of day, conviction and acquittal."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from core_street import LAMP, Street, clear_sky, utc
from hypothesis import given
from hypothesis import strategies as st

from agent.core.photocell import Photocell
from agent.records import ClockSource, Part, Quality, Quantity, Reading
from agent.settings.model import Night

RULE = Night()  # 35 lx, 55 lx, 60 s
SUMMER_DAY_S = 16.6 * 3600
CONVICT_S = 900.0


class Cell:
    """A photocell under a lamp that is off, read every 5 s."""

    def __init__(self, boot_s: float = 0.0) -> None:
        self.cell = Photocell(RULE, boot_s)
        self.cell.set_period(5.0, boot_s)
        self.now_s = boot_s

    def sees(self, lx: float, for_s: float, quality: Quality = Quality.OK, *, alive: bool = True) -> "Cell":
        end_s = self.now_s + for_s
        while self.now_s + 5 <= end_s:
            self.now_s += 5
            flicker = self.now_s % 2 / 1000 if alive else 0.0
            self.cell.read(Reading(Quantity.LIGHT_LEVEL_LX, lx + flicker, self.now_s, quality), 0.0, lamp_steady=True)
        self.now_s = end_s
        return self

    def silent(self, for_s: float) -> "Cell":
        self.now_s += for_s
        return self

    @property
    def proves_day(self) -> bool:
        return self.cell.proves_day(self.now_s, SUMMER_DAY_S)


def test_the_first_reading_counts_at_once_and_between_the_thresholds_lights_the_lamp() -> None:
    assert Cell().sees(34, 5).cell.dark is True
    assert Cell().sees(45, 5).cell.dark is True
    assert Cell().sees(56, 5).cell.dark is False


def test_dark_and_bright_need_the_whole_dwell() -> None:
    cell = Cell().sees(1000, 5).sees(30, 60)
    assert cell.cell.dark is False
    assert cell.sees(30, 5).cell.dark is True
    assert cell.sees(60, 60).cell.dark is True
    assert cell.sees(60, 5).cell.dark is False


def test_headlights_do_not_end_the_night() -> None:
    cell = Cell().sees(1, 3600)
    for _ in range(50):
        cell.sees(400, 10).sees(1, 5)
    assert cell.cell.dark is True


def test_between_the_thresholds_nothing_changes() -> None:
    assert Cell().sees(30, 100).sees(50, 3600).cell.dark is True
    assert Cell().sees(100, 100).sees(40, 3600).cell.dark is False


@given(st.lists(st.floats(RULE.on_below_lx, RULE.off_above_lx), min_size=20, max_size=60), st.booleans())
def test_no_light_between_the_thresholds_ever_turns_the_verdict(levels: list[float], dark: bool) -> None:
    cell = Cell().sees(1 if dark else 2000, 200)
    for lx in levels:
        cell.sees(lx, 5)
    assert cell.cell.dark is dark


@given(st.lists(st.tuples(st.floats(0, 2000), st.sampled_from([5, 10, 30, 55])), max_size=40))
def test_the_verdict_never_turns_twice_within_a_dwell(lights: list[tuple[float, int]]) -> None:
    cell = Cell().sees(100, 5)
    turned: list[float] = []
    for lx, for_s in lights:
        for _ in range(for_s // 5):
            before = cell.cell.dark
            if cell.sees(lx, 5).cell.dark is not before:
                turned.append(cell.now_s)
    assert all(later - earlier >= RULE.dwell_s for earlier, later in pairwise(turned))


# --- silence


def test_a_silent_photocell_is_no_witness() -> None:
    cell = Cell().sees(1, 100)
    assert cell.silent(16.9).cell.good(cell.now_s)  # three periods, and the two seconds that a reading may be late
    assert not cell.silent(0.2).cell.good(cell.now_s)


@pytest.mark.parametrize("quality", [Quality.SUSPECT, Quality.STALE, Quality.ABSENT])
def test_a_reading_that_is_not_believable_is_none(quality: Quality) -> None:
    cell = Cell().sees(1, 100).sees(5000, 120, quality)
    assert (cell.cell.dark, cell.cell.lx, cell.cell.fresh(cell.now_s)) == (True, 1, False)


def test_after_a_silence_the_photocell_is_judged_afresh_and_heard_after_a_dwell() -> None:
    """What it said hours ago is worth nothing, and one that comes and goes must not make the lamp do so."""
    cell = Cell().sees(2000, 100).silent(6 * 3600).sees(1, 5)
    assert (cell.cell.dark, cell.cell.changed_s) == (True, cell.now_s)
    assert not cell.cell.good(cell.now_s)
    assert not cell.sees(1, 55).cell.good(cell.now_s)
    assert cell.sees(1, 10).cell.good(cell.now_s)


def test_neither_a_dwell_nor_a_proof_goes_on_from_before_a_silence() -> None:
    cell = Cell().sees(2000, 100).sees(1, 10).silent(3600).sees(2000, 5)
    assert cell.sees(1, 60).cell.dark is False
    assert cell.sees(1, 5).cell.dark is True
    assert not Cell().sees(5000, 15).silent(3600).sees(5000, 15).proves_day


# --- proof of day


def test_day_is_proven_by_live_readings_over_a_thousand_lux() -> None:
    assert Cell().sees(5000, 120).proves_day
    assert not Cell().sees(900, 120).proves_day
    assert not Cell().sees(5000, 120, alive=False).proves_day
    assert not Cell().sees(65535, 120, Quality.SATURATED).proves_day


def test_a_proof_outlasts_a_cloud_but_neither_a_dusk_nor_a_freeze() -> None:
    """A storm goes up and down about 1,000 lx: the lamp must not come and go with it."""
    assert Cell().sees(5000, 120).sees(400, 1150).proves_day
    assert not Cell().sees(5000, 120).sees(400, 1210).proves_day
    assert Cell().sees(5000, 120).sees(400, 300).sees(5000, 30).sees(400, 1150).proves_day
    assert not Cell().sees(5000, 15).sees(400, 60).proves_day  # it was none
    assert not Cell().sees(5000, 5).sees(400, 60).sees(5000, 5).proves_day  # nor are two flashes one
    assert not Cell().sees(5000, 120).sees(400, 310, alive=False).proves_day


def test_a_proof_grows_stale_when_the_readings_freeze() -> None:
    assert Cell().sees(5000, 120).sees(5000, 290, alive=False).proves_day
    assert not Cell().sees(5000, 120).sees(5000, 310, alive=False).proves_day


def test_no_day_lasts_longer_than_the_longest_of_the_place() -> None:
    longest_s = SUMMER_DAY_S + 7200
    assert Cell().sees(1, 10_000).sees(5000, longest_s - 120).proves_day
    assert not Cell().sees(1, 10_000).sees(5000, longest_s + 120).proves_day
    assert not Cell().sees(5000, longest_s + 120).proves_day  # counted from the boot where it was never dark


def test_near_a_pole_a_day_is_believed_for_26_hours() -> None:
    assert Cell().sees(5000, 25.9 * 3600).cell.proves_day(25.9 * 3600, 1e9)
    assert not Cell().sees(5000, 26.1 * 3600).cell.proves_day(26.1 * 3600, 1e9)


def test_a_light_about_a_thousand_lux_does_not_make_the_lamp_hunt() -> None:
    """Without a clock and before a night is learnt, clouds at noon must not switch the lamp with every reading."""

    def clouds(utc_s: float) -> float:
        return 1040.0 if utc_s // 20 % 2 else 960.0

    street = Street(start="2026-12-21 12:00", source=ClockSource.UNSYNCED, sky=clouds).run(3600)
    assert street.switchings <= 1


# --- conviction


@pytest.mark.parametrize(
    ("start", "lx", "level"),
    [
        pytest.param("2026-12-21 22:00", 80.0, 100, id="floodlit at night"),
        pytest.param("2026-06-21 11:00", 2.0, 0, id="covered by day"),
    ],
)
def test_a_quarter_of_an_hour_against_a_certain_sun_convicts_and_changes_no_light(start: str, lx: float, level: float) -> None:
    street = Street(start=start, sky=lambda utc_s: lx + utc_s % 2 / 100).run(CONVICT_S - 60)
    assert "photocellFault" not in street.state.alarms
    street.run(CONVICT_S + 90)
    assert street.state.alarms == ("photocellFault",)
    assert street.level == level


def test_it_is_also_held_against_a_sun_by_carried_time() -> None:
    street = Street(start="2026-12-21 20:00", sky=lambda utc_s: 80.0 + utc_s % 2 / 100).run(30)
    street.wall_off_s = 12 * 3600.0
    street.run(CONVICT_S + 120)
    assert set(street.state.alarms) == {"photocellFault", "timeStepped"}
    assert street.level == 100


def test_a_convicted_photocell_is_acquitted_by_a_dusk_within_the_hour_alone() -> None:
    clear = clear_sky()

    def covered_until_noon(utc_s: float) -> float:
        return 0.0 if utc_s < utc("2026-12-22 12:00") else clear(utc_s)

    street = Street(start="2026-12-21 20:00", sky=covered_until_noon).run_to("2026-12-22 10:00")
    assert "photocellFault" in street.state.alarms
    assert "photocellFault" in street.run_to("2026-12-22 15:30").state.alarms
    assert "photocellFault" not in street.run_to("2026-12-22 17:30").state.alarms


@pytest.mark.parametrize(
    ("name", "sky"),
    [
        ("dead", None),
        ("stuck dark", lambda utc_s: 3.0),
        ("stuck bright", lambda utc_s: 5000.0),
        ("floodlit", lambda utc_s: 80.0 + utc_s % 7 / 10),
    ],
)
def test_with_a_clock_no_fault_of_the_photocell_makes_a_night_dark_or_a_day_lit(name: str, sky: Callable[[float], float]) -> None:
    street = Street(start="2026-12-21 12:00", sky=sky or clear_sky())
    if sky is None:
        street.dead.add(Part.LIGHT)
    street.run(86_400)
    assert min(street.level_at(street.when(f"2026-12-{moment}")) for moment in ("21 17:15", "21 23:00", "22 07:40")) > 0
    assert max(street.level_at(street.when(f"2026-12-{moment}")) for moment in ("21 12:05", "21 15:30", "22 11:00")) == 0
    assert street.switchings <= 6


def test_in_photocell_mode_a_convicted_photocell_decides_nothing() -> None:
    settings = replace(LAMP, night=Night(mode="photocell"))
    street = Street(settings, start="2026-12-21 22:00", sky=lambda utc_s: 80.0 + utc_s % 2 / 100)
    assert street.run(120).level == 0  # its own word, for a quarter of an hour
    assert street.run(CONVICT_S + 120).level > 0
