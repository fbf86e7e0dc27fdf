"""VEML7700: counts to lux, the choice of range, and a chip that resets, saturates or talks nonsense."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.bus import BusError, Device
from agent.hardware.veml7700 import (
    ADDRESS,
    CONFIGURATION,
    FEW,
    FINEST,
    FULL_SCALE,
    LIGHT,
    MANY,
    RANGES,
    TOP,
    Range,
    Veml7700,
    better_range,
    corrected,
    decode,
)
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

POWER_ON_DEFAULT = b"\x01\x00"  # shut down


def test_the_codes_are_the_datasheets() -> None:
    # gain in bits 12:11, integration in bits 9:6: 1/8 (0b10) at 25 ms (0b1100), and 2 (0b01) at 800 ms (0b0011)
    assert TOP.code == 0b0001_0011_0000_0000
    assert FINEST.code == 0b0000_1000_1100_0000


def test_the_finest_range_resolves_4_millilux_and_the_top_one_reaches_140_klx() -> None:
    assert decode(1, FINEST) == pytest.approx(0.0042)
    assert TOP.lx_per_count * 0xFFFF == pytest.approx(140_926, abs=1)


def test_dusk_by_hand() -> None:
    # gain 2, 100 ms: 0.0336 lx a count; 1,042 counts (0x0412) are 35.0 lx
    assert decode(0x0412, Range(2, 100, 0)) == pytest.approx(35.01, abs=0.01)


@pytest.mark.parametrize(("lx", "expected"), [(35, 35), (1_000, 1_000), (10_000, 14_793), (20_000, 73_718), (40_000, 147_436)])
def test_bright_light_is_corrected_and_the_factor_clamped(lx: float, expected: float) -> None:
    assert corrected(lx) == pytest.approx(expected, rel=1e-4)


@given(st.floats(0, 150_000), st.floats(0, 150_000))
def test_more_light_never_reads_as_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert corrected(low) <= corrected(high)


@given(st.sampled_from(RANGES), st.integers(0, FULL_SCALE - 1))
def test_a_better_range_has_room_for_the_same_light_and_ranging_comes_to_rest(start: Range, counts: int) -> None:
    lx = counts * start.lx_per_count
    chosen, read = start, counts
    for _ in range(3):
        following = better_range(read, chosen)
        read = int(lx / following.lx_per_count)
        assert following is TOP or read <= MANY
        chosen = following
    assert better_range(read, chosen) == chosen
    assert chosen is FINEST or read >= FEW or chosen is TOP


class Street:
    """The light on the chip: what LIGHT reads follows from the range that is set."""

    def __init__(self, bus, lx: float) -> None:
        self.bus, self.lx = bus, lx
        bus.registers[CONFIGURATION] = POWER_ON_DEFAULT
        bus.on_read = lambda register: self._shine()

    def _shine(self) -> None:
        code = int.from_bytes(self.bus.registers[CONFIGURATION], "little")
        current = next((each for each in RANGES if each.code == code), TOP)
        counts = min(FULL_SCALE, int(self.lx / current.lx_per_count))
        self.bus.registers[LIGHT] = counts.to_bytes(2, "little")


def read(driver: Veml7700, now_s: float = 0.0) -> tuple[Reading, float]:
    """The next reading, and how long after ``now_s`` it came."""
    at_s = now_s
    for _ in range(20):
        answer = driver.poll(at_s)
        if not isinstance(answer, NotBefore):
            return answer[0], at_s - now_s
        assert answer.at_s > at_s
        at_s = answer.at_s
    raise AssertionError("no reading")


def driver_on(bus) -> Veml7700:
    return Veml7700(Device(bus, ADDRESS))


def test_daylight_is_read_in_the_top_range_at_once(bus) -> None:
    Street(bus, lx=100_000)
    reading, after_s = read(driver_on(bus))
    assert reading.quantity is Quantity.LIGHT_LEVEL_LX
    assert reading.quality is Quality.OK
    assert after_s < 0.1


@pytest.mark.parametrize("lx", [0, 0.3, 5, 35, 55, 400])
def test_night_and_dusk_are_read_finely_within_two_seconds(bus, lx: float) -> None:
    Street(bus, lx)
    reading, after_s = read(driver_on(bus))
    assert reading.value == pytest.approx(lx, rel=0.01, abs=0.01)
    assert after_s < 2


def test_a_headlight_at_night_is_measured_within_a_second(bus) -> None:
    street = Street(bus, lx=0)
    driver = driver_on(bus)
    read(driver)
    street.lx = 800
    reading, after_s = read(driver, 100)
    assert reading.value == pytest.approx(800, rel=0.02)
    assert reading.quality is Quality.OK
    assert after_s < 1


def test_more_than_the_top_range_holds_is_told_as_saturated(bus) -> None:
    Street(bus, lx=200_000)
    assert read(driver_on(bus))[0].quality is Quality.SATURATED


def test_light_that_changes_all_the_time_does_not_starve_the_reading(bus) -> None:
    street = Street(bus, lx=0)
    flip: Callable[[int], None] = bus.on_read

    def flicker(register: int) -> None:
        if register == LIGHT:
            street.lx = 100_000 - street.lx
        flip(register)

    bus.on_read = flicker
    assert read(driver_on(bus))[1] < 5


def test_a_poll_while_the_chip_integrates_is_told_the_same_moment_and_costs_no_transfer(bus) -> None:
    Street(bus, lx=35)
    driver = driver_on(bus)
    answer = driver.poll(0)
    assert isinstance(answer, NotBefore)
    assert answer.at_s == pytest.approx(0.055)  # power-up and two integrations of 25 ms
    transfers = bus.transfers
    assert driver.poll(0.01) == answer
    assert bus.transfers == transfers


def test_a_reset_behind_our_back_is_noticed_and_configured_away(bus) -> None:
    Street(bus, lx=35)
    driver = driver_on(bus)
    read(driver)
    bus.registers[CONFIGURATION] = POWER_ON_DEFAULT
    assert isinstance(driver.poll(10), NotBefore)
    assert read(driver, 10)[0].value == pytest.approx(35, rel=0.01)


def test_a_chip_that_resets_all_the_time_is_garbage(bus) -> None:
    driver = driver_on(bus)

    def brown_out(register: int) -> None:
        if bus.writes and bus.transfers % 4 == 3:
            bus.registers[CONFIGURATION] = POWER_ON_DEFAULT

    bus.on_read = brown_out
    with pytest.raises(BusError, match="again and again") as caught:
        read(driver)
    assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize("stuck", [b"\xff\xff", b"\x00\x00"])
def test_a_register_that_does_not_keep_what_was_written_is_garbage(bus, stuck: bytes) -> None:
    bus.read_only.add(CONFIGURATION)
    bus.registers[CONFIGURATION] = stuck
    with pytest.raises(BusError) as caught:
        driver_on(bus).poll(0)
    assert caught.value.fault is Fault.GARBAGE


def test_a_bus_floating_high_is_garbage_not_sunshine(bus) -> None:
    Street(bus, lx=35)
    driver = driver_on(bus)
    read(driver)
    bus.registers[CONFIGURATION] = b"\xff\xff"
    with pytest.raises(BusError) as caught:
        driver.poll(10)
    assert caught.value.fault is Fault.GARBAGE


def test_after_an_error_the_chip_is_configured_afresh_from_the_top(bus) -> None:
    Street(bus, lx=35)
    driver = driver_on(bus)
    read(driver)
    bus.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        driver.poll(10)
    bus.writes.clear()
    driver.poll(11)
    assert bus.writes == [(CONFIGURATION, TOP.code.to_bytes(2, "little"))]


def test_the_calibration_factor_is_on_the_reading(bus) -> None:
    Street(bus, lx=40)
    assert read(Veml7700(Device(bus, ADDRESS), calibration=1.5))[0].value == pytest.approx(60, rel=0.01)
