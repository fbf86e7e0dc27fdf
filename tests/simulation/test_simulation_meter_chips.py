"""The virtual meters against bytes worked out by hand from the datasheets."""

import pytest
from meter_bench import INA219, SHELLY, Bench


class TestIna219Chip:
    """By the datasheet's example: 20 mV over 2 mOhm, 11.98 V."""

    @pytest.fixture
    def bench(self) -> Bench:
        return Bench(INA219, volts=11.98, amps=10.0)

    def words(self, bench: Bench) -> list[str]:
        return [bench.raw(bytes([register])) for register in range(6)]

    def test_it_measures_from_the_start_but_multiplies_nothing(self, bench: Bench) -> None:
        assert self.words(bench) == ["399f", "0000", "0000", "0000", "0000", "0000"]
        bench.now_s = 0.0011  # 532 us each
        assert self.words(bench) == ["399f", "07d0", "5d9a", "0000", "0000", "0000"]

    def test_current_and_power_as_in_the_datasheet_s_example(self, bench: Bench) -> None:
        bench.write(5, 0x50, 0x01)  # 1 mA; the lowest bit is not kept
        bench.now_s = 0.0011
        assert self.words(bench) == ["399f", "07d0", "5d9a", "1766", "2710", "5000"]

    def test_conversion_ready_comes_once_a_conversion_and_reading_the_power_clears_it(self, bench: Bench) -> None:
        bench.write(0, 0x3F, 0xFF)  # 128 averages of both: 136.2 ms
        seen = []
        for bench.now_s in (0.136, 0.1363, 0.2):
            seen.append(bench.raw(b"\2"))
        bench.raw(b"\3")
        for bench.now_s in (0.2, 0.2725):
            seen.append(bench.raw(b"\2"))
        assert seen == ["0000", "5d9a", "5d9a", "5d98", "5d9a"]

    def test_a_result_that_does_not_fit_overflows(self, bench: Bench) -> None:
        bench.write(5, 0xFF, 0xFE)
        bench.amps, bench.now_s = 100.0, 0.0011  # 20,000 counts by 65,534 / 4,096
        assert bench.raw(b"\2") == "5d9b"
        assert bench.raw(b"\4") == "7fff"

    @pytest.mark.parametrize(("high", "counts"), [(0x39, "7d00"), (0x31, "3e80"), (0x29, "1f40"), (0x21, "0fa0")])
    def test_the_shunt_ends_at_its_range_either_way(self, bench: Bench, high: int, counts: str) -> None:
        bench.write(0, high, 0x9F)
        bench.amps, bench.now_s = 500.0, 1.0
        assert bench.raw(b"\1") == counts
        bench.amps, bench.now_s = -500.0, 2.0
        assert int(bench.raw(b"\1"), 16) == 0x10000 - int(counts, 16)

    @pytest.mark.parametrize(("high", "word"), [(0x39, "fa02"), (0x19, "7d02")])
    def test_the_bus_ends_at_32_or_16_v(self, bench: Bench, high: int, word: str) -> None:
        bench.write(0, high, 0x9F)
        bench.volts, bench.now_s = 40.0, 1.0
        assert bench.raw(b"\2") == word

    @pytest.mark.parametrize(("low", "takes_s"), [(0x81, 84e-6), (0x99, 532e-6), (0xC9, 1.06e-3), (0xF9, 68.1e-3)])
    def test_a_triggered_conversion_of_the_shunt_takes_its_time_and_happens_once(
        self, bench: Bench, low: int, takes_s: float
    ) -> None:
        bench.write(0, 0x39, low)
        bench.now_s = takes_s * 0.99
        assert bench.raw(b"\1") == "0000"
        bench.now_s = takes_s * 1.01
        assert bench.raw(b"\1") == "07d0"
        bench.amps, bench.now_s = 0.0, 9.0
        assert bench.raw(b"\1") == "07d0"

    def test_the_reset_bit_and_a_brown_out_bring_the_defaults_back(self, bench: Bench) -> None:
        for reset in (lambda: bench.write(0, 0x80, 0x00), lambda: bench.fitting.chip.reset(bench.now_s)):
            bench.write(0, 0x3F, 0xFF)
            bench.write(5, 0x50, 0x00)
            bench.now_s += 1
            assert bench.raw(b"\1") == "07d0"
            reset()
            assert self.words(bench) == ["399f", "0000", "0000", "0000", "0000", "0000"]


