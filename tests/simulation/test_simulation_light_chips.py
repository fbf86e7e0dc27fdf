"""The virtual light sensors against bytes worked out by hand from the datasheets."""

import pytest
from chip_bench import ChipBench

from agent.simulation.chips.bh1750 import Bh1750Chip
from agent.simulation.chips.opt3001 import Opt3001Chip
from agent.simulation.chips.tsl2591 import Tsl2591Chip
from agent.simulation.chips.words import WordPort


@pytest.fixture
def bench() -> ChipBench:
    return ChipBench()


def bh1750(bench: ChipBench) -> Bh1750Chip:
    chip = Bh1750Chip(bench.felt)
    bench.plug(chip)
    return chip


def tsl2591(bench: ChipBench) -> Tsl2591Chip:
    chip = Tsl2591Chip(bench.felt)
    bench.plug(chip)
    return chip


def opt3001(bench: ChipBench) -> Opt3001Chip:
    chip = Opt3001Chip(bench.felt)
    bench.plug(WordPort(chip, "big"))
    return chip


class TestBh1750:
    def test_it_wakes_up_powered_down_and_has_measured_nothing(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth, bench.now_s = 500, 100
        assert bench.read() == "0000"

    def test_one_conversion_of_35_lx_takes_its_longest_time_and_no_other_follows(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth = 35
        bench.write(0x20)  # H: 35 * 1.2 = 42
        bench.now_s = 0.179
        assert bench.read() == "0000"
        bench.now_s = 0.181
        assert bench.read() == "002a"
        bench.truth, bench.now_s = 500, 10
        assert bench.read() == "002a"

    @pytest.mark.parametrize(
        ("opcode", "longest_s", "word"),
        [
            (0x20, 0.180, "04b3"),  # 1,002.9 lx * 1.2 = 1,203
            (0x21, 0.180, "0966"),  # twice 1,203.48 is 2,406
            (0x23, 0.024, "04b0"),  # in fours: 1,200
        ],
    )
    def test_each_mode_has_its_steps_and_its_time(self, bench: ChipBench, opcode: int, longest_s: float, word: str) -> None:
        bh1750(bench)
        bench.truth = 1002.9
        bench.write(opcode)
        bench.now_s = longest_s - 0.001
        assert bench.read() == "0000"
        bench.now_s = longest_s + 0.001
        assert bench.read() == word

    def test_the_measurement_time_scales_counts_and_time_of_the_next_conversion(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth = 35
        bench.write(0x20)
        bench.write(0x47)  # 254 = 0b111_11110
        bench.write(0x7E)
        bench.now_s = 0.2
        assert bench.read() == "002a"  # begun before
        bench.write(0x21)
        bench.now_s = 0.2 + 0.66  # 180 ms * 254/69 = 663 ms
        assert bench.read() == "002a"
        bench.now_s = 0.2 + 0.67
        assert bench.read() == "0135"  # 35 * 1.2 * 254/69 * 2 = 309.2

    def test_two_opcodes_without_a_stop_between_them_are_one(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth = 35
        bench.write(0x01, 0x20)
        bench.now_s = 1
        assert bench.read() == "0000"

    def test_continuously_it_follows_the_light(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth = 35
        bench.write(0x10)
        bench.now_s = 0.2
        assert bench.read() == "002a"
        bench.truth, bench.now_s = 70, 0.37
        assert bench.read() == "0054"
        bench.write(0x00)  # power down
        bench.truth, bench.now_s = 35, 9
        assert bench.read() == "0054"

    def test_its_result_is_cleared_only_under_power(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth = 35
        bench.write(0x20)
        bench.now_s = 0.2
        bench.write(0x07)  # it has powered down by itself
        assert bench.read() == "002a"
        bench.write(0x01)
        bench.write(0x07)
        assert bench.read() == "0000"

    def test_it_saturates_at_full_scale(self, bench: ChipBench) -> None:
        bh1750(bench)
        bench.truth = 60_000  # 54,612 lx are all that 16 bits hold at MTreg 69
        bench.write(0x20)
        bench.now_s = 1
        assert bench.read() == "ffff"

    def test_a_brown_out_ends_the_conversion_and_forgets_the_measurement_time(self, bench: ChipBench) -> None:
        chip = bh1750(bench)
        bench.truth = 35
        bench.write(0x47)
        bench.write(0x20)
        chip.reset(0.1)
        bench.now_s = 5
        assert bench.read() == "0000"
        bench.write(0x20)
        bench.now_s = 5.181
        assert bench.read() == "002a"


class TestTsl2591:
    def test_it_says_who_it_is_and_sleeps(self, bench: ChipBench) -> None:
        tsl2591(bench)
        bench.truth, bench.now_s = 500, 100
        assert bench.read(0xB2, count=1) == "50"
        assert bench.read(0xA0) == "0000"
        assert bench.read(0xB3, count=5) == "0000000000"  # status, and both channels

    def test_the_first_integration_is_told_by_valid_and_has_both_channels(self, bench: ChipBench) -> None:
        tsl2591(bench)
        bench.truth = 45_900  # 20,000 and 5,000 counts: 15,000 * 0.75 * 4.08 lx
        bench.write(0xA0, 0x03)
        bench.now_s = 0.1
        assert bench.read(0xB3, count=5) == "0000000000"
        bench.now_s = 0.11
        assert bench.read(0xB3, count=5) == "01" + "204e" + "8813"  # low byte first

    @pytest.mark.parametrize(
        ("control", "longest_s", "channels"),
        [
            (0x00, 0.108, "2b00" + "0a00"),  # 100 lx: 43.6 counts at gain 1 and 100 ms, a quarter of them infrared
            (0x10, 0.108, "4104" + "1001"),  # 1,089.3
            (0x25, 0.648, "ffff" + "456d"),  # 600 ms at gain 428: 111,895, over full scale, and 27,973 beside
            (0x20, 0.108, "d948" + "3612"),  # 18,649
        ],
    )
    def test_gain_and_time(self, bench: ChipBench, control: int, longest_s: float, channels: str) -> None:
        tsl2591(bench)
        bench.truth = 100
        bench.write(0xA1, control)
        bench.write(0xA0, 0x03)
        bench.now_s = longest_s - 0.001
        assert bench.read(0xB3, count=1) == "00"
        bench.now_s = longest_s + 0.001
        assert bench.read(0xB4, count=4) == channels

    def test_an_integration_of_100_ms_is_full_at_36863(self, bench: ChipBench) -> None:
        tsl2591(bench)
        bench.truth = 400_000
        bench.write(0xA0, 0x03)
        bench.now_s = 1
        assert bench.read(0xB4, count=4) == "ff8fff8f"

    def test_a_change_within_an_integration_spoils_it_and_measuring_anew_does_not(self, bench: ChipBench) -> None:
        tsl2591(bench)
        bench.truth = 100
        bench.write(0xA0, 0x03)
        bench.now_s = 0.2
        bench.write(0xA1, 0x10)
        bench.now_s = 0.22
        assert bench.read(0xB3, count=5) == "01" + "2b00" + "0a00"  # of the old gain
        bench.write(0xA0, 0x01)
        bench.write(0xA0, 0x03)
        assert bench.read(0xB3, count=1) == "00"
        bench.now_s = 0.33
        assert bench.read(0xB3, count=5) == "01" + "4104" + "1001"

    def test_without_the_command_bits_nothing_is_understood(self, bench: ChipBench) -> None:
        tsl2591(bench)
        bench.write(0x01, 0x20)
        assert bench.read(0xA1, count=1) == "00"

    def test_the_reset_bit_and_a_brown_out_put_it_to_sleep(self, bench: ChipBench) -> None:
        chip = tsl2591(bench)
        for reset in (lambda: bench.write(0xA1, 0x80), lambda: chip.reset(bench.now_s)):
            bench.write(0xA1, 0x15)
            bench.write(0xA0, 0x03)
            bench.now_s += 1
            assert bench.read(0xA0) == "0315"
            reset()
            assert bench.read(0xA0) == "0000"
            assert bench.read(0xB3, count=1) == "00"


class TestOpt3001:
    def test_it_says_who_it_is_and_is_shut_down(self, bench: ChipBench) -> None:
        opt3001(bench)
        bench.truth, bench.now_s = 500, 100
        assert [bench.read(register) for register in (0x7E, 0x7F, 0, 1)] == ["5449", "3001", "0000", "c810"]

    @pytest.mark.parametrize(
        ("lux", "word"),
        [
            (35.0, "0dac"),  # range 0: 3,500 steps of 0.01 lx
            (88.80, "28ac"),  # range 2: 2,220 of 0.04
            (10_000.0, "8f42"),  # range 8: 3,906 of 2.56
            (83_865.60, "bfff"),  # the last
        ],
    )
    def test_it_chooses_the_lowest_range_that_holds_the_light(self, bench: ChipBench, lux: float, word: str) -> None:
        opt3001(bench)
        bench.truth = lux + 0.001
        bench.write(1, 0xCC, 0x00)
        bench.now_s = 0.88
        assert bench.read(0) == "0000"
        bench.now_s = 0.89
        assert bench.read(0) == word

    def test_a_range_that_is_wanted_overflows(self, bench: ChipBench) -> None:
        opt3001(bench)
        bench.truth = 35
        bench.write(1, 0x24, 0x00)  # range 2, 100 ms, continuously
        bench.now_s = 0.12
        assert [bench.read(0), bench.read(1)] == ["236b", "2480"]
        bench.truth, bench.now_s = 200, 0.24
        assert [bench.read(0), bench.read(1)] == ["2fff", "2580"]

    def test_more_light_than_the_last_range_holds_overflows(self, bench: ChipBench) -> None:
        opt3001(bench)
        bench.truth = 84_000
        bench.write(1, 0xCC, 0x00)
        bench.now_s = 1
        assert [bench.read(0), bench.read(1)] == ["bfff", "cd80"]

    def test_ready_comes_once_a_conversion_and_reading_clears_it(self, bench: ChipBench) -> None:
        opt3001(bench)
        bench.write(1, 0xCC, 0x00)
        seen = []
        for bench.now_s in (0.88, 0.89, 0.9, 1.77):
            seen.append(bench.read(1))
        assert seen == ["cc00", "cc80", "cc00", "cc80"]

    def test_a_single_conversion_happens_once_and_shuts_it_down(self, bench: ChipBench) -> None:
        opt3001(bench)
        bench.truth = 35
        bench.write(1, 0xC2, 0x10)
        bench.now_s = 0.1
        assert bench.read(1) == "c210"
        bench.now_s = 0.12
        assert [bench.read(1), bench.read(0)] == ["c090", "0dac"]
        bench.truth, bench.now_s = 20, 9
        assert bench.read(0) == "0dac"

    def test_a_write_aborts_the_conversion_under_way(self, bench: ChipBench) -> None:
        opt3001(bench)
        bench.truth = 35
        bench.write(1, 0xCC, 0x00)
        bench.now_s = 0.8
        bench.write(1, 0xCC, 0x00)
        bench.now_s = 1.6
        assert bench.read(1) == "cc00"

    def test_a_brown_out_brings_the_defaults_back(self, bench: ChipBench) -> None:
        chip = opt3001(bench)
        bench.truth = 35
        bench.write(1, 0xCC, 0x00)
        bench.write(3, 0x12, 0x34)
        bench.now_s = 1
        assert [bench.read(0), bench.read(3)] == ["0dac", "1234"]
        chip.reset(1)
        assert [bench.read(0), bench.read(1), bench.read(3)] == ["0000", "c810", "bfff"]
