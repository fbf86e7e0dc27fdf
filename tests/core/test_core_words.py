"""Words: what a stranger wrote reaches a terminal only as far as it prints; numbers and times as people write them."""

import pytest

from agent.core.demand import Cause, Demand, Slot
from agent.core.words import lux_words, reason, span_words


def test_an_escape_sequence_in_an_id_or_an_issuer_is_disarmed() -> None:
    demand = Demand(Slot.OVERRIDE, 20.0, Cause.DIM, 0.0, name="a\x1b[2Jb", issuer="red\nnl\x00")
    assert reason(demand, lambda _: "23:00:00") == "dim command a?[2Jb from red?nl? since 23:00:00"


@pytest.mark.parametrize(
    ("lx", "words"),
    [(0.0, "0 lx"), (0.00004, "0 lx"), (0.257, "0.26 lx"), (12.34, "12.3 lx"), (99.96, "100 lx"), (40_000.0, "40,000 lx")],
)
def test_lux_are_written_with_as_many_digits_as_they_are_worth(lx: float, words: str) -> None:
    assert lux_words(lx) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days")])
def test_a_span_is_written_in_the_unit_that_fits(seconds: float, words: str) -> None:
    assert span_words(seconds) == words
