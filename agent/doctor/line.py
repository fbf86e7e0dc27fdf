"""What doctor says: one line for each promise of the installation, with the remedy where it does not hold."""

from dataclasses import dataclass
from enum import StrEnum

RESTART = "`systemctl restart streetlight-agent`"


class Status(StrEnum):
    PASS = "pass"  # noqa: S105  no password
    WARN = "warn"  # the lamp does its work, but something is not as it should be, or could not be looked at
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Line:
    """``check`` names what was looked at in one word; ``remedy`` says what to do, and is there unless it passes."""

    check: str
    status: Status
    what: str
    remedy: str | None = None


def passed(check: str, what: str) -> Line:
    return Line(check, Status.PASS, what)


def warned(check: str, what: str, remedy: str) -> Line:
    return Line(check, Status.WARN, what, remedy)


def failed(check: str, what: str, remedy: str) -> Line:
    return Line(check, Status.FAIL, what, remedy)


def failed_as_told(check: str, message: str, otherwise: str) -> Line:
    """A failure in the words of the agent's own errors, which end with their remedy: ``what is wrong; what to do``.

    ``otherwise`` is the remedy where the message has none.
    """
    what, _, remedy = message.rpartition("; ")
    return failed(check, what, remedy) if what else failed(check, remedy, otherwise)
