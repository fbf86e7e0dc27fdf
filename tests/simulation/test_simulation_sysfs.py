"""The virtual /sys refuses and accepts as the kernel was seen to."""

import errno

import pytest

from agent.simulation.sysfs import VirtualSysfs

CHIP = "class/pwm/pwmchip0"
CHANNEL = f"{CHIP}/pwm0"


class Bench:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.sysfs = VirtualSysfs(lambda: self.now_s, lambda _: 48.312)

    def exported(self) -> VirtualSysfs:
        self.sysfs.write(f"{CHIP}/export", "0")
        self.now_s += 1
        return self.sysfs

    def running(self, period_ns: int = 1000, duty_ns: int = 250) -> VirtualSysfs:
        sysfs = self.exported()
        sysfs.write(f"{CHANNEL}/period", str(period_ns))
        sysfs.write(f"{CHANNEL}/duty_cycle", str(duty_ns))
        sysfs.write(f"{CHANNEL}/enable", "1")
        return sysfs


@pytest.fixture
def bench() -> Bench:
    return Bench()


def refusal(sysfs: VirtualSysfs, path: str, text: str) -> str | None:
    try:
        sysfs.write(path, text)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return None


def test_the_chip_is_known_by_its_link(bench: Bench) -> None:
    assert bench.sysfs.list("class/pwm") == ["pwmchip0"]
    assert bench.sysfs.target(f"{CHIP}/device").endswith("/fe20c000.pwm")
    assert bench.sysfs.read(f"{CHIP}/npwm") == "2\n"


def test_export_refuses_what_is_exported_and_what_does_not_exist(bench: Bench) -> None:
    assert "pwm0" not in bench.sysfs.list(CHIP)
    assert refusal(bench.sysfs, f"{CHIP}/export", "0") is None
    assert "pwm0" in bench.sysfs.list(CHIP)
    assert refusal(bench.sysfs, f"{CHIP}/export", "0") == "EBUSY"
    assert refusal(bench.sysfs, f"{CHIP}/export", "9") == "ENODEV"
    assert refusal(bench.sysfs, f"{CHIP}/export", "-1") == "EINVAL"
    assert refusal(bench.sysfs, f"{CHIP}/unexport", "1") == "ENODEV"


def test_a_fresh_channel_can_be_read_at_once_but_written_only_when_udev_has_run(bench: Bench) -> None:
    bench.sysfs.write(f"{CHIP}/export", "0")

    assert bench.sysfs.read(f"{CHANNEL}/period") == "0\n"
    assert refusal(bench.sysfs, f"{CHANNEL}/period", "1000") == "EACCES"
    bench.now_s = 0.2
    assert refusal(bench.sysfs, f"{CHANNEL}/period", "1000") is None


@pytest.mark.parametrize(
    ("attribute", "text"), [("duty_cycle", "100"), ("duty_cycle", "0"), ("enable", "1"), ("polarity", "normal")]
)
def test_before_the_period_nothing_else_is_accepted(bench: Bench, attribute: str, text: str) -> None:
    assert refusal(bench.exported(), f"{CHANNEL}/{attribute}", text) == "EINVAL"


def test_the_duty_never_exceeds_the_period(bench: Bench) -> None:
    sysfs = bench.running(period_ns=1000, duty_ns=250)

    assert refusal(sysfs, f"{CHANNEL}/duty_cycle", "1001") == "EINVAL"
    assert refusal(sysfs, f"{CHANNEL}/period", "249") == "EINVAL"
    assert refusal(sysfs, f"{CHANNEL}/period", "250\n") is None
    assert sysfs.read(f"{CHANNEL}/period") == "250\n"


@pytest.mark.parametrize(
    ("attribute", "text"), [("enable", "2"), ("enable", "on"), ("polarity", "down"), ("period", "x"), ("period", "")]
)
def test_nonsense_is_invalid(bench: Bench, attribute: str, text: str) -> None:
    assert refusal(bench.running(), f"{CHANNEL}/{attribute}", text) == "EINVAL"


def test_what_is_not_there_is_not_there_and_what_cannot_be_written_says_so(bench: Bench) -> None:
    assert refusal(bench.sysfs, f"{CHANNEL}/period", "1000") == "ENOENT"
    assert refusal(bench.sysfs, f"{CHIP}/npwm", "4") == "EACCES"
    assert refusal(bench.sysfs, "class/leds/on", "1") == "ENOENT"
    with pytest.raises(FileNotFoundError, match="/sys/class/leds"):
        bench.sysfs.list("class/leds")
    with pytest.raises(OSError, match="Invalid argument"):
        bench.sysfs.target(f"{CHIP}/npwm")


def test_a_failing_chip_accepts_only_what_changes_nothing(bench: Bench) -> None:
    sysfs = bench.running(duty_ns=250)
    sysfs.fail(errno.EIO)

    assert refusal(sysfs, f"{CHANNEL}/duty_cycle", "500") == "EIO"
    assert refusal(sysfs, f"{CHANNEL}/duty_cycle", "250") is None
    assert sysfs.read(f"{CHANNEL}/duty_cycle") == "250\n"
    sysfs.fail(None)
    assert refusal(sysfs, f"{CHANNEL}/duty_cycle", "500") is None


def test_the_pin_shows_the_duty_and_keeps_it_when_the_channel_is_unexported(bench: Bench) -> None:
    assert bench.sysfs.high_fraction(18) is None
    sysfs = bench.running(period_ns=1000, duty_ns=250)

    assert [sysfs.high_fraction(gpio) for gpio in (18, 12, 19, 4)] == [0.25, 0.25, None, None]
    sysfs.write(f"{CHIP}/unexport", "0")
    assert sysfs.high_fraction(18) == 0.25
    sysfs.write(f"{CHIP}/export", "0")
    assert sysfs.read(f"{CHANNEL}/duty_cycle") == "250\n"


def test_inversed_polarity_and_disable_reach_the_pin(bench: Bench) -> None:
    sysfs = bench.running(period_ns=1000, duty_ns=250)
    sysfs.write(f"{CHANNEL}/polarity", "inversed")
    assert sysfs.high_fraction(18) == 0.75
    sysfs.write(f"{CHANNEL}/enable", "0")
    assert sysfs.high_fraction(18) is None


def test_a_brown_out_takes_the_channels_away(bench: Bench) -> None:
    sysfs = bench.running()
    sysfs.forget()

    assert sysfs.high_fraction(18) is None
    assert "pwm0" not in sysfs.list(CHIP)
    sysfs.write(f"{CHIP}/export", "0")
    assert sysfs.read(f"{CHANNEL}/period") == "0\n"


def test_the_soc_s_thermometer_speaks_in_thousandths(bench: Bench) -> None:
    assert bench.sysfs.read("class/thermal/thermal_zone0/temp") == "48312\n"
