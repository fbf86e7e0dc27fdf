"""Lamps that the tests of commands begin with, and what they read of the answers."""

from core_street import Street, constant, utc

from agent.messages import Ack
from agent.records import ClockSource
from agent.settings.model import Settings

HOUR_S = 3600.0
AT_60 = constant(60)


def street(settings: Settings = AT_60, **kwargs: object) -> Street:
    """A lamp at 60 %, a minute after its start at 23:00."""
    return Street(settings, **kwargs).run(60)  # type: ignore[arg-type]


def clockless(**kwargs: object) -> Street:
    return Street(AT_60, source=ClockSource.UNSYNCED, **kwargs).run(60)  # type: ignore[arg-type]


def true_utc(one: Street, after_s: float = 0.0) -> float:
    return utc(one.start) + one.passed_s + after_s


def codes(one: Street) -> list[object]:
    return [ack.code for ack in one.sent(Ack)]
