"""Whatever the file holds, the compiler answers: no traceback, no hang, every place inside the file."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agent.config.artifact import decode, encode
from agent.config.compiler import artifact_of, compile_text, salvage
from agent.config.lines import lines_of
from agent.config.problems import Severity, render_all

HERE = Path(__file__).parent
FILES = (*HERE.glob("*.yaml"), *HERE.glob("broken/*.yaml"), *(HERE.parents[1] / "configs").glob("*.yaml"))
SEEDS = [path.read_text() for path in sorted(FILES)]
KEYS = (
    "lamp",
    "output",
    "broker",
    "motion",
    "hold",
    "sensors",
    "light",
    "programmes",
    "calendar",
    "rules",
    "at",
    "level",
    "limits",
)
FRAGMENTS = st.sampled_from(
    ["\t", ": ", "- ", "{", "}", "[", "]", "'", '"', "&a ", "*a", "!x ", "|", ">", "#", "%", "\n", "  ", "---\n", "<<: ", "? ",
     ",", "0", "-1", "1e999", "0x10", "22:30", "sunset-", "45s", "null", "~", "\\", "\x00", "\x85", "\u2028", "\ud800", "ä", "😀",
     "\r"]
)  # fmt: skip
RELAXED = settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.too_slow])


def holds(text: str) -> None:
    """What must be true of every file."""
    compiled = compile_text(text, "agent.yaml")
    lines = lines_of(text)
    for problem in compiled.problems:
        assert 1 <= problem.line <= len(lines) + 1
        assert problem.column >= 1
        assert problem.message
        assert "\n" not in str(problem)
    has_error = any(problem.severity is Severity.ERROR for problem in compiled.problems)
    assert has_error == (compiled.settings is None)
    render_all(compiled.problems, text)
    saved = salvage(text)
    if compiled.settings is not None:
        assert saved == compiled.settings
    artifact = artifact_of(text.encode("utf-8", "replace"), Path("agent.yaml"))
    assert decode(encode(artifact)) == artifact


@RELAXED
@given(st.text())
@example("a: \ud800")
@example("\ufeff\ufeff")
@example("lamp:\n- a\n-")
def test_any_text(text: str) -> None:
    holds(text)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A file with a few things put in, taken out, repeated, or cut off."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        put_in = draw(st.one_of(FRAGMENTS, st.just(""), st.just(text[start:end] * 2), st.text(max_size=5)))
        text = text[:start] + put_in + text[end:]
    return text


@RELAXED
@given(mutated())
def test_mutated_files(text: str) -> None:
    holds(text)


SCALARS = st.one_of(
    FRAGMENTS, st.integers().map(str), st.floats().map(repr), st.text(max_size=8).map(repr), st.sampled_from(KEYS)
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4).map(
            lambda d: f"{{{', '.join(f'{k}: {v}' for k, v in d.items())}}}"
        )
    ),
    max_leaves=12,
)


@RELAXED
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=5))
def test_known_keys_with_any_values(document: dict[str, str]) -> None:
    holds("".join(f"{key}: {value}\n" for key, value in document.items()))


@RELAXED
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=3))
def test_broken_sections_take_nothing_valid_with_them(document: dict[str, str]) -> None:
    """``storage`` is none of the generated keys: whatever the others are, on lines of their own, it keeps its value."""
    rest = "".join(f"{key}: {value!r}\n" for key, value in document.items())

    assert salvage(f"{rest}storage: {{max_size_mb: 7}}\n").storage.max_size_mb == 7
