"""ADE7953: registers to volts, amperes, watts and power factor by hand, 16-bit addresses, a chip that resets or is another."""

import pytest

from agent.hardware.ade7953 import ADDRESS, Ade7953, Scales, decode, decode_frequency, width
from agent.hardware.bus import BusError, Device
from agent.records import Fault, NotBefore, Quality, Quantity, Reading

SHELLY = Scales(volt=26_000, amp=100_000, watt=154)

# 230 V: 5,980,000 counts of 1/26,000 V (0x5B3F60); 0.2 A: 20,000 of 1/100,000 A (0x4E20); 42 W: 6,468 of 1/154 W (0x1944);
# power factor 0.9131: 29,920 of 2^-15 (0x74E0)
VRMS, IRMS, AWATT, PFA = 0x005B3F60, 0x00004E20, 0x00001944, 0x74E0


def test_decode_by_hand() -> None:
    assert decode(VRMS, IRMS, AWATT, PFA, SHELLY, 5.0) == (
        Reading(Quantity.SUPPLY_VOLTAGE_V, pytest.approx(230.0), 5.0),
        Reading(Quantity.SUPPLY_CURRENT_A, pytest.approx(0.2), 5.0),
        Reading(Quantity.ACTIVE_POWER_W, pytest.approx(42.0), 5.0),
        Reading(Quantity.POWER_FACTOR, pytest.approx(0.9131, abs=0.0001), 5.0),
    )


def test_a_current_sensor_mounted_the_other_way_round_changes_nothing() -> None:
    reversed_watt = 0xFFFFE6BC  # -6,468
    assert decode(VRMS, IRMS, reversed_watt, PFA, SHELLY, 5.0) == decode(VRMS, IRMS, AWATT, PFA, SHELLY, 5.0)


def test_a_leading_current_has_the_same_power_factor_as_a_lagging_one() -> None:
    leading = 0x8B20  # -29,920: the load is capacitive
    assert decode(VRMS, IRMS, AWATT, leading, SHELLY, 5.0) == decode(VRMS, IRMS, AWATT, PFA, SHELLY, 5.0)


@pytest.mark.parametrize(("pfa", "power_factor"), [(0x7FFF, 0.99997), (0x8000, 1.0), (0x4000, 0.5), (0x0000, 0.0)])
def test_the_power_factor_is_never_above_one(pfa: int, power_factor: float) -> None:
    assert decode(VRMS, IRMS, AWATT, pfa, SHELLY, 5.0)[3].value == pytest.approx(power_factor, abs=1e-5)


def test_a_current_within_the_noise_is_none_and_has_no_power_factor_but_its_power_counts() -> None:
    voltage, current, power = decode(VRMS, 1_999, 0x5C, PFA, SHELLY, 5.0)  # 92 counts
    assert (voltage.value, current.value) == (pytest.approx(230.0), 0.0)
    assert power.value == pytest.approx(0.597, abs=0.001)
    assert len(decode(VRMS, 2_000, 0x5C, PFA, SHELLY, 5.0)) == 4


def test_what_the_chip_may_put_above_24_bits_is_no_part_of_an_rms() -> None:
    assert decode(0xFF89D146, IRMS, AWATT, PFA, SHELLY, 5.0)[0].value == pytest.approx(347.385, abs=0.001)


@pytest.mark.parametrize(
    ("vrms", "irms", "full"),
    [
        (0x0089D147, IRMS, (True, False, True, True)),  # 9,032,007
        (VRMS, 0x0089D147, (False, True, True, True)),
        (0x0089D146, 0x0089D146, (False, False, False, False)),
    ],
)
def test_an_input_at_its_full_scale_spoils_what_is_made_of_it(vrms: int, irms: int, full: tuple[bool, ...]) -> None:
    readings = decode(vrms, irms, AWATT, PFA, SHELLY, 5.0)
    assert tuple(reading.quality is Quality.SATURATED for reading in readings) == full


@pytest.mark.parametrize(("period", "hertz"), [(4474, 50.0), (3728, 60.0), (4563, 49.02), (5592, 40.01), (3196, 69.99)])
def test_the_frequency_is_the_clock_over_the_ticks_of_a_period(period: int, hertz: float) -> None:
    assert decode_frequency(period, 5.0) == (Reading(Quantity.FREQUENCY_HZ, pytest.approx(hertz, abs=0.01), 5.0),)


@pytest.mark.parametrize("period", [0, 1, 0xFFFF, 3000, 6000])
def test_a_period_of_no_mains_has_no_frequency(period: int) -> None:
    assert decode_frequency(period, 5.0) == ()


@pytest.mark.parametrize(
    ("register", "size"), [(0x007, 1), (0x0FE, 1), (0x102, 2), (0x212, 3), (0x312, 4), (0x381, 4), (0x702, 1)]
)
def test_an_address_says_how_long_its_register_is(register: int, size: int) -> None:
    assert width(register) == size


