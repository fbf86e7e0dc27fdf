"""The command ``streetlight-agent``: ``run`` goes straight to the daemon, everything else to the command line."""

import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import NoReturn


class _Output(TextIOWrapper):
    """Standard output that keeps the error it met: argparse passes over any, and click over that of a reader gone away."""

    error: OSError | None = None

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self.error = error
            raise

    def took_all(self) -> bool:
        with suppress(OSError):
            self.flush()
        return self.error is None


def main() -> None:
    """Ends with the command's status, or with 1 where standard output does not take what is said."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it may be ignored, as under nohup
        signal.signal(signal.SIGINT, _interrupted)
    is_run, stream = sys.argv[1:2] == ["run"], sys.stdout
    if not isinstance(stream, TextIOWrapper):  # None: whoever started us has closed it
        if not is_run:
            _fail("there is no standard output to write to; do not close it")
        _command(is_run=True)
    output = sys.stdout = _Output(
        stream.buffer, stream.encoding, stream.errors, line_buffering=stream.line_buffering, write_through=stream.write_through
    )
    try:
        _command(is_run=is_run)
    except (OSError, SystemExit):
        if output.took_all():
            raise
    os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())  # what is left in it would fail once more as Python ends
    if output.error is None or isinstance(output.error, BrokenPipeError):
        sys.exit(1)
    _fail(f"standard output cannot be written ({output.error.strerror}); send it somewhere else")


def _command(*, is_run: bool) -> NoReturn:
    if is_run:
        from agent.daemon.entry import main as run

        sys.exit(run(sys.argv[2:]))
    from agent.cli.main import cli

    if signal.getsignal(signal.SIGINT) is _interrupted:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(cli(prog_name="streetlight-agent"))


def _interrupted(number: int, _: object) -> NoReturn:
    """While all is still being loaded and nothing is said; a KeyboardInterrupt amid an import would be told line by line."""
    os._exit(128 + number)


def _fail(what: str) -> NoReturn:
    sys.stderr.write(f"Error: {what}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
