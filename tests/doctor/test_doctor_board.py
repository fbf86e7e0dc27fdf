"""The board's supply, heat and memory, from whoever tells of them."""

from collections.abc import Callable

import pytest
from doctor_pole import Commands, by_check

from agent.doctor.board import board_lines
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.hardware.board import Board, read_board

HostOf = Callable[..., Host]


def lines_of(host: Host) -> dict[str, Line]:
    return dict(by_check(board_lines(read_board(host.root), host)))


@pytest.mark.parametrize(
    ("said", "supply", "soc"),
    [
        ("throttled=0x0", Status.PASS, Status.PASS),
        ("throttled=0x50005", Status.FAIL, Status.PASS),  # undervoltage slows down too: it is not heat
        ("throttled=0x50000", Status.WARN, Status.PASS),
        ("throttled=0x8", Status.PASS, Status.WARN),
        ("throttled=0xe0000", Status.PASS, Status.PASS),  # it has been hot, and is not now
    ],
)
def test_the_firmwares_flags_tell_undervoltage_and_heat_apart(
    said: str, supply: Status, soc: Status, host_of: HostOf, commands: Commands
) -> None:
    commands.said["vcgencmd"] = f"{said}\n"
    lines = lines_of(host_of("pi-4"))
    assert (lines["supply"].status, lines["soc"].status) == (supply, soc)


def test_without_the_firmwares_command_the_kernels_voltmeter_tells_of_now(host_of: HostOf) -> None:
    host = host_of("pi-5-linux-6.12")
    assert lines_of(host)["supply"].what == "no undervoltage"
    (host.root / "sys/class/hwmon/hwmon2/in0_lcrit_alarm").write_text("1\n")
    line = lines_of(host)["supply"]
    assert line.status is Status.FAIL
    assert line.remedy is not None
    assert "stronger supply" in line.remedy


@pytest.mark.parametrize("folder", ["soc/soc:firmware", "soc@107c000000/soc@107c000000:firmware"])
def test_an_old_kernel_has_its_flags_in_a_file(folder: str, host_of: HostOf) -> None:
    host = host_of("pi-3", more=f"sys/devices/platform/{folder}/get_throttled = 50005")
    (host.root / "sys/class/hwmon/hwmon1/name").unlink()
    assert lines_of(host)["supply"].status is Status.FAIL


def test_a_pi_on_which_nobody_tells_is_told_what_to_load_and_another_machine_is_left_alone(host_of: HostOf, bare: Host) -> None:
    host = host_of("pi-4")
    (host.root / "sys/class/hwmon/hwmon1/name").unlink()
    assert lines_of(host)["supply"].remedy == "`modprobe raspberrypi-hwmon`"
    assert "supply" not in lines_of(bare)


def test_at_80_degrees_the_pi_slows_down(host_of: HostOf) -> None:
    host = host_of("pi-4")
    (host.root / "sys/class/thermal/thermal_zone0/temp").write_text("80000\n")
    assert lines_of(host)["soc"].what == "80 °C: the Pi slows itself down"
    (host.root / "sys/class/thermal/thermal_zone0/temp").write_text("79499\n")
    assert lines_of(host)["soc"] == Line("soc", Status.PASS, "79 °C")


def test_a_full_memory_is_told_with_how_to_find_what_fills_it(host_of: HostOf) -> None:
    host = host_of("zero-2-w")
    (host.root / "proc/meminfo").write_text("MemTotal: 437252 kB\nMemAvailable: 40000 kB\n")
    line = lines_of(host)["memory"]
    assert (line.status, line.what) == (Status.WARN, "39 MB are left")


@pytest.mark.parametrize("model", ["Raspberry Pi 2 Model B Rev 1.1", "Raspberry Pi Zero W Rev 1.1", "Radxa ZERO"])
def test_a_board_that_the_agent_is_not_made_for_is_a_warning(model: str, bare: Host) -> None:
    lines = by_check(line for line in board_lines(Board(model, None, None, None), bare) if line.check == "board")
    assert lines["board"].status is Status.WARN


@pytest.mark.parametrize(
    "model", ["Raspberry Pi 400 Rev 1.0", "Raspberry Pi Compute Module 5 Rev 1.0", "Raspberry Pi 500 Rev 1.0"]
)
def test_the_same_chips_on_another_board_are_as_good(model: str, bare: Host) -> None:
    assert by_check(board_lines(Board(model, None, None, None), bare))["board"] == Line("board", Status.PASS, model)
