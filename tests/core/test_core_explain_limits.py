"""Explain, the limits: each with its present value, whether it bites, and why."""

from dataclasses import replace

import pytest
from core_explain import explained, limit
from core_street import Street, constant

from agent.commands import Dim
from agent.events import Measured, TechnicianSet
from agent.ledger import Counters, Memory
from agent.records import Part, Quantity, Reading
from agent.settings.hardware import TemperatureSensor
from agent.settings.model import Derating, Limits, Settings

AT_60 = constant(60)
HOT = replace(
    AT_60,
    limits=Limits(derating=Derating(70, 85, 30)),
    sensors=replace(AT_60.sensors, temperature=TemperatureSensor("tmp102")),
)


def lamp(**luminaire: object) -> Settings:
    return replace(AT_60, luminaire=replace(AT_60.luminaire, **luminaire))


def at_temperature(street: Street, celsius: float) -> Street:
    street.tell(Measured(Part.TEMPERATURE, (Reading(Quantity.TEMPERATURE_C, celsius, street.now.mono_s),)))
    return street


def test_all_five_are_told_in_the_order_in_which_they_are_applied() -> None:
    keys = [line.limit for line in explained(Street(AT_60).run(60)).all_limits]
    assert keys == ["floor", "virtual_light_output", "constant_light_output", "derating", "minimum_level"]


def test_what_bites_is_what_the_decision_says() -> None:
    street = Street(replace(lamp(virtual_light_output=80), limits=Limits(floor=10))).run(60)
    street.command(Dim(0))
    found = explained(street.run(90))
    assert [line.limit for line in found.all_limits if line.bites] == ["floor", "virtual_light_output", "minimum_level"]
    assert len(found.limits) == 3


# --- floor


def test_a_floor_that_raises_says_what_was_asked_for() -> None:
    street = Street(replace(AT_60, limits=Limits(floor=25))).run(60)
    assert limit(street, "floor") == (25, False, "nothing below it is asked for")
    street.command(Dim(5))
    assert limit(street.run(90), "floor") == (25, True, "raises the 5 % asked for")


def test_a_floor_does_not_hold_by_day_nor_against_the_technician_nor_where_it_is_0() -> None:
    assert limit(Street(AT_60, "2026-12-21 12:00").run(60), "floor") == (10, False, "holds at night only")
    street = Street(AT_60).run(60)
    street.tell(TechnicianSet(2, 600))
    assert limit(street, "floor") == (10, False, "does not hold against the technician's hand")
    free = Street(replace(AT_60, limits=Limits(floor=0))).run(60)
    assert limit(free, "floor") == (0, False, "the lamp may be switched off at night")


# --- what reduces


def test_virtual_light_output_reduces_in_proportion_or_not_at_all() -> None:
    bites = (80, True, "is what counts as full light here: all levels are reduced in proportion")
    assert limit(Street(lamp(virtual_light_output=80)).run(60), "virtual_light_output") == bites
    assert limit(Street(AT_60).run(60), "virtual_light_output") == (100, False, "reduces nothing")
    by_day = Street(lamp(virtual_light_output=80), "2026-12-21 12:00").run(60)
    assert limit(by_day, "virtual_light_output") == (80, False, "nothing is left to reduce")


def test_constant_light_output_goes_by_the_hours_of_operation() -> None:
    ageing = lamp(constant_light_output=((0, 80), (10, 100)))
    street = Street(ageing).run(5 * 3600)
    words = "after 5 h the lamp is still new: all levels are reduced in proportion"
    assert limit(street, "constant_light_output") == (90, True, words)
    assert limit(street.run_to("2026-12-22 11:00"), "constant_light_output")[1:] == (False, "nothing is left to reduce")
    old = Street(ageing, memory=Memory(counters=Counters(operating_s=20 * 3600.0))).run(60)
    assert limit(old, "constant_light_output") == (100, False, "after 20 h it reduces nothing")
    assert limit(Street(AT_60).run(60), "constant_light_output") == (None, False, "not configured")


# --- derating


def test_derating_says_how_hot_the_luminaire_is_and_what_that_allows() -> None:
    cool = at_temperature(Street(HOT).run(60), 43.2)
    assert limit(cool, "derating") == (100, False, "begins at 70 °C; the luminaire is at 43.2 °C")
    hot = at_temperature(Street(HOT).run(60), 82)
    words = "at 82.0 °C, between 70 °C with 100 % and 85 °C with 30 %"
    assert limit(hot, "derating") == (44, True, words)  # with the reading itself
    warm = at_temperature(Street(HOT).run(60), 73)
    words = "at 73.0 °C, between 70 °C with 100 % and 85 °C with 30 %; no more is asked for"
    assert limit(warm, "derating") == (86, False, words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (AT_60, "not configured"),
        (HOT, "begins at 70 °C; the luminaire's temperature is not known"),
        (
            replace(HOT, sensors=AT_60.sensors),
            "begins at 70 °C; the luminaire's temperature is not measured: no sensor is configured",
        ),
    ],
    ids=["not configured", "no reading", "no sensor"],
)
def test_derating_without_a_temperature_never_bites_and_says_why(settings: Settings, words: str) -> None:
    level = None if settings is AT_60 else 100
    assert limit(Street(settings).run(60), "derating") == (level, False, words)


# --- minimum level


def test_the_minimum_level_raises_what_is_left_above_0() -> None:
    street = Street(AT_60).run(60)
    assert limit(street, "minimum_level") == (10, False, "is the driver's lowest; only 0 is below it")
    street.tell(TechnicianSet(2, 600))
    words = "is the driver's lowest: what is left above 0 is raised to it"
    assert limit(street, "minimum_level") == (10, True, words)
