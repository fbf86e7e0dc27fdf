"""Why a command is refused before anything about the lamp is asked: the codes, and the exception that carries one."""

from enum import StrEnum

from agent.commands import Refusal


class RefusalCode(StrEnum):
    """``code`` of an acknowledgement that says ``rejected``; the core has further ones for what depends on its state."""

    RETAINED = "retained"  # published with the retain flag: it would come again at each new session
    TOO_LARGE = "tooLarge"  # over 16 KiB
    BAD_JSON = "badJson"  # not UTF-8, not JSON, or not an object
    MISSING = "missing"  # a required field is not there
    WRONG_TYPE = "wrongType"  # a field is not of its type, or no time by RFC 3339
    OUT_OF_RANGE = "outOfRange"  # a field is of its type, but beyond its bounds
    CONFLICT = "conflict"  # two fields that exclude each other
    UNKNOWN_VERB = "unknownVerb"  # no such command
    NOT_FOR_GROUPS = "notForGroups"  # for one lamp only


class Refused(Exception):  # noqa: N818 - a verdict on a command, not a fault of ours
    """Raised by whatever reads a part of a command; becomes a Refusal at the end."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def refusal(self) -> Refusal:
        return Refusal(self.code.value, self.message)
