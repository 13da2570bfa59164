"""The commands that look at other releases: what they would change, and their snapshots."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from packaging.version import Version

from codegen import commands, installer, recordings
from codegen.drift import report
from codegen.drift.render import markdown, summary, terminal
from codegen.files import put
from codegen.installer import InstallError
from codegen.introspect import documentation
from codegen.project import Place
from codegen.releases import UNDECIDED, Release, ReleaseError, folder_of, introspected
from codegen.schemas import Snapshot
from codegen.snapshot import load, render
from codegen.undecided import undecided

VARIABLES: Final[Mapping[str, str]] = {"transformers": "TRANSFORMERS", "megatron-core": "MEGATRON"}
"""What the Makefile calls the releases of each package."""


def drift(place: Place, releases: Sequence[Release], to: Path | None, arguments: Sequence[str]) -> int:
    """Report what other releases would change, without touching the environment.

    Args:
        place: whose snapshot they are compared with.
        releases: to be compared; for the rest what is installed.
        to: a file for the report as Markdown.
        arguments: the options that gave `place`.
    """
    committed = load(place.schemas)
    found = report(place.table, committed, introspected(releases, arguments).snapshot)
    beside = [(each.package, committed.versions[each.package], each.told) for each in releases if each.path]
    # Sources before their release may have the version of the release before.
    others = [row for row in found.versions if row[0] not in {package for package, *_ in beside}]
    found = replace(found, versions=tuple(sorted((*others, *beside))))
    upstream = partial(documentation.text, beside=tuple(map(folder_of, releases)))
    print(terminal(found, upstream), end="")
    if to is not None:
        put(to, markdown(found, upstream))
        print(f"\nas Markdown in {to}")
    return 0


def outdated(place: Place) -> int:
    """Say which releases are newer than the pins, and what they would change.

    Returns:
        0 where there are none, 1 where there are, and 2 where the package index cannot be asked.
    """
    committed = load(place.schemas)
    try:
        newest = {package: installer.newest(package) for package in sorted(committed.versions)}
    except InstallError as error:
        print(f"the package index cannot be asked:\n{error}", file=sys.stderr)
        return 2
    newer = [
        Release(package, version)
        for package, version in newest.items()
        if Version(version) > Version(committed.versions[package])
    ]
    if not newer:
        print(f"nothing is newer than {', '.join(f'{name} {pin}' for name, pin in sorted(committed.versions.items()))}")
        return 0
    for release in newer:
        print(f"{release.package} {committed.versions[release.package]} -> {release.version}")
        try:
            print(f"  {summary(report(place.table, committed, introspected([release]).snapshot))}")
        except ReleaseError as error:
            print(f"  {error}")
    arguments = " ".join(f"{VARIABLES[each.package]}={each.version}" for each in newer)
    print(f"\nnext: make bump {arguments}")
    return 1


def snapshot(place: Place, to: Path) -> int:
    """Introspect what is installed, and write the snapshot there, with one of the classes that have no verdict."""
    new = commands.introspected(place.table)
    rest = commands.readable(undecided(place.table, new).values())
    for folder, each in ((to, new), (to / UNDECIDED, Snapshot(new.versions, rest, {}, ()))):
        for path, text in render(each).items():
            put(folder / path, text)
    return 0


def record(place: Place, releases: Sequence[Release]) -> int:
    """Record releases, for the tests: anew when the table gets a class that their recordings do not hold.

    The pinned ones look as the committed snapshot says; others are fetched.
    """
    committed = load(place.schemas)
    for release in releases:
        is_pinned = committed.versions[release.package] == release.version
        seen = committed if is_pinned else introspected([release]).snapshot
        file = recordings.file_of(release.package, release.version, recordings.FOLDER)
        put(file, recordings.archive(seen, release.package))
        print(f"wrote {recordings.BELOW}/{file.name}")
    return 0
