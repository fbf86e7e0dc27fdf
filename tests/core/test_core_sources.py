"""Which part is at fault, or whose bus: a hung bus is told of once, not once for each chip on it."""

import pytest

from agent.core.alarms import Alarm
from agent.core.sources import FAULTS, Sources
from agent.records import Fault, Part, Quality, Quantity, Reading

ON_ONE_BUS = {Part.LIGHT: (5.0, 1), Part.POWER: (60.0, 1), Part.TEMPERATURE: (60.0, 1), Part.SOC: (60.0, None)}


def read_well(sources: Sources, part: Part, at_s: float) -> None:
    sources.measured(part, (Reading(Quantity.LIGHT_LEVEL_LX, 10.0, at_s),), at_s)


def all_well(at_s: float) -> Sources:
    sources = Sources(ON_ONE_BUS, 0.0)
    for part in ON_ONE_BUS:
        read_well(sources, part, at_s)
    return sources


def told(sources: Sources, now_s: float) -> set[Alarm]:
    return {alarm for alarm, truth in sources.truths(now_s).items() if truth}


def saturated(part: Part, at_s: float) -> tuple[Reading, ...]:
    quantity = Quantity.LIGHT_LEVEL_LX if part is Part.LIGHT else Quantity.ACTIVE_POWER_W
    return (Reading(quantity, 19.6, at_s, Quality.SATURATED),)


def test_a_meter_at_the_end_of_its_range_is_at_fault_and_a_photocell_there_sees_the_day() -> None:
    """Of the lamp nothing can be judged by it, and somebody must come; so much light is a good reading."""
    sources = all_well(at_s=10)
    for at_s in (20.0, 30.0, 40.0):
        sources.measured(Part.POWER, saturated(Part.POWER, at_s), at_s)
        sources.measured(Part.LIGHT, saturated(Part.LIGHT, at_s), at_s)
    assert told(sources, 40.0) == {Alarm.METER_FAULT}
    for at_s in (50.0, 60.0, 70.0):
        read_well(sources, Part.POWER, at_s)
        read_well(sources, Part.LIGHT, at_s)
    assert told(sources, 70.0) == set()


def test_a_hung_bus_is_told_once_though_its_chips_fail_one_after_the_other() -> None:
    sources = all_well(at_s=10)
    ever = set[Alarm]()
    for round_s in range(15, 400, 5):
        part = (Part.LIGHT, Part.POWER, Part.TEMPERATURE)[round_s // 5 % 3]
        sources.failed(part, Fault.HUNG_BUS, round_s)
        read_well(sources, Part.SOC, round_s)
        ever |= told(sources, round_s)
    assert ever == {Alarm.I2C_BUS_FAULT}


def test_a_silent_chip_is_its_bus_s_fault_while_the_bus_hangs() -> None:
    sources = all_well(at_s=10)
    sources.failed(Part.POWER, Fault.HUNG_BUS, 20)  # it was its turn; the light sensor has been put off since

    assert told(sources, 40) == {Alarm.I2C_BUS_FAULT}


def test_a_chip_that_alone_holds_the_bus_in_its_own_transfers_is_the_fault_itself() -> None:
    sources = all_well(at_s=10)
    for round_s in range(15, 60, 5):
        sources.failed(Part.LIGHT, Fault.HUNG_BUS, round_s)
        read_well(sources, Part.POWER, round_s + 1)
        read_well(sources, Part.TEMPERATURE, round_s + 1)
    assert told(sources, 60) == {Alarm.LIGHT_SENSOR_FAULT}


def test_after_a_hang_only_what_still_fails_is_told() -> None:
    sources = all_well(at_s=10)
    for round_s in range(15, 60, 5):
        sources.failed(Part.LIGHT, Fault.HUNG_BUS, round_s)
    assert told(sources, 60) == {Alarm.I2C_BUS_FAULT}

    for round_s in range(60, 80, 5):
        sources.failed(Part.LIGHT, Fault.NOT_THERE, round_s)
        read_well(sources, Part.POWER, round_s)
        read_well(sources, Part.TEMPERATURE, round_s)
    assert told(sources, 80) == {Alarm.LIGHT_SENSOR_FAULT}


@pytest.mark.parametrize("part", sorted(FAULTS))
def test_a_chip_that_does_not_answer_is_told_of_after_three_misses(part: Part) -> None:
    sources = all_well(at_s=10)
    for miss in range(3):
        assert not told(sources, 11)
        sources.failed(part, Fault.NOT_THERE, 11 + miss / 10)
    assert told(sources, 12) == {FAULTS[part]}
