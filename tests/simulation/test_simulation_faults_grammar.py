"""How faults are written, and what a technician reads who writes one wrong."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.simulation.faults.catalogue import CATALOGUE
from agent.simulation.faults.fault import Fault, FaultError, first_s
from agent.simulation.faults.grammar import parse_fault
from agent.simulation.faults.kinds import FaultName

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("light.dead", Fault(FaultName.LIGHT_DEAD)),
        ("light.stuck=3@22:00+30min", Fault(FaultName.LIGHT_STUCK, 3.0, time(22), 1800.0)),
        ("clock.jump=-3h", Fault(FaultName.CLOCK_JUMP, -10800.0)),
        ("clock.jump=+40d@02:30:15+1h", Fault(FaultName.CLOCK_JUMP, 40 * 86400.0, time(2, 30, 15), 3600.0)),
        ("clock.drift=-500.5", Fault(FaultName.CLOCK_DRIFT, -500.5)),
        ("power.cut@17:00+10min", Fault(FaultName.POWER_CUT, None, time(17), 600.0)),
        ("temperature.hot=95@20:00", Fault(FaultName.TEMPERATURE_HOT, 95.0, time(20))),
    ],
)
def test_a_fault_has_a_name_a_value_a_time_and_a_duration(text: str, fault: Fault) -> None:
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("light.stuk=3", "there is no fault 'light.stuk'; write light.stuck"),
        ("storage.bogus", "write storage.readonly, storage.full, storage.corrupt or storage.gone"),
        ("light.stuck", "light.stuck needs a value; write light.stuck="),
        ("light.stuck=", "light.stuck needs a value"),
        ("bus.hang=3", "bus.hang takes no value, and '3' is given; write bus.hang"),
        ("clock.jump=3", "3 has no unit; write clock.jump=-3h"),
        ("clock.stale=-3h", "the value '-3h' is out of range"),
        ("light.own=nan", "the value 'nan' is out of range"),
        ("light.own=much", "the value 'much' is no number; write light.own="),
        ("power.cut@25:00", "'25:00' after @ is no time of day; write HH:MM"),
        ("power.cut@", "'' after @ is no time of day"),
        ("power.cut@17:00+10", "the duration after +: 10 has no unit"),
        ("power.cut@17:00+0s", "a fault that lasts 0s is none"),
        ("", "no fault is named; write NAME[=VALUE]"),
    ],
)
def test_a_wrong_one_says_what_is_wrong_and_what_to_write(text: str, words: str) -> None:
    with pytest.raises(FaultError) as caught:
        parse_fault(text)
    assert words in str(caught.value)
    assert str(caught.value).startswith(repr(text))


@given(st.text(max_size=30) | st.from_regex(r"[a-z.]{0,14}=?-?[0-9a-z.+]{0,6}@?[0-9:]{0,6}\+?[0-9a-z]{0,5}", fullmatch=True))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        fault = parse_fault(text)
    except FaultError:
        return
    assert parse_fault(str(fault)) == fault


@given(
    st.sampled_from(FaultName),
    st.integers(0, 99),
    st.none() | st.times().map(lambda moment: moment.replace(microsecond=0)),
    st.none() | st.integers(1, 10**6),
)
def test_a_fault_reads_back_as_it_is_written(name: FaultName, value: int, at: time | None, duration_s: int | None) -> None:
    lasting = float(duration_s) if at is not None and duration_s is not None else None
    fault = Fault(name, None if CATALOGUE[name].unit is None else float(value), at, lasting)
    assert parse_fault(str(fault)) == fault


@pytest.mark.parametrize(
    ("start", "local", "hours"),
    [
        ("2026-12-21 12:00", time(12), 0),
        ("2026-12-21 12:00", time(22), 10),
        ("2026-12-21 12:00", time(11, 30), 23.5),
        ("2026-10-24 12:00", time(3), 16),  # the hour from 2 to 3 comes twice
        ("2027-03-27 12:00", time(3, 30), 14.5),  # the hour from 2 to 3 is left out
    ],
)
def test_a_local_time_is_the_first_that_comes(start: str, local: time, hours: float) -> None:
    start_utc_s = datetime.fromisoformat(start).replace(tzinfo=BERLIN).timestamp()
    assert first_s(local, start_utc_s, BERLIN) == hours * 3600


def test_every_name_is_in_the_catalogue_and_is_found_by_it() -> None:
    assert set(CATALOGUE) == set(FaultName)
    assert first_s(time(0), datetime(2026, 1, 1, tzinfo=UTC).timestamp(), UTC) == 0
