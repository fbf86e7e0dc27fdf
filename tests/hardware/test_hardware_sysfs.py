"""The host's /sys, and the SoC's temperature in it."""

import os
from pathlib import Path

import pytest

from agent.hardware.bus import BusError
from agent.hardware.soc import TEMPERATURE, Soc
from agent.hardware.sysfs import HostSysfs
from agent.records import Fault, Quantity, Reading


def test_attributes_are_read_and_written_in_place(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class/duty").write_text("0\n")
    sysfs = HostSysfs(str(tmp_path))
    sysfs.write("class/duty", "250000")
    assert sysfs.read("class/duty") == "250000"
    assert list(sysfs.list("class")) == ["duty"]


def test_an_attribute_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    sysfs = HostSysfs(str(tmp_path))
    with pytest.raises(FileNotFoundError):
        sysfs.write("duty", "1")
    assert not (tmp_path / "duty").exists()


def test_a_write_only_attribute_is_written_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "export"
    os.mkfifo(path)  # opened for reading and writing it would swallow what it is sent
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    HostSysfs(str(tmp_path)).write("export", "2")
    assert os.read(reader, 10) == b"2"
    assert os.read(reader, 10) == b""  # and the writer has closed it
    os.close(reader)


def test_a_link_is_told_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "device").symlink_to("../../../1f00098000.pwm")
    assert HostSysfs(str(tmp_path)).target("device") == "../../../1f00098000.pwm"


def test_the_soc_is_read_in_degrees(tmp_path: Path) -> None:
    path = tmp_path / TEMPERATURE
    path.parent.mkdir(parents=True)
    path.write_text("48312\n")
    assert Soc(HostSysfs(str(tmp_path))).poll(7) == (Reading(Quantity.SOC_TEMPERATURE_C, 48.312, 7),)


def test_a_pi_s_supply_sags_when_the_firmware_says_so(tmp_path: Path) -> None:
    """The voltmeter is found by its name among the others, whatever its number."""
    for folder, name in (("hwmon0", "cpu_thermal"), ("hwmon3", "rpi_volt")):
        (tmp_path / "class/hwmon" / folder).mkdir(parents=True)
        (tmp_path / "class/hwmon" / folder / "name").write_text(f"{name}\n")
    (tmp_path / TEMPERATURE).parent.mkdir(parents=True)
    (tmp_path / TEMPERATURE).write_text("48312\n")
    soc, alarm = Soc(HostSysfs(str(tmp_path))), tmp_path / "class/hwmon/hwmon3/in0_lcrit_alarm"
    assert [reading.quantity for reading in soc.poll(0)] == [Quantity.SOC_TEMPERATURE_C]  # no such file yet
    for said, value in (("0\n", 0.0), ("1\n", 1.0)):
        alarm.write_text(said)
        assert soc.poll(7)[1] == Reading(Quantity.SOC_UNDERVOLTAGE, value, 7)


def test_a_host_without_a_thermal_zone_has_no_soc_temperature(tmp_path: Path) -> None:
    with pytest.raises(BusError) as caught:
        Soc(HostSysfs(str(tmp_path))).poll(0)
    assert caught.value.fault is Fault.NOT_THERE


def test_a_temperature_that_is_no_number_is_garbage(tmp_path: Path) -> None:
    path = tmp_path / TEMPERATURE
    path.parent.mkdir(parents=True)
    path.write_text("hot\n")
    with pytest.raises(BusError, match="hot") as caught:
        Soc(HostSysfs(str(tmp_path))).poll(0)
    assert caught.value.fault is Fault.GARBAGE
