"""The log writer: readable lines, and an unread pipe that stops nobody."""

import io
import json
import os
import threading
import time
from pathlib import Path

from agent.daemon.logs import CAPACITY, LogWriter, logger


def written(writer: LogWriter) -> None:
    writer.start()
    writer.stop(timeout_s=5)


def test_lines_come_in_order_and_all_of_them() -> None:
    stream = io.StringIO()
    writer = LogWriter(stream)
    for number in range(CAPACITY):
        writer.put(str(number))
    written(writer)
    assert stream.getvalue().splitlines() == [str(number) for number in range(CAPACITY)]


def test_what_finds_the_queue_full_is_counted_and_the_count_is_told_when_it_moves() -> None:
    stream = io.StringIO()
    writer = LogWriter(stream)
    for number in range(CAPACITY + 7):
        writer.put(str(number))
    written(writer)
    lines = stream.getvalue().splitlines()
    assert len(lines) == CAPACITY + 1
    assert "7 log lines were lost" in lines[-1]


def test_an_unread_pipe_blocks_neither_who_logs_nor_who_ends_and_is_told_of_once_it_is_read() -> None:
    read_end, write_end = os.pipe()
    stream = os.fdopen(write_end, "w")
    writer = LogWriter(stream)
    writer.start()
    line = "x" * 200
    started_s = time.monotonic()
    for _ in range(4000):  # 800 kB into a pipe of 64 KiB and a queue of a thousand lines
        writer.put(line)
    assert time.monotonic() - started_s < 2
    writer.stop(timeout_s=0.1)
    assert time.monotonic() - started_s < 3

    reader = threading.Thread(target=_drain, args=(read_end, found := bytearray()))
    reader.start()
    writer.stop(timeout_s=5)
    stream.close()
    reader.join(5)
    lines = found.decode().splitlines()
    lost = [int(text.split()[0]) for text in lines if "were lost" in text]
    assert lines.count(line) + sum(lost) == 4000
    assert sum(lost) > 0


def _drain(descriptor: int, found: bytearray) -> None:
    with os.fdopen(descriptor, "rb") as stream:
        found += stream.read()


def test_a_closed_stderr_ends_the_writer_and_nobody_else(tmp_path: Path) -> None:
    stream = (tmp_path / "log").open("w")
    stream.close()
    writer = LogWriter(stream)
    writer.start()
    for _ in range(3 * CAPACITY):
        writer.put("said to nobody")
    writer.stop(timeout_s=5)


def test_the_journal_gets_one_json_object_a_line_with_its_moment_and_its_traceback() -> None:
    stream = io.StringIO()
    writer = LogWriter(stream)
    log = logger(writer, readable=False).bind(part="link")
    log.info("connected", url="mqtt://127.0.0.1")
    log.error("crashed", exc_info=ValueError("line\nbreak"))
    log.debug("not told")
    written(writer)

    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert {**first, "at": ""} == {"event": "connected", "url": "mqtt://127.0.0.1", "part": "link", "level": "info", "at": ""}
    assert first["at"].endswith("Z")
    assert "ValueError: line\nbreak" in second["exception"]


def test_a_terminal_gets_a_line_for_people() -> None:
    stream = io.StringIO()
    writer = LogWriter(stream)
    logger(writer, readable=True).warning("config", problem="agent.yaml:3: wrong")
    written(writer)
    assert "config" in stream.getvalue()
    assert "agent.yaml:3: wrong" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
