"""The virtual chips against bytes worked out by hand from the datasheets."""

import pytest
from chip_bench import ChipBench

from agent.simulation.chips.ina226 import Ina226Chip
from agent.simulation.chips.veml7700 import Veml7700Chip, counts
from agent.simulation.chips.words import WordPort


def veml7700(bench: ChipBench) -> Veml7700Chip:
    chip = Veml7700Chip(bench.felt)
    bench.plug(WordPort(chip, "little"))
    return chip


def ina226(bench: ChipBench) -> Ina226Chip:
    chip = Ina226Chip(bench.felt, lambda _: bench.amps, shunt_ohm=0.002)
    bench.plug(WordPort(chip, "big"))
    return chip


@pytest.fixture
def bench() -> ChipBench:
    return ChipBench()


class TestVeml7700:
    GAIN_EIGHTH_100_MS = (0x00, 0x10)  # low byte first

    def test_it_wakes_up_shut_down_and_measures_nothing(self, bench: ChipBench) -> None:
        veml7700(bench)
        bench.truth = 500

        bench.now_s = 100
        assert bench.read(0) == "0100"
        assert bench.read(4) == "0000"

    def test_35_lx_are_64_counts_at_gain_an_eighth_and_100_ms(self, bench: ChipBench) -> None:
        veml7700(bench)
        bench.truth = 35  # 34.82 before correction, at 0.5376 lx a count
        bench.write(0, *self.GAIN_EIGHTH_100_MS)

        bench.now_s = 0.103
        assert bench.read(4) == "0000"  # 4 ms to wake, 100 ms to integrate
        bench.now_s = 0.105
        assert bench.read(4) == "4000"
        assert bench.read(0) == "0010"

    def test_a_change_of_range_leaves_the_old_result_for_longer_than_one_integration(self, bench: ChipBench) -> None:
        veml7700(bench)
        bench.truth = 35
        bench.write(0, *self.GAIN_EIGHTH_100_MS)
        bench.now_s = 1.0
        bench.write(0, 0x00, 0x08)  # gain 2: sixteen times the counts

        bench.now_s = 1.15
        assert bench.read(4) == "4000"
        bench.now_s = 1.2
        assert bench.read(4) == "0c04"  # 34.82 lx / 0.0336 = 1036

    def test_writing_what_is_there_already_starts_nothing_afresh(self, bench: ChipBench) -> None:
        veml7700(bench)
        bench.write(0, *self.GAIN_EIGHTH_100_MS)
        bench.now_s, bench.truth = 1.0, 35.0
        bench.write(0, *self.GAIN_EIGHTH_100_MS)

        assert bench.read(4) == "4000"

    def test_a_brown_out_shuts_it_down_and_clears_its_thresholds(self, bench: ChipBench) -> None:
        chip = veml7700(bench)
        bench.truth = 35
        bench.write(0, *self.GAIN_EIGHTH_100_MS)
        bench.write(1, 0x34, 0x12)
        bench.now_s = 1.0
        assert bench.read(1) == "3412"

        chip.reset(1.0)
        assert [bench.read(0), bench.read(1), bench.read(4)] == ["0100", "0000", "0000"]

    def test_it_saturates_at_full_scale(self) -> None:
        gain_2_800_ms = 0x08C0
        assert counts(500, gain_2_800_ms) == 0xFFFF
        assert counts(0, gain_2_800_ms) == 0

    def test_bright_light_is_shown_as_the_application_note_bends_it(self) -> None:
        gain_eighth_25_ms = 0x1300  # 2.1504 lx a count
        assert counts(14_793, gain_eighth_25_ms) == 10_000 / 2.1504 // 1
        assert counts(120_000, gain_eighth_25_ms) == pytest.approx(23_783 / 2.1504, abs=1)  # straight on beyond 20,000

    def test_more_light_never_means_fewer_counts(self) -> None:
        lux = [10 ** (exponent / 50) for exponent in range(-100, 270)]
        shown = [counts(one, 0x1300) for one in lux]
        assert shown == sorted(shown)


class TestIna226:
    def test_it_says_who_it_is_and_measures_from_the_start(self, bench: ChipBench) -> None:
        ina226(bench)
        bench.truth, bench.amps = 12.0, 1.0
        assert [bench.read(register) for register in (0, 2, 0xFE, 0xFF)] == ["4127", "0000", "5449", "2260"]

        bench.now_s = 0.0023  # 1.1 ms each
        assert bench.read(2) == "2580"  # 12 V / 1.25 mV
        assert bench.read(1) == "0320"  # 2 mV / 2.5 uV

    def test_current_and_power_need_a_calibration(self, bench: ChipBench) -> None:
        ina226(bench)
        bench.truth, bench.amps = 12.0, 1.0
        bench.now_s = 0.01
        assert [bench.read(3), bench.read(4)] == ["0000", "0000"]

        bench.write(5, 0x0A, 0x00)  # 0.00512 / (1 mA * 2 mohm)
        bench.now_s = 0.02
        assert bench.read(4) == "03e8"  # 1000 mA
        assert bench.read(3) == "01e0"  # 480 * 25 mW

    def test_conversion_ready_comes_once_a_conversion_and_reading_clears_it(self, bench: ChipBench) -> None:
        ina226(bench)
        bench.write(0, 0x47, 0x27)  # 64 averages: 140.8 ms

        seen = []
        for bench.now_s in (0.14, 0.142, 0.143, 0.283):
            seen.append(bench.read(6))
        assert seen == ["0000", "0008", "0000", "0008"]

    def test_the_old_result_stays_while_an_average_is_taken(self, bench: ChipBench) -> None:
        ina226(bench)
        bench.truth = 12.0
        bench.now_s = 0.01
        bench.write(0, 0x47, 0x27)
        bench.truth = 24.0

        bench.now_s = 0.14
        assert bench.read(2) == "2580"
        bench.now_s = 0.16
        assert bench.read(2) == "4b00"

    def test_a_single_conversion_happens_once(self, bench: ChipBench) -> None:
        ina226(bench)
        bench.truth = 12.0
        bench.write(0, 0x41, 0x23)
        bench.now_s = 1.0
        assert bench.read(2) == "2580"

        bench.truth, bench.now_s = 24.0, 2.0
        assert bench.read(2) == "2580"

    def test_the_shunt_saturates_at_82_mv_either_way(self, bench: ChipBench) -> None:
        ina226(bench)
        bench.amps, bench.now_s = 50.0, 1.0
        assert bench.read(1) == "7fff"
        bench.amps, bench.now_s = -50.0, 2.0
        assert bench.read(1) == "8000"
        bench.amps, bench.now_s = -1.0, 3.0
        assert bench.read(1) == "fce0"

    def test_the_reset_bit_and_a_brown_out_bring_the_defaults_back(self, bench: ChipBench) -> None:
        chip = ina226(bench)
        for reset in (lambda: bench.write(0, 0x80, 0x00), lambda: chip.reset(bench.now_s)):
            bench.write(0, 0x47, 0x27)
            bench.write(5, 0x0A, 0x00)
            reset()
            assert [bench.read(0), bench.read(5), bench.read(2)] == ["4127", "0000", "0000"]
