"""Durations, numbers, times and dates: the forms that are taken, and the remedy for the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.config.durations import seconds, with_unit, written
from agent.config.findings import Mistake
from agent.config.moments import month_day, time_of_night
from agent.config.numbers import number
from agent.config.shapes import Bounds, NumberShape
from agent.config.tree import Scalar, Span
from agent.settings.schedule import Anchor, MonthDay, TimeOfNight

WHOLE = NumberShape(True, Bounds(), "")
ANY = NumberShape(False, Bounds(), "W")


def plain(text: str) -> Scalar:
    return Scalar(text, True, Span(1, 1))


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        ("500ms", 0.5), ("5s", 5), ("10min", 600), ("2h", 7200), ("7d", 604_800), ("1.5h", 5400), ("0s", 0), ("1h30min", 5400),
        ("0.1s", 0.1), ("1.1h", 3960),
    ],
)  # fmt: skip
def test_a_duration_is_exact_seconds(text: str, expected_s: float) -> None:
    assert seconds(text) == expected_s


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("45 s", "write 45s"), ("2 hours", "write 2h"), ("5m", "write 5min"), ("1,5h", "write 1.5h"), ("30Sec", "write 30s"),
        ("-5s", "write 0s or more"), ("soon", "such as 500ms"), ("", "such as 500ms"), ("5s10min", "such as 500ms"),
        ("05s", "write 5s"), ("٥s", "such as 500ms"), ("9" * 10_000, "such as 500ms"),
    ],
)  # fmt: skip
def test_another_form_of_duration_is_told_the_right_one(text: str, hint: str) -> None:
    with pytest.raises(Mistake) as told:
        seconds(text)
    assert hint in told.value.hint


@given(st.integers(0, 10**9).map(lambda milliseconds: milliseconds / 1000))
def test_what_is_written_reads_as_the_same_seconds(value_s: float) -> None:
    assert seconds(written(value_s)) == value_s


@pytest.mark.parametrize(
    ("bare", "bounds", "usual_s", "said"),
    [
        ("45", Bounds(1, 3600), 45.0, "45s, or 1min"),
        ("5", Bounds(1, 86_400), 300.0, "5min, or 5s"),
        ("50", Bounds(0, 5), 0.05, "50ms"),
        ("14", Bounds(3600, 31_536_000), 1_209_600.0, "14d, or 14h"),
        ("120", Bounds(0, 30), 0.0, "120ms"),
    ],
)
def test_a_number_alone_is_given_the_units_that_fit(bare: str, bounds: Bounds, usual_s: float, said: str) -> None:
    assert with_unit(bare, bounds, usual_s) == said


@pytest.mark.parametrize(("text", "value"), [("16", 16), ("0x10", 16), ("-6", -6), ("0", 0), ("1e1", 10), ("18.0", 18)])
def test_whole_numbers(text: str, value: int) -> None:
    assert number(plain(text), WHOLE) == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("010", "write 10"), ("00.5", "write 0.5"), ("1_000", "write 1000"), ("0,6", "write 0.6"), ("42 W", "write 42"),
        (".inf", "write a number in W"), ("nan", "write a number in W"), ("1e999", "write a smaller one"),
        ("9" * 5000, "write a number in W"), ("", "write a number in W"), ("true", "write a number in W"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_what_is(text: str, hint: str) -> None:
    with pytest.raises(Mistake) as told:
        number(plain(text), ANY)
    assert hint in told.value.hint


def test_a_fraction_is_no_whole_number_and_a_quoted_number_is_text() -> None:
    with pytest.raises(Mistake, match="not a whole number"):
        number(plain("18.5"), WHOLE)
    with pytest.raises(Mistake, match="is text"):
        number(Scalar("18", False, Span(1, 1)), WHOLE)


@pytest.mark.parametrize(
    ("text", "anchor", "offset_s"),
    [
        ("22:30", Anchor.MIDNIGHT, 81_000), ("00:00", Anchor.MIDNIGHT, 0), ("sunset", Anchor.SUNSET, 0),
        ("sunrise-45min", Anchor.SUNRISE, -2700), ("sunset+1h30min", Anchor.SUNSET, 5400),
        ("sunrise - 1h", Anchor.SUNRISE, -3600),
        ("sunset+12h", Anchor.SUNSET, 43_200),
    ],
)  # fmt: skip
def test_times_of_the_night(text: str, anchor: Anchor, offset_s: float) -> None:
    assert time_of_night(text) == TimeOfNight(anchor, offset_s)


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_can_be_written(hour: int, minute: int) -> None:
    assert time_of_night(f"{hour:02}:{minute:02}").offset_s == hour * 3600 + minute * 60


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("7:30", "write 07:30"), ("22.30", "write 22:30"), ("24:00", "write 00:00"), ("10pm", "write 22:00"),
        ("12 am", "write 00:00"), ("22 Uhr", "write 22:00"), ("22:30:00", "write 22:30"), ("22:60", "write 00:00 to 23:59"),
        ("Sunset+1h", "write sunset+1h"), ("dusk", "write sunset"), ("sunset+30", "write sunset+30min"),
        ("sunset+20h", "at most 12h"), ("1350", "local time"), ("noon", "local time"),
    ],
)  # fmt: skip
def test_another_time_is_told_the_right_one(text: str, hint: str) -> None:
    with pytest.raises(Mistake) as told:
        time_of_night(text)
    assert hint in told.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("02-30", "02-01 to 02-29"), ("24-12", "write 12-24"), ("24.12.", "write 12-24"), ("2026-12-24", "write 12-24"),
        ("12-00", "12-01 to 12-31"), ("4-31", "MM-DD"), ("xmas", "MM-DD"), ("13-13", "MM-DD"), ("1-2", "write 01-02"),
    ],
)  # fmt: skip
def test_another_date_is_told_the_right_one(text: str, hint: str) -> None:
    with pytest.raises(Mistake) as told:
        month_day(text)
    assert hint in told.value.hint


@given(st.dates())
def test_every_date_of_every_year_can_be_written(day: object) -> None:
    text = f"{day:%m-%d}"
    assert month_day(text) == MonthDay(int(text[:2]), int(text[3:]))
