"""A bump in a repository of one family, to releases that are not fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from codegen import bump, commands, files, project
from codegen.bodies import as_first_seen, of_package
from codegen.bump import CHECKLIST
from codegen.diagnostics import FolderError
from codegen.files import put
from codegen.project import Place
from codegen.recordings import BELOW, recorded
from codegen.releases import Release, ReleaseError, Seen
from codegen.schemas import Snapshot
from codegen.snapshot import load
from codegen.tree import TreeError
from tests.bumps.support import TABLE, at

pytestmark = pytest.mark.costly

LLAMA = next(family for family in TABLE.families if family.name == "llama")
NEW = at().hf["transformers.models.mistral.configuration_mistral.MistralConfig"]
REFUSED = TABLE.refused_classes[0]
COMMITTED = as_first_seen(at())
BEFORE = replace(
    COMMITTED,
    hf={LLAMA.config: COMMITTED.hf[LLAMA.config]},
    causal_lm={"llama": LLAMA.config, "refused": REFUSED.config_class},
    computations=(REFUSED.config_class, REFUSED.computation),
)
NOW = BEFORE.versions["transformers"]
NEXT = Release("transformers", "99.0.0")
AFTER = replace(BEFORE, versions={**BEFORE.versions, "transformers": NEXT.version})
WITH_ANOTHER = replace(AFTER, causal_lm={**AFTER.causal_lm, "dory": NEW.path})
TABLE_OF_ONE = replace(
    TABLE,
    families=(LLAMA,),
    refused_classes=(REFUSED,),
    remote=(),
    refused_remote={},
    confirmed=(),
    oldest=dict(TABLE.oldest),
)
MODULES = "generated/mcore_mappers"


def git(root: Path, *arguments: str) -> str:
    person = {f"GIT_{who}_{what}": "a@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **person, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, text=True, env=environment
    ).stdout


@dataclass
class Repository:
    """A repository, and what upstream would look like in the releases that are asked for."""

    place: Place
    upstream: Snapshot = AFTER
    introspected: int = 0

    @property
    def root(self) -> Path:
        return self.place.root

    def bump(self, *releases: Release, down: bool = False) -> int:
        return bump.bump(self.place, releases or (NEXT,), down=down)

    def uncommitted(self) -> list[str]:
        """As git tells it, one line for each file."""
        return git(self.root, "status", "--porcelain", "--untracked-files=all").splitlines()

    def files(self) -> Mapping[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}

    def see(self, releases: object) -> Seen:
        self.introspected += 1
        return Seen(self.upstream, {NEW.path: NEW} if NEW.path in self.upstream.causal_lm.values() else {})


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None:
        pytest.skip("a bump begins from a commit, and there is no git here")
    root = tmp_path_factory.mktemp("committed")
    shutil.copy(project.PYPROJECT, root)
    modules = project.modules(TABLE_OF_ONE, BEFORE)
    files.write(root / "generated", modules, commands.snapshot_files(BEFORE), project.PYPROJECT)
    put(root / ".gitignore", f"{CHECKLIST}\n")
    put(root / "codegen/families/llama.py", "FAMILY = ...\n")
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one family")
    return root


@pytest.fixture
def repository(committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    root = tmp_path / "repository"
    shutil.copytree(committed, root)
    found = Repository(Place(TABLE_OF_ONE, root, root / "generated", root / "codegen/families"))
    monkeypatch.setattr(bump, "introspected", found.see)
    return found


def test_without_decisions_pins_snapshot_recording_and_versions_change_and_nothing_else(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert repository.bump() == 0
    assert repository.introspected == 1
    assert repository.uncommitted() == [
        " M generated/manifest.json",
        f" M {MODULES}/_releases.py",
        " M generated/schemas/versions.json",
        " M pyproject.toml",
        f"?? {BELOW}/transformers-{NOW}.zip",
        f"?? {BELOW}/transformers-99.0.0.zip",
    ]
    made, snapshot = project.modules(TABLE_OF_ONE, AFTER), commands.snapshot_files(AFTER)
    assert files.compare(repository.place.generated, made, snapshot, project.PYPROJECT) == ()
    # Where it ends is where the next bump begins.
    for version in (NOW, NEXT.version):
        kept = recorded("transformers", version, repository.root / BELOW)
        assert kept == replace(
            BEFORE,
            versions={"transformers": version},
            megatron={},
            bodies=of_package(BEFORE, "transformers"),
        )
    told = capsys.readouterr().out
    assert told.startswith(f"transformers {NOW} -> 99.0.0\nNothing to decide; 0 cosmetic changes.\n6 of 6 classes have")


def test_the_command_that_it_says_next_takes_up_all_that_it_wrote(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.bump()
    *_, line, then = capsys.readouterr().out.splitlines()
    assert then == f"then: what {CHECKLIST} lists"
    command = line.removeprefix("next: ").replace("git commit", "git -c user.name=a -c user.email=a@b commit --quiet")
    subprocess.run(command, shell=True, check=True, cwd=repository.root)
    assert repository.uncommitted() == []
    assert git(repository.root, "log", "-1", "--format=%s") == "transformers 99.0.0: pins and snapshot\n"
    assert repository.bump() == 0
    assert capsys.readouterr().out == "transformers 99.0.0 is what is pinned: there is nothing to do\n"


def test_decisions_are_the_intended_end_and_the_modules_stay(repository: Repository) -> None:
    repository.upstream = WITH_ANOTHER
    assert repository.bump() == 0
    assert [line for line in repository.uncommitted() if MODULES in line] == []
    assert load(repository.place.schemas) == WITH_ANOTHER
    listed = (repository.root / CHECKLIST).read_text("utf-8")
    for said in (
        f"# transformers {NOW} -> 99.0.0",
        "git commit -m 'transformers 99.0.0: pins and snapshot'",
        "- [ ] **dory**: `.venv/bin/python -m codegen new dory`",
        f"config class `{NEW.path}`, model class `{NEW.causal_lm}`",
        'since=Since("99.0.0", ',
        "most alike: llama ",
        "fields that llama does not have: `sliding_window`",
        "MAP023",
    ):
        assert said in listed, said


def test_what_is_new_in_a_mapped_class_may_have_been_something_else_before(repository: Repository) -> None:
    llama = BEFORE.hf[LLAMA.config]
    named = {field.name: field for field in llama.fields}
    changed = [
        replace(field, name="intermediate_dim") if field.name == "intermediate_size" else field
        for field in named.values()
    ]
    added = replace(named["mlp_bias"], name="mlp_scale", default=1.0, after_init=1.0, read_in=(), doc="")
    hf = {LLAMA.config: replace(llama, fields=(*changed, added))}
    repository.upstream = replace(AFTER, hf=hf)
    assert repository.bump() == 0
    listed = (repository.root / CHECKLIST).read_text("utf-8")
    renamed = "Older('intermediate_dim', \"99.0.0\", Attribute('intermediate_size', 11008), "
    assert f"- [ ] llama: `{renamed}" in listed
    assert '- [ ] llama: `Older(\'mlp_scale\', "99.0.0", Always(1.0), "There was no such field.")`' in listed
    assert "Answer what else the resolver asks" in listed


def test_going_down_must_be_asked_for(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    older = Release("transformers", "5.18.0")
    repository.upstream = replace(BEFORE, versions={**BEFORE.versions, "transformers": older.version})
    with pytest.raises(ReleaseError, match=rf"transformers 5\.18\.0 is older than the pinned {NOW}; with ARGS=--down"):
        repository.bump(older)
    assert repository.uncommitted() == []
    assert repository.bump(older, down=True) == 0
    assert f"going down: transformers {NOW} -> 5.18.0\n" in capsys.readouterr().out


STRANGERS = {
    "a rule": "codegen/families/llama.py",
    "pins": "pyproject.toml",
    "a module": f"{MODULES}/llama.py",
    "something new": "notes.txt",
    "another recording": f"{BELOW}/other.zip",
}


@pytest.mark.parametrize("path", STRANGERS.values(), ids=STRANGERS)
def test_a_dirty_tree_is_refused_before_anything_is_fetched(repository: Repository, path: str) -> None:
    put(repository.root / path, "edited by hand\n")
    with pytest.raises(TreeError, match=f"not committed, and nothing that this bump writes: {path}\n"):
        repository.bump()
    assert repository.introspected == 0


def test_what_a_bump_to_another_release_left_is_told_with_the_way_back(repository: Repository) -> None:
    repository.bump()
    with pytest.raises(TreeError, match="taken back by") as caught:
        repository.bump(Release("transformers", "98.0.0"))
    command = str(caught.value).rpartition("taken back by `")[2].removesuffix("`")
    subprocess.run(command, shell=True, check=True, cwd=repository.root, capture_output=True)
    assert repository.uncommitted() == []


def test_only_a_release_is_pinned(repository: Repository) -> None:
    with pytest.raises(ReleaseError, match="sources can be looked at with `make drift`; what is pinned is a release"):
        repository.bump(Release("transformers", "99.0.0", Path("sources")))


def test_without_a_commit_there_is_no_bump(repository: Repository) -> None:
    shutil.rmtree(repository.root / ".git")
    with pytest.raises(TreeError, match="a bump begins from a commit"):
        repository.bump()


def stop_at(count: int, error: type[BaseException], half: bool) -> Callable[[Path, str | bytes], None]:
    """A writer that fails at one file; a run that is killed leaves half of it."""
    left = [count]

    def stopping(file: Path, text: str | bytes) -> None:
        left[0] -= 1
        if not left[0]:
            if half:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.with_name(f".{file.name}.0123abcd").write_bytes(b"half")
            raise error("stopped")
        put(file, text)

    return stopping


STOPS = [(count, KeyboardInterrupt, True) for count in range(1, 8)] + [(count, OSError, False) for count in (2, 5)]


@pytest.mark.parametrize(("count", "error", "half"), STOPS)
def test_a_bump_that_was_stopped_between_any_two_files_goes_on(
    repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    error: type[BaseException],
    half: bool,
) -> None:
    with monkeypatch.context() as patched:
        stopping = stop_at(count, error, half)
        patched.setattr(bump, "put", stopping)
        patched.setattr(files, "put", stopping)
        with pytest.raises((KeyboardInterrupt, TreeError, FolderError)):
            repository.bump()
    assert repository.bump() == 0
    after = repository.files()
    git(repository.root, "stash", "--quiet", "--include-untracked")
    assert repository.bump() == 0
    assert repository.files() == after


def test_a_fetch_that_fails_changes_nothing(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def see(releases: object) -> Seen:
        raise ReleaseError("no such version")

    monkeypatch.setattr(bump, "introspected", see)
    with pytest.raises(ReleaseError):
        repository.bump()
    assert repository.uncommitted() == []
