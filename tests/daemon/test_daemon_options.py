"""The options of ``run``: what is understood, and with which words the rest is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.daemon.options import parse_options


def test_without_options_it_is_the_pole_s_own_daemon() -> None:
    options = parse_options([])
    assert options.config == Path("/etc/streetlight-agent/agent.yaml")
    assert (options.simulate, options.speed, options.start_utc_s) == (False, 1.0, None)
    assert (options.socket, options.state, options.broker) == (None, None, None)


def test_a_simulation_has_its_speed_and_its_moment() -> None:
    options = parse_options(["--simulate", "--speed", "600", "--start", "2026-12-21T15:30:00+01:00"])
    assert options.speed == 600
    assert options.start_utc_s == datetime(2026, 12, 21, 14, 30, tzinfo=UTC).timestamp()
    assert parse_options(["--simulate", "--start", "2026-12-21T15:30:00Z"]).start_utc_s == options.start_utc_s + 3600
    assert parse_options(["--simulate", "--start", "dusk"]).start_utc_s == "dusk"


def test_the_last_of_two_wins_so_that_a_script_s_own_can_be_overridden() -> None:
    assert parse_options(["--simulate", "--speed", "60", "--speed", "600"]).speed == 600


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--speed", "10"], "--speed and --start need --simulate"),
        (["--start", "dusk"], "--speed and --start need --simulate"),
        (["--simulate", "--speed", "0.5"], "'0.5' is no speed; write a number from 1 to 1000"),
        (["--simulate", "--speed", "1001"], "from 1 to 1000"),
        (["--simulate", "--speed", "nan"], "from 1 to 1000"),
        (["--simulate", "--speed", "fast"], "'fast' is no speed"),
        (["--simulate", "--start", "tomorrow"], "'tomorrow' is no moment"),
        (["--simulate", "--start", "2026-12-21T15:30:00"], "has no offset from UTC"),
        (["--broker", "mqtts://me:CANARY@b"], "user and password do not belong in it; write broker.username and password_file"),
        (["--sim"], "unrecognized arguments: --sim"),
        (["--config"], "expected one argument"),
    ],
)
def test_what_is_not_understood_ends_with_status_2_and_a_sentence(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert named in said
    assert "CANARY" not in said
