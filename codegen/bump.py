"""`bump`: moves the project to other releases of upstream, and writes a checklist of what is left to a person.

What is written follows from the commit that it begins from and from the releases. So a run that was interrupted at any
point is completed by the same command, and a file that neither that commit nor a bump explains is in the way.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from packaging.version import Version

from codegen import commands, project, recordings
from codegen.bodies import carried
from codegen.checklist import Checklist, candidates, class_names, window_rows
from codegen.diagnostics import Diagnostic, GenerationError
from codegen.drift import report
from codegen.files import put, write, write_snapshot
from codegen.introspect import catalogue
from codegen.manifest import MANIFEST, digest, half_of, owned
from codegen.pins import pinned
from codegen.project import SCHEMAS, Place
from codegen.releases import Release, ReleaseError, folder_of, introspected, require_readable
from codegen.schemas import Snapshot
from codegen.tree import Tree, TreeError

CHECKLIST: Final = "bump.md"
PINS: Final = "pyproject.toml"


@dataclass(frozen=True)
class Start:
    """The commit from which a bump begins."""

    tree: Tree
    pins: str
    """The text that holds the pins."""
    snapshot: Snapshot
    generated: str
    """The generated folder, relative to the tree."""

    @staticmethod
    def of(place: Place) -> Start:
        """Where a bump of the place begins.

        Raises:
            TreeError: there is no commit.
        """
        tree, generated = Tree(place.root), place.generated.relative_to(place.root).as_posix()
        return Start(tree, tree.text(PINS), tree.snapshot(f"{generated}/{SCHEMAS}"), generated)

    @property
    def commit(self) -> str:
        """The command that takes up what a bump writes."""
        return f"git add {PINS} {self.generated} {recordings.BELOW} && git commit"

    @property
    def undo(self) -> str:
        """The command that takes back what a bump has written."""
        return f"git restore --staged --worktree {PINS} {self.generated} && git clean -f {recordings.BELOW}"


def bump(place: Place, asked: Sequence[Release], *, down: bool) -> int:
    """Write pins, snapshot, recordings of both its ends, modules where nothing is to be decided, and the checklist.

    Everything is fetched and introspected before the first file is written.

    Args:
        place: the project's own.
        asked: the releases to move to.
        down: whether older ones than the pinned may be among them.

    Raises:
        TreeError: there is no commit to begin from, or something else that is not committed.
        ReleaseError: a release cannot be fetched or read, or is older than the pinned one.
    """
    start = Start.of(place)
    releases = _moves(start.snapshot.versions, asked, down=down)
    if not releases:
        print(f"{' and '.join(map(str, asked))} is what is pinned: there is nothing to do")
        return 0
    pins = pinned(start.pins, releases).encode("utf-8")
    left = _recordings(start.snapshot, releases)
    coming = {_recording(each.package, each.version) for each in releases}
    _require_own(start, place.generated, {PINS: pins, **left, **dict.fromkeys(coming)})
    seen = introspected(releases)
    new = carried(start.snapshot, seen.snapshot)
    modules, asks = _modules(place, new)
    beside = tuple(map(folder_of, releases))
    made = Checklist(
        found=report(place.table, start.snapshot, seen.snapshot),
        asks=asks,
        candidates=candidates(place.table, start.snapshot, seen, partial(catalogue.code_lines, beside=beside)),
        rows=window_rows(place.table, start.snapshot, seen.snapshot),
        classes=class_names(seen.snapshot),
        commit=f"{start.commit} -m {shlex.quote(f'{', '.join(map(str, releases))}: pins and snapshot')}",
    )
    files = commands.snapshot_files(new)
    try:
        for path, content in {**left, **_recordings(seen.snapshot, releases), PINS: pins}.items():
            put(place.root / path, content)
        if modules:
            write(place.generated, modules, files, project.PYPROJECT)
        else:
            write_snapshot(place.generated, files)
        put(place.root / CHECKLIST, made.text())
    except OSError as error:
        raise TreeError(f"{error}; the same command goes on where this one stopped") from None
    print(made.summary(), end="")
    return 0


def _recording(package: str, version: str) -> str:
    return recordings.file_of(package, version, Path(recordings.BELOW)).as_posix()


def _recordings(snapshot: Snapshot, releases: Sequence[Release]) -> Mapping[str, bytes]:
    """The recordings of the packages that move, by path."""
    return {
        _recording(each.package, snapshot.versions[each.package]): recordings.archive(snapshot, each.package)
        for each in releases
    }


def _moves(pins: Mapping[str, str], asked: Sequence[Release], *, down: bool) -> Sequence[Release]:
    """The releases that are not the pinned ones."""
    for release in asked:
        if release.path is not None:
            raise ReleaseError(f"{release.path} can be looked at with `make drift`; what is pinned is a release")
        require_readable(release.package, release.version)
        pin = pins[release.package]
        if Version(release.version) < Version(pin):
            if not down:
                raise ReleaseError(
                    f"{release} is older than the pinned {pin}; with ARGS=--down it is moved to all the same"
                )
            print(f"going down: {release.package} {pin} -> {release.version}")
    return [release for release in asked if Version(release.version) != Version(pins[release.package])]


def _require_own(start: Start, generated: Path, written: Mapping[str, bytes | None]) -> None:
    """Nothing may be uncommitted but what this bump writes, as it writes it.

    Args:
        start: the commit.
        generated: the generated folder, of which the manifest says what is the generator's.
        written: what the bump writes beside that, by path; None where that is not known yet.
    """
    manifest = owned(generated)
    digests = {path: after for path, (_, after) in manifest.modules.items()} | dict(manifest.snapshot)
    below = f"{start.generated}/"
    foreign: list[str] = []
    for path in start.tree.uncommitted():
        file = start.tree.root / path
        whole = half_of(file.name) and Path(path).with_name(half_of(file.name)).as_posix()
        if whole and (whole.startswith(below) or whole in (*written, CHECKLIST)):
            file.unlink()
        elif path.startswith(below):
            listed = path.removeprefix(below)
            if file.exists() and listed != MANIFEST and digest(file.read_bytes()) != digests.get(listed):
                foreign.append(path)
        elif path not in written or not file.is_file() or written[path] not in (None, file.read_bytes()):
            foreign.append(path)
    if foreign:
        raise TreeError(
            f"not committed, and nothing that this bump writes: {', '.join(foreign)}\n"
            f"commit it or stash it; what another bump left is taken back by `{start.undo}`"
        )


def _modules(place: Place, snapshot: Snapshot) -> tuple[Mapping[str, str], Sequence[Diagnostic]]:
    """What the rules give with a snapshot: the modules, or else what is to be decided."""
    try:
        return project.modules(place.table, snapshot), ()
    except GenerationError as error:
        return {}, error.diagnostics
