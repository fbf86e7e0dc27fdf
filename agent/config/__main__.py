"""``python -m agent.config FILE OUTPUT``: compiles FILE in a process of its own, so that nothing FILE holds hurts anyone else."""

import resource
import sys
from pathlib import Path

import msgspec

from agent.config.answer import Answer
from agent.config.artifact import Artifact, load, save
from agent.config.compiler import artifact_of
from agent.config.files import read_content
from agent.config.problems import Problem

_MOST_MEMORY = 512 * 1024 * 1024
_MISUSE = 2


def main(arguments: list[str]) -> int:
    """Prints an Answer as JSON; 0 where FILE holds no error, else 1. OUTPUT keeps a good artifact rather than a salvaged one."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m agent.config FILE OUTPUT\n")
        return _MISUSE
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    answer = compile_into(Path(arguments[0]), Path(arguments[1]))
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0 if answer.artifact is not None and not answer.artifact.salvaged else 1


def compile_into(file: Path, output: Path) -> Answer:
    """Compiles and writes; that the disk refuses is told, and takes nothing from the answer."""
    content = read_content(file)
    if isinstance(content, Problem):
        return Answer((content,), None)
    artifact = artifact_of(content, file)
    return Answer(artifact.problems, artifact, _write(output, artifact))


def _write(output: Path, artifact: Artifact) -> str | None:
    """Why it could not be written; None where it was, or where a good one is there that a salvaged one must not replace."""
    if artifact.salvaged:
        kept = load(output)
        if kept is not None and not kept.salvaged:
            return None
    try:
        save(output, artifact)
    except OSError as error:
        return f"{output}: {error.strerror}"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
