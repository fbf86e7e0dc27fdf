"""Where things are: the socket's places in the contract's order, and the mark by which a start knows how the last run ended."""

import socket
from pathlib import Path

import pytest

from agent.daemon.bootmark import NAME, BootMark, read_mark, read_result, reason_of, write_mark
from agent.daemon.places import socket_candidates, socket_to_ask, socket_to_make
from agent.records import BootReason

# --- the control socket


def test_the_runtime_directory_comes_before_run_and_that_before_the_state_directory(tmp_path: Path) -> None:
    found = socket_candidates(tmp_path, {"RUNTIME_DIRECTORY": "/run/one:/run/two"})
    assert found == [Path("/run/one/agent.sock"), Path("/run/streetlight-agent/agent.sock"), tmp_path / "agent.sock"]
    assert socket_candidates(tmp_path, {}) == found[1:]


def test_the_daemon_listens_at_the_first_place_that_can_be_written(tmp_path: Path) -> None:
    runtime, state = tmp_path / "run", tmp_path / "state"
    runtime.mkdir()
    environment = {"RUNTIME_DIRECTORY": str(runtime)}
    assert socket_to_make(None, state, environment) == runtime / "agent.sock"
    assert socket_to_make(tmp_path / "mine", state, environment) == tmp_path / "mine"
    runtime.rmdir()
    assert socket_to_make(None, state, environment).name == "agent.sock"


def test_a_command_asks_at_the_first_socket_that_is_there(tmp_path: Path) -> None:
    runtime, state = tmp_path / "run", tmp_path / "state"
    runtime.mkdir()
    state.mkdir()
    (runtime / "agent.sock").write_text("no socket")
    environment = {"RUNTIME_DIRECTORY": str(runtime)}
    assert socket_to_ask(None, state, environment) == runtime / "agent.sock"  # none is there: the first is named
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(state / "agent.sock"))
        assert socket_to_ask(None, state, environment) == state / "agent.sock"
        assert socket_to_ask(tmp_path / "mine", state, environment) == tmp_path / "mine"


def test_a_place_that_is_shut_to_us_is_asked_which_then_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As /run/streetlight-agent is to whoever is not in the group."""
    real = Path.is_socket

    def shut(path: Path) -> bool:
        if "run" in path.parts:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "is_socket", shut)
    environment = {"RUNTIME_DIRECTORY": str(tmp_path / "run")}
    assert socket_to_ask(None, tmp_path / "state", environment) == tmp_path / "run" / "agent.sock"


# --- the mark of a start


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        (None, BootReason.POWER_ON),
        (BootMark("another", ended_well=True), BootReason.POWER_ON),
        (BootMark("kernel-1", ended_well=True), BootReason.RESTART),
        (BootMark("kernel-1", ended_well=False), BootReason.CRASH),
    ],
)
def test_the_reason_of_a_start_is_read_from_the_mark_of_the_last(mark: BootMark | None, reason: BootReason) -> None:
    assert reason_of(mark, "kernel-1") is reason


def test_a_mark_is_read_as_it_was_written_and_replaces_the_one_before(tmp_path: Path) -> None:
    write_mark(tmp_path, BootMark("a", ended_well=False))
    write_mark(tmp_path, BootMark("b", ended_well=True))
    assert read_mark(tmp_path) == BootMark("b", ended_well=True)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"kernel_boot_id": 3, "ended_well": true}'])
def test_a_mark_that_cannot_be_read_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert read_mark(tmp_path) is None


def test_without_a_folder_there_is_no_mark_and_none_can_be_written(tmp_path: Path) -> None:
    assert read_mark(tmp_path / "missing") is None
    with pytest.raises(OSError, match="missing"):
        write_mark(tmp_path / "missing", BootMark("a", ended_well=True))


def test_a_crash_that_systemd_calls_a_watchdogs_is_one(tmp_path: Path) -> None:
    crashed = BootMark("kernel-1", ended_well=False)
    assert read_result(tmp_path) == ""
    assert reason_of(crashed, "kernel-1", read_result(tmp_path)) is BootReason.CRASH
    (tmp_path / "result").write_text("watchdog\n")
    assert reason_of(crashed, "kernel-1", read_result(tmp_path)) is BootReason.WATCHDOG
    assert reason_of(BootMark("kernel-1", ended_well=True), "kernel-1", "watchdog") is BootReason.RESTART
    assert reason_of(crashed, "kernel-2", "watchdog") is BootReason.POWER_ON
