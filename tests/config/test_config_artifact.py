"""The compiled config on disk: whole or not there, the same bytes for the same meaning, believed only undamaged."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.artifact import Artifact, canonical, decode, encode, load, make, save, version_of
from agent.config.compiler import artifact_of, compile_text
from agent.settings.model import Settings

CONTRACT = (Path(__file__).parent / "contract.yaml").read_bytes()


@pytest.fixture
def artifact() -> Artifact:
    return artifact_of(CONTRACT, Path("agent.yaml"))


def test_what_is_saved_is_loaded(artifact: Artifact, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    save(path, artifact)

    assert load(path) == artifact
    assert [each.name for each in tmp_path.iterdir()] == ["config.json"]


def test_every_setting_survives_the_way_through_json(artifact: Artifact) -> None:
    read = decode(encode(artifact))

    assert read is not None
    assert read.settings == artifact.settings == compile_text(CONTRACT.decode(), "x").settings
    assert canonical(read.settings) == canonical(artifact.settings)


def test_spelling_and_comments_do_not_change_the_version_but_meaning_does(valid: str) -> None:
    def version(text: str) -> str:
        settings = compile_text(text, "agent.yaml").settings
        assert settings is not None
        return version_of(settings)

    plain = version(valid + "motion: {hold: 60s, raise_to: 80}\n")
    assert version("# hello\n" + valid + "motion:\n  raise_to: 8e1\n  hold: 1min\n") == plain
    assert version(valid + "motion: {hold: 61s, raise_to: 80}\n") != plain


def test_a_truncated_artifact_is_none(artifact: Artifact) -> None:
    whole = encode(artifact)

    assert all(decode(whole[:length]) is None for length in range(0, len(whole), 7))


def test_an_artifact_whose_settings_were_changed_is_none(artifact: Artifact) -> None:
    settings = artifact.settings
    changed = replace(artifact, settings=replace(settings, limits=replace(settings.limits, floor=0.0)))

    assert decode(encode(changed)) is None


@pytest.mark.parametrize("data", [b"", b"{}", b"null", b"[" * 100_000, b"\xff\xfe", b'{"settings": {}}'])
def test_what_is_no_artifact_is_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(data)

    assert load(path) is None


def test_what_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert load(tmp_path / "none") is None
    assert load(tmp_path) is None


def test_what_cannot_be_written_raises_and_leaves_what_was_there(artifact: Artifact, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.mkdir()

    with pytest.raises(OSError, match="directory"):
        save(path, artifact)
    assert [each.name for each in tmp_path.iterdir()] == ["config.json"]


def test_of_a_broken_file_the_artifact_is_marked_and_says_why(valid: str) -> None:
    broken = artifact_of((valid + "motion: {hold: 45}\n").encode(), Path("agent.yaml"))

    assert broken.salvaged
    assert [problem.key for problem in broken.problems] == ["motion.hold"]
    assert broken.settings.output is not None


def test_a_file_that_is_not_utf8_is_told_where(valid: str) -> None:
    broken = artifact_of(valid.encode() + b"# Stra\xdfe\n", Path("agent.yaml"))

    (problem,) = broken.problems
    assert (problem.line, problem.column) == (4, 7)
    assert broken.settings == Settings()
    assert broken == make(valid.encode() + b"# Stra\xdfe\n", Settings(), (problem,), salvaged=True)
