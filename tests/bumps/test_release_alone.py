"""What a release changes that asks for no decision: pins, snapshot, recordings, and what states its number.

The release is made up: the snapshot of today under a higher number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codegen import project
from codegen.drift.render import markdown
from codegen.oldest import OLDEST
from codegen.pins import pinned
from codegen.recordings import releases
from codegen.releases import Release
from codegen.schemas import Snapshot
from tests.bumps import support, test_replay
from tests.bumps.support import TABLE, at
from tests.bumps.test_replay import EXPECTED, SECOND, replayed
from tests.docs import families
from tests.matrix.__main__ import ends

pytestmark = pytest.mark.costly

NEW = {"transformers": "98.0.1", "megatron-core": "99.2.0"}
WRITTEN = (
    "README.md",
    "CONTRIBUTING.md",
    "Makefile",
    *(f"{top}/**/*.py" for top in ("codegen", "runtime", "templates", "tests")),
)
OF_GIVEN_RELEASES = (
    "codegen/families/",
    "codegen/parts/",
    "codegen/refused/",
    "codegen/remote.py",
    "tests/families/",
    "tests/bumps/test_replay.py",
)
"""Where people write of releases that stay what they were: since when a class is as it is, and bumps of the past."""


def bumped(_: Path) -> Snapshot:
    """The committed snapshot, of the new releases."""
    return replace(at(), versions=NEW)


@pytest.fixture
def everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The new snapshot is the committed one, to the replays and to the pages."""
    new = bumped(project.GENERATED)
    cached = (support.at, support.release, test_replay.replayed)
    for each in cached:
        each.cache_clear()
    monkeypatch.setattr(support, "load", lambda _: new)
    monkeypatch.setattr(families, "load", lambda _: new)
    yield
    for each in cached:
        each.cache_clear()


def test_of_the_generated_package_only_the_module_of_releases_changes() -> None:
    old, new = (project.modules(TABLE, snapshot) for snapshot in (at(), bumped(project.GENERATED)))
    assert {path for path in new if old[path] != new[path]} == {"mcore_mappers/_releases.py"}
    assert old.keys() == new.keys()


def test_pins_and_ranges_are_all_that_changes_in_pyproject() -> None:
    text = project.PYPROJECT.read_text("utf-8")
    moved = pinned(text, [Release(package, version) for package, version in NEW.items()])
    changed = [new for old, new in zip(text.splitlines(), moved.splitlines(), strict=True) if old != new]
    assert len(changed) == 2 * len(NEW)
    assert all(re.match(r' *"(transformers|megatron-core)[=>]=', line) for line in changed)


@pytest.mark.usefixtures("everywhere")
def test_reports_of_bumps_before_it_stay() -> None:
    assert at().versions == NEW
    assert markdown(replayed(SECOND)) == (EXPECTED / f"{SECOND.name}.md").read_text("utf-8")


def test_pages_change_where_they_state_it(request: pytest.FixtureRequest) -> None:
    old = families.text().splitlines()
    request.getfixturevalue("everywhere")
    (changed,) = (new for was, new in zip(old, families.text().splitlines(), strict=True) if was != new)
    assert all(f"{package} {OLDEST[package]} to {version}" in changed for package, version in NEW.items())


@pytest.mark.parametrize("package", NEW)
def test_the_pinned_release_is_recorded(package: str) -> None:
    """So that the next bump begins where this one ended."""
    assert at().versions[package] == releases(package)[-1]


def test_the_last_release_before_the_pins_is_tried() -> None:
    *_, before, pin = releases("transformers")
    tried = [end for end in ends() if f"transformers@{before}" in end]
    assert at().versions["transformers"] == pin
    assert tried == [f"megatron-core@{at().versions['megatron-core']}+transformers@{before}"]


def test_nothing_that_people_write_names_the_newest_releases() -> None:
    """Tests and documents derive them from the snapshot and the table, so that none of these goes stale."""
    newest = re.compile(rf"(?<![\d.])({'|'.join(map(re.escape, at().versions.values()))})(?![\d.])")
    files = {str(file.relative_to(project.ROOT)): file for each in WRITTEN for file in project.ROOT.glob(each)}
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, file in sorted(files.items())
        if not name.startswith(OF_GIVEN_RELEASES)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if newest.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_readme_has_the_oldest_releases() -> None:
    text = (project.ROOT / "README.md").read_text("utf-8")
    assert all(f"{package} {version} or newer" in text for package, version in OLDEST.items())
