"""The course of a self-test by itself: which level comes next, and which readings count."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.demand import Limit
from agent.core.light import Light
from agent.core.limits import Conditions, limited
from agent.core.selftest import FADE_S, SETTLE_S, SHOWN_S, STEP_S, WARM_UP_S, Sample, SelfTest, levels_to_try
from agent.settings.model import Derating, Limits, Luminaire, Settings

Watts = Callable[[float, float], float | None]  # by level (percent) and seconds since the beginning; None: no answer
PLAIN = Settings(luminaire=Luminaire(nominal_power_w=42, standby_power_w=0.6))


@pytest.mark.parametrize(
    ("minimum", "floor", "is_night", "levels"),
    [
        (10, None, False, (100, 70, 40, 10, 0)),
        (10, None, True, (100, 70, 40, 10)),
        (10, 50, True, (100, 70, 50)),
        (10, 50, False, (100, 70, 40, 10, 0)),
        (35, None, True, (100, 70, 35)),
        (10, 0, True, (100, 70, 40, 10)),  # a floor of 0 permits darkness to those who ask for it: nobody has
        (0, None, False, (100, 70, 40, 10, 0)),
        (10, 100, True, (100,)),
    ],
)
def test_the_levels_go_down_from_full_light_and_by_night_neither_to_off_nor_below_the_floor(
    minimum: float, floor: float | None, is_night: bool, levels: tuple[float, ...]
) -> None:
    settings = Settings(luminaire=Luminaire(minimum_level=minimum), limits=Limits(floor=floor))
    assert levels_to_try(settings, is_night=is_night) == levels


class Lamp:
    """A lamp that follows a self-test, and a meter that is read each second."""

    def __init__(self, settings: Settings = PLAIN, *, metered: bool = True, start_level: float = 0.0) -> None:
        self.settings = settings
        self.conditions = Conditions(is_night=False)
        self.now_s = 1000.0
        self.light = Light(start_level, 0.0)
        self.test = SelfTest(levels_to_try(settings, is_night=False), self.now_s, metered=metered)
        self.reached: list[tuple[float, float]] = []  # (seconds since the beginning, level asked for)
        self._follow()

    def _follow(self) -> None:
        if self.test.demand is not None:
            self.light.follow(limited(self.test.demand, self.settings, self.conditions), self.settings, self.now_s)
            if not self.reached or self.reached[-1][1] != self.test.demand.level:
                self.reached.append((self.now_s - 1000, self.test.demand.level))

    def draws(self, watts: Watts, for_s: float = 600.0) -> "Lamp":
        end_s = self.now_s + for_s
        while self.test.demand is not None and self.now_s < end_s:
            self.now_s += 1
            power_w = watts(self.light.ramp.level_at(self.now_s), self.now_s - 1000)
            if power_w is not None and self.test.metered(power_w, self.now_s, self.light):
                self.test.advance(self.now_s, self.light)
            if self.now_s >= self.test.next_s():
                self.test.advance(self.now_s, self.light)
            self._follow()
        return self


def healthy(level: float, _at_s: float) -> float | None:
    return 0.6 + 0.414 * level if level > 0 else 0.0


def test_a_steady_lamp_takes_a_quarter_of_a_minute_a_level() -> None:
    lamp = Lamp().draws(healthy)
    assert [sample.level for sample in lamp.test.samples] == [100, 70, 40, 10, 0]
    assert [sample.power_w for sample in lamp.test.samples] == pytest.approx([42, 29.58, 17.16, 4.74, 0])
    assert [level for _, level in lamp.reached] == [100, 70, 40, 10, 0]
    assert lamp.now_s - 1000 <= 5 * (FADE_S + SETTLE_S + 10 + 1)


def test_a_cold_lamp_is_held_at_full_until_its_power_no_longer_falls() -> None:
    def cold(level: float, at_s: float) -> float:
        return (0.6 + 0.414 * level) * (1 + 0.2 * 0.97**at_s)

    lamp = Lamp().draws(cold)
    assert 25 < lamp.reached[1][0] <= FADE_S + WARM_UP_S + 1
    assert lamp.test.samples[0].power_w == pytest.approx(42, rel=0.05)


def test_a_lamp_that_never_settles_holds_no_level_for_longer_than_its_time() -> None:
    def restless(level: float, at_s: float) -> float:
        return 20.0 if int(at_s / 5) % 2 else 40.0

    lamp = Lamp().draws(restless)
    stays = [later - earlier for (earlier, _), (later, _) in zip(lamp.reached, lamp.reached[1:], strict=False)]
    assert stays[0] == FADE_S + WARM_UP_S
    assert stays[1:] == [FADE_S + STEP_S] * 3
    assert all(sample.power_w is not None for sample in lamp.test.samples)


def test_what_is_read_in_the_fade_or_before_the_driver_has_settled_does_not_count() -> None:
    def late(level: float, at_s: float) -> float:
        return 42.0 if at_s >= FADE_S + SETTLE_S else 999.0

    assert Lamp().draws(late, for_s=17).test.samples == (Sample(100, 100, 42.0),)


def test_a_meter_that_is_silent_from_the_beginning_is_not_waited_for_at_each_level() -> None:
    lamp = Lamp().draws(lambda _level, _at_s: None)
    assert [sample.power_w for sample in lamp.test.samples] == [None] * 5
    assert lamp.now_s - 1000 <= FADE_S + WARM_UP_S + 4 * (FADE_S + SHOWN_S) + 1


def test_without_a_meter_each_level_is_shown() -> None:
    lamp = Lamp(metered=False).draws(lambda _level, _at_s: None)
    assert lamp.reached == [(0, 100), (7, 70), (14, 40), (21, 10), (28, 0)]


def test_a_limit_that_moves_the_light_begins_the_reading_anew_and_the_level_is_the_light_s() -> None:
    hot = replace(PLAIN, limits=Limits(derating=Derating(70, 85, 30)))
    lamp = Lamp(hot).draws(healthy, for_s=12)
    lamp.conditions = Conditions(is_night=False, temperature_c=90)
    lamp.draws(healthy)
    assert [(sample.asked, sample.level) for sample in lamp.test.samples] == [(100, 30), (70, 30), (40, 30), (10, 10), (0, 0)]
    assert lamp.test.samples[0].power_w == pytest.approx(healthy(30, 0))
    assert lamp.test.derated
    assert Limit.DERATING not in lamp.light.decision.limits


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 200)), max_size=700),
    st.floats(0, 100),
    st.booleans(),
)
def test_whatever_the_meter_says_it_is_over_by_the_time_that_was_told(
    readings: list[float | None], start_level: float, metered: bool
) -> None:
    lamp = Lamp(metered=metered, start_level=start_level)
    ends_by_s = lamp.test.ends_by_s
    lamp.draws(lambda _level, at_s: readings[int(at_s) - 1] if at_s <= len(readings) else None)
    assert lamp.test.demand is None
    assert lamp.now_s <= ends_by_s + len(lamp.test.levels)  # who is told each second is told a second late
    assert len(lamp.test.samples) == len(lamp.test.levels)
