"""TSL2591: two channels to lux, the choice of range, and a chip that resets, saturates, sleeps or is another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.bus import BusError, Device
from agent.hardware.tsl2591 import ADDRESS, FEW, FINEST, FULL_SCALE, MANY, RANGES, TOP, Range, Tsl2591, better_range, decode
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

MEDIUM = RANGES[1]
ENABLE, CONTROL, ID, STATUS, CHANNELS = 0x00, 0x01, 0x12, 0x13, 0x14
COUNTS = st.integers(0, 0xFFFF)


@pytest.mark.parametrize(
    ("channel_0", "channel_1", "gain", "lux"),
    [
        (20_000, 5_000, 1, 45_900),  # 15,000 * 0.75 * 408/100
        (6_522, 1_631, 428, 34.97),  # 4,891 * 0.74992 * 408/42,800
        (1_000, 250, 25, 91.8),  # 750 * 0.75 * 408/2,500
        (1, 0, 428, 0.00953),  # one count
        (0, 0, 428, 0.0),
        (0, 3, 428, 0.0),  # dark noise in the infrared channel alone
        (900, 1_000, 25, 0.0),  # an infrared lamp
    ],
)
def test_decode_by_hand(channel_0: int, channel_1: int, gain: float, lux: float) -> None:
    assert decode(channel_0, channel_1, Range(gain, 0)) == pytest.approx(lux, rel=1e-3)


@given(COUNTS, COUNTS, COUNTS, st.sampled_from(RANGES))
def test_more_visible_light_is_never_less_lux_and_none_is_negative(one: int, other: int, infrared: int, chosen: Range) -> None:
    low, high = sorted((one, other))
    assert 0 <= decode(low, infrared, chosen) <= decode(high, infrared, chosen)


@given(st.sampled_from(RANGES), st.integers(0, FULL_SCALE - 1))
def test_a_better_range_has_room_for_the_same_light_and_ranging_comes_to_rest(start: Range, counts: int) -> None:
    light = counts / start.gain
    chosen, read = start, counts
    for _ in range(3):
        chosen = better_range(read, chosen)
        read = int(light * chosen.gain)
        assert chosen == TOP or read <= MANY
    assert better_range(read, chosen) == chosen
    assert chosen == FINEST or read >= FEW


class Chip:
    """Registers of one byte behind the command bits, and a light that appears in both channels at once."""

    def __init__(self, light: float = 0.0, infrared: float = 0.25) -> None:
        self.light, self.infrared = light, infrared  # counts of channel 0 at gain 1, and the share of channel 1
        self.valid = True
        self.writes: list[bytes] = []
        self.reads: list[tuple[int, int]] = []
        self.failures: list[Fault] = []
        self.keeps = True
        self.reset()

    def reset(self) -> None:
        self.registers = bytearray(0x18)
        self.registers[ID] = 0x50

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        assert address == 0x29
        assert write[0] & 0xE0 == 0xA0
        if self.failures:
            raise BusError(self.failures.pop(0), "is made to fail")
        register = write[0] & 0x1F
        if len(write) > 1:
            self.writes.append(write)
            if self.keeps:
                self.registers[register] = write[1]
            return b""
        self.reads.append((register, read))
        self._shine()
        return bytes(self.registers[register : register + read])

    def _shine(self) -> None:
        self.registers[STATUS] = self.valid and self.registers[ENABLE] == 0x03
        counts = self.light * (1, 25, 428, 9876)[self.registers[CONTROL] >> 4 & 0b11]
        channels = (min(36_863, int(counts)), min(36_863, int(counts * self.infrared)))
        self.registers[CHANNELS:] = b"".join(channel.to_bytes(2, "little") for channel in channels)


def driver_on(chip: Chip, calibration: float = 1.0) -> Tsl2591:
    return Tsl2591(Device(chip, ADDRESS), calibration)


def read(driver: Tsl2591, now_s: float = 0.0) -> Reading:
    for _ in range(20):
        answer = driver.poll(now_s)
        if not isinstance(answer, NotBefore):
            return answer[0]
        assert answer.at_s > now_s
        now_s = answer.at_s
    raise AssertionError("no reading")


def test_it_begins_at_the_top_with_the_converters_stopped_while_it_chooses() -> None:
    chip = Chip(light=20_000)
    driver = driver_on(chip)
    assert driver.poll(0) == NotBefore(pytest.approx(0.11))
    assert chip.writes == [b"\xa0\x01", b"\xa1\x00", b"\xa0\x03"]
    assert driver.poll(0.11) == (Reading(Quantity.LIGHT_LEVEL_LX, pytest.approx(45_900), 0.11),)


def test_both_channels_come_from_one_transfer() -> None:
    chip = Chip(light=20_000)
    read(driver_on(chip))
    assert chip.reads[-1] == (CHANNELS, 4)


def test_dusk_is_read_with_gain_428_and_stays_there() -> None:
    chip = Chip(light=15.24)
    driver = driver_on(chip)
    assert read(driver).value == pytest.approx(35, abs=0.05)  # 6,522 * 0.75^2 * 408/42,800
    assert chip.writes[-2:] == [b"\xa1\x20", b"\xa0\x03"]
    chip.writes.clear()
    assert read(driver, 60).at_s == 60
    assert chip.writes == []


def test_a_headlight_at_night_is_measured_within_half_a_second() -> None:
    chip = Chip(light=0)
    driver = driver_on(chip)
    read(driver)
    chip.light = 350  # 800 lx: full at gain 428
    reading = read(driver, 60)
    assert reading.value == pytest.approx(803, rel=0.01)
    assert reading.at_s - 60 < 0.5


def test_a_full_channel_0_says_at_least_so_much() -> None:
    reading = read(driver_on(Chip(light=40_000)))
    assert reading.quality is Quality.SATURATED
    assert reading.value == pytest.approx(79_870, rel=0.001)  # 26,863 * (1 - 10,000/36,863) * 4.08


def test_with_both_channels_full_nothing_is_known() -> None:
    assert read(driver_on(Chip(light=200_000))).quality is Quality.SUSPECT


def test_a_poll_while_the_chip_integrates_is_told_the_same_moment_and_costs_no_transfer() -> None:
    chip = Chip()
    driver = driver_on(chip)
    answer = driver.poll(0)
    transfers = len(chip.reads)
    assert driver.poll(0.05) == answer
    assert len(chip.reads) == transfers


def test_a_slow_integration_is_waited_for_and_one_that_never_ends_is_a_fault() -> None:
    chip = Chip(light=20_000)
    chip.valid = False
    driver = driver_on(chip)
    driver.poll(0)
    assert driver.poll(0.11) == NotBefore(pytest.approx(0.13))
    chip.valid = True
    assert isinstance(driver.poll(0.13), tuple)

    chip.valid = False
    with pytest.raises(BusError, match="finishes no integration") as caught:
        read(driver, 60)
    assert caught.value.fault is Fault.FAILED


def test_a_reset_behind_our_back_is_noticed_and_configured_away() -> None:
    chip = Chip(light=15.24)
    driver = driver_on(chip)
    read(driver)
    chip.reset()
    assert isinstance(driver.poll(60), NotBefore)
    assert read(driver, 60).value == pytest.approx(35, abs=0.05)


def test_a_chip_that_resets_all_the_time_is_garbage() -> None:
    chip = Chip(light=15.24)
    driver = driver_on(chip)
    for now_s in range(4):
        assert isinstance(driver.poll(now_s), NotBefore)
        chip.reset()
    with pytest.raises(BusError, match="again and again") as caught:
        driver.poll(4)
    assert caught.value.fault is Fault.GARBAGE


def test_light_that_changes_all_the_time_does_not_starve_the_reading() -> None:
    chip = Chip(light=0)
    driver = driver_on(chip)
    now_s = 0.0
    while isinstance(answer := driver.poll(now_s), NotBefore):
        now_s, chip.light = answer.at_s, 20_000 - chip.light
    assert now_s < 1


@pytest.mark.parametrize(("said", "fault"), [(0xFF, Fault.GARBAGE), (0x0A, Fault.WRONG_CHIP)])
def test_another_identity_is_another_chip_and_all_ones_are_none(said: int, fault: Fault) -> None:
    chip = Chip()
    chip.registers[ID] = said
    with pytest.raises(BusError) as caught:
        driver_on(chip).poll(0)
    assert caught.value.fault is fault


def test_registers_that_do_not_keep_what_was_written_are_garbage() -> None:
    chip = Chip()
    chip.keeps = False
    with pytest.raises(BusError, match="as they were written") as caught:
        driver_on(chip).poll(0)
    assert caught.value.fault is Fault.GARBAGE


def test_a_bus_floating_high_is_garbage_not_sunshine() -> None:
    chip = Chip()
    driver = driver_on(chip)
    read(driver)
    chip.registers[:] = b"\xff" * 0x18
    with pytest.raises(BusError, match="0xff, which it cannot hold") as caught:
        driver.poll(60)
    assert caught.value.fault is Fault.GARBAGE


def test_after_an_error_the_chip_is_identified_and_begun_again_from_the_top() -> None:
    chip = Chip(light=15.24)
    driver = driver_on(chip)
    read(driver)
    chip.failures = [Fault.HUNG_BUS]
    with pytest.raises(BusError):
        driver.poll(60)
    chip.writes.clear()
    chip.reads.clear()
    driver.poll(61)
    assert chip.reads[0] == (ID, 1)
    assert chip.writes == [b"\xa0\x01", b"\xa1\x00", b"\xa0\x03"]


def test_the_calibration_factor_is_on_the_reading() -> None:
    assert read(driver_on(Chip(light=15.24), calibration=2.0)).value == pytest.approx(70, abs=0.1)
