"""Words: what a stranger wrote reaches a terminal only as far as it prints."""

from agent.core.demand import Cause, Demand, Slot
from agent.core.words import reason


def test_an_escape_sequence_in_an_id_or_an_issuer_is_disarmed() -> None:
    demand = Demand(Slot.OVERRIDE, 20.0, Cause.DIM, 0.0, name="a\x1b[2Jb", issuer="red\nnl\x00")
    assert reason(demand, lambda _: "23:00:00") == "dim command a?[2Jb from red?nl? since 23:00:00"
