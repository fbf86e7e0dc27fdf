"""Is it night? The table of the design, row by row, and what must hold whatever the witnesses say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.night import By, LightWitness, Mode, SunWitness, Verdict, judge
from agent.core.sun import SUNSET_DEG

LOWER, UPPER = -6.0, 5.0
DARK, BRIGHT, PROVEN = LightWitness(True, False), LightWitness(False, False), LightWitness(False, True)
NIGHT, DAY = True, False


def sun(elevation_deg: float, *, rtc_alone: bool = False) -> SunWitness:
    return SunWitness(elevation_deg, LOWER, UPPER, rtc_alone)


BELOW, BETWEEN, ABOVE = sun(-6.1), sun(1.0), sun(5.1)


@pytest.mark.parametrize(
    ("by_sun", "photocell", "learnt", "it_is"),
    [
        pytest.param(BELOW, DARK, None, Verdict(NIGHT, By.SUN), id="below its lower | dark | night"),
        pytest.param(BELOW, PROVEN, False, Verdict(NIGHT, By.SUN), id="below its lower | bright | night"),
        pytest.param(BELOW, None, None, Verdict(NIGHT, By.SUN), id="below its lower | not good | night"),
        pytest.param(ABOVE, DARK, True, Verdict(DAY, By.SUN), id="above its upper | dark | day"),
        pytest.param(ABOVE, BRIGHT, None, Verdict(DAY, By.SUN), id="above its upper | bright | day"),
        pytest.param(ABOVE, None, None, Verdict(DAY, By.SUN), id="above its upper | not good | day"),
        pytest.param(BETWEEN, DARK, False, Verdict(NIGHT, By.PHOTOCELL), id="between | good, dark | what it says: night"),
        pytest.param(BETWEEN, BRIGHT, True, Verdict(DAY, By.PHOTOCELL), id="between | good, bright | what it says: day"),
        pytest.param(BETWEEN, None, False, Verdict(NIGHT, By.SUN), id="between | not good | night"),
        pytest.param(None, DARK, False, Verdict(NIGHT, By.PHOTOCELL), id="not trusted | dark | night"),
        pytest.param(None, PROVEN, True, Verdict(DAY, By.PHOTOCELL), id="not trusted | proven day | day"),
        pytest.param(None, BRIGHT, True, Verdict(NIGHT, By.LEARNT), id="not trusted | anything else | the learnt night"),
        pytest.param(None, BRIGHT, False, Verdict(DAY, By.LEARNT), id="not trusted | anything else | the learnt day"),
        pytest.param(None, BRIGHT, None, Verdict(NIGHT, By.UNKNOWN), id="not trusted | bright | until one is learnt, night"),
        pytest.param(None, None, True, Verdict(NIGHT, By.LEARNT), id="not trusted | not good | the learnt night"),
        pytest.param(None, None, False, Verdict(DAY, By.LEARNT), id="not trusted | not good | the learnt day"),
        pytest.param(None, None, None, Verdict(NIGHT, By.UNKNOWN), id="not trusted | not good | night"),
    ],
)
def test_the_table(by_sun: SunWitness | None, photocell: LightWitness | None, learnt: bool | None, it_is: Verdict) -> None:
    assert judge("auto", by_sun, photocell, learnt) == it_is


@pytest.mark.parametrize(
    ("elevation_deg", "photocell", "is_night"),
    [(10.0, DARK, NIGHT), (-10.0, PROVEN, NIGHT), (10.0, BRIGHT, DAY), (10.0, None, DAY), (0.0, BRIGHT, DAY), (0.0, None, NIGHT)],
)
def test_with_an_rtc_alone_it_is_night_when_either_witness_says_so(
    elevation_deg: float, photocell: LightWitness | None, is_night: bool
) -> None:
    for mode in ("auto", "sun"):
        assert judge(mode, sun(elevation_deg, rtc_alone=True), photocell, None).is_night is is_night


@pytest.mark.parametrize("mode", ["always", "powered"])
def test_an_underpass_and_a_feeder_that_is_live_only_at_night_know_no_day(mode: Mode) -> None:
    assert judge(mode, ABOVE, PROVEN, False) == Verdict(NIGHT, By.MODE)


@pytest.mark.parametrize("by_sun", [BELOW, BETWEEN, ABOVE, None])
def test_in_photocell_mode_a_good_photocell_decides(by_sun: SunWitness | None) -> None:
    assert judge("photocell", by_sun, DARK, False) == Verdict(NIGHT, By.PHOTOCELL)
    assert judge("photocell", by_sun, BRIGHT, True) == Verdict(DAY, By.PHOTOCELL)
    assert judge("photocell", by_sun, None, None) == judge("auto", by_sun, None, None)


@pytest.mark.parametrize("photocell", [DARK, BRIGHT, None])
def test_in_sun_mode_a_trusted_sun_decides_by_sunset_and_sunrise(photocell: LightWitness | None) -> None:
    assert judge("sun", sun(SUNSET_DEG - 0.01), photocell, None) == Verdict(NIGHT, By.SUN)
    assert judge("sun", sun(SUNSET_DEG + 0.01), photocell, None) == Verdict(DAY, By.SUN)
    assert judge("sun", None, photocell, None) == judge("auto", None, photocell, None)


suns = st.none() | st.builds(sun, st.floats(-90, 90), rtc_alone=st.booleans())
lights = st.none() | st.builds(LightWitness, st.booleans(), st.booleans())
learnts = st.none() | st.booleans()
modes: st.SearchStrategy[Mode] = st.sampled_from(["auto", "photocell", "sun", "always", "powered"])


@given(st.floats(-90, LOWER, exclude_max=True), st.booleans(), lights, learnts)
def test_a_sun_below_its_lower_bound_is_night_whatever_else_is_said(
    elevation_deg: float, rtc_alone: bool, light: LightWitness | None, learnt: bool | None
) -> None:
    assert judge("auto", sun(elevation_deg, rtc_alone=rtc_alone), light, learnt).is_night
    assert judge("sun", sun(elevation_deg, rtc_alone=rtc_alone), light, learnt).is_night


@given(modes)
def test_where_nobody_knows_anything_it_is_night(mode: Mode) -> None:
    assert judge(mode, None, None, None).is_night


@given(modes, suns, lights, learnts)
def test_it_is_only_day_when_a_witness_says_so(
    mode: Mode, by_sun: SunWitness | None, light: LightWitness | None, learnt: bool | None
) -> None:
    verdict = judge(mode, by_sun, light, learnt)
    if not verdict.is_night:
        by_its_elevation = by_sun is not None and by_sun.elevation_deg >= SUNSET_DEG
        assert {
            By.SUN: by_its_elevation,
            By.PHOTOCELL: light is not None and not light.dark,
            By.LEARNT: learnt is False,
            By.UNKNOWN: False,
            By.MODE: False,
        }[verdict.by]
