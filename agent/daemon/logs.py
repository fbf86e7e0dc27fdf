"""Logs: JSON lines for the journal, readable on a terminal, written by one thread so that a full pipe stops nobody."""

import sys
import threading
from collections import deque
from typing import TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from agent.clock import utc_s
from agent.messages import rfc3339

CAPACITY = 1000  # lines that wait for a reader of stderr; an unread pipe was seen to stop a thread after 641


class LogWriter:
    """The only thread that touches stderr. Lines that find the queue full are counted, and the count is written when it moves."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._lines: deque[str] = deque()
        self._dropped = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """Write what is left, but do not wait for a reader for ever."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout_s)

    def put(self, line: str) -> None:
        """From any thread; never blocks."""
        with self._wake:
            if len(self._lines) >= CAPACITY:
                self._dropped += 1
                return
            self._lines.append(line)
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._lines and not self._stopping:
                    self._wake.wait()
                if not self._lines:
                    return
                lines, dropped = list(self._lines), self._dropped
                self._lines.clear()
                self._dropped = 0
            if dropped:
                lines.append(f"{dropped} log lines were lost: nobody was reading stderr")
            try:
                self._stream.write("\n".join(lines) + "\n")
                self._stream.flush()
            except (OSError, ValueError):  # stderr was closed: there is nobody left to tell
                return


class _QueueLogger:
    """What structlog's chain ends in."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer

    def msg(self, message: str) -> None:
        self._writer.put(message)

    log = debug = info = warning = warn = error = critical = exception = fatal = msg


def _stamp(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event["at"] = rfc3339(utc_s())
    return event


def logger(writer: LogWriter, *, readable: bool) -> FilteringBoundLogger:
    """A logger whose lines the writer writes: readable for a person, else one JSON object a line."""
    processors: list[Processor] = [structlog.processors.add_log_level]
    if readable:
        tracebacks = structlog.dev.plain_traceback
        processors += [structlog.dev.ConsoleRenderer(colors=True, exception_formatter=tracebacks, timestamp_key="at")]
    else:
        processors += [_stamp, structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    bound: FilteringBoundLogger = structlog.wrap_logger(
        _QueueLogger(writer), processors=processors, wrapper_class=structlog.make_filtering_bound_logger("info")
    )
    return bound
