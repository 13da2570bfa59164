"""The commands of a bump, with releases that need not be fetched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from codegen import commands, installer, project, recordings, upstream
from codegen.__main__ import INTERRUPTED, main
from codegen.installer import InstallError
from codegen.project import Place
from codegen.releases import UNDECIDED, Release, ReleaseError, Seen
from codegen.schemas import HfClass
from codegen.snapshot import load
from codegen.table import Pending
from codegen.undecided import undecided
from tests.bumps.support import TABLE, at

pytestmark = pytest.mark.costly


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A copy of what is committed, to be written over."""
    shutil.copytree(project.GENERATED, tmp_path / "generated", ignore=shutil.ignore_patterns("__pycache__"))
    return Place(TABLE, project.ROOT, tmp_path / "generated", project.ROOT / "codegen/families")


def test_drift_prints_the_report_and_writes_it_as_markdown(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Release] = []

    def introspected(wanted: list[Release], arguments: list[str]) -> Seen:
        asked.extend(wanted)
        return Seen(at(transformers="5.18.0"), {})

    monkeypatch.setattr(upstream, "introspected", introspected)
    wanted = [Release("transformers", "5.18.0")]
    assert upstream.drift(place, wanted, tmp_path / "drift.md", []) == 0
    assert asked == wanted
    compared = f"transformers {at().versions['transformers']} -> 5.18.0\n"
    told, written = capsys.readouterr().out, (tmp_path / "drift.md").read_text("utf-8")
    assert told.startswith(compared)
    assert written.startswith(f"# {compared}")
    for text in (told, written):
        assert "swiglu_limit of GptOssConfig" in text
    # The environment and what is generated are left alone.
    assert load(place.schemas) == at()


def test_a_report_says_which_sources_it_is_of(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their version may be that of the release before them."""
    monkeypatch.setattr(upstream, "introspected", lambda wanted, arguments: Seen(at(), {}))
    pin = at().versions["megatron-core"]
    assert upstream.drift(place, [Release("megatron-core", pin, tmp_path)], None, []) == 0
    assert capsys.readouterr().out.startswith(f"megatron-core {pin} -> {pin} ({tmp_path})\nNothing to decide")


def ask(monkeypatch: pytest.MonkeyPatch, **newer: str) -> None:
    """The index has these releases, and else those of the pins; none of them changes anything."""
    known = {**at().versions, **{name.replace("_", "-"): version for name, version in newer.items()}}
    monkeypatch.setattr(installer, "newest", known.__getitem__)
    monkeypatch.setattr(upstream, "introspected", lambda wanted: Seen(at(), {}))


def test_releases_that_are_newer_than_the_pins_fail(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(monkeypatch, megatron_core="9.9.9")
    assert upstream.outdated(place) == 1
    told = capsys.readouterr().out
    assert told.startswith(f"megatron-core {at().versions['megatron-core']} -> 9.9.9\n  Nothing to decide")
    assert told.endswith("\nnext: make bump MEGATRON=9.9.9\n")


def test_where_nothing_is_newer_all_is_well(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # A pin may be newer than what an index has.
    ask(monkeypatch, transformers="5.0.0")
    assert upstream.outdated(place) == 0
    assert capsys.readouterr().out.startswith("nothing is newer than megatron-core ")


def test_an_index_that_cannot_be_asked_is_another_status(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def newest(package: str) -> str:
        raise InstallError("no route")

    monkeypatch.setattr(installer, "newest", newest)
    assert upstream.outdated(place) == 2
    assert capsys.readouterr().err == "the package index cannot be asked:\nno route\n"


def test_a_newer_release_that_cannot_be_read_is_newer_all_the_same(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def introspected(wanted: list[Release]) -> Seen:
        raise ReleaseError("cannot be introspected")

    ask(monkeypatch, transformers="99.0.0")
    monkeypatch.setattr(upstream, "introspected", introspected)
    assert upstream.outdated(place) == 1
    assert "  cannot be introspected\n" in capsys.readouterr().out


def test_a_snapshot_beside_has_the_classes_without_a_verdict_apart(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = TABLE.families[0]
    without = replace(place, table=replace(TABLE, families=TABLE.families[1:]))
    asked: list[str] = []

    def readable(paths: Iterable[str]) -> Mapping[str, HfClass]:
        asked.extend(paths)
        return {family.config: at().hf[family.config]}

    monkeypatch.setattr(commands, "introspected", lambda table: at())
    monkeypatch.setattr(commands, "readable", readable)
    assert upstream.snapshot(without, tmp_path / "beside") == 0
    assert family.config in asked
    assert load(tmp_path / "beside") == at()
    assert load(tmp_path / "beside" / UNDECIDED).hf == {family.config: at().hf[family.config]}


def test_what_nobody_has_looked_at_is_undecided() -> None:
    """No family maps it and no row refuses it, or the row says that nobody has looked."""
    assert undecided(TABLE, at()).keys() == {row.name for row in TABLE.refused_classes if isinstance(row, Pending)}
    found = undecided(replace(TABLE, families=TABLE.families[1:]), at())
    assert TABLE.families[0].config in found.values()
    assert undecided(replace(TABLE, refused_classes=()), at()) == {}


def test_a_release_is_recorded_with_the_same_bytes_each_time_and_the_pinned_one_is_not_fetched(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Release] = []

    def introspected(wanted: list[Release]) -> Seen:
        asked.extend(wanted)
        return Seen(replace(at(), versions={each.package: each.version for each in wanted}), {})

    monkeypatch.setattr(upstream, "introspected", introspected)
    monkeypatch.setattr(recordings, "FOLDER", tmp_path)
    others = [Release(package, "99.0.0") for package in at().versions]
    wanted = [*others, *(Release(package, version) for package, version in at().versions.items())]
    for release in wanted:
        file = recordings.file_of(release.package, release.version, tmp_path)
        assert upstream.record(place, [release]) == 0
        first = file.read_bytes()
        assert upstream.record(place, [release]) == 0
        assert file.read_bytes() == first
        assert recordings.recorded(release.package, release.version, tmp_path).versions == {
            release.package: release.version
        }
    assert asked == [release for release in others for _ in range(2)]
    assert recordings.releases("transformers", tmp_path) == (at().versions["transformers"], "99.0.0")
    assert set(recordings.causal_lm(tmp_path)) == {at().versions["transformers"], "99.0.0"}


def test_who_stops_a_run_is_told_how_it_goes_on() -> None:
    program = (
        "import os, signal, sys; from codegen import commands; "
        "commands.check = lambda place: os.kill(os.getpid(), signal.SIGTERM); "
        "sys.argv = ['codegen', 'check']; import runpy; runpy.run_module('codegen', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=project.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (INTERRUPTED, "interrupted; the same command goes on from here\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drift"], "name a release"),
        (["bump"], "name a release"),
        (["record", "5.18.0"], "'5.18.0' is no release: say transformers==VERSION or megatron-core==VERSION"),
        (["drift", "--transformers", "4.57.1"], "before 5.4.0 its config classes are no dataclasses"),
        (["bump", "--transformers", "latest"], "'latest' is no version of transformers, and no such wheel"),
    ],
)
def test_what_is_no_release_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
