"""The shipped unit: systemd finds nothing wrong with it, its walls let through what the daemon needs and nothing more."""

import errno

from guest.machine import Guest
from guest.sandbox import Sandbox

UNIT = "streetlight-agent.service"


def test_systemd_finds_nothing_to_complain_of(guest: Guest) -> None:
    outcome = guest.attempt(f"systemd-analyze verify {UNIT}")

    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")


def test_systemd_never_gives_up(guest: Guest) -> None:
    shown = guest.run(f"systemctl show {UNIT} -p Restart -p StartLimitIntervalUSec -p NotifyAccess -p Type").split()

    assert set(shown) == {"Restart=always", "StartLimitIntervalUSec=0", "NotifyAccess=main", "Type=notify"}


def test_the_daemons_user_may_use_pins_and_buses(guest: Guest) -> None:
    assert {"gpio", "i2c"} <= set(guest.run("id -nG streetlight").split())


def test_the_walls_let_through_what_the_daemon_needs(sandbox: Sandbox) -> None:
    found = sandbox.ask("walls")

    assert found["not_root"]
    assert found["database"] == 0
    assert found["control_socket"] == 0
    assert (found["compiler"], found["said"]) == (0, "")
    assert found["broker_address"] == "10.0.2.2"
    assert found["kernel_boot_id"] == 36
    assert found["board"]
    assert found["working_directory_is_ram"]


def test_the_walls_hold(sandbox: Sandbox) -> None:
    found = sandbox.ask("walls")

    assert found["setting_the_clock"] == errno.EPERM
    assert found["writing_to_etc"] == errno.EROFS
    assert found["writing_to_opt"] == errno.EROFS
    assert found["opening_the_disk"] in (errno.EPERM, errno.EACCES)
    assert found["opening_a_packet_socket"] == errno.EAFNOSUPPORT


def test_whether_ntp_has_set_the_clock_can_be_asked_in_there(guest: Guest, sandbox: Sandbox) -> None:
    assert sandbox.ask("walls")["ntp"] is False
    guest.run("/opt/guest/ntp-synchronised")
    assert sandbox.ask("walls")["ntp"] is True


def test_the_unit_starts_on_a_disk_that_has_become_read_only(guest: Guest, sandbox: Sandbox) -> None:
    assert sandbox.ask("walls")["database"] == 0

    guest.run("sync; mount -o remount,ro /")
    found = sandbox.ask("walls")

    assert found["database"] != 0, "the ledger cannot be written, and all the rest goes on"
    assert found["control_socket"] == 0
