"""The clock: who sets it, the RTC, times that cannot be, and the place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from doctor_pole import Commands, by_check

from agent.doctor.clock import Clock, clock_lines
from agent.doctor.host import Host
from agent.doctor.line import Line, Status
from agent.settings.model import Location

DUISBURG = Location(51.4344, 6.7623, "Europe/Berlin")
NOW_S = datetime.fromisoformat("2026-12-21T23:04:00+01:00").timestamp()
GOOD = Clock(NOW_S, synchronised=True, last_utc_s=NOW_S - 300, built_utc_s=1_767_225_600)
TIMESYNCD = "Id=systemd-timesyncd.service\nActiveState=active\n\nId=chrony.service\nActiveState=inactive\n"
CHRONY = "Id=systemd-timesyncd.service\nActiveState=inactive\n\nId=chrony.service\nActiveState=active\n\n"
CHRONY += "Id=chrony.service\nActiveState=active\n"  # by its other name
RTC = "sys/class/rtc/rtc0/name = rtc-ds1307 1-0068|\nsys/class/rtc/rtc0/since_epoch = "


def lines_of(host: Host, clock: Clock = GOOD, location: Location | None = DUISBURG) -> dict[str, Line]:
    return dict(by_check(clock_lines(clock, host, location)))


@pytest.fixture
def unsynchronised() -> Clock:
    return replace(GOOD, synchronised=False)


@pytest.mark.parametrize(("said", "name"), [(TIMESYNCD, "systemd-timesyncd"), (CHRONY, "chrony")])
def test_whoever_sets_the_clock_is_named(said: str, name: str, bare: Host, commands: Commands) -> None:
    commands.said["systemctl"] = said
    assert lines_of(bare)["clock"] == Line("clock", Status.PASS, f"set by NTP ({name})")


def test_a_clock_that_nobody_sets_asks_for_somebody(bare: Host, unsynchronised: Clock) -> None:
    line = lines_of(bare, unsynchronised)["clock"]
    assert line.status is Status.FAIL
    assert line.remedy == "`systemctl enable --now systemd-timesyncd`"


@pytest.mark.parametrize(("said", "command"), [(TIMESYNCD, "timedatectl timesync-status"), (CHRONY, "chronyc sources")])
def test_who_tries_and_does_not_succeed_is_to_be_asked_why(
    said: str, command: str, bare: Host, commands: Commands, unsynchronised: Clock
) -> None:
    commands.said["systemctl"] = said
    line = lines_of(bare, unsynchronised)["clock"]
    assert line.status is Status.FAIL
    assert line.remedy is not None
    assert command in line.remedy


@pytest.mark.parametrize(("file", "missed"), [("makestep 1 3", True), ("#rtcsync", True), ("makestep 1 3|rtcsync", False)])
def test_chrony_without_rtcsync_would_never_tell(
    file: str, missed: bool, host_of: Callable[..., Host], commands: Commands, unsynchronised: Clock
) -> None:
    commands.said["systemctl"] = CHRONY
    line = lines_of(host_of("pi-4", more=f"etc/chrony/chrony.conf = {file}"), unsynchronised)["clock"]
    assert ("rtcsync" in line.what) is missed


# --- times that cannot be


def all_of(host: Host, clock: Clock) -> list[Line]:
    return [line for line in clock_lines(clock, host, None) if line.check == "clock"]


def test_a_clock_from_before_the_agent_was_made_is_wrong_whatever_has_set_it(bare: Host) -> None:
    _, line = all_of(bare, replace(GOOD, utc_s=1_700_000_000, last_utc_s=None))
    assert (line.status, line.what) == (Status.FAIL, "it says 2023-11-14 22:13 UTC, before this agent was made")


def test_a_clock_that_has_fallen_back_behind_the_disk_is_told_with_both_times(bare: Host) -> None:
    _, line = all_of(bare, replace(GOOD, last_utc_s=NOW_S + 86_400))
    assert line.what == "it says 2026-12-21 22:04 UTC, and the agent has seen 2026-12-22 22:04 UTC"


def test_without_a_last_time_nothing_is_held_against_the_clock(bare: Host) -> None:
    assert len(all_of(bare, replace(GOOD, last_utc_s=None))) == 1


# --- the RTC


def test_no_rtc_is_no_fault(bare: Host) -> None:
    assert lines_of(bare)["rtc"].status is Status.PASS


def test_an_rtc_says_its_time(host_of: Callable[..., Host]) -> None:
    line = lines_of(host_of("pi-4", more=f"{RTC}{NOW_S:.0f}"))["rtc"]
    assert line == Line("rtc", Status.PASS, "rtc-ds1307 says 2026-12-21 22:04 UTC")


@pytest.mark.parametrize(("off_s", "what"), [(3600, "rtc-ds1307 is 3600 s ahead"), (-90, "rtc-ds1307 is 90 s behind")])
def test_an_rtc_that_is_off_is_told_while_the_clock_is_right(off_s: float, what: str, host_of: Callable[..., Host]) -> None:
    host = host_of("pi-4", more=f"{RTC}{NOW_S + off_s:.0f}")
    assert lines_of(host)["rtc"].what == what
    assert lines_of(host, replace(GOOD, synchronised=False))["rtc"].status is Status.PASS  # which of the two is right?


def test_an_rtc_that_the_kernel_cannot_read_has_lost_its_time(host_of: Callable[..., Host]) -> None:
    host = host_of("pi-5-linux-6.12", more="sys/class/rtc/rtc0/name = rpi_rtc soc@107c000000:rpi_rtc")
    line = lines_of(host)["rtc"]
    assert (line.status, line.what) == (Status.WARN, "rpi_rtc has lost its time")


# --- the place


def test_the_place_is_told_so_that_somebody_who_stands_there_sees_whether_it_is_right(bare: Host) -> None:
    line = lines_of(bare)["place"]
    assert line.status is Status.PASS
    assert line.what == "2026-12-21 23:04 in Europe/Berlin, and the sun is down (today from 08:35 to 16:26)"


@pytest.mark.parametrize(
    ("moment", "what"),
    [("2026-12-21T12:00+01:00", "the sun is down all day"), ("2026-06-21T12:00+02:00", "the sun is up all day")],
)
def test_a_day_without_sunset_is_one(moment: str, what: str, bare: Host) -> None:
    tromso = Location(69.65, 18.96, "Europe/Oslo")
    clock = replace(GOOD, utc_s=datetime.fromisoformat(moment).timestamp(), last_utc_s=None)
    assert lines_of(bare, clock, tromso)["place"].what.endswith(what)


def test_a_lamp_without_a_place_is_a_warning(bare: Host) -> None:
    assert lines_of(bare, location=None)["place"].status is Status.WARN
