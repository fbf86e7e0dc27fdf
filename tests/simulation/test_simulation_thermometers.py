"""The virtual thermometers against bytes worked out by hand from the datasheets."""

import pytest
from chip_bench import ChipBench

from agent.simulation.chips.mcp9808 import Mcp9808Chip
from agent.simulation.chips.tmp102 import Tmp102Chip
from agent.simulation.chips.words import WordPort


@pytest.fixture
def bench() -> ChipBench:
    return ChipBench()


def tmp102(bench: ChipBench) -> Tmp102Chip:
    chip = Tmp102Chip(bench.felt)
    bench.plug(WordPort(chip, "big"))
    return chip


def mcp9808(bench: ChipBench) -> Mcp9808Chip:
    chip = Mcp9808Chip(bench.felt)
    bench.plug(chip)
    return chip


class TestTmp102:
    def test_it_reads_zero_until_the_first_conversion_has_finished(self, bench: ChipBench) -> None:
        tmp102(bench)
        bench.truth = 25.0

        assert [bench.read(1), bench.read(0)] == ["60a0", "0000"]
        bench.now_s = 0.04
        assert bench.read(0) == "1900"

    @pytest.mark.parametrize(("celsius", "word"), [(-25.0, "e700"), (0.25, "0040"), (127.9375, "7ff0"), (140.0, "7ff0")])
    def test_twelve_bits_as_in_the_datasheet_s_table(self, bench: ChipBench, celsius: float, word: str) -> None:
        tmp102(bench)
        bench.truth, bench.now_s = celsius, 1.0
        assert bench.read(0) == word

    @pytest.mark.parametrize(("celsius", "word"), [(150.0, "4b01"), (25.0, "0c81"), (-25.0, "f381")])
    def test_extended_mode_says_so_in_the_lowest_bit(self, bench: ChipBench, celsius: float, word: str) -> None:
        tmp102(bench)
        bench.truth = celsius
        bench.write(1, 0x60, 0xB0)

        bench.now_s = 1.0
        assert bench.read(0) == word

    def test_the_format_changes_with_the_next_conversion_only(self, bench: ChipBench) -> None:
        tmp102(bench)
        bench.truth, bench.now_s = 25.0, 1.0
        bench.write(1, 0x60, 0xB0)

        bench.now_s = 1.03
        assert bench.read(0) == "1900"
        bench.now_s = 1.04
        assert bench.read(0) == "0c81"

    def test_the_alert_bit_is_the_chip_s_own_with_hysteresis(self, bench: ChipBench) -> None:
        tmp102(bench)
        bench.write(1, 0xFF, 0x90)  # resolution cannot be changed, one shot counts only while shut down
        bench.write(1, 0x00, 0xA0)
        alert = []
        for bench.now_s, bench.truth in ((1, 79.0), (2, 81.0), (3, 76.0), (4, 74.0)):
            alert.append(bench.read(1))
        assert alert == ["60a0", "6080", "6080", "60a0"]

    def test_one_shot_converts_once_while_shut_down(self, bench: ChipBench) -> None:
        tmp102(bench)
        bench.write(1, 0x61, 0xA0)
        bench.truth, bench.now_s = 25.0, 1.0
        assert bench.read(0) == "0000"

        bench.write(1, 0xE1, 0xA0)
        assert bench.read(1) == "61a0"
        bench.now_s = 1.04
        assert [bench.read(1), bench.read(0)] == ["e1a0", "1900"]
        bench.truth, bench.now_s = 50.0, 9.0
        assert bench.read(0) == "1900"

    def test_a_brown_out_brings_the_defaults_back(self, bench: ChipBench) -> None:
        chip = tmp102(bench)
        bench.truth = 25.0
        bench.write(1, 0x60, 0xB0)
        bench.now_s = 1.0
        assert bench.read(0) == "0c81"

        chip.reset(1.0)
        assert [bench.read(1), bench.read(0)] == ["60a0", "0000"]


class TestMcp9808:
    def test_it_says_who_it_is_and_reads_zero_until_the_first_conversion_has_finished(self, bench: ChipBench) -> None:
        mcp9808(bench)
        bench.truth = 25.0
        assert [bench.read(register) for register in (6, 7, 1, 5)] == ["0054", "0400", "0000", "0000"]
        bench.now_s = 0.24
        assert bench.read(5) == "0000"
        bench.now_s = 0.26
        assert bench.read(5) == "c190"  # 400 counts, above all limits of 0 degrees

    @pytest.mark.parametrize(
        ("celsius", "word"),
        [
            (0.0, "8000"),  # at the critical limit, which is 0
            (0.0625, "c001"),
            (125.0, "c7d0"),  # 2,000 counts
            (-0.0625, "3fff"),  # -1 in 13 bits, below the lower limit
            (-25.0, "3e70"),  # -400
            (-40.0, "3d80"),  # -640
        ],
    )
    def test_thirteen_bits_below_the_alerts(self, bench: ChipBench, celsius: float, word: str) -> None:
        mcp9808(bench)
        bench.truth, bench.now_s = celsius, 1.0
        assert bench.read(5) == word

    def test_the_limits_are_kept_in_quarters_and_compared(self, bench: ChipBench) -> None:
        mcp9808(bench)
        bench.write(2, 0x05, 0x03)  # upper 80
        bench.write(3, 0x1F, 0x60)  # lower -10
        bench.write(4, 0x05, 0xA0)  # critical 90
        assert [bench.read(register) for register in (2, 3, 4)] == ["0500", "1f60", "05a0"]
        seen = []
        for bench.now_s, bench.truth in ((1, 25), (2, 85), (3, 95), (4, -20)):
            seen.append(bench.read(5)[0])
        assert seen == ["0", "4", "c", "3"]  # the sign bit is with them

    @pytest.mark.parametrize(("resolution", "longest_s", "word"), [(0, 0.03, "c198"), (1, 0.065, "c19c"), (2, 0.13, "c19e")])
    def test_a_coarser_resolution_is_faster(self, bench: ChipBench, resolution: int, longest_s: float, word: str) -> None:
        mcp9808(bench)
        bench.truth = 25.9375  # 415 counts, cut to eighths, quarters, halves
        assert bench.read(8, count=1) == "03"
        bench.write(8, resolution)
        bench.now_s = longest_s - 0.001
        assert bench.read(5) == "0000"
        bench.now_s = longest_s + 0.001
        assert bench.read(5) == word

    def test_shut_down_it_keeps_its_last_result(self, bench: ChipBench) -> None:
        mcp9808(bench)
        bench.truth, bench.now_s = 25.0, 1.0
        bench.write(1, 0x01, 0x00)
        bench.truth, bench.now_s = 50.0, 9.0
        assert [bench.read(1), bench.read(5)] == ["0100", "c190"]
        bench.write(1, 0x00, 0x00)
        bench.now_s = 9.26
        assert bench.read(5) == "c320"

    def test_a_lock_holds_the_hysteresis_until_power_is_gone(self, bench: ChipBench) -> None:
        chip = mcp9808(bench)
        bench.write(1, 0x02, 0x80)
        bench.write(1, 0x05, 0x00)
        assert bench.read(1) == "0280"
        chip.reset(1.0)
        assert bench.read(1) == "0000"
