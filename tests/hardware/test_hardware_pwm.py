"""Kernel PWM on a tree that refuses what the kernel refuses: the order of writes, what is found, and what fails."""

import errno
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hardware.output import OutputError
from agent.hardware.pwm import KernelPwm
from agent.records import Fault

CHIP = "class/pwm/pwmchip2"


class PwmTree:
    """One chip with the rules of drivers/pwm/sysfs.c: no duty above the period, nothing before there is a period."""

    def __init__(self, device: str = "../../../1f00098000.pwm") -> None:
        self.links = {"class/pwm/pwmchip0/device": "../../../other.pwm", f"{CHIP}/device": device}
        self.channels: dict[int, dict[str, int]] = {}
        self.kept: dict[int, dict[str, int]] = {}  # what the chip remembers of a channel that is not exported
        self.log: list[tuple[str, int]] = []
        self.failing: int | None = None  # errno of each write that reaches the chip
        self.frozen = False  # writes succeed and change nothing
        self.denied = 0  # so many writes to a channel are still root's
        self.reached_chip = 0

    def list(self, path: str) -> Sequence[str]:
        if path == "class/pwm":
            return ["pwmchip0", "pwmchip2", "irrelevant"]
        assert path == CHIP
        return ["export", "npwm", "device", *(f"pwm{number}" for number in self.channels)]

    def target(self, path: str) -> str:
        return self.links[path]

    def read(self, path: str) -> str:
        channel, name = self._channel(path)
        return f"{channel[name]}\n"

    def write(self, path: str, text: str) -> None:
        value = int(text)
        if path == f"{CHIP}/export":
            if value in self.channels:
                raise OSError(errno.EBUSY, "busy")
            self.channels[value] = self.kept.get(value, {"period": 0, "duty_cycle": 0, "enable": 0})
            return
        channel, name = self._channel(path)
        if self.denied:
            self.denied -= 1
            raise PermissionError(errno.EACCES, "denied")
        wanted = channel | {name: value}
        if not wanted["period"] or wanted["duty_cycle"] > wanted["period"]:
            raise OSError(errno.EINVAL, "invalid")
        if wanted == channel:
            return  # the core does not bother the chip
        self.reached_chip += 1
        if self.failing is not None:
            raise OSError(self.failing, "the chip fails")
        if not self.frozen:
            self.log.append((name, value))
            channel[name] = value

    def _channel(self, path: str) -> tuple[dict[str, int], str]:
        folder, _, name = path.rpartition("/")
        number = int(folder.removeprefix(f"{CHIP}/pwm"))
        if number not in self.channels:
            raise FileNotFoundError(errno.ENOENT, "no such channel", path)
        return self.channels[number], name


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"slept {seconds} s")


def pwm_on(tree: PwmTree, gpio: int = 18, frequency_hz: float = 1000, *, inverted: bool = False) -> KernelPwm:
    return KernelPwm(tree, gpio, frequency_hz, pi5=True, inverted=inverted)


def running(tree: PwmTree, period: int, duty: int, number: int = 2) -> dict[str, int]:
    channel = tree.channels[number] = {"period": period, "duty_cycle": duty, "enable": 1}
    return channel


def test_a_fresh_channel_gets_period_duty_and_enable_in_that_order() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.start(no_sleep)
    assert pwm.fraction() is None  # claimed, and not driven yet
    pwm.set_fraction(0.25)
    assert tree.log == [("period", 1_000_000), ("duty_cycle", 250_000), ("enable", 1)]
    assert pwm.fraction() == 0.25


@pytest.mark.parametrize(("gpio", "number"), [(12, 0), (13, 1), (18, 2), (19, 3)])
def test_a_pi_5_has_four_channels(gpio: int, number: int) -> None:
    tree = PwmTree()
    pwm_on(tree, gpio).set_fraction(1)
    assert list(tree.channels) == [number]


@pytest.mark.parametrize(("gpio", "number"), [(18, 0), (19, 1), (12, 0), (13, 1)])
def test_the_models_before_have_two_on_a_chip_known_by_the_end_of_its_name(gpio: int, number: int) -> None:
    tree = PwmTree("../../../fe20c000.pwm")
    KernelPwm(tree, gpio, 1000, pi5=False).set_fraction(1)
    assert list(tree.channels) == [number]


@pytest.mark.parametrize(("gpio", "func"), [(12, 4), (13, 4), (18, 2), (19, 2)])
def test_without_its_chip_it_says_how_to_get_it_on_this_pin(gpio: int, func: int) -> None:
    tree = PwmTree("../../../else.pwm")
    with pytest.raises(OutputError, match=f"dtoverlay=pwm,pin={gpio},func={func} ") as caught:
        pwm_on(tree, gpio).start(no_sleep)
    assert caught.value.fault is Fault.NOT_THERE
    assert pwm_on(tree, gpio).fraction() is None


def test_a_line_without_pwm_names_those_that_have_it() -> None:
    with pytest.raises(OutputError, match=r"17 has no hardware PWM; use one of \[12, 13, 18, 19\]"):
        pwm_on(PwmTree(), gpio=17).set_fraction(1)


