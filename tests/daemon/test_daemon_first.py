"""The first light: what fails before there is a log is told when there is one, and what fails later at once."""

from agent.daemon.first import Trouble, Troubles
from agent.hardware.output import OutputError
from agent.records import Fault, Part


def test_what_failed_early_is_told_when_there_is_a_log_and_what_fails_later_when_it_does() -> None:
    troubles, told = Troubles(), list[Trouble]()
    early, late = OutputError(Fault.FAILED, "at the start"), OutputError(Fault.HUNG_BUS, "in the night")
    troubles.note(Part.RELAY, early)

    assert troubles.hand_over(told.append) == [Trouble(Part.RELAY, early)]
    troubles.note(Part.OUTPUT, late)

    assert told == [Trouble(Part.RELAY, early), Trouble(Part.OUTPUT, late)]
