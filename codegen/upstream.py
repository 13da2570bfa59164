"""The commands that look at other releases: what they would change, and their snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from codegen import commands, recordings
from codegen.drift import report
from codegen.drift.render import markdown, terminal
from codegen.files import put
from codegen.introspect import documentation
from codegen.project import Place
from codegen.releases import UNDECIDED, Release, folder_of, introspected
from codegen.schemas import Snapshot
from codegen.snapshot import load, render
from codegen.undecided import undecided


def drift(place: Place, releases: Sequence[Release], to: Path | None, arguments: Sequence[str]) -> int:
    """Report what other releases would change, without touching the environment.

    Args:
        place: whose snapshot they are compared with.
        releases: to be compared; for the rest what is installed.
        to: a file for the report as Markdown.
        arguments: the options that gave `place`.
    """
    found = report(place.table, load(place.schemas), introspected(releases, arguments).snapshot)
    upstream = partial(documentation.text, beside=tuple(map(folder_of, releases)))
    print(terminal(found, upstream), end="")
    if to is not None:
        put(to, markdown(found, upstream))
        print(f"\nas Markdown in {to}")
    return 0


def snapshot(place: Place, to: Path) -> int:
    """Introspect what is installed, and write the snapshot there, with one of the classes that have no verdict."""
    new = commands.introspected(place.table)
    rest = commands.readable(undecided(place.table, new).values())
    for folder, each in ((to, new), (to / UNDECIDED, Snapshot(new.versions, rest, {}, ()))):
        for path, text in render(each).items():
            put(folder / path, text)
    return 0


def record(releases: Sequence[Release]) -> int:
    """Record other releases, for the tests: anew when the table gets a class that their recordings do not hold."""
    for release in releases:
        file = recordings.file_of(release.package, release.version, recordings.FOLDER)
        put(file, recordings.archive(introspected([release]).snapshot, release.package))
        print(f"wrote {recordings.BELOW}/{file.name}")
    return 0