def test_udevs_quarter_second_is_waited_out_at_start() -> None:
    tree = PwmTree()
    tree.denied = 12
    slept: list[float] = []
    pwm_on(tree).start(slept.append)
    assert 0.2 < sum(slept) < 0.3


def test_a_channel_that_stays_roots_is_told_after_a_second() -> None:
    tree = PwmTree()
    tree.denied = 1000
    slept: list[float] = []
    with pytest.raises(OutputError, match="group"):
        pwm_on(tree).start(slept.append)
    assert 0.9 < sum(slept) < 1.1


def test_a_running_channel_is_left_alone_and_its_duty_found() -> None:
    tree = PwmTree()
    running(tree, 1_000_000, 400_000)
    pwm = pwm_on(tree)
    assert pwm.fraction() == 0.4
    pwm.start(no_sleep)
    pwm.set_fraction(0.4)
    assert not tree.log


@pytest.mark.parametrize(
    ("found", "log"),
    [
        (4_000_000, [("duty_cycle", 400_000), ("period", 1_000_000)]),
        (250_000, [("period", 1_000_000), ("duty_cycle", 400_000)]),
    ],
)
def test_a_running_channel_of_another_frequency_comes_to_ours_at_the_same_duty_without_a_stop(
    found: int, log: list[tuple[str, int]]
) -> None:
    tree = PwmTree()
    running(tree, found, found * 4 // 10)
    pwm_on(tree).start(no_sleep)
    assert tree.log == log


@given(st.integers(50_000, 10_000_000), st.floats(0, 1), st.booleans(), st.floats(0, 1), st.booleans())
def test_from_any_state_found_any_level_is_reached(
    period: int, found: float, enabled: bool, fraction: float, inverted: bool
) -> None:
    tree = PwmTree()
    running(tree, period, int(found * period))["enable"] = int(enabled)
    pwm = pwm_on(tree, inverted=inverted)
    pwm.start(no_sleep)
    pwm.set_fraction(fraction)
    assert pwm.fraction() == pytest.approx(fraction, abs=1e-6)
    assert tree.channels[2]["enable"] == 1
    assert tree.channels[2]["period"] == 1_000_000


def test_inverted_full_light_is_a_duty_of_0() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree, inverted=True)
    pwm.set_fraction(1)
    assert tree.channels[2]["duty_cycle"] == 0
    assert pwm.fraction() == 1


def test_an_unchanged_level_is_not_written_again() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    reached = tree.reached_chip
    pwm.set_fraction(0.5)
    assert tree.reached_chip == reached


def test_a_refused_write_is_an_error_and_is_tried_again() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    tree.failing = errno.EIO
    for _ in range(2):
        with pytest.raises(OutputError, match=f"/sys/{CHIP}/pwm2: ") as caught:
            pwm.set_fraction(0.6)
        assert caught.value.fault is Fault.FAILED
    tree.failing = None
    pwm.set_fraction(0.6)
    assert pwm.fraction() == 0.6


def test_a_chip_that_refuses_every_change_does_not_work_again_by_being_told_what_it_has() -> None:
    """Found by the assertion of a steady level, it fails until it takes a change, at whatever level that is."""
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    tree.failing = errno.EIO
    with pytest.raises(OutputError):
        pwm.reassert()
    for _ in range(3):
        with pytest.raises(OutputError):
            pwm.set_fraction(0.5)
    tree.failing = None
    assert pwm.set_fraction(0.5)
    assert pwm.fraction() == 0.5


def test_a_write_that_changes_nothing_does_not_count_as_done() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    tree.frozen = True
    with pytest.raises(OutputError, match="does not keep") as caught:
        pwm.set_fraction(0.6)
    assert caught.value.fault is Fault.GARBAGE


def test_reasserting_reaches_the_chip_and_so_finds_out_that_it_fails() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    tree.log.clear()
    pwm.reassert()
    assert tree.log == [("duty_cycle", 499_999), ("duty_cycle", 500_000)]
    tree.failing = errno.EIO
    with pytest.raises(OutputError):
        pwm.reassert()


def test_reasserting_mends_a_channel_that_has_forgotten() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    tree.channels[2] |= {"period": 0, "duty_cycle": 0, "enable": 0}
    pwm.reassert()
    assert tree.channels[2] == {"period": 1_000_000, "duty_cycle": 500_000, "enable": 1}


def test_a_channel_that_was_unexported_is_exported_again() -> None:
    tree = PwmTree()
    pwm = pwm_on(tree)
    pwm.set_fraction(0.5)
    tree.channels.clear()
    with pytest.raises(OutputError):
        pwm.reassert()
    pwm.set_fraction(0.5)
    assert tree.channels[2]["duty_cycle"] == 500_000


def test_a_read_only_sys_names_the_units_setting() -> None:
    tree = PwmTree()
    tree.failing = errno.EROFS
    with pytest.raises(OutputError, match="ReadWritePaths"):
        pwm_on(tree).set_fraction(1)
