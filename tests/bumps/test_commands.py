"""The commands of a bump, with releases that need not be fetched."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from codegen import commands, project, releases, upstream
from codegen.__main__ import main
from codegen.diagnostics import Code, GenerationError
from codegen.manifest import MANIFEST
from codegen.project import Place
from codegen.releases import Release, ReleaseError, fetch
from codegen.schemas import Snapshot
from codegen.snapshot import load
from tests.bumps.support import TABLE, at


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A copy of what is committed, to be written over."""
    shutil.copytree(project.GENERATED, tmp_path / "generated", ignore=shutil.ignore_patterns("__pycache__"))
    return Place(TABLE, project.ROOT, tmp_path / "generated", project.ROOT / "codegen/families")


def test_drift_prints_the_report_and_writes_it_as_markdown(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Release] = []

    def introspected(wanted: list[Release], arguments: list[str]) -> Snapshot:
        asked.extend(wanted)
        return at(transformers="5.18.0")

    monkeypatch.setattr(upstream, "introspected", introspected)
    wanted = [Release("transformers", "5.18.0")]
    assert upstream.drift(place, wanted, tmp_path / "drift.md", []) == 0
    assert asked == wanted
    told, written = capsys.readouterr().out, (tmp_path / "drift.md").read_text("utf-8")
    title = f"transformers {at().versions['transformers']} -> 5.18.0\n"
    assert told.startswith(title)
    assert written.startswith(f"# {title}")
    for text in (told, written):
        assert "swiglu_limit of GptOssConfig" in text
    # The environment and what is generated are left alone.
    assert load(place.schemas) == at()


def test_a_snapshot_alone_is_a_commit_of_its_own(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new = at(transformers="5.18.0")
    monkeypatch.setattr(commands, "introspected", lambda table: new)
    before = {path: path.read_text("utf-8") for path in (place.generated / "mcore_mappers").glob("*.py")}
    assert upstream.snapshot(place, None) == 0
    assert "a commit of its own" in capsys.readouterr().out
    assert load(place.schemas) == new
    # What somebody edits in a snapshot is found by its digests, so that those must be of this one.
    with pytest.raises(GenerationError) as caught:
        commands.check(place)
    assert [one.code for one in caught.value.diagnostics] == [Code.VERSIONS_DIFFER]
    assert before == {path: path.read_text("utf-8") for path in before}
    assert set(json.loads((place.generated / MANIFEST).read_text("utf-8"))) == {"style", "files", "snapshot"}


def test_a_release_is_fetched_once_and_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        folder = Path(command[command.index("--target") + 1])
        (folder / "megatron").mkdir()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(releases, "FOLDER", tmp_path / "releases")
    monkeypatch.setattr(subprocess, "run", run)
    release = Release("megatron-core", "0.19.0")
    assert fetch(release) == fetch(release) == tmp_path / "releases/megatron-core-0.19.0"
    (command,) = ran
    assert command[-1] == "megatron-core==0.19.0"
    assert "--no-deps" in command
    assert [path.name for path in (tmp_path / "releases").iterdir()] == ["megatron-core-0.19.0"]


def test_a_release_that_cannot_be_fetched_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "no such version\n")

    monkeypatch.setattr(releases, "FOLDER", tmp_path / "releases")
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ReleaseError, match=r"transformers 5\.99\.0 cannot be fetched:\nno such version"):
        fetch(Release("transformers", "5.99.0"))
    assert list((tmp_path / "releases").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drift"], "name a release"),
        (["pin"], "name a release"),
        (["drift", "--transformers", "4.57.1"], "before 5.4.0 its config classes are no dataclasses"),
        (["pin", "--transformers", "latest"], "'latest' is no version of transformers"),
    ],
)
def test_what_is_no_release_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
