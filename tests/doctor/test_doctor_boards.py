"""Zero 2 W, 3, 4 and 5, the last with three kernels: model, PWM chip, channel and pin, GPIO chip, by each board's own files."""

import grp
import os
from collections.abc import Callable

import pytest
from doctor_pole import by_check

from agent.doctor.board import board_lines
from agent.doctor.bootconfig import read_boot_config
from agent.doctor.eyes import Eyes, looking
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.doctor.pwm import muxed_pins, pwm_lines
from agent.hardware.board import read_board
from agent.hardware.gpiochip import header_chip
from agent.hardware.pwm import channel_of, find_chip
from agent.hardware.sysfs import HostSysfs
from agent.settings.hardware import Output

OLDER = ["zero-2-w", "pi-3", "pi-4"]
FIVES = ["pi-5-linux-6.6", "pi-5-linux-6.12", "pi-5-linux-6.12.96"]
BOARDS = [*OLDER, *FIVES]
PWM_CHIPS = {**dict.fromkeys(OLDER, "pwmchip0"), **dict(zip(FIVES, ("pwmchip2", "pwmchip0", "pwmchip0"), strict=True))}
GPIO_CHIPS = {**dict.fromkeys(OLDER, 0), **dict(zip(FIVES, (4, 0, 15), strict=True))}

HostOf = Callable[..., Host]


def examined(host: Host, eyes: Eyes, output: Output | None = None) -> Line:
    pi5 = read_board(host.root).pi5
    (line,) = pwm_lines(output or Output("pwm", 18), host, read_boot_config(host), eyes, pi5=pi5)
    return line


@pytest.mark.parametrize("tree", BOARDS)
def test_each_board_is_known_by_its_name_and_passes(tree: str, host_of: HostOf) -> None:
    host = host_of(tree)
    board = read_board(host.root)
    assert board.pi5 is (tree in FIVES)
    lines = by_check(board_lines(board, host))
    assert {line.status for line in lines.values()} == {Status.PASS}
    assert lines["board"].what.startswith("Raspberry Pi ")
    assert set(lines) == {"board", "supply", "soc", "memory"}


@pytest.mark.parametrize("tree", BOARDS)
def test_the_lamps_pwm_is_found_by_its_device_whatever_its_number(tree: str, host_of: HostOf) -> None:
    host = host_of(tree)
    assert find_chip(HostSysfs(str(host.root / "sys")), pi5=tree in FIVES) == PWM_CHIPS[tree]


@pytest.mark.parametrize("tree", BOARDS)
def test_the_headers_gpio_chip_is_found_whatever_its_number(tree: str, host_of: HostOf) -> None:
    assert header_chip(host_of(tree).root / "sys") == GPIO_CHIPS[tree]


@pytest.mark.parametrize("tree", BOARDS)
def test_the_device_tree_tells_to_which_line_the_pwm_is_led(tree: str, host_of: HostOf) -> None:
    host = host_of(tree)
    assert muxed_pins(host, host.root / "sys/class/pwm" / PWM_CHIPS[tree]) == (18,)


@pytest.mark.parametrize("tree", BOARDS)
def test_a_board_with_its_overlay_has_the_channel_of_the_pin(tree: str, host_of: HostOf, eyes: Eyes) -> None:
    line = examined(host_of(tree), eyes)
    channel = channel_of(18, pi5=tree in FIVES)
    assert line == Line("output", Status.PASS, f"GPIO18 is {PWM_CHIPS[tree]}'s channel {channel}, not driven yet")


@pytest.mark.parametrize("tree", BOARDS)
@pytest.mark.parametrize(("gpio", "func"), [(12, 4), (13, 4), (19, 2)])
def test_an_overlay_for_another_pin_is_told_with_the_line_to_write(
    tree: str, gpio: int, func: int, host_of: HostOf, eyes: Eyes
) -> None:
    line = examined(host_of(tree), eyes, Output("pwm", gpio))
    assert line.status is Status.FAIL
    assert line.what == f"{PWM_CHIPS[tree]} is led to GPIO18, and the lamp is at GPIO{gpio}"
    assert line.remedy == f"write dtoverlay=pwm,pin={gpio},func={func} in /boot/firmware/config.txt, and restart the Pi"


def test_two_channels_of_one_overlay_are_both_usable(host_of: HostOf, eyes: Eyes) -> None:
    host = host_of("pi-4")
    pins = host.root / "sys/firmware/devicetree/base/soc/gpio@7e200000/pwm_pins/brcm,pins"
    pins.write_bytes(bytes((0, 0, 0, 12, 0, 0, 0, 13)))
    assert examined(host, eyes, Output("pwm", 13)).what == "GPIO13 is pwmchip0's channel 1, not driven yet"


def test_pins_named_as_the_pi_5s_own_pinctrl_names_them_are_understood(host_of: HostOf) -> None:
    host = host_of("pi-5-linux-6.12")
    node = host.root / "sys/firmware/devicetree/base/axi/pcie@1000120000/rp1/gpio@d0000/pwm_pins"
    (node / "brcm,pins").unlink()
    (node / "pins").write_bytes(b"gpio12\0gpio13\0")
    assert muxed_pins(host, host.root / "sys/class/pwm/pwmchip0") == (12, 13)


