"""The control socket against clients of every kind: whoever asks properly is answered, whatever the others do."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from agent.daemon.protocol import Reply, Request
from agent.daemon.socket import CLIENT_S, ControlSocket

GOOD = b'{"do": "status"}\n'


class Desk:
    """Stands for the control thread."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def ask(self, request: Request) -> Reply:
        self.asked.append(request)
        return Reply(error="as asked")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@contextmanager
def served(where: Path, desk: Desk) -> Iterator[None]:
    control_socket = ControlSocket(where, desk.ask, structlog.get_logger())
    thread = threading.Thread(target=control_socket.run, daemon=True)
    thread.start()
    try:
        connected(where).close()
        yield
    finally:
        control_socket.stop()
        thread.join(5)
    assert not thread.is_alive()
    assert not where.exists()


@pytest.fixture
def path(tmp_path: Path, desk: Desk) -> Iterator[Path]:
    where = tmp_path / "run" / "agent.sock"
    with served(where, desk):
        yield where


def connected(path: Path) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(5)
    until_s = time.monotonic() + 5
    while True:
        try:
            client.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):  # not yet bound, or not yet listening
            assert time.monotonic() < until_s
        else:
            return client


def said(path: Path, line: bytes) -> bytes:
    with connected(path) as client:
        client.sendall(line)
        return client.recv(4096)


def test_a_request_is_answered_with_one_line(path: Path, desk: Desk) -> None:
    assert said(path, GOOD) == b'{"error":"as asked"}\n'
    assert desk.asked == [Request("status")]


def test_a_request_may_come_in_pieces(path: Path, desk: Desk) -> None:
    with connected(path) as client:
        for byte in GOOD:
            client.sendall(bytes([byte]))
        assert client.recv(4096) == b'{"error":"as asked"}\n'


@pytest.mark.parametrize("line", [b"\x00\xff\n", b"{}\n", b"GET / HTTP/1.1\r\n", b"[" * 5000, b"x" * 200_000])
def test_nonsense_is_answered_or_cut_off_and_never_reaches_the_control_thread(line: bytes, path: Path, desk: Desk) -> None:
    with connected(path) as client:
        try:
            client.sendall(line)
            assert client.recv(4096).startswith(b'{"error":"not a request')
        except ConnectionError:
            assert len(line) > 4096  # cut off in the middle
    assert desk.asked == []
    assert said(path, GOOD) == b'{"error":"as asked"}\n'


def test_a_client_that_goes_away_is_no_trouble(path: Path) -> None:
    for line in (b"", b"{", GOOD):
        with connected(path) as client:
            client.sendall(line)
    assert said(path, GOOD) == b'{"error":"as asked"}\n'


@pytest.mark.parametrize("dribbles", [False, True], ids=["silent", "a byte now and then"])
def test_a_slow_client_holds_the_others_up_for_a_second_at_most(dribbles: bool, path: Path) -> None:
    with connected(path) as slow:
        ended = threading.Event()

        def dribble() -> None:
            while dribbles and not ended.wait(CLIENT_S / 4):
                try:
                    slow.sendall(b" ")
                except ConnectionError:
                    return

        thread = threading.Thread(target=dribble)
        thread.start()
        started_s = time.monotonic()
        try:
            assert said(path, GOOD) == b'{"error":"as asked"}\n'
            assert time.monotonic() - started_s < CLIENT_S + 1
        finally:
            ended.set()
            thread.join(5)


def test_a_socket_left_by_an_earlier_run_is_replaced(tmp_path: Path, desk: Desk) -> None:
    where = tmp_path / "agent.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(where))
    with served(where, desk):
        assert said(where, GOOD)
        assert where.stat().st_mode & 0o777 == 0o660
