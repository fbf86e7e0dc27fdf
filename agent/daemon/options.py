"""The options of ``run``. argparse, for the daemon loads no more than it needs."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from agent.daemon.places import CONFIG

DUSK = "dusk"


@dataclass(frozen=True, slots=True)
class Options:
    """``start_utc_s``: None for now; "dusk" for shortly before tonight's dusk at the lamp's place."""

    config: Path
    simulate: bool
    speed: float
    start_utc_s: float | Literal["dusk"] | None
    socket: Path | None
    state: Path | None
    broker: str | None


def parse_options(arguments: Sequence[str]) -> Options:
    """Ends the process with status 2 and a sentence where they are not understood."""
    parser = argparse.ArgumentParser(prog="streetlight-agent run", description="Be the lamp's daemon.", allow_abbrev=False)
    parser.add_argument("-c", "--config", type=Path, default=CONFIG, help="the config file (%(default)s)")
    parser.add_argument("--simulate", action="store_true", help="virtual chips, pins and street under the same config")
    parser.add_argument("--speed", type=_speed, default=1.0, help="with --simulate: so many times as fast, 1 to 1000")
    parser.add_argument("--start", type=_moment, help="with --simulate: begin at this moment (RFC 3339), or at 'dusk'")
    parser.add_argument("--socket", type=Path, help="where to listen for status, explain, set and release")
    parser.add_argument("--state", type=Path, help="use this folder instead of storage.directory")
    parser.add_argument("--broker", type=_address, help="use this address instead of broker.url")
    found = parser.parse_args(arguments)
    if not found.simulate and (found.speed != 1.0 or found.start is not None):
        parser.error("--speed and --start need --simulate: a real lamp has the time that it is")
    return Options(found.config, found.simulate, found.speed, found.start, found.socket, found.state, found.broker)


def _address(text: str) -> str:
    if "@" in text:  # asked without the text: it would be in the log, and in the status
        raise argparse.ArgumentTypeError("user and password do not belong in it; write broker.username and password_file")
    return text


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 1 <= speed <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed; write a number from 1 to 1000")
    return speed


def _moment(text: str) -> float | Literal["dusk"]:
    if text == DUSK:
        return "dusk"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment; write it as 2026-12-21T15:30:00+01:00, or dusk") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no offset from UTC; write 2026-12-21T15:30:00+01:00, or ...Z")
    return moment.timestamp()
