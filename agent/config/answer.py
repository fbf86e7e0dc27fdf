"""What the compiler's process answers, and what may keep it from answering."""

from dataclasses import dataclass
from enum import StrEnum

from agent.config.artifact import Artifact
from agent.config.problems import Problem


class Failure(StrEnum):
    """Why there is no answer from the compiler."""

    NOT_STARTED = "the compiler could not be started"
    TOO_SLOW = "the compiler took too long"
    CRASHED = "the compiler ended without an answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """``artifact`` is None where the file could not be read at all, and with a ``failure``.

    It comes with the answer and not only through the disk, for a disk that refuses must not cost the lamp its config.
    """

    problems: tuple[Problem, ...]
    artifact: Artifact | None
    not_written: str | None = None  # why the artifact is not on disk
    failure: Failure | None = None
    detail: str = ""  # of the failure
