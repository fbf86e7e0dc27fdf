"""The light sensors' drivers over their virtual chips: light is read right over decades, through a day, after a brown-out."""

import pytest
from simulation_bench import Bench

from agent.hardware.drivers import LIGHT
from agent.records import NotBefore, Part, Quality
from agent.settings.hardware import LightSensor, Sensors

STEP_LX = {"veml7700": 0.005, "bh1750": 0.114, "tsl2591": 0.01, "opt3001": 0.011}  # what the finest range resolves
BEND = {"veml7700": 0.08}  # above 100 lx; up to 1,000 lx its driver leaves the sensor's bend, up to 7 %, uncorrected


def right(lux: float, chip: str) -> object:
    """What a reading of this light must equal."""
    return pytest.approx(lux, rel=0.02 if lux <= 100 else BEND.get(chip, 0.02), abs=STEP_LX[chip])


def bench_with(chip: str, calibration: float = 1.0) -> Bench:
    return Bench(Sensors(light=LightSensor(chip, calibration=calibration)))


@pytest.fixture(params=LIGHT)
def chip(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(chip: str) -> Bench:
    return bench_with(chip)


@pytest.mark.parametrize("lux", [0.05, 0.3, 1, 3, 10, 35, 55, 100, 300, 950, 3_000, 10_000, 30_000, 70_000])
def test_light_is_read_right_over_six_decades(bench: Bench, chip: str, lux: float) -> None:
    bench.lux = lux
    reading = bench.lux_read()
    assert reading.value == right(lux, chip)
    assert reading.quality is Quality.OK


def test_one_driver_follows_a_day_up_and_down(bench: Bench, chip: str) -> None:
    for lux in (0.2, 5, 60, 800, 9_000, 60_000, 2_000, 40, 0.4, 50_000, 0.1):
        bench.now_s, bench.lux = bench.now_s + 60, lux
        assert bench.lux_read().value == right(lux, chip)


def test_full_sun_is_much_even_where_a_correction_or_the_chip_ends(bench: Bench) -> None:
    bench.lux = 120_000
    assert bench.lux_read().value > 60_000


@pytest.mark.parametrize("lux", [0.3, 30, 800])
def test_what_the_chip_still_measures_for_an_agent_before_is_not_read_as_our_own(bench: Bench, chip: str, lux: float) -> None:
    """Counts of its finest setting taken for counts of the coarsest turn a street at night into full sun."""
    bench.lux = lux
    bench.lux_read()

    bench.now_s += 10.3
    bench.start_agent()
    assert bench.lux_read().value == right(lux, chip)


def test_after_a_brown_out_light_is_read_right_again(bench: Bench) -> None:
    bench.lux = 35
    bench.lux_read()

    bench.brown_out(Part.LIGHT)
    bench.now_s, bench.lux = bench.now_s + 5, 400
    assert bench.lux_read().value == pytest.approx(400, rel=0.08)


def test_a_brown_out_in_the_middle_of_a_reading_is_no_darkness(bench: Bench, chip: str) -> None:
    bench.lux = 35
    bench.lux_read()
    bench.now_s += 60
    if isinstance(answer := bench.drivers[Part.LIGHT].poll(bench.now_s), NotBefore):
        bench.now_s = (bench.now_s + answer.at_s) / 2
    bench.brown_out(Part.LIGHT)
    assert bench.lux_read().value == right(35, chip)


def test_a_result_of_before_the_range_changed_is_never_taken_for_a_new_one(bench: Bench) -> None:
    bench.lux = 50_000
    bench.lux_read()
    for step in range(40):
        bench.now_s += 0.037 * step  # at any place of the running conversion
        bench.lux = 50_000 if step % 2 else 20
        bench.now_s += 1.0
        assert bench.lux_read().value == pytest.approx(bench.lux, rel=0.08)


def test_behind_a_window_that_swallows_half_the_calibration_gives_the_light_before_it(chip: str) -> None:
    bench = bench_with(chip, calibration=2.0)
    bench.lux = 35
    assert bench.lux_read().value == pytest.approx(35, rel=0.02)
