"""The service as systemd tells of it, and the eyes that doctor takes from it."""

import grp
import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest
from doctor_pole import Commands

from agent.doctor.eyes import Eyes, eyes_lines, find_eyes, looking, may
from agent.doctor.host import Host, run_command
from agent.doctor.line import Line, Status
from agent.doctor.service import Unit, read_unit, service_lines

SAID = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "UnitFileState": "enabled",
    "Result": "success",
    "NRestarts": "0",
    "WatchdogUSec": "30s",
    "User": "streetlight",
    "SupplementaryGroups": "gpio i2c",
    "MainPID": "612",
    "ProtectSystem": "strict",
    "StateDirectory": "streetlight-agent",
    "ReadWritePaths": "-/sys/devices/platform /srv/lamp",
}
GOOD = Unit(
    loaded=True, state="active", enabled=True, result="success", restarts=0, watchdog=True,
    user="streetlight", groups=("gpio", "i2c"), pid=612,
    made=(Path("/var/lib/streetlight-agent"),), walls=(Path("/sys/devices/platform"), Path("/srv/lamp")),
)  # fmt: skip


def unit_of(commands: Commands, host: Host, **changed: str) -> Unit | None:
    commands.said["systemctl"] = "".join(f"{name}={value}\n" for name, value in (SAID | changed).items())
    return read_unit(host)


def statuses(unit: Unit | None) -> list[Status]:
    return [line.status for line in service_lines(unit)]


def test_a_service_that_runs_passes_in_one_line(bare: Host, commands: Commands) -> None:
    assert unit_of(commands, bare) == GOOD
    assert list(service_lines(GOOD)) == [Line("service", Status.PASS, "it runs as streetlight")]


@pytest.mark.parametrize(
    ("changed", "status", "what"),
    [
        ({"ActiveState": "failed", "Result": "exit-code", "MainPID": "0"}, Status.FAIL, "it has failed (exit-code)"),
        ({"ActiveState": "inactive", "MainPID": "0"}, Status.WARN, "it is inactive"),
        ({"ActiveState": "activating", "NRestarts": "40"}, Status.WARN, "it is being started, after 40 restarts"),
        ({"NRestarts": "1"}, Status.WARN, "it runs, but had to be started again once"),
        ({"NRestarts": "3"}, Status.WARN, "it runs, but had to be started again 3 times"),
        ({"LoadState": "not-found", "ActiveState": "inactive"}, Status.WARN, "there is no streetlight-agent.service"),
    ],
)
def test_what_is_not_as_it_should_be_is_told(
    changed: dict[str, str], status: Status, what: str, bare: Host, commands: Commands
) -> None:
    first = next(service_lines(unit_of(commands, bare, **changed)))
    assert first.status is status
    assert first.what.startswith(what)
    assert first.remedy


def test_a_service_that_would_not_come_back_after_a_boot_or_a_hang_is_a_warning(bare: Host, commands: Commands) -> None:
    assert statuses(unit_of(commands, bare, UnitFileState="disabled")) == [Status.PASS, Status.WARN]
    assert statuses(unit_of(commands, bare, WatchdogUSec="infinity")) == [Status.PASS, Status.WARN]
    assert statuses(unit_of(commands, bare, WatchdogUSec="infinity", ActiveState="inactive")) == [Status.WARN]


@pytest.mark.parametrize(
    ("folder", "lets"),
    [("/var/lib/streetlight-agent", True), ("/srv/lamp/state", True), ("/srv/lamps", False), ("/home/pi", False)],
)
def test_the_units_walls_leave_its_state_and_what_is_named_to_be_written(folder: str, lets: bool) -> None:
    assert GOOD.lets_write(Path(folder)) is lets
    assert replace(GOOD, walls=None).lets_write(Path(folder))
    assert replace(GOOD, loaded=False).lets_write(Path(folder))


def test_a_machine_without_systemd_has_nobody_to_start_the_agent(bare: Host) -> None:
    assert read_unit(bare) is None
    assert statuses(None) == [Status.WARN]


def test_a_command_that_is_not_there_or_fails_says_nothing() -> None:
    assert run_command("no-such-command-anywhere") is None
    assert run_command("false") is None
    assert run_command("echo", "words") == "words\n"


# --- eyes


def test_root_looks_with_the_eyes_of_the_units_user_and_its_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    group = grp.getgrall()[-1]
    eyes = find_eyes(replace(GOOD, user="nobody", groups=(group.gr_name, "no-such-group")))
    assert (eyes.user, eyes.as_agent, group.gr_gid in eyes.groups) == ("nobody", True, True)
    assert next(eyes_lines(eyes)) == Line("user", Status.PASS, "looking with the eyes of nobody")


def test_another_user_looks_with_his_own_and_is_told_of_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: pwd.getpwnam("daemon").pw_uid)
    eyes = find_eyes(replace(GOOD, user="nobody"))
    assert (eyes.user, eyes.as_agent) == ("daemon", False)
    line = next(eyes_lines(eyes))
    assert (line.status, line.remedy) == (Status.WARN, "look again with `sudo streetlight-agent doctor`")


def test_without_a_user_of_the_agents_whoever_looks_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.doctor.eyes.USER", "no-such-user")
    eyes = find_eyes(None)
    assert (eyes.as_agent, eyes.uid) == (True, os.geteuid())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look with another's eyes")
def test_what_root_alone_may_read_cannot_be_seen_with_other_eyes_and_root_is_root_afterwards(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    secret.chmod(0o600)
    groups = os.getgroups()
    with looking(Eyes("nobody", 65534, 65534, (), as_agent=True)):
        assert not may(secret, os.R_OK)
        with pytest.raises(PermissionError):
            secret.read_text()
    assert (os.geteuid(), os.getegid(), os.getgroups()) == (0, 0, groups)
    assert secret.read_text() == "x"