class TestAde7953Chip:
    """On a board of 26,000 counts a volt, 100,000 an ampere, 154 a watt: 230 V and 0.2 A at 0.9131 are 42 W."""

    @pytest.fixture
    def bench(self) -> Bench:
        return Bench(SHELLY, volts=230.0, amps=0.2, power_factor=-0.9131)

    def test_for_a_tenth_of_a_second_it_takes_nothing_and_says_nothing(self, bench: Bench) -> None:
        bench.write(0x01, 0x02, 0x00, 0x04)
        assert bench.raw(b"\x01\x02") == "0000"
        bench.now_s = 0.11
        assert bench.raw(b"\x01\x02") == "8004"

    def test_it_wakes_up_with_its_gains_at_one(self, bench: Bench) -> None:
        bench.now_s = 0.11
        assert [bench.raw(bytes([0x03, register]), 4) for register in (0x80, 0x81, 0x82)] == ["00400000"] * 3
        assert [bench.raw(bytes([0x00, register]), 1) for register in (0x01, 0x07, 0x08)] == ["00"] * 3

    def test_it_measures_by_itself_once_its_filters_have_risen(self, bench: Bench) -> None:
        bench.now_s = 0.2  # a time constant after the start
        assert int(bench.raw(b"\x03\x1c", 4), 16) == pytest.approx(0.632 * 5_980_000, rel=0.001)
        bench.now_s = 3.0
        assert bench.raw(b"\x03\x1c", 4) == "005b3f60"  # 230 V
        assert bench.raw(b"\x03\x1a", 4) == "00004e34"  # 20,000 counts, and 900 of noise at right angles: 20,020
        assert bench.raw(b"\x03\x12", 4) == "00001944"  # 6,468
        assert bench.raw(b"\x01\x0a", 2) == "8b20"  # -29,920: the current leads
        assert bench.raw(b"\x01\x0e", 2) == "117a"  # 4,474: 50 Hz

    def test_a_value_that_is_too_short_is_not_written(self, bench: Bench) -> None:
        bench.now_s = 1.0
        bench.write(0x01, 0x02, 0x00)
        assert bench.raw(b"\x01\x02") == "8004"
        bench.write(0x01, 0x02, 0x00, 0x04)
        assert bench.raw(b"\x01\x02") == "0004"

    def test_its_required_setting_is_taken_right_after_the_key_alone(self, bench: Bench) -> None:
        bench.now_s = 1.0
        bench.write(0x00, 0xFE, 0xAD)
        bench.write(0x00, 0x01, 0x07)
        bench.write(0x01, 0x20, 0x00, 0x30)
        assert bench.raw(b"\x01\x20") == "0000"

        bench.write(0x00, 0xFE, 0xAD)
        bench.write(0x01, 0x20, 0x00, 0x30)
        bench.write(0x01, 0x20, 0x00, 0x22)
        assert bench.raw(b"\x01\x20") == "0030"

    def test_gains_are_gains(self, bench: Bench) -> None:
        bench.now_s = 3.0
        bench.write(0x00, 0x08, 0x01)  # 2
        bench.write(0x03, 0x81, 0x00, 0x20, 0x00, 0x00)  # a half
        assert int(bench.raw(b"\x03\x1a", 4), 16) == pytest.approx(40_000, rel=0.001)
        assert int(bench.raw(b"\x03\x1c", 4), 16) == 2_990_000
        assert bench.raw(b"\x03\x12", 4) == "00001944"

    def test_little_power_reads_as_none_unless_that_is_switched_off(self, bench: Bench) -> None:
        bench.now_s, bench.amps = 3.0, 0.03  # 6.3 W
        assert bench.raw(b"\x03\x12", 4) == "00000000"
        bench.write(0x00, 0x01, 0x07)
        assert int(bench.raw(b"\x03\x12", 4), 16) == pytest.approx(6.3 * 154, rel=0.01)

    def test_an_input_ends_at_full_scale(self, bench: Bench) -> None:
        bench.now_s, bench.volts, bench.amps = 9.0, 400.0, 100.0
        assert [bench.raw(b"\x03\x1c", 4), bench.raw(b"\x03\x1a", 4)] == ["0089d147", "0089d147"]

    def test_the_reset_bit_and_a_brown_out_bring_the_defaults_back(self, bench: Bench) -> None:
        for reset in (lambda: bench.write(0x01, 0x02, 0x80, 0x84), lambda: bench.fitting.chip.reset(bench.now_s)):
            bench.now_s += 1
            bench.write(0x01, 0x02, 0x00, 0x04)
            bench.write(0x00, 0x08, 0x03)
            reset()
            assert bench.raw(b"\x03\x1c", 4) == "00000000"
            bench.now_s += 0.11
            assert [bench.raw(b"\x01\x02"), bench.raw(b"\x00\x08", 1)] == ["8004", "00"]
