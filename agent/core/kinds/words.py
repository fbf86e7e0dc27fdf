"""Words that the kinds of alarms share."""

from agent.core.sources import MISSES

NO_ANSWER = f"{MISSES} reads failed in a row, or none came for {MISSES} periods"
READ_AGAIN = f"{MISSES} good reads in a row"


def percent(share: float) -> str:
    return f"{100 * share:g} %"