@pytest.mark.parametrize("tree", BOARDS)
def test_where_the_device_tree_does_not_say_nothing_is_held_against_a_pin(tree: str, host_of: HostOf, eyes: Eyes) -> None:
    host = host_of(tree)
    (host.root / "sys/class/pwm" / PWM_CHIPS[tree] / "device/of_node/pinctrl-0").unlink()
    assert examined(host, eyes, Output("pwm", 12)).status is Status.PASS


@pytest.mark.parametrize("tree", BOARDS)
def test_without_its_chip_the_overlay_is_missed(tree: str, host_of: HostOf, eyes: Eyes) -> None:
    host = host_of(tree)
    (host.root / "sys/class/pwm" / PWM_CHIPS[tree]).unlink()
    (host.root / "boot/firmware/config.txt").write_text("dtparam=audio=on\n")
    line = examined(host, eyes, Output("pwm", 13))
    assert line.status is Status.FAIL
    assert "no hardware PWM" in line.what
    assert line.remedy == "write dtoverlay=pwm,pin=13,func=4 in /boot/firmware/config.txt, and restart the Pi"


def test_an_overlay_that_only_waits_for_the_restart_is_told_so(host_of: HostOf, eyes: Eyes) -> None:
    host = host_of("pi-4")
    (host.root / "sys/class/pwm/pwmchip0").unlink()
    assert examined(host, eyes).remedy == "/boot/firmware/config.txt has dtoverlay=pwm,pin=18,func=2 already: restart the Pi"


def test_the_older_place_of_config_txt_is_named_where_it_is_the_one(host_of: HostOf, eyes: Eyes) -> None:
    host = host_of("pi-3")
    (host.root / "boot/firmware/config.txt").rename(host.root / "boot/config.txt")
    line = examined(host, eyes, Output("pwm", 12))
    assert line.remedy is not None
    assert " in /boot/config.txt," in line.remedy


def test_a_machine_without_any_pwm_is_no_accident(bare: Host, eyes: Eyes) -> None:
    line = examined(bare, eyes)
    assert (line.status, "no hardware PWM" in line.what) == (Status.FAIL, True)


def driven(host: Host, period_ns: int, duty_ns: int, enable: int, channel: int = 0) -> None:
    folder = host.root / "sys/class/pwm/pwmchip0" / f"pwm{channel}"
    folder.mkdir()
    for name, value in (("period", period_ns), ("duty_cycle", duty_ns), ("enable", enable)):
        (folder / name).write_text(f"{value}\n")


@pytest.mark.parametrize(("inverted", "drive"), [(False, 40), (True, 60)])
def test_what_the_lamp_is_driven_with_is_told_and_not_touched(inverted: bool, drive: int, host_of: HostOf, eyes: Eyes) -> None:
    host = host_of("pi-4")
    driven(host, 1_000_000, 400_000, 1)
    line = examined(host, eyes, Output("pwm", 18, inverted=inverted))
    assert line == Line("output", Status.PASS, f"GPIO18 is pwmchip0's channel 0: 1000 Hz, {drive} % drive")
    assert (host.root / "sys/class/pwm/pwmchip0/pwm0/duty_cycle").read_text() == "400000\n"


def test_a_channel_that_is_not_enabled_drives_nothing(host_of: HostOf, eyes: Eyes) -> None:
    host = host_of("pi-5-linux-6.12")
    driven(host, 1_000_000, 400_000, 0, channel=2)
    assert examined(host, eyes).what.endswith("channel 2, not driven yet")


def test_another_frequency_than_the_configs_is_somebody_elses(host_of: HostOf, eyes: Eyes) -> None:
    host = host_of("pi-4")
    driven(host, 20_000_000, 1_500_000, 1)
    line = examined(host, eyes)
    assert line.status is Status.WARN
    assert "50 Hz" in line.what
    assert line.remedy is not None
    assert "another program" in line.remedy


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as somebody whom the files refuse")
def test_files_that_udev_has_not_handed_over_ask_for_the_rules_and_another_group_for_membership(
    host_of: HostOf, open_to_all: Callable[[Host], Host]
) -> None:
    host = open_to_all(host_of("pi-4"))
    nobody = Eyes("nobody", 65534, 65534, (), as_agent=True)
    export = host.root / "sys/class/pwm/pwmchip0/export"
    with looking(nobody):
        line = examined(host, nobody)
    assert (line.status, line.what) == (Status.FAIL, "/sys/class/pwm/pwmchip0/export may not be written by nobody")
    assert line.remedy is not None
    assert "60-streetlight-agent.rules" in line.remedy

    group = next(one for one in grp.getgrall() if one.gr_gid not in (0, 65534))
    os.chown(export, 0, group.gr_gid)
    export.chmod(0o660)
    with looking(nobody):
        line = examined(host, nobody)
    assert line.remedy == f"`usermod -aG {group.gr_name} nobody`, then start the agent again"


def test_whoever_is_not_the_agent_is_told_to_look_with_sudo(
    host_of: HostOf, others_eyes: Eyes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.doctor.pwm.may", lambda path, mode: False)
    line = examined(host_of("pi-4"), others_eyes)
    assert (line.status, line.remedy) == (Status.WARN, "look again with `sudo streetlight-agent doctor`")
