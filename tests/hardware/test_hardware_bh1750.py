"""BH1750: counts to lux, opcodes, the choice of range, and a chip that loses its power, saturates or is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.bh1750 import ADDRESS, FEW, FINEST, FULL_SCALE, MANY, RANGES, TOP, Bh1750, Range, better_range, decode
from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

GLANCE_S, H_31_S, FINEST_S = 0.0108, 0.0809, 0.6627  # 24 ms * 31/69, 180 ms * 31/69, 180 ms * 254/69


@pytest.mark.parametrize(
    ("opcode", "mtreg", "word", "lux"),
    [
        (0x20, 69, 0x8390, 28_067),  # the technical note's own example: 33,680 / 1.2
        (0x20, 31, 0xD299, 100_000),  # full daylight: 53,913 / 1.2 * 69/31
        (0x23, 31, 0xD298, 99_998),  # the same at a glance
        (0x21, 69, 0x0054, 35.0),  # 84 / 1.2 / 2
        (0x21, 254, 0x0135, 34.975),  # 309 / 1.2 * 69/254 / 2
        (0x21, 254, 0x0001, 0.1132),  # one count
        (0x21, 254, 0x0000, 0.0),
    ],
)
def test_decode_by_hand(opcode: int, mtreg: int, word: int, lux: float) -> None:
    assert decode(word, Range(opcode, mtreg)) == pytest.approx(lux, rel=1e-4)


def test_the_top_reaches_beyond_full_daylight_and_the_finest_resolves_a_tenth_of_a_lux() -> None:
    assert decode(FULL_SCALE, TOP) == pytest.approx(121_550, abs=10)
    assert decode(1, FINEST) < 0.12


@given(st.sampled_from(RANGES), st.integers(0, FULL_SCALE - 1))
def test_a_better_range_has_room_for_the_same_light_and_ranging_comes_to_rest(start: Range, counts: int) -> None:
    lx = decode(counts, start)
    chosen, read = start, counts
    for _ in range(3):
        chosen = better_range(read, chosen)
        read = int(lx / chosen.lx_per_count)
        assert chosen != TOP
        assert chosen == RANGES[1] or read <= MANY
    assert better_range(read, chosen) == chosen
    assert chosen == FINEST or read >= FEW


class Chip:
    """Notes opcodes; each conversion gives the next of ``results``, and the last of them for ever. No time passes in it."""

    def __init__(self, *results: int) -> None:
        self.results = list(results)
        self.result = 0
        self.opcodes: list[int] = []
        self.transfers = 0
        self.failures: list[Fault] = []
        self.floats = False

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        assert address == 0x23
        self.transfers += 1
        if self.failures:
            raise BusError(self.failures.pop(0), "is made to fail")
        if write:
            assert len(write) == 1, "more than one opcode before a stop"
            self._obey(write[0])
            return b""
        return b"\xff\xff" if self.floats else self.result.to_bytes(2, "big")

    def _obey(self, opcode: int) -> None:
        self.opcodes.append(opcode)
        if opcode in (0x20, 0x21, 0x23):
            self.result = self.results[0]
            self.results[:-1] = self.results[1:-1]
        elif opcode == 0x07:
            self.result = 0


def driver_on(chip: Chip, calibration: float = 1.0) -> Bh1750:
    return Bh1750(Device(chip, ADDRESS), calibration)


def read(driver: Bh1750, now_s: float = 0.0) -> Reading:
    while isinstance(answer := driver.poll(now_s), NotBefore):
        assert answer.at_s > now_s
        now_s = answer.at_s
    assert len(answer) == 1
    return answer[0]


def test_it_glances_at_the_light_and_then_reads_it_in_the_range_for_it() -> None:
    chip = Chip(0x0010, 0x0135)  # 16 counts are about 30 lx
    driver = driver_on(chip)

    assert driver.poll(0) == NotBefore(pytest.approx(GLANCE_S, abs=1e-4))
    assert chip.opcodes == [0x01, 0x40, 0x7F, 0x23]  # on, MTreg 31 = 0b000_11111, one time L
    chip.opcodes.clear()
    assert driver.poll(0.02) == NotBefore(pytest.approx(0.02 + FINEST_S, abs=1e-4))
    assert chip.opcodes == [0x01, 0x47, 0x7E, 0x21]  # on, MTreg 254 = 0b111_11110, one time H2
    at_s = pytest.approx(0.02 + FINEST_S, abs=1e-4)
    assert driver.poll(0.7) == (Reading(Quantity.LIGHT_LEVEL_LX, pytest.approx(34.975, abs=0.001), at_s),)


def test_daylight_is_read_in_steps_of_2_lx() -> None:
    chip = Chip(0xD298, 0xD299)
    reading = read(driver_on(chip))
    assert reading.value == pytest.approx(100_000, rel=1e-4)
    assert reading.at_s == pytest.approx(GLANCE_S + H_31_S, abs=1e-3)
    assert chip.opcodes[4:] == [0x01, 0x40, 0x7F, 0x20]


def test_the_next_reading_needs_no_glance_and_configures_the_chip_all_the_same() -> None:
    chip = Chip(0x0010, 0x0135)
    driver = driver_on(chip)
    read(driver)
    chip.opcodes.clear()
    assert read(driver, 60).at_s == pytest.approx(60 + FINEST_S, abs=1e-4)
    assert chip.opcodes == [0x01, 0x47, 0x7E, 0x21]  # whatever reset it in the meantime


def test_a_poll_while_the_chip_converts_is_told_the_same_moment_and_costs_no_transfer() -> None:
    chip = Chip(0x0010)
    driver = driver_on(chip)
    answer = driver.poll(0)
    transfers = chip.transfers
    assert driver.poll(0.005) == answer
    assert chip.transfers == transfers


def test_a_headlight_that_blinds_the_finest_range_is_measured() -> None:
    chip = Chip(0x0000, 0x0003, 0xFFFF, 0x3E58, 0x3E5C)  # dark, then 15,960 counts at a glance: 29,600 lx
    driver = driver_on(chip)
    read(driver)
    reading = read(driver, 60)
    assert reading.value == pytest.approx(29_611, rel=1e-3)
    assert reading.quality is Quality.OK
    assert reading.at_s - 60 < 1


@pytest.mark.parametrize("blinded", [0xFFFF, 0xFFFC])  # by a mode that counts in fours
def test_more_than_the_top_range_holds_is_told_as_saturated(blinded: int) -> None:
    chip = Chip(blinded)
    reading = read(driver_on(chip))
    assert reading.quality is Quality.SATURATED
    assert reading.value == pytest.approx(121_555, abs=10)
    assert chip.opcodes[-2:] == [0x01, 0x07]  # it was asked whether it lives


def test_a_bus_floating_high_is_garbage_not_sunshine() -> None:
    chip = Chip(0x0010)
    driver = driver_on(chip)
    read(driver)
    chip.floats = True
    with pytest.raises(BusError, match="0xffff after it was cleared") as caught:
        read(driver, 60)
    assert caught.value.fault is Fault.GARBAGE


def test_power_lost_during_a_conversion_is_no_darkness() -> None:
    chip = Chip(0x0010, 0x0135, 0x0000, 0x0010, 0x0135)  # 35 lx, 0, and looked at again
    driver = driver_on(chip)
    read(driver)
    assert read(driver, 60).value == pytest.approx(34.975, abs=0.001)


def test_darkness_that_falls_at_once_is_seen_twice_and_believed() -> None:
    chip = Chip(0x2000, 0x2000, 0x0000)
    driver = driver_on(chip)
    assert read(driver).value > 1_000
    chip.opcodes.clear()
    reading = read(driver, 60)
    assert (reading.value, reading.quality) == (0, Quality.OK)
    assert chip.opcodes.count(0x01) == 3  # in the range that it had, at a glance, and in the finest


def test_the_last_faint_light_may_go_out_without_being_looked_for() -> None:
    chip = Chip(0x0000, 0x0009, 0x0000)  # 1 lx
    driver = driver_on(chip)
    read(driver)
    chip.opcodes.clear()
    assert read(driver, 60).value == 0
    assert chip.opcodes.count(0x01) == 1


def test_light_and_nothing_by_turns_is_a_supply_that_cannot_bear_a_long_conversion() -> None:
    chip = Chip(0x2000, 0x0000, 0x2000, 0x0000, 0x2000, 0x0000)
    with pytest.raises(BusError, match="supply") as caught:
        read(driver_on(chip))
    assert caught.value.fault is Fault.GARBAGE


def test_light_that_changes_all_the_time_does_not_starve_the_reading() -> None:
    chip = Chip(0x0010, *[0xFFFF, 0x0010] * 20)
    assert read(driver_on(chip)).at_s < 2


def test_after_an_error_it_begins_again_from_the_top() -> None:
    chip = Chip(0x0010, 0x0135)
    driver = driver_on(chip)
    read(driver)
    chip.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        driver.poll(60)
    chip.opcodes.clear()
    driver.poll(61)
    assert chip.opcodes == [0x01, 0x40, 0x7F, 0x23]


def test_a_result_that_nobody_came_for_is_of_the_moment_it_was_ready() -> None:
    chip = Chip(0x0010, 0x0135)
    driver = driver_on(chip)
    driver.poll(0)
    driver.poll(1)
    answer = driver.poll(50)  # the bus had been given up for a while
    assert isinstance(answer, tuple)
    assert answer[0].at_s == pytest.approx(1 + FINEST_S, abs=1e-4)


def test_the_calibration_factor_is_on_the_reading() -> None:
    assert read(driver_on(Chip(0x0010, 0x0135), calibration=1.5)).value == pytest.approx(52.463, abs=0.001)
