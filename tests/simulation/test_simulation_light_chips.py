"""The virtual light sensors against bytes worked out by hand from the datasheets."""

import pytest
from chip_bench import ChipBench

from agent.simulation.chips.bh1750 import Bh1750Chip


@pytest.fixture
def bench() -> ChipBench:
    return ChipBench()


def bh1750(bench: ChipBench) -> Bh1750Chip:
    chip = Bh1750Chip(bench.felt)
    bench.plug(chip)
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
