"""The compiler: from a file's text to settings, or to every problem at once and to what can be saved of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

from agent.config.artifact import Artifact, make
from agent.config.checks.table import CHECKS
from agent.config.examples import assignment
from agent.config.files import read_content, text_of
from agent.config.findings import Finding, Path
from agent.config.judge import judge
from agent.config.places import Places
from agent.config.problems import Problem, Severity, in_order
from agent.config.reader import read
from agent.config.shapes import settings_shape
from agent.config.walk import Data, Walk
from agent.settings.model import Settings

_MOST_PROBLEMS = 200  # nobody reads further
_PARTS: tuple[Path, ...] = (  # what can be saved or dropped by itself, beside the sections
    ("lamp", "location"),
    ("sensors", "light"),
    ("sensors", "motion"),
    ("sensors", "power"),
    ("sensors", "temperature"),
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """``settings`` are None where a problem is an error."""

    settings: Settings | None
    problems: tuple[Problem, ...]


def compile_text(text: str, name: str) -> Compiled:
    """Compiles a config file's text; ``name`` is what problems call the file. Never raises, whatever the text."""
    return Compilation(text).compiled(name)


def compile_file(path: FilePath) -> tuple[Compiled, str | None]:
    """Also the text, for the excerpts below the problems; None where it could not be read. Never raises."""
    content = read_content(path)
    text = content if isinstance(content, Problem) else text_of(path, content)
    if isinstance(text, Problem):
        return Compiled(None, (text,)), None
    return compile_text(text, str(path)), text


def artifact_of(content: bytes, path: FilePath) -> Artifact:
    """What the daemon runs on: the settings of this content, or what can be saved of them. Never raises."""
    text = text_of(path, content)
    if isinstance(text, Problem):
        return make(content, Settings(), (text,), salvaged=True)
    compilation = Compilation(text)
    compiled = compilation.compiled(str(path))
    if compiled.settings is None:
        return make(content, compilation.saved, compiled.problems, salvaged=True)
    return make(content, compiled.settings, compiled.problems, salvaged=False)


def salvage(text: str, name: str = "") -> Settings:  # noqa: ARG001 -- the same call as compile_text
    """Each section that is valid by itself and beside those saved before it; defaults for the rest.

    A broken lamp, output or broker is None. A lamp whose location alone is broken keeps its name; each sensor stands for itself.
    """
    return Compilation(text).saved


class Compilation:
    """One text, looked at once; what is asked of it later costs nothing more."""

    def __init__(self, text: str) -> None:
        document = read(text)
        walk = Walk()
        data = walk.settings(document.root)
        self._places: Places = walk.places
        self._findings: list[Finding] = [*document.findings, *walk.findings]
        self._findings.extend(_missing_sections(data, walk.told | walk.meant, bool(document.findings)))
        whole, judged = judge(data, walk.places, walk.told, walk.meant)
        self._findings.extend(judged)
        broken = _units(walk.told | {finding.path for finding in self._findings if finding.is_error}, data)
        self.saved, found = _cross_checked(data, broken, walk.places)
        self._findings.extend(found)
        self._settings = None if any(finding.is_error for finding in self._findings) else whole

    def compiled(self, name: str) -> Compiled:
        """What ``check`` shows and the daemon runs on."""
        problems = in_order(self._places.problem(name, finding) for finding in self._findings)
        return Compiled(self._settings, _not_too_many(problems))


def _missing_sections(data: Data, told: set[Path], is_unread: bool) -> Iterator[Finding]:
    """What every file must have. Of a file of which nothing could be read, that has been said better."""
    if is_unread and not data:
        return
    for described in settings_shape().keys:
        path = (described.name,)
        if described.required and described.name not in data and path not in told:
            yield Finding(path, "is missing", f"write {assignment(described)}")


def _units(paths: Iterable[Path], data: Data) -> frozenset[Path]:
    """The smallest parts that can be dropped and take these places with them; a place in no section breaks none."""
    units = frozenset(path[:2] if path[:2] in _PARTS else path[:1] for path in paths if path)
    if isinstance(data.get("sensors"), dict):  # an unknown key beside the sensors says nothing against them
        units -= {("sensors",)}
    return units


def _cross_checked(data: Data, broken: frozenset[Path], places: Places) -> tuple[Settings, tuple[Finding, ...]]:
    """What is left without the broken parts, and what the cross checks found on the way there.

    Dropping a part that conflicts with another may bring up the next conflict, so it goes on until there is none.
    """
    found: dict[tuple[Path, str], Finding] = {}
    while True:
        settings, _ = judge(_without(data, broken), places)
        if settings is None:  # cannot be: every error of the judgement lies in a broken part
            return Settings(), tuple(found.values())
        new = [each for each in _findings_of(settings, broken, places) if (each.path, each.message) not in found]
        found.update(((each.path, each.message), each) for each in new)
        more = broken | _units((each.path for each in new if each.is_error), data)
        if more == broken:
            return settings, tuple(found.values())
        broken = more


def _findings_of(settings: Settings, broken: frozenset[Path], places: Places) -> Iterator[Finding]:
    for check in CHECKS:
        if not any(need in broken or need[:1] in broken for need in check.needs):
            yield from check.find(settings, places.written)


def _without(data: Data, broken: frozenset[Path]) -> Data:
    left = {name: dict(value) if isinstance(value, dict) else value for name, value in data.items() if (name,) not in broken}
    for unit in broken:
        if len(unit) == 2 and isinstance(left.get(str(unit[0])), dict):
            left[str(unit[0])].pop(unit[1], None)
    return left


def _not_too_many(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The first so many, the errors among them by preference, and how many more there are."""
    if len(problems) <= _MOST_PROBLEMS:
        return problems
    errors_first = sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
    shown = in_order(errors_first[:_MOST_PROBLEMS])
    more = f"and {len(problems) - _MOST_PROBLEMS} more problems"
    return (*shown, replace(shown[-1], severity=Severity.WARNING, message=more, hint="mend these first", key="", width=1))