class Ade7953Bus:
    """One chip whose registers, of raw bytes as on the wire, have 16-bit addresses; notes what is written and read."""

    def __init__(self) -> None:
        self.registers: dict[str, str] = {
            "0702": "40",
            "0102": "8004",  # the power-on default
            "031c": "005b3f60",
            "031a": "00004e20",
            "0312": "00001944",
            "010a": "74e0",
            "010e": "117a",  # 4,474
        }
        self.seen: list[str] = []
        self.failures: list[Fault] = []
        self.read_only: set[str] = set()

    def transfer(self, address: int, write: bytes, read: int) -> bytes:
        if self.failures:
            raise BusError(self.failures.pop(0), f"0x{address:02x} is made to fail")
        assert address == 0x38
        register, data = write[:2].hex(), write[2:].hex()
        self.seen.append(f"{register}={data}" if data else register)
        if data and register not in self.read_only:
            self.registers[register] = data
        return bytes.fromhex(self.registers.get(register, ""))[:read].ljust(read, b"\0")


@pytest.fixture
def chip() -> Ade7953Bus:
    return Ade7953Bus()


def driver_on(chip: Ade7953Bus) -> Ade7953:
    return Ade7953(Device(chip, ADDRESS), SHELLY)


def started(chip: Ade7953Bus) -> Ade7953:
    driver = driver_on(chip)
    assert driver.poll(0) == NotBefore(0.1)
    assert driver.poll(0.1) == NotBefore(1.1)
    chip.seen.clear()
    return driver


def test_it_asks_who_is_there_before_it_writes_anything_and_then_waits_for_a_chip_just_switched_on(chip: Ade7953Bus) -> None:
    driver = driver_on(chip)
    assert driver.poll(0) == NotBefore(0.1)
    assert chip.seen == ["0702"]
    assert driver.poll(0.05) == NotBefore(0.1)
    assert chip.seen == ["0702"]


def test_it_is_locked_to_the_bus_and_unlocked_for_its_required_setting_right_before_that(chip: Ade7953Bus) -> None:
    driver = driver_on(chip)
    driver.poll(0)
    driver.poll(0.1)
    written = [entry for entry in chip.seen if "=" in entry]
    assert written[:3] == ["0102=0004", "00fe=ad", "0120=0030"]
    assert set(written[3:]) == {"0001=07", "0007=00", "0008=00", "0380=00400000", "0381=00400000", "0382=00400000"}


def test_once_its_filters_have_settled_it_gives_volts_amperes_watts_power_factor_and_frequency(chip: Ade7953Bus) -> None:
    driver = started(chip)
    assert driver.poll(1.0) == NotBefore(1.1)
    for now_s in (1.1, 2.0):
        assert driver.poll(now_s) == (*decode(VRMS, IRMS, AWATT, PFA, SHELLY, now_s), *decode_frequency(0x117A, now_s))


def test_the_configuration_is_read_after_what_it_speaks_for(chip: Ade7953Bus) -> None:
    driver = started(chip)
    driver.poll(1.1)
    assert chip.seen == ["031c", "031a", "0312", "010a", "010e", "0102"]


def test_a_reset_behind_our_back_is_configured_away_before_anything_is_believed(chip: Ade7953Bus) -> None:
    driver = started(chip)
    driver.poll(1.1)
    chip.registers["0102"] = "8004"
    assert driver.poll(2.0) == NotBefore(2.1)
    assert driver.poll(2.1) == NotBefore(3.1)
    assert "0120=0030" in chip.seen
    assert isinstance(driver.poll(3.1), tuple)


def test_a_configuration_that_is_lost_before_the_first_reading_is_garbage(chip: Ade7953Bus) -> None:
    driver = started(chip)
    chip.registers["0102"] = "8004"
    with pytest.raises(BusError, match="0x8004, not what was written; check its supply") as caught:
        driver.poll(1.1)
    assert caught.value.fault is Fault.GARBAGE


@pytest.mark.parametrize("register", ["0102", "0001", "0382"])
def test_a_chip_that_does_not_keep_what_is_written_is_none_or_not_well(chip: Ade7953Bus, register: str) -> None:
    chip.read_only.add(register)
    driver = driver_on(chip)
    driver.poll(0)
    with pytest.raises(BusError, match=f"register 0x{register[1:]} reads .* VERSION 0x40; check its supply") as caught:
        driver.poll(0.1)
    assert caught.value.fault is Fault.GARBAGE


def test_a_floating_bus_is_garbage_at_the_start_and_later(chip: Ade7953Bus) -> None:
    driver = started(chip)
    driver.poll(1.1)
    chip.registers = dict.fromkeys(chip.registers, "ffffffff")
    for now_s in (2.0, 3.0):
        with pytest.raises(BusError) as caught:
            driver.poll(now_s)
        assert caught.value.fault is Fault.GARBAGE


def test_after_an_error_the_chip_is_set_up_again(chip: Ade7953Bus) -> None:
    driver = started(chip)
    driver.poll(1.1)
    chip.failures = [Fault.NOT_THERE] * 3
    with pytest.raises(BusError):
        driver.poll(2.0)
    assert driver.poll(3.0) == NotBefore(3.1)
    assert driver.poll(3.1) == NotBefore(4.1)
    assert "0102=0004" in chip.seen
